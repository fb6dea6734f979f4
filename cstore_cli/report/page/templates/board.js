// Filters stores, and lists the parcels of the one that is clicked, or of those shown.
"use strict";
const listed = JSON.parse(document.getElementById("listed").textContent);
const rows = Array.from(document.getElementById("stores").rows);
const wanted = document.getElementById("wanted");
const only = document.getElementById("only");
const AT_FIRST = 100; // parcels listed while no store is chosen
let chosen = null;

function count(number, what) {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}

function isShown({ dataset }) {
  const text = wanted.value.trim().toLowerCase();
  const named = `${dataset.store}\n${dataset.chain}`.toLowerCase().includes(text);
  return named && (!only.value || Number(dataset[only.value]) > 0);
}

function cell(row, name, value, kind) {
  const made = row.appendChild(document.createElement(name));
  const text = made.appendChild(document.createElement("bdi"));
  text.textContent = value ?? "";
  if (kind) made.className = kind;
  return made;
}

function rowOf(k) {
  const row = document.createElement("tr");
  cell(row, "th", listed.parcel[k]).scope = "row";
  cell(row, "td", listed.store[k]);
  cell(row, "td", listed.ready[k], "fixed");
  cell(row, "td", listed.days[k], "number");
  if (knowsEnds) {
    cell(row, "td", listed.deadline[k], "fixed");
    cell(row, "td", listed.rule[k]);
  }
  cell(row, "td", listed.extension[k] || "", "number");
  cell(row, "td", listed.litres[k].toFixed(1), "number");
  cell(row, "td", listed.overdue[k] ? `${listed.standing[k]}, overdue` : listed.standing[k]);
  return row;
}

function show() {
  const stores = new Set();
  for (const row of rows) {
    row.hidden = !isShown(row);
    const isChosen = row.dataset.store === chosen;
    row.classList.toggle("chosen", isChosen);
    row.querySelector("button").setAttribute("aria-pressed", isChosen);
    if (!row.hidden) stores.add(row.dataset.store);
  }
  const isFree = chosen === null && !wanted.value.trim();
  const ours = [];
  for (let k = 0; k < listed.parcel.length; k += 1) {
    const here = chosen === null ? isFree || stores.has(listed.store[k]) : listed.store[k] === chosen;
    if (here && (!only.value || listed[only.value][k])) ours.push(k);
  }
  document.getElementById("stores-told").textContent = `${count(stores.size, "store")} shown`;
  document.getElementById("parcels-of").textContent =
    chosen === null ? "Parcels" : `Parcels of ${chosen}`;
  const shown = chosen === null ? ours.slice(0, AT_FIRST) : ours;
  const more = shown.length < ours.length;
  document.getElementById("parcels-told").textContent =
    `${count(ours.length, "parcel")}${more ? `, the first ${AT_FIRST} shown: choose a store` : ""}`;
  document.getElementById("parcels").replaceChildren(...shown.map(rowOf));
}

document.getElementById("stores").addEventListener("click", ({ target }) => {
  const row = target.closest("button")?.closest("tr");
  if (!row) return;
  chosen = chosen === row.dataset.store ? null : row.dataset.store;
  show();
  if (chosen !== null) document.getElementById("parcels-of").scrollIntoView();
});
wanted.addEventListener("input", show);
only.addEventListener("change", show);
show();
