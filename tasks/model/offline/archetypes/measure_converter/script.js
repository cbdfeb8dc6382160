"use strict";

const UNITS = [
[% for unit in units %]
  { name: [[ unit.name | tojson ]], short: [[ unit.short | tojson ]], size: [[ unit.size ]] },
[% endfor %]
];
const PRESETS = [
[% for preset in presets %]
  { thing: [[ preset.thing | tojson ]], amount: [[ preset.amount ]] },
[% endfor %]
];
const PLACES = [[ places ]];

const amountField = document.getElementById("amount");
const fromField = document.getElementById("from");
const toField = document.getElementById("to");
const keepButton = document.getElementById("keep");
const resultArea = document.getElementById("result");
const ledgerList = document.getElementById("ledger");

const state = {
  amount: [[ amount ]],
  from: [[ start | tojson ]],
  to: [[ end | tojson ]],
  ledger: [],
};

function findUnit(name) {
  return UNITS.find((unit) => unit.name === name);
}

function isUsable(amount) {
  return Number.isFinite(amount) && amount >= 0;
}

function convert(amount, from, to) {
  return (amount * findUnit(from).size) / findUnit(to).size;
}

function formatNumber(value) {
  const scale = 10 ** PLACES;
  return (Math.floor(value * scale + 0.5 + 1e-9) / scale).toFixed(PLACES);
}

function formatIn(amount, from, to) {
  return formatNumber(convert(amount, from, to)) + " " + findUnit(to).short;
}

function readAmount() {
  return amountField.value.trim() === "" ? NaN : Number(amountField.value);
}

function fillUnits(field, chosen) {
  for (const unit of UNITS) {
    const option = document.createElement("option");
    option.textContent = unit.name;
    option.value = unit.name;
    option.selected = unit.name === chosen;
    field.append(option);
  }
}

function makePreset(preset) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "preset";
  button.textContent = preset.thing;
  button.addEventListener("click", () => setAmount(preset.amount));
  return button;
}

function makeRow(unit) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  const cell = document.createElement("td");
  head.scope = "row";
  head.textContent = unit.name;
  cell.className = "number";
  cell.textContent = isUsable(state.amount) ? formatIn(state.amount, state.from, unit.name) : "–";
  row.classList.toggle("target", unit.name === state.to);
  row.append(head, cell);
  return row;
}

function makeEntry(text) {
  const entry = document.createElement("li");
  entry.textContent = text;
  return entry;
}

function showResult() {
  const usable = isUsable(state.amount);
  const short = findUnit(state.from).short;
  document.getElementById("question").textContent = usable ? state.amount + " " + short + " is" : "That can't be measured";
  resultArea.textContent = usable
    ? formatIn(state.amount, state.from, state.to)
    : "Enter an amount of zero or more";
  resultArea.classList.toggle("wrong", !usable);
  amountField.setAttribute("aria-invalid", String(!usable));
  keepButton.disabled = !usable;
}

function showLedger() {
  ledgerList.replaceChildren(...state.ledger.map(makeEntry));
  document.getElementById("empty").hidden = state.ledger.length > 0;
}

function render() {
  fromField.value = state.from;
  toField.value = state.to;
  showResult();
  showLedger();
  document.getElementById("rows").replaceChildren(...UNITS.map(makeRow));
}

function setAmount(amount) {
  state.amount = amount;
  amountField.value = String(amount);
  render();
}

function swapUnits() {
  const from = state.from;
  state.from = state.to;
  state.to = from;
  render();
}

function keepResult() {
  if (!isUsable(state.amount)) {
    return;
  }
  const given = state.amount + " " + findUnit(state.from).short;
  state.ledger.unshift(given + " = " + formatIn(state.amount, state.from, state.to));
  render();
}

function clearLedger() {
  state.ledger = [];
  render();
}

amountField.addEventListener("input", () => {
  state.amount = readAmount();
  render();
});
amountField.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    keepResult();
  }
});
fromField.addEventListener("change", () => {
  state.from = fromField.value;
  render();
});
toField.addEventListener("change", () => {
  state.to = toField.value;
  render();
});
document.getElementById("swap").addEventListener("click", swapUnits);
document.getElementById("clear").addEventListener("click", clearLedger);
keepButton.addEventListener("click", keepResult);

fillUnits(fromField, state.from);
fillUnits(toField, state.to);
document.getElementById("presets").append(...PRESETS.map(makePreset));
render();
