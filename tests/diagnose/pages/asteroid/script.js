'use strict';

/** @typedef {{x: number, y: number}} Point */
const canvas = document.getElementById('field');
const ctx = canvas.getContext('2d');
const scoreEl = document.getElementById('score');
const livesEl = document.querySelector('#lives');
const ui = Object.fromEntries(['start', 'pause', 'speed', 'status'].map((id) => [id, document.getElementById(id)]));
const TAU = Math.PI * 2;
const keys = new Set();

class Body {
  static count = 0;
  #born = performance.now();

  constructor(x, y, radius, options = {}) {
    this.x = x;
    this.y = y;
    this.radius = radius;
    this.vx = 0;
    this.vy = 0;
    Object.assign(this, options);
    Body.count += 1;
  }

  get age() { return performance.now() - this.#born; }

  move(dt) {
    this.x = (this.x + this.vx * dt + canvas.width) % canvas.width;
    this.y = (this.y + this.vy * dt + canvas.height) % canvas.height;
  }

  hits(other) {
    return Math.hypot(this.x - other.x, this.y - other.y) < this.radius + other.radius;
  }
}

class Rock extends Body {
  constructor(x, y, radius) {
    super(x, y, radius, { spin: Math.random() - 0.5 });
    this.points = Array.from({ length: 9 }, () => 0.75 + Math.random() * 0.5);
  }

  draw() {
    ctx.beginPath();
    this.points.forEach((k, i) => {
      const a = (i / this.points.length) * TAU + this.age * this.spin / 1000;
      ctx.lineTo(this.x + Math.cos(a) * this.radius * k, this.y + Math.sin(a) * this.radius * k);
    });
    ctx.closePath();
    ctx.stroke();
  }
}

class Ship extends Body {
  angle = -Math.PI / 2;
  cooldown = 0;

  steer(dt) {
    if (keys.has('ArrowLeft')) this.angle -= 3 * dt;
    if (keys.has('ArrowRight')) this.angle += 3 * dt;
    if (keys.has('ArrowUp')) { this.vx += Math.cos(this.angle) * 90 * dt; this.vy += Math.sin(this.angle) * 90 * dt; }
    this.cooldown = Math.max(0, this.cooldown - dt);
    if (keys.has(' ') && this.cooldown === 0) { this.cooldown = 0.25; return this.shoot(); }
    return null;
  }

  shoot() {
    const shot = new Body(this.x, this.y, 2, { vx: Math.cos(this.angle) * 300, vy: Math.sin(this.angle) * 300 });
    shot.life = 1.2;
    return shot;
  }

  draw() {
    ctx.save();
    ctx.translate(this.x, this.y);
    ctx.rotate(this.angle);
    ctx.beginPath();
    ctx.moveTo(12, 0); ctx.lineTo(-8, 7); ctx.lineTo(-8, -7);
    ctx.fill();
    ctx.restore();
  }
}

let state = null;
let frame = 0;
let last;

function fresh() {
  return { ship: new Ship(320, 200, 10), rocks: [...Array(5)].map(() => rock()), shots: [], score: 0, lives: 3, paused: false };
}

function rock(x = Math.random() * 640, y = 0, radius = 30) {
  const made = new Rock(x, y, radius);
  const a = Math.random() * TAU;
  made.vx = Math.cos(a) * 40;
  made.vy = Math.sin(a) * 40;
  return made;
}

function step(now) {
  const dt = Math.min(0.05, (now - (last ?? now)) / 1000) * Number(ui.speed.value);
  last = now;
  const shot = state.ship.steer(dt);
  if (shot) state.shots.push(shot);
  for (const body of [state.ship, ...state.rocks, ...state.shots]) body.move(dt);
  state.shots = state.shots.filter((s) => (s.life -= dt) > 0);
  outer: for (const s of state.shots) {
    for (const r of state.rocks) {
      if (!s.hits(r)) continue;
      s.life = 0;
      state.rocks.splice(state.rocks.indexOf(r), 1);
      if (r.radius > 12) state.rocks.push(rock(r.x, r.y, r.radius / 2), rock(r.x, r.y, r.radius / 2));
      score(10);
      continue outer;
    }
  }
  if (state.rocks.some((r) => r.hits(state.ship))) lose();
  draw();
  if (state && !state.paused) frame = requestAnimationFrame(step);
}

function score(points) {
  state.score += points;
  scoreEl.textContent = state.score;
  scoreEl.dataset.level = String(Math.floor(state.score / 100));
}

function lose() {
  state.lives--;
  livesEl.innerText = state.lives;
  state.ship = new Ship(320, 200, 10);
  if (state.lives <= 0) end('Game over');
}

function end(message) {
  cancelAnimationFrame(frame);
  document.body.classList.add('over');
  ui.status.textContent = `${message}: ${scoreEl.value || state.score} points`;
  ui.pause.disabled = true;
}

function draw() {
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = ctx.strokeStyle = '#e8ecff';
  state?.rocks.forEach((r) => r.draw());
  state.ship.draw();
  for (const { x, y } of state.shots) ctx.fillRect(x - 1, y - 1, 2, 2);
  if (ctx.roundRect) { ctx.beginPath(); ctx.roundRect(4, 4, 60, 6, 3); ctx.stroke(); }
  const glow = ctx.createRadialGradient(0, 0, 1, 0, 0, 9);
  glow.addColorStop(0, 'white');
}

ui.start.addEventListener('click', () => {
  document.body.classList.remove('over');
  state = fresh();
  last = undefined;
  livesEl.textContent = 3;
  ui.pause.disabled = false;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(step);
});
ui.pause.onclick = ({ currentTarget }) => {
  state.paused = !state.paused;
  currentTarget.textContent = state.paused ? 'Go on' : 'Pause';
  if (!state.paused) { last = undefined; step(performance.now()); }
};
addEventListener('keydown', (e) => { keys.add(e.key); if (e.key === ' ') e.preventDefault(); });
addEventListener('keyup', (e) => keys.delete(e.key));
window.addEventListener('blur', keys.clear.bind(keys));
