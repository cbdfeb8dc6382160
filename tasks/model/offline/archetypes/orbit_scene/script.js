'use strict';

const ROOM = [[ limit ]];
const FIRST_PACE = [[ pace ]];
const SCALE = [[ scale ]];
const TILT = [[ tilt ]];
const TURN = [[ turn ]];
const TAIL_DEGREES = [[ tail ]];
const PAINTS = [[ paints | tojson ]];
const FIRST_[[ k.nouns | upper ]] = [
[% for body in bodies %]
  { name: [[ body.name | tojson ]], radius: [[ body.radius ]], period: [[ body.period ]], size: [[ body.size ]], phase: [[ body.phase ]] },
[% endfor %]
];

const sky = document.getElementById('sky');
const brush = sky.getContext('2d');
const paceSlider = document.getElementById('pace');
const paceValue = document.getElementById('pace-value');
const holdButton = document.getElementById('hold');
const trailsBox = document.getElementById('trails');
const nameField = document.getElementById('new-name');
const [[ k.noun ]]List = document.getElementById('[[ k.noun ]]-list');
const logLine = document.getElementById('log');

const scene = { [[ k.nouns ]]: [], pace: FIRST_PACE, held: false, trails: trailsBox.checked, chosen: null, laps: 0, seconds: 0 };
const specks = scatterSpecks([[ specks ]]);
let lastFrame = null;

function scatterSpecks(count) {
  const dots = [];
  for (let i = 0; i < count; i += 1) {
    dots.push({ x: Math.random() * sky.width, y: Math.random() * sky.height, size: 0.5 + Math.random() * 1.3 });
  }
  return dots;
}

function make[[ k.noun | capitalize ]](plan, index) {
  return { ...plan, degrees: plan.phase, travelled: 0, paint: PAINTS[index % PAINTS.length] };
}

function startOver() {
  scene.[[ k.nouns ]] = FIRST_[[ k.nouns | upper ]].map(make[[ k.noun | capitalize ]]);
  scene.pace = FIRST_PACE;
  scene.held = false;
  scene.chosen = null;
  scene.laps = 0;
  scene.seconds = 0;
  paceSlider.value = String(FIRST_PACE);
  report('All [[ k.nouns ]] are back in place.');
  render();
}

function report(message) {
  logLine.textContent = message;
}

function placeOf([[ k.noun ]], degrees) {
  const angle = (degrees * Math.PI) / 180;
  return {
    x: sky.width / 2 + Math.cos(angle) * [[ k.noun ]].radius * SCALE,
    y: sky.height / 2 + Math.sin(angle) * [[ k.noun ]].radius * SCALE * TILT,
  };
}

function advance(seconds) {
  scene.seconds += seconds;
  for (const [[ k.noun ]] of scene.[[ k.nouns ]]) {
    const step = (360 / [[ k.noun ]].period) * (scene.pace / 100) * seconds;
    const lapsBefore = Math.floor([[ k.noun ]].travelled / 360);
    [[ k.noun ]].travelled += step;
    [[ k.noun ]].degrees = ([[ k.noun ]].degrees + TURN * step + 360) % 360;
    scene.laps += Math.floor([[ k.noun ]].travelled / 360) - lapsBefore;
  }
}

function paintBackdrop() {
  brush.clearRect(0, 0, sky.width, sky.height);
  brush.fillStyle = '[[ k.dust ]]';
  for (const speck of specks) {
    brush.globalAlpha = 0.25 + speck.size / 4;
    brush.fillRect(speck.x, speck.y, speck.size[% if k.noun == "boat" %] * 7[% endif %], speck.size);
  }
  brush.globalAlpha = 1;
}

function paintCentre() {
  const middle = { x: sky.width / 2, y: sky.height / 2 };
  const glow = brush.createRadialGradient(middle.x, middle.y, 4, middle.x, middle.y, 78);
  glow.addColorStop(0, '[[ k.halo ]]');
  glow.addColorStop(1, 'rgba(0, 0, 0, 0)');
  brush.fillStyle = glow;
  brush.fillRect(middle.x - 80, middle.y - 80, 160, 160);
[% if k.noun == "planet" %]
  paintDisc(middle, 30, '[[ k.glow ]]');
[% elif k.noun == "boat" %]
  brush.fillStyle = '#3f5b4a';
  brush.beginPath();
  brush.ellipse(middle.x, middle.y + 22, 46, 17, 0, 0, Math.PI * 2);
  brush.fill();
  brush.fillStyle = '#f5f2ea';
  brush.fillRect(middle.x - 9, middle.y - 34, 18, 56);
  brush.fillStyle = '#b8433a';
  brush.fillRect(middle.x - 9, middle.y - 16, 18, 13);
  paintDisc({ x: middle.x, y: middle.y - 38 }, 11, '[[ k.glow ]]');
[% elif k.noun == "lantern" %]
  brush.fillStyle = '#20102f';
  for (let floor = 0; floor < 4; floor += 1) {
    const half = 40 - floor * 8;
    brush.fillRect(middle.x - half, middle.y + 26 - floor * 24, half * 2, 7);
    brush.fillRect(middle.x - half * 0.6, middle.y + 8 - floor * 24, half * 1.2, 18);
  }
  paintDisc({ x: middle.x, y: middle.y - 64 }, 7, '[[ k.glow ]]');
[% else %]
  brush.fillStyle = '#2a2318';
  brush.fillRect(middle.x - 3, middle.y + 10, 6, 70);
  brush.fillRect(middle.x - 20, middle.y + 14, 40, 6);
  paintDisc(middle, 20, '[[ k.glow ]]');
[% endif %]
}

function paintDisc(place, radius, paint) {
  brush.fillStyle = paint;
  brush.beginPath();
  brush.arc(place.x, place.y, radius, 0, Math.PI * 2);
  brush.fill();
}

function paintPath([[ k.noun ]]) {
  brush.lineWidth = [[ k.noun ]] === scene.chosen ? 2.5 : 1;
  brush.globalAlpha = [[ k.noun ]] === scene.chosen ? 0.9 : 0.3;
  brush.strokeStyle = '[[ k.dust ]]';
  brush.beginPath();
  brush.ellipse(sky.width / 2, sky.height / 2, [[ k.noun ]].radius * SCALE, [[ k.noun ]].radius * SCALE * TILT, 0, 0, Math.PI * 2);
  brush.stroke();
  brush.globalAlpha = 1;
}

function paintTrail([[ k.noun ]]) {
  for (let back = 4; back < TAIL_DEGREES; back += 4) {
    brush.globalAlpha = 0.55 * (1 - back / TAIL_DEGREES);
    paintDisc(placeOf([[ k.noun ]], [[ k.noun ]].degrees - TURN * back), [[ k.noun ]].size * 0.7, [[ k.noun ]].paint);
  }
  brush.globalAlpha = 1;
}

function paint[[ k.noun | capitalize ]]([[ k.noun ]]) {
  const place = placeOf([[ k.noun ]], [[ k.noun ]].degrees);
[% if k.noun == "boat" %]
  brush.fillStyle = [[ k.noun ]].paint;
  brush.beginPath();
  brush.moveTo(place.x - [[ k.noun ]].size * 1.5, place.y);
  brush.lineTo(place.x + [[ k.noun ]].size * 1.5, place.y);
  brush.lineTo(place.x + [[ k.noun ]].size, place.y + [[ k.noun ]].size * 0.8);
  brush.lineTo(place.x - [[ k.noun ]].size, place.y + [[ k.noun ]].size * 0.8);
  brush.fill();
  brush.fillStyle = '#fdfaf2';
  brush.beginPath();
  brush.moveTo(place.x, place.y - [[ k.noun ]].size * 2.4);
  brush.lineTo(place.x + [[ k.noun ]].size * 1.3, place.y - 2);
  brush.lineTo(place.x, place.y - 2);
  brush.fill();
[% elif k.noun == "lantern" %]
  brush.globalAlpha = 0.3;
  paintDisc(place, [[ k.noun ]].size * 2.2, [[ k.noun ]].paint);
  brush.globalAlpha = 1;
  brush.fillStyle = [[ k.noun ]].paint;
  brush.fillRect(place.x - [[ k.noun ]].size, place.y - [[ k.noun ]].size, [[ k.noun ]].size * 2, [[ k.noun ]].size * 2.3);
  brush.fillStyle = '[[ k.glow ]]';
  brush.fillRect(place.x - [[ k.noun ]].size / 2, place.y - [[ k.noun ]].size / 2, [[ k.noun ]].size, [[ k.noun ]].size * 1.3);
[% elif k.noun == "firefly" %]
  brush.globalAlpha = 0.28;
  paintDisc(place, [[ k.noun ]].size * 2.4, '[[ k.glow ]]');
  brush.globalAlpha = 1;
  paintDisc(place, [[ k.noun ]].size * 0.75, [[ k.noun ]].paint);
[% else %]
  paintDisc(place, [[ k.noun ]].size * 1.5, [[ k.noun ]].paint);
  brush.fillStyle = 'rgba(0, 0, 0, 0.28)';
  brush.beginPath();
  brush.arc(place.x, place.y, [[ k.noun ]].size * 1.5, -0.6, Math.PI - 0.6);
  brush.fill();
[% endif %]
}

function paintScene() {
  const byDepth = [...scene.[[ k.nouns ]]].sort((a, b) => placeOf(a, a.degrees).y - placeOf(b, b.degrees).y);
  paintBackdrop();
  byDepth.forEach(paintPath);
  paintCentre();
  for (const [[ k.noun ]] of byDepth) {
    if (scene.trails) {
      paintTrail([[ k.noun ]]);
    }
    paint[[ k.noun | capitalize ]]([[ k.noun ]]);
  }
}

function renderRow([[ k.noun ]]) {
  const row = document.createElement('li');
  const dot = document.createElement('span');
  dot.className = 'dot';
  dot.style.background = [[ k.noun ]].paint;
  const pick = document.createElement('button');
  pick.type = 'button';
  pick.className = 'pick';
  pick.textContent = [[ k.noun ]].name;
  pick.setAttribute('aria-pressed', String([[ k.noun ]] === scene.chosen));
  pick.addEventListener('click', () => choose([[ k.noun ]]));
  const drop = document.createElement('button');
  drop.type = 'button';
  drop.className = 'drop';
  drop.textContent = '×';
  drop.setAttribute('aria-label', `Remove ${[[ k.noun ]].name}`);
  drop.addEventListener('click', () => remove[[ k.noun | capitalize ]]([[ k.noun ]]));
  row.append(dot, pick, drop);
  return row;
}

function showNumbers() {
  document.getElementById('count').textContent = String(scene.[[ k.nouns ]].length);
  document.getElementById('laps').textContent = String(scene.laps);
  document.getElementById('clock').textContent = `${Math.floor(scene.seconds)} s`;
  paceValue.textContent = `${scene.pace} %`;
}

function render() {
  [[ k.noun ]]List.replaceChildren(...scene.[[ k.nouns ]].map(renderRow));
  holdButton.textContent = scene.held ? [[ k.go | tojson ]] : [[ k.hold | tojson ]];
  showNumbers();
  paintScene();
}

function choose([[ k.noun ]]) {
  scene.chosen = scene.chosen === [[ k.noun ]] ? null : [[ k.noun ]];
  report(scene.chosen ? `${[[ k.noun ]].name}: one [[ k.lap ]] in ${[[ k.noun ]].period.toFixed(1)} s at 100 %` : 'Nobody is chosen.');
  const position = scene.[[ k.nouns ]].indexOf([[ k.noun ]]);
  render();
  [[ k.noun ]]List.children[position].querySelector('.pick').focus();
}

function remove[[ k.noun | capitalize ]]([[ k.noun ]]) {
  scene.[[ k.nouns ]] = scene.[[ k.nouns ]].filter((other) => other !== [[ k.noun ]]);
  scene.chosen = scene.chosen === [[ k.noun ]] ? null : scene.chosen;
  report(`${[[ k.noun ]].name} has left.`);
  render();
  nameField.focus();
}

function add[[ k.noun | capitalize ]](name) {
  const index = scene.[[ k.nouns ]].length;
  const plan = { name, radius: 60 + ((index * 37) % 100), period: 4 + index, size: 8, phase: (index * 73) % 360 };
  scene.[[ k.nouns ]].push(make[[ k.noun | capitalize ]](plan, index));
  report(`${name} has joined.`);
  render();
}

function submitName(event) {
  event.preventDefault();
  const name = nameField.value.trim();
  if (name === '') {
    report('Name the [[ k.noun ]] first.');
  } else if (scene.[[ k.nouns ]].length >= ROOM) {
    report(`No room for more than ${ROOM} [[ k.nouns ]].`);
  } else {
    add[[ k.noun | capitalize ]](name);
    nameField.value = '';
  }
  nameField.focus();
}

function toggleHold() {
  scene.held = !scene.held;
  report(scene.held ? 'Everything is still.' : 'Everything moves again.');
  render();
}

function setPace() {
  scene.pace = Number(paceSlider.value);
  showNumbers();
}

function setTrails() {
  scene.trails = trailsBox.checked;
  report(scene.trails ? 'Trails on' : 'Trails off');
  paintScene();
}

function tick(now) {
  const seconds = lastFrame === null ? 0 : Math.min((now - lastFrame) / 1000, 0.1);
  lastFrame = now;
  if (!scene.held) {
    advance(seconds);
    paintScene();
    showNumbers();
  }
  requestAnimationFrame(tick);
}

holdButton.addEventListener('click', toggleHold);
paceSlider.addEventListener('input', setPace);
trailsBox.addEventListener('change', setTrails);
document.getElementById('reset').addEventListener('click', startOver);
document.getElementById('add-form').addEventListener('submit', submitName);

startOver();
requestAnimationFrame(tick);
