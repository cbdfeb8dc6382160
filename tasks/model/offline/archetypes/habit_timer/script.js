'use strict';

const PRESETS = [
[% for preset in presets %]
  { name: [[ preset.name | tojson ]], work: [[ preset.work ]], rest: [[ preset.rest ]], rounds: [[ preset.rounds ]] },
[% endfor %]
];
const FIRST_PRESET = [[ first ]];
const LEAST_SECONDS = [[ least ]];
const MOST_SECONDS = [[ longest ]];
const OWN_ROUNDS = 3;
const GOAL = [[ goal ]];
const PHASE_WORDS = { ready: 'Ready', work: '[[ k.work ]]', rest: '[[ k.rest ]]', done: 'Done' };

const dial = document.getElementById('dial');
const ring = document.getElementById('ring');
const progress = document.getElementById('progress');
const mainButton = document.getElementById('main-button');
const workField = document.getElementById('own-work');
const restField = document.getElementById('own-rest');
const messageLine = document.getElementById('message');
const radios = [...document.querySelectorAll('input[name="plan"]')];

const timer = { plan: PRESETS[FIRST_PRESET], phase: 'ready', running: false, round: 1, left: 0, kept: [], sessions: 0 };
let lastFrame = null;

function secondsOf(phase) {
  return phase === 'rest' ? timer.plan.rest : timer.plan.work;
}

function inMinutes(seconds) {
  const whole = Math.ceil(seconds - 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function say(message) {
  messageLine.textContent = message;
}

function rewind() {
  timer.phase = 'ready';
  timer.running = false;
  timer.round = 1;
  timer.left = timer.plan.work;
  timer.kept = [];
  render();
}

function enter(phase) {
  timer.phase = phase;
  timer.left = phase === 'done' ? 0 : secondsOf(phase);
}

function finishSession() {
  timer.running = false;
  timer.sessions += 1;
  enter('done');
  say(`${timer.plan.name}: kept.`);
}

function keepRound() {
  timer.kept.push(`${timer.plan.name}, round ${timer.round}`);
}

function nextPhase() {
  if (timer.phase === 'work') {
    keepRound();
    if (timer.round === timer.plan.rounds) {
      finishSession();
    } else {
      enter('rest');
    }
  } else if (timer.phase === 'rest') {
    timer.round += 1;
    enter('work');
  }
}

function advance(seconds) {
  timer.left -= seconds;
  while (timer.running && timer.left <= 0) {
    const over = -timer.left;
    nextPhase();
    timer.left = timer.phase === 'done' ? 0 : timer.left - over;
  }
}

function mainWord() {
  if (timer.running) {
    return [[ k.hold | tojson ]];
  }
  return timer.phase === 'work' || timer.phase === 'rest' ? [[ k.on | tojson ]] : [[ k.go | tojson ]];
}

function setText(id, text) {
  const place = document.getElementById(id);
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

function shareDone() {
  if (timer.phase === 'ready') {
    return 0;
  }
  return timer.phase === 'done' ? 1 : 1 - timer.left / secondsOf(timer.phase);
}

function showClock() {
  const share = shareDone();
  setText('time', inMinutes(timer.left));
  setText('phase', PHASE_WORDS[timer.phase]);
  setText('round', `${timer.round} of ${timer.plan.rounds}`);
  ring.style.visibility = share > 0 ? 'visible' : 'hidden';
  ring.style.strokeDashoffset = String(100 * (1 - share));
  progress.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  dial.classList.toggle('resting', timer.phase === 'rest');
}

function showDiary() {
  const lines = timer.kept.map((text) => {
    const line = document.createElement('li');
    line.className = 'kept';
    line.textContent = text;
    return line;
  });
  if (lines.length === 0) {
    const none = document.createElement('li');
    none.className = 'none';
    none.textContent = 'No round yet.';
    lines.push(none);
  }
  document.getElementById('diary').replaceChildren(...lines);
}

function showDots() {
  const dots = Array.from({ length: GOAL }, (_, index) => {
    const dot = document.createElement('span');
    dot.classList.toggle('full', index < timer.sessions);
    return dot;
  });
  document.getElementById('dots').replaceChildren(...dots);
  setText('tally', String(timer.sessions));
}

function render() {
  mainButton.textContent = mainWord();
  showClock();
  showDiary();
  showDots();
}

function pressMain() {
  if (timer.phase === 'done') {
    rewind();
  }
  if (timer.phase === 'ready') {
    enter('work');
  }
  timer.running = !timer.running;
  say('');
  render();
}

function skip() {
  if (timer.phase === 'ready') {
    say('Nothing is running yet.');
    return;
  }
  nextPhase();
  render();
}

function choosePlan(plan) {
  timer.plan = plan;
  say(`${plan.name} is set.`);
  rewind();
}

function isAllowed(seconds) {
  return Number.isInteger(seconds) && seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS;
}

function useOwn(event) {
  event.preventDefault();
  const work = Number(workField.value);
  const rest = Number(restField.value);
  if (!isAllowed(work) || !isAllowed(rest)) {
    say(`Choose ${LEAST_SECONDS} to ${MOST_SECONDS} seconds.`);
    (isAllowed(work) ? restField : workField).focus();
    return;
  }
  radios.forEach((radio) => {
    radio.checked = false;
  });
  choosePlan({ name: 'Your own pace', work, rest, rounds: OWN_ROUNDS });
}

function tick(now) {
  const seconds = lastFrame === null ? 0 : (now - lastFrame) / 1000;
  lastFrame = now;
  if (timer.running) {
    const phaseBefore = timer.phase;
    advance(seconds);
    if (timer.phase === phaseBefore) {
      showClock();
    } else {
      render();
    }
  }
  requestAnimationFrame(tick);
}

radios.forEach((radio, index) => radio.addEventListener('change', () => choosePlan(PRESETS[index])));
mainButton.addEventListener('click', pressMain);
document.getElementById('skip').addEventListener('click', skip);
document.getElementById('reset').addEventListener('click', rewind);
document.getElementById('own').addEventListener('submit', useOwn);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    rewind();
  }
});

rewind();
requestAnimationFrame(tick);
