function boot() {
  initial.forEach(card => addCard(card.at, card.text));
  document.getElementById('board').addEventListener('pointerdown', startDrag);
}

function columnOf(name) {
  return document.querySelector(`[data-column="${name}"] ol`);
}

function addCard(column, text, focus) {
  const node = document.getElementById('card').content.firstElementChild.cloneNode(true);
  node.querySelector('b').textContent = text;
  node.id = 'card-' + countCards();
  node.querySelector('.left').onclick = () => shift(node, -1);
  node.querySelector('.right').onclick = () => shift(node, +1);
  columnOf(column).append(node);
  if (focus) node.focus();
  say(`${text} added`);
  return node;
}

function countCards() { return document.getElementsByClassName('card').length; }

function shift(node, by) {
  const here = node.closest('.column').dataset.column;
  const next = COLUMNS[COLUMNS.indexOf(here) + by];
  if (next === undefined) return;
  columnOf(next).appendChild(node);
  node.classList.add('dropped');
  node.addEventListener('animationend', () => node.classList.remove('dropped'), { once: true });
  say(node.innerText + ' moved to ' + next);
}

var offset = { x: 0, y: 0 };
function startDrag(e) {
  const card = e.target.closest('.card');
  if (!card || e.target.matches('button')) return;
  const box = card.getBoundingClientRect();
  offset = { x: e.clientX - box.left, y: e.clientY - box.top };
  dragged = card;
  card.setPointerCapture(e.pointerId);
  card.classList.add('dragging');
  card.style.width = box.width + 'px';
  card.onpointermove = drag;
  card.onpointerup = card.onpointercancel = drop;
  drag(e);
}

function drag(e) {
  Object.assign(dragged.style, { left: e.clientX - offset.x + 'px', top: e.clientY - offset.y + 'px' });
  const over = columnAt(e.clientX, e.clientY);
  document.querySelectorAll('.column').forEach(c => c.classList.toggle('over', c === over));
}

function columnAt(x, y) {
  return [].find.call(document.querySelectorAll('.column'), c => {
    const b = c.getBoundingClientRect();
    return x >= b.left && x <= b.right && y >= b.top && y <= b.bottom;
  });
}

function drop(e) {
  const column = columnAt(e.clientX, e.clientY);
  dragged.classList.remove('dragging');
  dragged.removeAttribute('style');
  dragged.onpointermove = dragged.onpointerup = null;
  if (column) column.querySelector('ol').append(dragged);
  document.querySelector('.over')?.classList.remove('over');
  dragged = null;
}

function filterCards(query) {
  const wanted = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  for (let card of document.querySelectorAll('.card')) card.hidden = !wanted.test(card.textContent);
}

function toggleTheme(event) {
  event.preventDefault();
  theme = document.body.classList.toggle('dark') ? 'dark' : 'light';
  say('Theme: ' + theme);
  return false;
}

function say(text) {
  live.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { live.textContent = ''; }, 3000);
}
