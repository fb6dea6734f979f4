// Shelves before and after, the fullest first.
const SHELVES = 40;
const WIDEST = 1.5; // a bar ends at 150 % of its shelf
let allShelves = false;

const fullness = (store, column) =>
  stores.shelf_litres[store] > 0 ? stores[column][store] / stores.shelf_litres[store] : 0;

function showShelves() {
  const shown = storeNumbers.filter((store) => storeShown[store]);
  const after = (store) => fullness(store, "shelf_after_litres");
  shown.sort((a, b) => after(b) - after(a) || a - b);
  const over = (word) => whole(shown.filter((store) => stores.risk[store] === word).length);
  byId("shelf-told").textContent =
    `${whole(shown.length)} shelves hold ${whole(sum(stores.shelf_before_litres, shown))} litres ` +
    `before and ${whole(sum(stores.shelf_after_litres, shown))} after, of ` +
    `${whole(sum(stores.shelf_litres, shown))}; ${over("over_before")} are over before a van ` +
    `comes, ${over("possible")} more may overflow.`;
  const few = allShelves ? shown : shown.slice(0, SHELVES);
  const rows = document.createDocumentFragment();
  few.forEach((store) => rows.append(shelfRow(store)));
  document.querySelector("#shelves tbody").replaceChildren(rows);
  byId("shelves-shown").textContent =
    few.length < shown.length
      ? `The ${few.length} fullest of ${whole(shown.length)}`
      : "Fullest first";
  const more = byId("more-shelves");
  more.hidden = shown.length <= SHELVES;
  more.textContent = allShelves
    ? `Show the ${SHELVES} fullest only`
    : `Show all ${whole(shown.length)} (now the ${SHELVES} fullest)`;
}

function shelfRow(store) {
  const row = document.createElement("tr");
  named(row, places.name[store]);
  cell(row, plan.regions[stores.region[store]] ?? "");
  cell(row, clock(stores.arrives[store]) || "no van");
  for (const column of ["shelf", "shelf_before", "arriving", "shelf_after"])
    cell(row, tenths(stores[column + "_litres"][store]), true);
  cell(row, whole(fullness(store, "shelf_after_litres") * 100) + " %", true);
  const bar = document.createElement("div");
  for (const [kind, column] of [["before", "shelf_before_litres"], ["arriving", "arriving_litres"]]) {
    const part = document.createElement("i");
    part.className = kind;
    part.style.width = Math.min(100, (fullness(store, column) / WIDEST) * 100) + "%";
    bar.append(part);
  }
  const place = row.insertCell();
  place.className = "bar";
  if (fullness(store, "shelf_after_litres") > WIDEST) bar.classList.add("past");
  place.append(bar);
  cell(row, { no: "no", possible: "may be over", over_before: "over before" }[stores.risk[store]]);
  return row;
}
