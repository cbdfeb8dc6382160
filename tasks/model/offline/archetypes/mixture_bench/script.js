'use strict';

const STOCKS = [
[% for stock in stocks %]
  { name: [[ stock.name | tojson ]], value: [[ stock.value ]] },
[% endfor %]
];
const CAPACITY = [[ capacity ]];
const FIRST_PORTION = [[ portion ]];
const RECIPE = [[ recipe | tojson ]];
const NEAR_ENOUGH = 0.05;
const SCALE = { low: [[ scale[0] ]], span: [[ scale[1] ]] };
const TINTS = ['[[ k.cold ]]', '[[ k.middle ]]', '[[ k.hot ]]'];
const FLOOR = 240;
const FULL_HEIGHT = 200;
[% if k.kind == "ph" %]
const WATER = 1e-14;
[% endif %]

const liquid = document.getElementById('liquid');
const portionSlider = document.getElementById('portion');
const messageLine = document.getElementById('message');

const bench = { pours: [], portion: FIRST_PORTION };

function volumeOf(pours) {
  return pours.reduce((sum, pour) => sum + pour.amount, 0);
}

[% if k.kind == "ph" %]
function surplusOf(stock) {
  return 10 ** -stock.value - 10 ** (stock.value - 14);
}

function readingOf(pours) {
  const surplus = pours.reduce((sum, pour) => sum + pour.amount * surplusOf(pour.stock), 0) / volumeOf(pours);
  const root = Math.sqrt(surplus * surplus + 4 * WATER);
  const acid = surplus >= 0 ? (surplus + root) / 2 : (2 * WATER) / (root - surplus);
  return -Math.log10(acid);
}
[% else %]
function readingOf(pours) {
  const weighted = pours.reduce((sum, pour) => sum + pour.amount * pour.stock.value, 0);
  return weighted / volumeOf(pours);
}
[% endif %]

function inUnits(reading) {
  return `${(reading + 1e-9).toFixed(2)}[[ k.unit ]]`;
}

function goalReading() {
  return readingOf(RECIPE.map((place) => ({ amount: 1, stock: STOCKS[place] })));
}

function channelsOf(tint) {
  return [1, 3, 5].map((start) => parseInt(tint.slice(start, start + 2), 16));
}

function tintOf(reading) {
  const share = Math.min(1, Math.max(0, (reading - SCALE.low) / SCALE.span));
  const [from, to] = share < 0.5 ? [TINTS[0], TINTS[1]] : [TINTS[1], TINTS[2]];
  const between = share < 0.5 ? share * 2 : share * 2 - 1;
  const end = channelsOf(to);
  const mix = channelsOf(from).map((channel, index) => Math.round(channel + (end[index] - channel) * between));
  return `rgb(${mix.join(', ')})`;
}

function say(message) {
  messageLine.textContent = message;
}

function drawTicks() {
  const marks = document.getElementById('ticks');
  for (let volume = 50; volume <= CAPACITY; volume += 50) {
    const y = FLOOR - (volume / CAPACITY) * FULL_HEIGHT;
    const tick = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    tick.setAttribute('x1', '34');
    tick.setAttribute('x2', '50');
    tick.setAttribute('y1', String(y));
    tick.setAttribute('y2', String(y));
    const figure = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    figure.setAttribute('x', '196');
    figure.setAttribute('y', String(y + 4));
    figure.textContent = String(volume);
    marks.append(tick, figure);
  }
}

function drawLiquid() {
  const height = (volumeOf(bench.pours) / CAPACITY) * FULL_HEIGHT;
  liquid.setAttribute('y', String(FLOOR - height));
  liquid.setAttribute('height', String(height));
  liquid.setAttribute('fill', bench.pours.length === 0 ? 'none' : tintOf(readingOf(bench.pours)));
}

function showNotes() {
  const lines = bench.pours.map((pour) => {
    const line = document.createElement('li');
    line.textContent = `${pour.amount} mL of ${pour.stock.name}`;
    return line;
  });
  if (lines.length === 0) {
    const none = document.createElement('li');
    none.className = 'none';
    none.textContent = 'The page is blank.';
    lines.push(none);
  }
  document.getElementById('notes').replaceChildren(...lines);
}

function render() {
  const empty = bench.pours.length === 0;
  document.getElementById('reading').textContent = empty ? 'Nothing yet' : inUnits(readingOf(bench.pours));
  document.getElementById('volume').textContent = `${volumeOf(bench.pours)} mL`;
  document.getElementById('pours').textContent = String(bench.pours.length);
  document.getElementById('portion-size').textContent = `${bench.portion} mL`;
  drawLiquid();
  showNotes();
}

function pourFrom(stock) {
  if (volumeOf(bench.pours) + bench.portion > CAPACITY) {
    say(`The beaker holds ${CAPACITY} mL.`);
    return;
  }
  bench.pours.push({ amount: bench.portion, stock });
  const reached = Math.abs(readingOf(bench.pours) - goalReading()) <= NEAR_ENOUGH;
  say(reached ? 'Goal reached.' : `${bench.portion} mL of ${stock.name} went in.`);
  render();
}

function undo() {
  const last = bench.pours.pop();
  say(last ? `${last.amount} mL of ${last.stock.name} came out.` : 'There is nothing to undo.');
  render();
}

function emptyBeaker() {
  bench.pours = [];
  say('The beaker is clean.');
  render();
}

function setPortion() {
  bench.portion = Number(portionSlider.value);
  render();
}

function labelStocks() {
  STOCKS.forEach((stock, index) => {
    document.getElementById(`value-${index}`).textContent = `[[ k.reading ]] ${inUnits(stock.value)}`;
    document.getElementById(`drop-${index}`).setAttribute('fill', tintOf(stock.value));
  });
  document.getElementById('goal-line').textContent = `Goal: [[ k.reading ]] ${inUnits(goalReading())}`;
}

document.querySelectorAll('.pour').forEach((button) => {
  button.addEventListener('click', () => pourFrom(STOCKS[Number(button.dataset.stock)]));
});
portionSlider.addEventListener('input', setPortion);
document.getElementById('undo').addEventListener('click', undo);
document.getElementById('empty').addEventListener('click', emptyBeaker);

drawTicks();
labelStocks();
render();
