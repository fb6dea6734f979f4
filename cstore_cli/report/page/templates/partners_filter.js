// A choice hides the rows that are of another; a name that is clicked is chosen.
"use strict";
const choices = Array.from(document.querySelectorAll("select[data-of]"));

function choiceOf(name) {
  return choices.find(({ dataset }) => dataset.of === name.dataset.pick);
}

function isShown(row) {
  return choices.every(
    ({ value, dataset: { of } }) =>
      !value || !(of in row.dataset) || row.dataset[of] === value.slice(1),
  );
}

// Money is whole numbers of 1/10,000 of the currency: sums are exact.
function money(units) {
  const size = Math.abs(units);
  const rest = String(size % 10000).padStart(4, "0").replace(/0+$/, "");
  const whole = Math.floor(size / 10000).toLocaleString("en-US");
  return (units < 0 ? "-" : "") + whole + (rest && "." + rest);
}

function cents(units) {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return (units / 10000).toLocaleString("en-US", digits);
}

function show() {
  for (const name of document.querySelectorAll("[data-pick]")) {
    const isChosen = choiceOf(name)?.value === "=" + name.value;
    name.setAttribute("aria-pressed", isChosen);
  }
  for (const body of document.querySelectorAll("tbody[data-filtered]")) {
    let rows = 0;
    let units = 0;
    for (const row of body.rows) {
      row.hidden = !isShown(row);
      rows += !row.hidden;
      units += row.hidden ? 0 : Number(row.dataset.units || 0);
    }
    const told = document.querySelector(`[data-told="${body.id}"]`);
    if (told) {
      const { currency, rounded, with: what } = told.dataset;
      const amount = rounded === undefined ? money(units) : cents(units);
      const sum = currency ? `, ${amount} ${currency}` : "";
      told.textContent = `${rows.toLocaleString("en-US")} shown${sum}${what ? " " + what : ""}`;
    }
  }
}

document.addEventListener("change", show);
document.addEventListener("click", ({ target }) => {
  const name = target.closest("[data-pick]");
  const choice = name && choiceOf(name);
  if (!choice) return;
  choice.value = choice.value === "=" + name.value ? "" : "=" + name.value;
  show();
});
show();
