'use strict';

const KINDS = [
[% for kind in kinds %]
  { name: [[ kind.name | tojson ]], pattern: '[[ kind.pattern ]]', paint: '[[ kind.paint ]]' },
[% endfor %]
];
const PAINTS = [[ k.paints | tojson ]];
const SKYLINE = [[ skyline | tojson ]];
const FIRST = { amount: [[ amount ]], gravity: [[ gravity ]],[% if wind %] wind: 0,[% endif %] aim: 50 };
const CLIMB_SECONDS = 0.5;
const DRAG = 1.2;
const GRAVITY_SCALE = 30;
const FINALE_LENGTH = [[ finale ]];
const FINALE_GAP_SECONDS = [[ gap ]] / 1000;
const LINES = [[ 3 if layout == "theatre" else (4 if layout == "console" else 9) ]];

const stage = document.getElementById('stage');
const brush = stage.getContext('2d');
const groundLine = stage.height - 26;
const radios = [...document.querySelectorAll('input[name="kind"]')];
const programmeList = document.getElementById('programme');
const units = { amount: '', gravity: ' m/s²',[% if wind %] wind: ' m/s',[% endif %] aim: ' %' };
const stars = scatterStars([[ stars ]]);

const show = { settings: { ...FIRST }, [[ k.shells ]]: [], [[ k.sparks ]]: [], waiting: [], fired: 0, most: 0, landed: 0, lines: [] };
let lastFrame = null;

function scatterStars(count) {
  return Array.from({ length: count }, () => ({ x: Math.random() * stage.width, y: Math.random() * stage.height * 0.8 }));
}

function chosenKind() {
  const index = radios.findIndex((radio) => radio.checked);
  return KINDS[index];
}

function send[[ k.shell | capitalize ]](kind, share, height) {
  const [[ k.shell ]] = { kind, x: stage.width * share, y: groundLine, goal: height, age: 0, amount: show.settings.amount };
  show.[[ k.shells ]].push([[ k.shell ]]);
  show.fired += 1;
  show.lines.unshift({ number: show.fired, text: `${kind.name}, ${[[ k.shell ]].amount} [[ k.sparks ]]` });
  renderProgramme();
}

function randomHeight() {
  return stage.height * (0.2 + Math.random() * 0.2);
}

function fire() {
  send[[ k.shell | capitalize ]](chosenKind(), show.settings.aim / 100, randomHeight());
}

function fireAt(event) {
  const box = stage.getBoundingClientRect();
  setSetting('aim', Math.round(((event.clientX - box.left) / box.width) * 100));
  const height = ((event.clientY - box.top) / box.height) * stage.height;
  send[[ k.shell | capitalize ]](chosenKind(), show.settings.aim / 100, Math.min(height, groundLine - 40));
}

function startFinale() {
  for (let i = 0; i < FINALE_LENGTH; i += 1) {
    const share = 0.15 + (0.7 * i) / (FINALE_LENGTH - 1);
    show.waiting.push({ seconds: i * FINALE_GAP_SECONDS, kind: KINDS[i % KINDS.length], share });
  }
}

function clearStage() {
  show.[[ k.shells ]] = [];
  show.[[ k.sparks ]] = [];
  show.waiting = [];
  paintStage();
  showNumbers();
}

function speedOf(pattern, turn) {
  const full = stage.height * 0.42;
  if (pattern === 'ring') {
    return { reach: full, angle: turn };
  }
  if (pattern === 'fan') {
    return { reach: full * (0.5 + Math.random() * 0.6), angle: Math.PI + turn / 2 };
  }
  const share = Math.sqrt(Math.random());
  return { reach: full * share * (pattern === 'willow' ? 0.6 : 1), angle: turn };
}

function burst([[ k.shell ]]) {
  for (let i = 0; i < [[ k.shell ]].amount; i += 1) {
    const { reach, angle } = speedOf([[ k.shell ]].kind.pattern, (i / [[ k.shell ]].amount) * Math.PI * 2);
    show.[[ k.sparks ]].push({
      x: [[ k.shell ]].x,
      y: [[ k.shell ]].goal,
      vx: Math.cos(angle) * reach,
      vy: Math.sin(angle) * reach,
      age: 0,
      life: 0.9 + Math.random() * ([[ k.shell ]].kind.pattern === 'willow' ? 0.6 : 0.4),
      paint: i % 4 === 0 ? PAINTS[i % PAINTS.length] : [[ k.shell ]].kind.paint,
    });
  }
  show.most = Math.max(show.most, show.[[ k.sparks ]].length);
}

function advance[[ k.shells | capitalize ]](seconds) {
  for (const [[ k.shell ]] of show.[[ k.shells ]]) {
    [[ k.shell ]].age += seconds;
    const climbed = Math.min(1, [[ k.shell ]].age / CLIMB_SECONDS);
    [[ k.shell ]].y = groundLine + ([[ k.shell ]].goal - groundLine) * (1 - (1 - climbed) ** 2);
  }
  show.[[ k.shells ]].filter(([[ k.shell ]]) => [[ k.shell ]].age >= CLIMB_SECONDS).forEach(burst);
  show.[[ k.shells ]] = show.[[ k.shells ]].filter(([[ k.shell ]]) => [[ k.shell ]].age < CLIMB_SECONDS);
}

function advance[[ k.sparks | capitalize ]](seconds) {
  for (const [[ k.spark ]] of show.[[ k.sparks ]]) {
    [[ k.spark ]].age += seconds;
    [[ k.spark ]].vx -= [[ k.spark ]].vx * DRAG * seconds;
    [[ k.spark ]].vy += (show.settings.gravity * GRAVITY_SCALE - [[ k.spark ]].vy * DRAG) * seconds;
    [[ k.spark ]].x += ([[ k.spark ]].vx[% if wind %] + show.settings.wind * 12[% endif %]) * seconds;
    [[ k.spark ]].y += [[ k.spark ]].vy * seconds;
  }
  show.landed += show.[[ k.sparks ]].filter(([[ k.spark ]]) => [[ k.spark ]].y >= groundLine).length;
  show.[[ k.sparks ]] = show.[[ k.sparks ]].filter(([[ k.spark ]]) => [[ k.spark ]].age < [[ k.spark ]].life && [[ k.spark ]].y < groundLine);
}

function advanceFinale(seconds) {
  show.waiting.forEach((turn) => {
    turn.seconds -= seconds;
  });
  const due = show.waiting.filter((turn) => turn.seconds <= 0);
  show.waiting = show.waiting.filter((turn) => turn.seconds > 0);
  due.forEach((turn) => send[[ k.shell | capitalize ]](turn.kind, turn.share, randomHeight()));
}

function paintBackdrop() {
  brush.clearRect(0, 0, stage.width, stage.height);
[% if k.name == "night" %]
  brush.fillStyle = 'rgba(255, 255, 255, 0.6)';
  stars.forEach((star) => brush.fillRect(star.x, star.y, 1.4, 1.4));
[% elif k.name == "party" %]
  brush.fillStyle = 'rgba(160, 70, 50, 0.14)';
  stars.forEach((star) => paintDot(star.x, star.y, 5));
  for (let x = 0; x < stage.width; x += 44) {
    brush.fillStyle = PAINTS[(x / 44) % PAINTS.length];
    brush.beginPath();
    brush.moveTo(x, 0);
    brush.lineTo(x + 44, 0);
    brush.lineTo(x + 22, 38);
    brush.fill();
  }
[% else %]
  brush.fillStyle = 'rgba(255, 255, 255, 0.5)';
  stars.slice(0, 12).forEach((star) => paintDot(star.x, star.y * 0.4, 30));
[% endif %]
  paintSkyline();
}

function paintSkyline() {
  const width = stage.width / SKYLINE.length;
  brush.fillStyle = '[[ k.ground ]]';
  brush.fillRect(0, groundLine, stage.width, stage.height - groundLine);
  SKYLINE.forEach((height, index) => {
[% if k.name == "night" %]
    brush.fillRect(index * width, groundLine - height, width - 3, height);
[% elif k.name == "party" %]
    brush.globalAlpha = 0.35;
    paintDot((index + 0.5) * width, groundLine - height * 0.3, width * 0.32);
    brush.fillRect((index + 0.2) * width, groundLine - height * 0.3, width * 0.6, height * 0.3);
    brush.globalAlpha = 1;
[% else %]
    paintDot((index + 0.5) * width, groundLine + 8, Math.max(width * 0.8, height * 0.7));
[% endif %]
  });
}

function paintDot(x, y, radius) {
  brush.beginPath();
  brush.arc(x, y, radius, 0, Math.PI * 2);
  brush.fill();
}

function paintAim() {
  const x = (stage.width * show.settings.aim) / 100;
  brush.fillStyle = '[[ k.caption ]]';
  brush.beginPath();
  brush.moveTo(x - 9, stage.height - 6);
  brush.lineTo(x + 9, stage.height - 6);
  brush.lineTo(x, stage.height - 20);
  brush.fill();
}

function paint[[ k.spark | capitalize ]]([[ k.spark ]]) {
  brush.globalAlpha = Math.max(0, 1 - [[ k.spark ]].age / [[ k.spark ]].life);
[% if k.name == "night" %]
  brush.strokeStyle = [[ k.spark ]].paint;
  brush.beginPath();
  brush.moveTo([[ k.spark ]].x - [[ k.spark ]].vx * 0.1, [[ k.spark ]].y - [[ k.spark ]].vy * 0.1);
  brush.lineTo([[ k.spark ]].x, [[ k.spark ]].y);
  brush.stroke();
[% elif k.name == "party" %]
  brush.fillStyle = [[ k.spark ]].paint;
  brush.fillRect([[ k.spark ]].x - 4, [[ k.spark ]].y - 4, 9, 9 * Math.abs(Math.cos([[ k.spark ]].age * 6)) + 1);
[% else %]
  brush.fillStyle = [[ k.spark ]].paint;
  brush.beginPath();
  brush.ellipse([[ k.spark ]].x, [[ k.spark ]].y, 6, 3.4, [[ k.spark ]].age * 3, 0, Math.PI * 2);
  brush.fill();
[% endif %]
}

function paintStage() {
  paintBackdrop();
  paintAim();
  for (const [[ k.shell ]] of show.[[ k.shells ]]) {
    brush.fillStyle = [[ k.shell ]].kind.paint;
    paintDot([[ k.shell ]].x, [[ k.shell ]].y, 4);
  }
  brush.lineWidth = 3;
  show.[[ k.sparks ]].forEach(paint[[ k.spark | capitalize ]]);
  brush.globalAlpha = 1;
}

function showNumbers() {
  document.getElementById('fired').textContent = String(show.fired);
  document.getElementById('air').textContent = String(show.[[ k.sparks ]].length);
  document.getElementById('most').textContent = String(show.most);
  document.getElementById('landed').textContent = String(show.landed);
}

function renderProgramme() {
  const rows = show.lines.slice(0, LINES).map((line) => {
    const row = document.createElement('li');
    row.value = line.number;
    row.textContent = line.text;
    return row;
  });
  if (rows.length === 0) {
    const empty = document.createElement('li');
    empty.className = 'empty';
    empty.textContent = 'Nothing yet.';
    rows.push(empty);
  }
  programmeList.replaceChildren(...rows);
  showNumbers();
}

function setSetting(key, value) {
  show.settings[key] = value;
  document.getElementById(key).value = String(value);
  document.getElementById(`${key}-reading`).textContent = `${value}${units[key]}`;
  paintStage();
}

function newShow() {
  show.fired = 0;
  show.most = 0;
  show.landed = 0;
  show.lines = [];
  radios[0].checked = true;
  Object.keys(FIRST).forEach((key) => setSetting(key, FIRST[key]));
  clearStage();
  renderProgramme();
}

function tick(now) {
  const seconds = lastFrame === null ? 0 : Math.min((now - lastFrame) / 1000, 0.1);
  lastFrame = now;
  advanceFinale(seconds);
  advance[[ k.shells | capitalize ]](seconds);
  advance[[ k.sparks | capitalize ]](seconds);
  paintStage();
  showNumbers();
  requestAnimationFrame(tick);
}

Object.keys(FIRST).forEach((key) => {
  const slider = document.getElementById(key);
  slider.addEventListener('input', () => setSetting(key, Number(slider.value)));
});
document.getElementById('fire').addEventListener('click', fire);
document.getElementById('finale').addEventListener('click', startFinale);
document.getElementById('clear').addEventListener('click', clearStage);
document.getElementById('reset').addEventListener('click', newShow);
stage.addEventListener('click', fireAt);

newShow();
requestAnimationFrame(tick);
