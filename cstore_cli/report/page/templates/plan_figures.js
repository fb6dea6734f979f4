// Figures and cells of the page, and the plan that its script knows.
const byId = (id) => document.getElementById(id);
const all = (selector) => Array.from(document.querySelectorAll(selector));
const plan = JSON.parse(byId("plan").textContent);
const { places, routes, stops, stores } = plan;
const routeNumbers = routes.name.map((_, route) => route);
const storeNumbers = stores.dc.map((_, store) => store);
const KINDS = ["depart", "deliver", "collect", "reload", "end"];

// A half goes to its even neighbour, as where the page was made.
function figure(value, digits) {
  const scale = 10 ** digits;
  const below = Math.floor(value * scale);
  const isHalf = Number.isInteger(value * 4) && value * scale - below === 0.5;
  const near = isHalf ? (below + (below % 2)) / scale : value;
  return Number(near.toFixed(digits)).toLocaleString("en-US", { minimumFractionDigits: digits });
}
const whole = (value) => figure(value, 0);
const tenths = (value) => figure(value, 1);
const count = (number, what) => `${whole(number)} ${what}${number === 1 ? "" : "s"}`;
const clock = (minutes) =>
  minutes === null
    ? ""
    : [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");
const sum = (column, rows) => rows.reduce((total, row) => total + column[row], 0);

// A cell of text; figures stand right.
function cell(row, text, number) {
  const made = row.insertCell();
  made.textContent = text;
  if (number) made.className = "number";
  return made;
}

function named(row, text) {
  const head = document.createElement("th");
  head.scope = "row";
  const name = document.createElement("bdi");
  name.textContent = text;
  head.append(name);
  row.append(head);
}
