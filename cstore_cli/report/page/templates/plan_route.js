// The route chosen: its stops, its load, its time line.
const MARGIN = 5; // minutes beside the time line
let chosen = -1;

function choose(route) {
  if (route === chosen) return;
  chosen = route;
  for (const row of all("tr[data-route]"))
    row.classList.toggle("chosen", Number(row.dataset.route) === route);
  showRoute(route, rowsOf(route));
  if (map) markOnMap(route, rowsOf(route));
}

// Brings the route's details below the bar of choices, unless they are in sight.
function reveal() {
  const place = byId("route"), bar = byId("sieve");
  const covered = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
  const { top } = place.getBoundingClientRect();
  if (top >= covered && top < innerHeight / 2) return;
  place.style.scrollMarginTop = `${covered + 8}px`;
  place.scrollIntoView();
}

const rowsOf = (route) => stops.route.flatMap((of, row) => (of === route ? [row] : []));

function showRoute(route, rows) {
  const line = byId("route-line");
  byId("route-stops").hidden = rows.length === 0;
  line.toggleAttribute("hidden", rows.length === 0);
  byId("zoom").hidden = route < 0;
  const sheet = routes.sheet[route] ?? null;
  byId("sheet").hidden = sheet === null;
  if (sheet !== null) byId("sheet").href = sheet;
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
