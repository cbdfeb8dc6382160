'use strict';

const FIRST_[[ k.waves | upper ]] = [
[% for layer in layers %]
  { name: [[ layer.name | tojson ]], height: [[ layer.height ]], ripples: [[ layer.ripples ]], drift: [[ layer.drift ]] },
[% endfor %]
];
const PALETTES = [
[% for palette in palettes %]
  { name: '[[ palette.name ]]', top: '[[ palette.top ]]', low: '[[ palette.low ]]', disc: '[[ palette.disc ]]', coats: [[ palette.coats | tojson ]] },
[% endfor %]
];
const TALLEST = [[ tallest ]];
const MOST_[[ k.ripples | upper ]] = [[ most ]];
const FASTEST = [[ fastest ]];
const STEP = 10;

const sheet = document.getElementById('sheet');
const brush = sheet.getContext('2d');
const sliders = {
  height: document.getElementById('height'),
  ripples: document.getElementById('ripples'),
  drift: document.getElementById('drift'),
};
const units = { height: ' px', ripples: '', drift: ' px/s' };
const radios = [...document.querySelectorAll('input[name="layer"]')];
const shownBox = document.getElementById('shown');
const paletteList = document.getElementById('palette');
const stillButton = document.getElementById('still');
const noteLine = document.getElementById('note');

const picture = { [[ k.waves ]]: [], picked: 0, palette: 0, still: false };
let lastFrame = null;

function copyOf([[ k.wave ]]) {
  return { ...[[ k.wave ]], shown: true, travelled: 0 };
}

function restore() {
  picture.[[ k.waves ]] = FIRST_[[ k.waves | upper ]].map(copyOf);
  picture.picked = 0;
  picture.still = false;
  render();
}

function picked() {
  return picture.[[ k.waves ]][picture.picked];
}

function onShow() {
  return picture.[[ k.waves ]].filter(([[ k.wave ]]) => [[ k.wave ]].shown);
}

function note(message) {
  noteLine.textContent = message;
}

function heightAt([[ k.wave ]], x) {
  const turn = ((x - [[ k.wave ]].travelled) / sheet.width) * [[ k.wave ]].ripples * Math.PI * 2;
  const swell = Math.sin(turn)[% if overtone %] + [[ overtone ]] * Math.sin(turn * 2 + 0.8)[% endif %];
  return swell * [[ k.wave ]].height;
}

function baseline(index) {
  const share = index / Math.max(1, picture.[[ k.waves ]].length - 1);
  return sheet.height * ([[ 0.42 if k.style in ("fill", "grain") else 0.3 ]] + share * [[ 0.42 if k.style in ("fill", "grain") else 0.46 ]]);
}

function traceCrest([[ k.wave ]], base) {
  brush.moveTo(-STEP, base + heightAt([[ k.wave ]], -STEP));
  for (let x = 0; x <= sheet.width + STEP; x += STEP) {
    brush.lineTo(x, base + heightAt([[ k.wave ]], x));
  }
}

function paintSky(palette) {
  brush.clearRect(0, 0, sheet.width, sheet.height);
  brush.fillStyle = palette.disc;
  brush.beginPath();
  brush.arc(sheet.width * [[ disc[0] ]], sheet.height * 0.26, [[ disc[1] ]], 0, Math.PI * 2);
  brush.fill();
}

function paint[[ k.wave | capitalize ]]([[ k.wave ]], index, palette) {
  const base = baseline(index);
  const coat = palette.coats[index % palette.coats.length];
  brush.beginPath();
  traceCrest([[ k.wave ]], base);
[% if k.style in ("fill", "grain") %]
  brush.lineTo(sheet.width, sheet.height);
  brush.lineTo(0, sheet.height);
  brush.closePath();
  brush.fillStyle = coat;
  brush.fill();
[% endif %]
[% if k.style == "fill" %]
  brush.beginPath();
  traceCrest([[ k.wave ]], base);
  brush.strokeStyle = palette.low;
  brush.globalAlpha = 0.55;
  brush.lineWidth = 2;
  brush.stroke();
  brush.globalAlpha = 1;
[% elif k.style == "grain" %]
  brush.strokeStyle = palette.disc;
  brush.globalAlpha = 0.18;
  brush.lineWidth = 1;
  for (let depth = 14; depth < 50; depth += 14) {
    brush.beginPath();
    traceCrest([[ k.wave ]], base + depth);
    brush.stroke();
  }
  brush.globalAlpha = 1;
[% elif k.style == "string" %]
  brush.strokeStyle = coat;
  brush.lineWidth = 4;
  brush.stroke();
  brush.lineWidth = 1.5;
  for (const echo of [-14, 14]) {
    brush.globalAlpha = 0.5;
    brush.beginPath();
    traceCrest([[ k.wave ]], base + echo);
    brush.stroke();
  }
  brush.globalAlpha = 1;
[% else %]
  brush.strokeStyle = coat;
  brush.lineCap = 'round';
  brush.lineWidth = 30;
  brush.stroke();
  brush.strokeStyle = palette.low;
  brush.globalAlpha = 0.35;
  brush.lineWidth = 5;
  brush.stroke();
  brush.globalAlpha = 1;
[% endif %]
}

function paintPicture() {
  const palette = PALETTES[picture.palette];
  paintSky(palette);
  picture.[[ k.waves ]].forEach(([[ k.wave ]], index) => {
    if ([[ k.wave ]].shown) {
      paint[[ k.wave | capitalize ]]([[ k.wave ]], index, palette);
    }
  });
}

function showNumbers() {
  const heights = onShow().map(([[ k.wave ]]) => [[ k.wave ]].height);
  document.getElementById('crest').textContent = `${Math.round(sheet.width / picked().ripples)} px`;
  document.getElementById('highest').textContent = `${Math.max(0, ...heights)} px`;
  document.getElementById('on-show').textContent = `${heights.length} of ${picture.[[ k.waves ]].length}`;
  for (const key of Object.keys(sliders)) {
    document.getElementById(`${key}-reading`).textContent = `${picked()[key]}${units[key]}`;
  }
}

function showPalette() {
  const { top: sky, low, disc, coats } = PALETTES[picture.palette];
  sheet.style.background = `linear-gradient(${sky}, ${low} 75%)`;
  const chips = [sky, disc, ...coats].map((paint) => {
    const chip = document.createElement('span');
    chip.style.background = paint;
    return chip;
  });
  document.getElementById('swatches').replaceChildren(...chips);
}

function render() {
  radios[picture.picked].checked = true;
  shownBox.checked = picked().shown;
  stillButton.textContent = picture.still ? [[ k.move | tojson ]] : [[ k.still | tojson ]];
  for (const key of Object.keys(sliders)) {
    sliders[key].value = String(picked()[key]);
  }
  showNumbers();
  showPalette();
  paintPicture();
}

function pick(index) {
  picture.picked = index;
  note(`${picked().name} is yours to shape.`);
  render();
}

function shape(key) {
  picked()[key] = Number(sliders[key].value);
  showNumbers();
  paintPicture();
}

function setShown() {
  picked().shown = shownBox.checked;
  note(onShow().length === 0 ? 'Nothing is left on show.' : `${picked().name} is ${picked().shown ? 'back' : 'hidden'}.`);
  showNumbers();
  paintPicture();
}

function setPalette() {
  picture.palette = Number(paletteList.value);
  note(`Painted in ${PALETTES[picture.palette].name}.`);
  render();
}

function toggleStill() {
  picture.still = !picture.still;
  note(picture.still ? 'The picture stands still.' : 'The picture moves on.');
  render();
}

function flatten() {
  picture.[[ k.waves ]].forEach(([[ k.wave ]]) => {
    [[ k.wave ]].height = 0;
  });
  note('As flat as a table.');
  render();
}

function surprise() {
  picture.[[ k.waves ]].forEach(([[ k.wave ]]) => {
    [[ k.wave ]].height = Math.round(Math.random() * TALLEST * 0.7);
    [[ k.wave ]].ripples = 1 + Math.floor(Math.random() * MOST_[[ k.ripples | upper ]]);
    [[ k.wave ]].drift = Math.round(Math.random() * FASTEST);
  });
  note('Drawn at random.');
  render();
}

function tick(now) {
  const seconds = lastFrame === null ? 0 : Math.min((now - lastFrame) / 1000, 0.1);
  lastFrame = now;
  if (!picture.still) {
    picture.[[ k.waves ]].forEach(([[ k.wave ]], index) => {
      [[ k.wave ]].travelled += [[ k.wave ]].drift * seconds * (index % 2 === 0 ? 1 : -1);
    });
    paintPicture();
  }
  requestAnimationFrame(tick);
}

radios.forEach((radio, index) => radio.addEventListener('change', () => pick(index)));
Object.keys(sliders).forEach((key) => sliders[key].addEventListener('input', () => shape(key)));
shownBox.addEventListener('change', setShown);
paletteList.addEventListener('change', setPalette);
stillButton.addEventListener('click', toggleStill);
document.getElementById('flat').addEventListener('click', flatten);
document.getElementById('surprise').addEventListener('click', surprise);
document.getElementById('restore').addEventListener('click', () => {
  restore();
  note('As it was sketched.');
});

restore();
requestAnimationFrame(tick);
