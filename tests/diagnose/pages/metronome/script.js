const byId = document.getElementById.bind(document);
const [lamp, toggle, bpm, value] = ['lamp', 'toggle', 'bpm', 'bpm-value'].map(byId);
const presets = new Map(Object.entries(JSON.parse(byId('presets').textContent)));

const createClock = ({ onBeat = () => {}, perMinute }) => {
  let timer = null;
  let beat = 0;
  const interval = () => 60_000 / perMinute;
  const tick = () => {
    onBeat(beat++ % 4 === 0, beat);
    timer = setTimeout(tick, interval());
  };
  return {
    start() { timer ??= setTimeout(tick, 0); },
    stop() { clearTimeout(timer); timer = null; beat = 0; },
    get running() { return timer !== null; },
    set tempo(next) { perMinute = next; },
  };
};

const sound = (() => {
  let context;
  return (frequency, seconds = 0.05) => {
    context ??= new (window.AudioContext || window.webkitAudioContext)();
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0.1, context.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + seconds);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start();
    oscillator.stop(context.currentTime + seconds);
  };
})();

const listeners = { beat: [] };
const on = (name, callback) => { (listeners[name] ||= []).push(callback); return () => off(name, callback); };
const off = (name, callback) => { listeners[name] = listeners[name]?.filter((each) => each !== callback) ?? []; };
const emit = (name, ...rest) => listeners[name]?.forEach((callback) => callback(...rest));

const clock = createClock({ perMinute: Number(bpm.value), onBeat: (accent, n) => emit('beat', accent, n) });

on('beat', (accent) => {
  lamp.classList.add('lit');
  lamp.classList.toggle('accent', accent);
  lamp.animate?.([{ scale: 1.1 }, { scale: 1 }], { duration: 120, easing: 'ease-out' });
  setTimeout(() => lamp.classList.remove('lit', 'accent'), 100);
  if (navigator.userActivation?.hasBeenActive) sound(accent ? 880 : 440);
});

function setTempo(next, { silent = false } = {}) {
  bpm.value = next;
  value.textContent = next;
  clock.tempo = Number(next);
  if (!silent) history.length && lap(`Tempo ${next}`);
}

function lap(text) {
  const item = document.createElement('li');
  item.textContent = text;
  const laps = byId('laps');
  laps.prepend(item);
  while (laps.children.length > 5) laps.lastElementChild.remove();
}

toggle.addEventListener('click', () => {
  clock.running ? clock.stop() : clock.start();
  toggle.textContent = clock.running ? 'Stop' : 'Start';
  toggle.setAttribute('aria-pressed', String(clock.running));
});
bpm.addEventListener('input', (event) => setTempo(event.target.value));

let taps = [];
byId('tap').onclick = ({ timeStamp }) => {
  taps = [...taps.filter((t) => timeStamp - t < 3000), timeStamp];
  if (taps.length < 2) return;
  const gaps = taps.slice(1).map((t, i) => t - taps[i]);
  setTempo(Math.round(60000 / (gaps.reduce((a, b) => a + b, 0) / gaps.length)));
};

for (const [name, tempo] of presets) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name, id: `preset-${name}` });
  button.addEventListener('click', () => setTempo(tempo, { silent: true }));
  byId('presets-box').append(button);
}
document.querySelector('#preset-Largo').title = 'Slow';

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await delay(0);
document.documentElement.style.setProperty('--turn', '10deg');
export { setTempo };
