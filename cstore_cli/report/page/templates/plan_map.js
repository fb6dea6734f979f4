// The map: what is shown of it, the route chosen, and its scale.
let map = null; // its bokeh document, once drawn
const NAME = 20; // pixels of the map's width for each name of a region

function showOnMap() {
  if (!map) return;
  const ofRegions = new Set(storeNumbers.filter((s) => storeShown[s]).map((s) => stores.region[s]));
  map.get_model_by_name("routes-shown").booleans = routeShown;
  map.get_model_by_name("stores-shown").booleans = storeShown;
  const drawn = plan.regions.map((_, region) => ofRegions.has(region));
  map.get_model_by_name("regions-shown").booleans = drawn;
  const room = map.get_model_by_name("map").inner_width / NAME;
  const fits = drawn.filter(Boolean).length <= room;
  map.get_model_by_name("region-names-shown").booleans = drawn.map((one) => one && fits);
}

function markOnMap(route, rows) {
  const picked = route < 0 ? [] : [route];
  const { selected } = map.get_model_by_name("routes");
  if (selected.indices[0] !== picked[0] || selected.indices.length > 1) selected.indices = picked;
  const visits = rows.filter((stop) => ["deliver", "collect"].includes(KINDS[stops.kind[stop]]));
  const at = new Map(visits.map((stop) => [stops.place[stop], []]));
  for (const stop of visits) at.get(stops.place[stop]).push(stop);
  const found = [...at.keys()];
  const number = found.map((place) => numbersOf(at.get(place)));
  map.get_model_by_name("chosen").data = {
    x: found.map((place) => places.x[place]),
    y: found.map((place) => places.y[place]),
    number,
    size: number.map((text) => Math.max(15, 5 + 5 * text.length)),
  };
}

// "17-18" where a route delivers and collects, "3, 21" where it comes twice.
function numbersOf(visits) {
  const numbers = visits.map((stop) => stops.sequence[stop]);
  const [first, last] = [numbers[0], numbers.at(-1)];
  if (first === last) return String(first);
  return last - first === numbers.length - 1 ? `${first}-${last}` : numbers.join(", ");
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

// Makes the map as high as what it shows needs, MOST_HIGH (pixels) at most.
const [LEAST_HIGH, MOST_HIGH] = [180, 560];
function fitHeight([west, east], [south, north]) {
  const plot = map.get_model_by_name("map");
  if (!(plot.inner_width > 0 && plot.inner_height > 0)) return;
  const needed = (plot.inner_width * (north - south)) / (east - west);
  const inner = Math.min(MOST_HIGH, Math.max(LEAST_HIGH, needed));
  plot.height = Math.round(plot.height - plot.inner_height + inner);
}

// Takes away what is told at the pointer, until it moves again.
function hideTold(event) {
  const [at] = event.composedPath();
  at.dispatchEvent(new PointerEvent("pointerout", { isPrimary: true }));
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
