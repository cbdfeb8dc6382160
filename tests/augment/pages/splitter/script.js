const START = { amount: 60, tip: 10, guests: 2, rounded: false };
const MOST_GUESTS = 12;
const state = { ...START, kept: [] };

const amount = document.getElementById("amount");
const tip = document.getElementById("tip");
const guests = document.getElementById("guests");
const round = document.getElementById("round");
const kept = document.getElementById("kept");

function total() {
  return state.amount + (state.amount * state.tip) / 100;
}

function share() {
  const each = total() / state.guests;
  return state.rounded ? Math.ceil(each) : each;
}

function render() {
  document.getElementById("tip-shown").textContent = `${state.tip} %`;
  guests.textContent = String(state.guests);
  document.getElementById("share").textContent = share().toFixed(2);
  const many = state.guests === 1 ? "One guest pays" : `${state.guests} guests share`;
  document.getElementById("hint").textContent = `${many} ${total().toFixed(2)} euros.`;
  round.setAttribute("aria-pressed", String(state.rounded));
}

function renderKept() {
  kept.replaceChildren(
    ...state.kept.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  const none = document.getElementById("none");
  if (state.kept.length > 0) {
    none.classList.add("hidden");
  } else {
    none.classList.remove("hidden");
  }
}

amount.addEventListener("input", () => {
  const value = Number(amount.value);
  if (value >= 0) {
    state.amount = value;
  }
  render();
});

tip.addEventListener("input", () => {
  state.tip = Number(tip.value);
  render();
});

document.getElementById("more").addEventListener("click", () => {
  if (state.guests < MOST_GUESTS) {
    state.guests += 1;
  }
  render();
});

document.getElementById("fewer").addEventListener("click", () => {
  if (state.guests > 1) {
    state.guests -= 1;
  }
  render();
});

round.addEventListener("click", () => {
  state.rounded = !state.rounded;
  render();
});

document.getElementById("keep").addEventListener("click", () => {
  state.kept.push(`${state.guests} guests, ${share().toFixed(2)} each`);
  renderKept();
});

document.getElementById("reset").addEventListener("click", () => {
  state.amount = START.amount;
  state.tip = START.tip;
  state.guests = START.guests;
  state.rounded = false;
  state.kept = [];
  amount.value = String(START.amount);
  tip.value = String(START.tip);
  render();
  renderKept();
});

render();
