// Chooses a route, sieves what is shown; the numbers are those of the plan's files.
"use strict";
(() => {
  const SHELVES = 40;
  const MARGIN = 5; // minutes beside a route's time line
  const WIDEST = 1.5; // a bar ends at 150 % of its shelf
  const KINDS = ["depart", "deliver", "collect", "reload", "end"];
  const byId = (id) => document.getElementById(id);
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const plan = JSON.parse(byId("plan").textContent);
  const { places, routes, stops, stores } = plan;
  const routeNumbers = routes.name.map((_, route) => route);
  const storeNumbers = stores.dc.map((_, store) => store);
  const sieve = ["dc", "region", "batch", "type", "vehicle"];
  let chosen = -1;
  let allShelves = false;
  let storeShown = storeNumbers.map(() => true);
  let routeShown = routeNumbers.map(() => true);
  let map = null;

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

  // What is shown ------------------------------------------------------------------

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

  // Shelves ------------------------------------------------------------------------

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
      `${whole(sum(stores.shelf_litres, shown))}; ${over("possible")} may overflow, ` +
      `${over("over_before")} are over before a van comes.`;
    const few = allShelves ? shown : shown.slice(0, SHELVES);
    const rows = document.createDocumentFragment();
    few.forEach((store) => rows.append(shelfRow(store)));
    document.querySelector("#shelves tbody").replaceChildren(rows);
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
    place.append(bar);
    cell(row, { no: "no", possible: "possible", over_before: "over before" }[stores.risk[store]]);
    return row;
  }

  // The route chosen ---------------------------------------------------------------

  function choose(route) {
    if (route === chosen) return;
    chosen = route;
    for (const row of all("tr[data-route]"))
      row.classList.toggle("chosen", Number(row.dataset.route) === route);
    const rows = stops.route.flatMap((of, row) => (of === route ? [row] : []));
    showRoute(route, rows);
    if (map) markOnMap(route, rows);
  }

  function showRoute(route, rows) {
    const line = byId("route-line");
    byId("route-stops").hidden = rows.length === 0;
    line.toggleAttribute("hidden", rows.length === 0);
    byId("zoom").hidden = route < 0;
    if (route < 0) {
      byId("route-name").textContent = "No route chosen";
      byId("route-told").textContent = "Click a route to see its stops, its load and its time line.";
      return;
    }
    byId("route-name").textContent = routes.name[route];
    byId("route-told").textContent =
      `${clock(routes.departs[route])} to ${clock(routes.returns[route])}, ` +
      `${count(routes.trips[route], "trip")}, ${count(routes.stops[route], "stop")}; ` +
      `${whole(routes.parcels[route])} parcels, ${whole(routes.litres[route])} litres, ` +
      `${whole(routes.kg[route])} kg${room(route)}; ${tenths(routes.km[route])} km.` +
      (rows.length ? "" : " Its stops are in stops.csv.");
    const drawn = document.querySelector(`#vans tr[data-route="${route}"] svg`);
    const blocks = Array.from(drawn.children, (part) => part.cloneNode(true));
    const from = Math.min(...blocks.map((block) => Number(block.getAttribute("x")))) - MARGIN;
    line.setAttribute("viewBox", `${from} 0 ${routes.returns[route] + MARGIN - from} 10`);
    line.replaceChildren(...blocks);
    const made = document.createDocumentFragment();
    const loads = onBoard(rows);
    rows.forEach((stop, k) => made.append(stopRow(stop, loads[k])));
    document.querySelector("#route-stops tbody").replaceChildren(made);
  }

  // What the van holds.
  const room = (route) =>
    routes.capacity_litres[route] === null
      ? ""
      : ` (a trip holds ${whole(routes.capacity_litres[route])} litres and ` +
        `${whole(routes.capacity_kg[route])} kg)`;

  // Litres to deliver that are on the van after each row.
  function onBoard(rows) {
    const left = new Map();
    const delivers = (stop) => KINDS[stops.kind[stop]] === "deliver";
    for (const stop of rows)
      if (delivers(stop))
        left.set(stops.trip[stop], (left.get(stops.trip[stop]) ?? 0) + stops.litres[stop]);
    return rows.map((stop) => {
      const trip = stops.trip[stop];
      if (delivers(stop)) left.set(trip, left.get(trip) - stops.litres[stop]);
      return KINDS[stops.kind[stop]] === "end" ? 0 : Math.max(0, left.get(trip) ?? 0);
    });
  }

  function stopRow(stop, load) {
    const row = document.createElement("tr");
    cell(row, stops.trip[stop]);
    cell(row, stops.sequence[stop]);
    cell(row, KINDS[stops.kind[stop]]);
    named(row, places.name[stops.place[stop]]);
    for (const column of ["arrives", "starts", "leaves"]) cell(row, clock(stops[column][stop]));
    cell(row, whole(stops.dropped_parcels[stop]), true);
    cell(row, whole(stops.collected_parcels[stop]), true);
    cell(row, tenths(stops.litres[stop]), true);
    cell(row, tenths(stops.kg[stop]), true);
    cell(row, tenths(load), true);
    cell(row, whole(stops.cod_twd[stop]), true);
    cell(row, tenths(stops.leg_km[stop]), true);
    return row;
  }

  // The map ------------------------------------------------------------------------

  function showOnMap() {
    if (!map) return;
    const ofRegions = new Set(storeNumbers.filter((s) => storeShown[s]).map((s) => stores.region[s]));
    map.get_model_by_name("routes-shown").booleans = routeShown;
    map.get_model_by_name("stores-shown").booleans = storeShown;
    map.get_model_by_name("regions-shown").booleans = plan.regions.map((_, k) => ofRegions.has(k));
  }

  function markOnMap(route, rows) {
    const picked = route < 0 ? [] : [route];
    const { selected } = map.get_model_by_name("routes");
    if (selected.indices[0] !== picked[0] || selected.indices.length > 1) selected.indices = picked;
    const visits = rows.filter((stop) => ["deliver", "collect"].includes(KINDS[stops.kind[stop]]));
    map.get_model_by_name("chosen").data = {
      x: visits.map((stop) => places.x[stops.place[stop]]),
      y: visits.map((stop) => places.y[stops.place[stop]]),
      number: visits.map((stop) => String(stops.sequence[stop])),
    };
  }

  // Shows a box of the map (km), both axes to one scale whatever the width of the page.
  function showBox(x, y) {
    const plot = map.get_model_by_name("map");
    const [width, height] = [plot.inner_width, plot.inner_height];
    if (!(width > 0 && height > 0)) return;
    const perPixel = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
    for (const [range, ends, pixels] of [[plot.x_range, x, width], [plot.y_range, y, height]]) {
      const middle = (ends[0] + ends[1]) / 2;
      const half = (perPixel * pixels) / 2;
      range.setv({ start: middle - half, end: middle + half });
    }
  }

  function zoomTo(route) {
    const { data } = map.get_model_by_name("routes");
    const ends = (values) => [Math.min(...values) - 0.3, Math.max(...values) + 0.3];
    if (data.xs[route].length > 0) showBox(ends(data.xs[route]), ends(data.ys[route]));
  }

  // A page that becomes wider or narrower keeps what it shows from west to east.
  function keepScale() {
    const { x_range: x, y_range: y, inner_width: width, inner_height: height } =
      map.get_model_by_name("map");
    if (!(width > 0 && height > 0)) return;
    const half = (((x.end - x.start) / width) * height) / 2;
    const middle = (y.start + y.end) / 2;
    y.setv({ start: middle - half, end: middle + half });
  }

  for (const name of sieve) byId("by-" + name).addEventListener("change", show);
  byId("all").addEventListener("click", () => {
    for (const name of sieve) byId("by-" + name).value = "";
    show();
  });
  byId("more-shelves").addEventListener("click", () => {
    allShelves = !allShelves;
    showShelves();
  });
  document.addEventListener("click", (event) => {
    const at = event.target.closest("[data-route]");
    if (at) choose(Number(at.dataset.route));
  });
  tell("all", routeNumbers, storeNumbers);
  show();
  cstore.drawn = cstore.drawn.then(() => {
    map = cstore.charts.map;
    const plot = map.get_model_by_name("map");
    const { x_range: x, y_range: y } = plot;
    const everything = [[x.start, x.end], [y.start, y.end]];
    const fit = () => showBox(...everything);
    fit();
    plot.properties.inner_width.change.connect(keepScale);
    byId("everything").addEventListener("click", fit);
    byId("zoom").addEventListener("click", () => zoomTo(chosen));
    const { selected } = map.get_model_by_name("routes");
    selected.properties.indices.change.connect(() => choose(selected.indices[0] ?? -1));
    showOnMap();
  });
})();
