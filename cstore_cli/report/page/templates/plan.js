// Listens to clicks and choices, then shows the whole plan.
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
  if (!at) return;
  choose(Number(at.dataset.route));
  reveal();
});
// What is folded is printed all the same, but for long lists.
const PRINTED = 60;
let opened = [];
addEventListener("beforeprint", () => {
  opened = all("details:not([open])").filter((one) => one.querySelectorAll("tr").length <= PRINTED);
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
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
  plot.properties.inner_width.change.connect(() => {
    fitHeight(...everything);
    showOnMap();
  });
  for (const side of ["inner_width", "inner_height"]) plot.properties[side].change.connect(keepScale);
  fitHeight(...everything);
  byId("map-figure").addEventListener("click", hideTold);
  byId("everything").addEventListener("click", fit);
  byId("zoom").addEventListener("click", () => zoomTo(chosen));
  const { selected } = map.get_model_by_name("routes");
  selected.properties.indices.change.connect(() => choose(selected.indices[0] ?? -1));
  showOnMap();
  markOnMap(chosen, rowsOf(chosen));
});
