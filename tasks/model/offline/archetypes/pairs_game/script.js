"use strict";

const THINGS = [
[% for card in cards %]
  { name: [[ card.name | tojson ]], glyph: [[ card.glyph | tojson ]] },
[% endfor %]
];
const SIZES = [
[% for size in sizes %]
  { name: [[ size.name | tojson ]], pairs: [[ size.pairs ]] },
[% endfor %]
];
const COLUMNS = 4;
const MISS_MS = [[ miss_ms ]];
const PEEK_COST = 5;

const board = document.getElementById("board");
const sizeField = document.getElementById("size");
const peekButton = document.getElementById("peek");

const state = {
  deck: [],
  open: [],
  turns: 0,
  found: 0,
  focus: 0,
  peeking: false,
  message: "",
  timer: 0,
};

function shuffle(cards) {
  for (let last = cards.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [cards[last], cards[other]] = [cards[other], cards[last]];
  }
  return cards;
}

function countPairs() {
  return SIZES.find((size) => size.name === sizeField.value).pairs;
}

function deal() {
  clearTimeout(state.timer);
  const things = THINGS.slice(0, countPairs());
  state.deck = shuffle(things.concat(things).map((thing) => ({ thing, found: false })));
  state.open = [];
  state.turns = 0;
  state.found = 0;
  state.focus = 0;
  state.peeking = false;
  state.message = "Turn a card";
  layCards();
  render();
}

function isUp(index) {
  return state.peeking || state.deck[index].found || state.open.includes(index);
}

function makeCard(index) {
  const card = document.createElement("button");
  card.type = "button";
  card.className = "card";
  card.addEventListener("click", () => turn(index));
  card.addEventListener("focus", () => {
    state.focus = index;
  });
  return card;
}

function layCards() {
  board.replaceChildren(...state.deck.map((_, index) => makeCard(index)));
}

function makeFace(thing) {
  const glyph = document.createElement("span");
  const name = document.createElement("span");
  glyph.className = "glyph";
  glyph.setAttribute("aria-hidden", "true");
  glyph.textContent = thing.glyph;
  name.className = "name";
  name.textContent = thing.name;
  return [glyph, name];
}

function makeBack(index) {
  const number = document.createElement("span");
  number.className = "number";
  number.textContent = String(index + 1);
  return [number];
}

function showCard(card, index) {
  const up = isUp(index);
  const { thing, found } = state.deck[index];
  card.setAttribute("aria-pressed", String(up));
  card.setAttribute("aria-label", up ? thing.name : "Card " + (index + 1));
  card.classList.toggle("found", found);
  card.replaceChildren(...(up ? makeFace(thing) : makeBack(index)));
}

function render() {
  const pairs = countPairs();
  document.getElementById("turns").textContent = String(state.turns);
  document.getElementById("found").textContent = String(state.found);
  document.getElementById("pairs").textContent = String(pairs);
  document.getElementById("bar").style.width = (100 * state.found) / pairs + "%";
  document.getElementById("message").textContent = state.message;
  board.setAttribute("aria-busy", String(state.open.length === 2));
  peekButton.setAttribute("aria-pressed", String(state.peeking));
  [...board.children].forEach(showCard);
}

function turn(index) {
  if (isUp(index) || state.open.length === 2) {
    return;
  }
  state.open.push(index);
  if (state.open.length === 1) {
    state.message = "One open, find its twin";
  } else {
    judge();
  }
  render();
}

function judge() {
  const [first, second] = state.open.map((index) => state.deck[index]);
  state.turns += 1;
  if (first.thing === second.thing) {
    keep(first, second);
  } else {
    state.message = "Not a pair: " + first.thing.name + " and " + second.thing.name;
    state.timer = setTimeout(closeMiss, MISS_MS);
  }
}

function keep(first, second) {
  first.found = true;
  second.found = true;
  state.found += 1;
  state.open = [];
  state.message = "A pair of " + first.thing.name;
  if (state.found === countPairs()) {
    state.message += ". All found in " + state.turns + " turns!";
  }
}

function closeMiss() {
  state.open = [];
  render();
}

function togglePeek() {
  state.peeking = !state.peeking;
  if (state.peeking) {
    state.turns += PEEK_COST;
    state.message = "All cards are up; that costs " + PEEK_COST + " turns";
  } else {
    state.message = "Turn a card";
  }
  render();
}

function moveFocus(step) {
  const next = state.focus + step;
  if (next >= 0 && next < state.deck.length) {
    board.children[next].focus();
  }
}

function walkBoard(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
  if (event.key in steps) {
    event.preventDefault();
    moveFocus(steps[event.key]);
  }
}

function fillSizes() {
  for (const size of SIZES) {
    const option = document.createElement("option");
    option.value = size.name;
    option.textContent = size.name + " (" + size.pairs * 2 + " cards)";
    option.selected = size.name === [[ start | tojson ]];
    sizeField.append(option);
  }
}

board.addEventListener("keydown", walkBoard);
sizeField.addEventListener("change", deal);
peekButton.addEventListener("click", togglePeek);
document.getElementById("new").addEventListener("click", deal);

fillSizes();
deal();
