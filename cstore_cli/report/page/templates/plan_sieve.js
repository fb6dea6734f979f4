// What is shown of the plan: what fits all that is chosen above the map.
const sieve = ["dc", "region", "batch", "type", "vehicle"];
let storeShown = storeNumbers.map(() => true);
let routeShown = routeNumbers.map(() => true);

function wishes() {
  const found = {};
  for (const name of sieve) {
    const value = byId("by-" + name).value;
    found[name] = value === "" ? null : Number(value);
  }
  return found;
}

function fits(route, wish) {
  const is = (value, wanted) => wanted === null || value === wanted;
  const has = (values, wanted) => wanted === null || values.includes(wanted);
  return (
    is(routes.dc[route], wish.dc) &&
    is(routes.type[route], wish.type) &&
    is(routes.vehicle[route], wish.vehicle) &&
    has(routes.regions[route], wish.region) &&
    has(routes.batches[route], wish.batch)
  );
}

function show() {
  const wish = wishes();
  const some = sieve.some((name) => wish[name] !== null);
  routeShown = routeNumbers.map((route) => fits(route, wish));
  const shown = routeNumbers.filter((route) => routeShown[route]);
  const byVan = [wish.batch, wish.type, wish.vehicle].some((value) => value !== null);
  const visited = new Set(shown.flatMap((route) => routes.visits[route]));
  storeShown = storeNumbers.map(
    (store) =>
      (wish.dc === null || stores.dc[store] === wish.dc) &&
      (wish.region === null || stores.region[store] === wish.region) &&
      (!byVan || visited.has(store)),
  );
  for (const one of all("[data-route]"))
    one.toggleAttribute("hidden", routeShown[Number(one.dataset.route)] === false);
  for (const row of all("#docks [data-dc]"))
    row.hidden = wish.dc !== null && Number(row.dataset.dc) !== wish.dc;
  for (const row of all("[data-store]")) {
    const store = Number(row.dataset.store);
    row.hidden = storeShown[store] === false;
  }
  byId("whole").hidden = !some;
  byId("only").textContent = sieve
    .filter((name) => wish[name] !== null)
    .map((name) => byId("by-" + name).selectedOptions[0].text)
    .join(", ");
  byId("none").hidden = shown.length > 0;
  tell("shown", shown, storeNumbers.filter((store) => storeShown[store]));
  showUnserved(wish);
  showShelves();
  showOnMap();
  if (chosen >= 0 && !routeShown[chosen]) choose(-1);
}

function tell(what, rows, ofStores) {
  const told = {
    routes: whole(sum(routes.routes, rows)),
    stops: whole(sum(routes.stops, rows)),
    parcels: whole(sum(routes.parcels, rows)),
    km: tenths(sum(routes.km, rows)),
    hours: tenths(sum(routes.minutes, rows) / 60),
    cost: whole(sum(routes.cost, rows)),
    stores: whole(sum(stores.of, ofStores)),
  };
  for (const [key, text] of Object.entries(told))
    document.querySelector(`[data-${what}="${key}"]`).textContent = text;
}

function showUnserved(wish) {
  const { group, dc, region } = plan.unserved;
  const stays = (value, wanted) => wanted === null || value === -1 || value === wanted;
  const shown = group.map((_, row) => stays(dc[row], wish.dc) && stays(region[row], wish.region));
  const counts = new Map();
  group.forEach((one, row) => {
    if (shown[row]) counts.set(one, (counts.get(one) ?? 0) + 1);
  });
  for (const row of all("[data-group]")) {
    const count = counts.get(Number(row.dataset.group)) ?? 0;
    row.hidden = count === 0;
    row.cells[1].textContent = whole(count);
  }
  for (const row of all("[data-unserved]")) row.hidden = !shown[Number(row.dataset.unserved)];
  const told = document.querySelector('[data-figure="unserved-shown"]');
  if (told) told.textContent = whole(shown.filter(Boolean).length);
}
