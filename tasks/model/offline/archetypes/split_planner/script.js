'use strict';

const FIRST_PEOPLE = [[ people | tojson ]];
const FIRST_ITEMS = [
[% for item in items %]
  { name: [[ item.name | tojson ]], amount: [[ item.amount ]], by: [[ item.by | tojson ]] },
[% endfor %]
];
const FIRST_EXTRA = [[ extra ]];

const duesList = document.getElementById('dues');
const headRow = document.getElementById('head');
const lineRows = document.getElementById('lines');
const extraField = document.getElementById('extra');
const itemField = document.getElementById('item-name');
const amountField = document.getElementById('item-amount');
const personField = document.getElementById('person-name');
const messageLine = document.getElementById('message');

const sheet = { people: [], items: [], extra: FIRST_EXTRA };

function startAgain() {
  sheet.people = [...FIRST_PEOPLE];
  sheet.items = FIRST_ITEMS.map((item) => ({
    name: item.name,
    amount: item.amount,
    by: item.by.map((place) => FIRST_PEOPLE[place]),
  }));
  sheet.extra = FIRST_EXTRA;
  extraField.value = String(FIRST_EXTRA);
  render();
}

function say(message) {
  messageLine.textContent = message;
}

function inFigures(hundredths) {
  return `[[ k.before ]]${(hundredths / 100).toFixed(2)}[[ k.after ]]`;
}

function shareOf(person) {
  let share = 0;
  for (const item of sheet.items) {
    const place = item.by.indexOf(person);
    if (place >= 0) {
      const odd = item.amount % item.by.length;
      share += Math.floor(item.amount / item.by.length) + (place < odd ? 1 : 0);
    }
  }
  return share;
}

function dueOf(person) {
  const share = shareOf(person);
  return share + Math.round((share * sheet.extra) / 100);
}

function leftOver() {
  const unshared = sheet.items.filter((item) => item.by.length === 0);
  return unshared.reduce((sum, item) => sum + item.amount, 0);
}

function makeButton(label, onClick) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'drop';
  button.textContent = '×';
  button.setAttribute('aria-label', label);
  button.addEventListener('click', onClick);
  return button;
}

function renderSlip(person) {
  const slip = document.createElement('li');
  const who = document.createElement('span');
  who.className = 'who';
  who.textContent = `${person} [[ k.verb ]]`;
  const due = document.createElement('output');
  due.setAttribute('aria-label', `${person} [[ k.verb ]]`);
  due.textContent = inFigures(dueOf(person));
  slip.append(who, due, makeButton(`Remove ${person}`, () => removePerson(person)));
  return slip;
}

function renderSums() {
  const total = sheet.people.reduce((sum, person) => sum + dueOf(person), 0);
  duesList.replaceChildren(...sheet.people.map(renderSlip));
  document.getElementById('total').textContent = inFigures(total);
  document.getElementById('left').textContent = inFigures(leftOver());
}

function renderHead() {
  const titles = ['Item', '[[ k.amount ]]', ...sheet.people, 'Strike'];
  headRow.replaceChildren(
    ...titles.map((title) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = title;
      return cell;
    }),
  );
  headRow.children[1].className = 'amount';
}

function renderBox(item, person) {
  const cell = document.createElement('td');
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = item.by.includes(person);
  box.setAttribute('aria-label', `${person} shares ${item.name}`);
  box.addEventListener('change', () => setShare(item, person, box.checked));
  cell.append(box);
  return cell;
}

function renderLine(item) {
  const row = document.createElement('tr');
  const title = document.createElement('th');
  title.scope = 'row';
  title.textContent = item.name;
  const amount = document.createElement('td');
  amount.className = 'amount';
  amount.textContent = inFigures(item.amount);
  const strike = document.createElement('td');
  strike.append(makeButton(`Remove ${item.name}`, () => removeItem(item)));
  row.append(title, amount, ...sheet.people.map((person) => renderBox(item, person)), strike);
  return row;
}

function render() {
  renderHead();
  lineRows.replaceChildren(...sheet.items.map(renderLine));
  renderSums();
}

function setShare(item, person, shares) {
  item.by = sheet.people.filter((other) => (other === person ? shares : item.by.includes(other)));
  say(item.by.length === 0 ? `Nobody shares ${item.name}.` : '');
  renderSums();
}

function removeItem(item) {
  sheet.items = sheet.items.filter((other) => other !== item);
  say(`${item.name} is struck off.`);
  render();
  itemField.focus();
}

function removePerson(person) {
  if (sheet.people.length === 1) {
    say('At least one person has to stay.');
    return;
  }
  sheet.people = sheet.people.filter((other) => other !== person);
  sheet.items.forEach((item) => {
    item.by = item.by.filter((other) => other !== person);
  });
  say(`${person} is out.`);
  render();
  personField.focus();
}

function addItem(event) {
  event.preventDefault();
  const name = itemField.value.trim();
  const amount = Math.round(Number(amountField.value) * 100);
  if (name === '') {
    say('Give the item a name.');
    itemField.focus();
  } else if (!(amount > 0)) {
    say('[[ k.amount ]] must be more than 0.');
    amountField.focus();
  } else {
    sheet.items.push({ name, amount, by: [...sheet.people] });
    itemField.value = '';
    amountField.value = '';
    say(`${name} is on the list.`);
    render();
    itemField.focus();
  }
}

function addPerson(event) {
  event.preventDefault();
  const person = personField.value.trim();
  if (person === '') {
    say('Give the person a name.');
  } else if (sheet.people.includes(person)) {
    say(`${person} is already here.`);
  } else {
    sheet.people.push(person);
    personField.value = '';
    say(`${person} has joined.`);
    render();
  }
  personField.focus();
}

function setExtra() {
  const percent = Number(extraField.value);
  if (percent < 0 || percent > 100 || !Number.isInteger(percent)) {
    say('[[ k.extra ]] must be a whole number from 0 to 100.');
    return;
  }
  sheet.extra = percent;
  say('');
  renderSums();
}

document.getElementById('item-form').addEventListener('submit', addItem);
document.getElementById('person-form').addEventListener('submit', addPerson);
extraField.addEventListener('input', setExtra);
document.getElementById('reset').addEventListener('click', () => {
  startAgain();
  say('As it was at first.');
});

startAgain();
