// Draws the fan chart of whatever is chosen: the total, a segment or an area.
"use strict";
(async () => {
  const MOST_ROWS = 200;
  const data = JSON.parse(document.getElementById("demand-data").textContent);
  const find = (id) => document.getElementById(id);
  const number = (value, digits = 1) =>
    value === null ? "-" : value.toLocaleString("en-US",
      { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const day = (date) => Date.parse(date + "T00:00:00Z");
  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== null) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // What can be chosen ---------------------------------------------------------------
  const segment = (name) => data.areas.filter((area) => area.segment === name);
  const sum = (rows, key, length) => Array.from({ length }, (_, at) => {
    const known = rows.map((row) => row[key][at]).filter((value) => value !== null);
    return known.length ? known.reduce((all, value) => all + value, 0) : null;
  });
  function chosen(value) {
    const [kind, place] = [value[0], value.slice(1)];
    if (kind === "t") return { kind, name: "All areas", ...data.total };
    if (kind === "a") return { kind, ...data.areas[place], name: "Area " + data.areas[place].id };
    const name = data.segments[place], rows = segment(name);
    return { kind, name: `Segment ${name}, ${rows.length} areas`,
      orders: sum(rows, "orders", data.past.length), mean: sum(rows, "mean", data.ahead.length) };
  }
  const whose = find("whose"), window_ = find("window");
  function group(label, options) {
    const made = element("optgroup", null, { label });
    for (const [value, words] of options) made.append(element("option", words, { value }));
    if (options.length) whose.append(made);
  }
  whose.append(element("option", "All areas", { value: "t" }));
  group("Segments", data.segments.map((name, at) => ["s" + at, `Segment ${name}`]));
  group("Areas, most orders first", data.areas.map((area, at) =>
    ["a" + at, area.name ? `${area.id} ${area.name}` : area.id]));
  const per = data.period_days === 1 ? [[56, "8 weeks"], [182, "26 weeks"]] : [[26, "26 weeks"]];
  for (const [periods, words] of per)
    if (periods < data.past.length)
      window_.append(element("option", "last " + words, { value: periods }));
  window_.append(element("option", `all, ${number(data.past.length, 0)} ${data.unit}s`,
    { value: data.past.length }));

  // What is said of it ---------------------------------------------------------------
  function tell(one) {
    const orders = one.mean.reduce((all, value) => all + value, 0);
    const said = [`${one.name}: ${number(orders)} orders expected, ` +
      `${number(orders / one.mean.length)} a ${data.unit}.`];
    if (one.kind === "a") {
      if (one.segment) said.push(`Segment ${one.segment}.`);
      said.push(one.history_days ? `History: ${number(one.history_days, 0)} days.`
        : "No history: told by what the area is like.");
    }
    find("said").textContent = said.join(" ");
    find("caveat").textContent = one.kind === "s"
      ? "No range: those of areas do not add up to that of a segment."
      : one.kind === "t" ? data.step : "";
  }
  function tellFigures(one) {
    const ranges = one.p10 !== undefined;
    const headings = ["from", "mean", ...(ranges ? ["p10", "p50", "p90"] : []),
      ...(one.model ? ["told by"] : [])];
    const head = element("tr", null), body = [];
    headings.forEach((words, at) =>
      head.append(element("th", words, { scope: "col", ...(at ? { class: "number" } : {}) })));
    data.ahead.slice(0, MOST_ROWS).forEach((date, at) => {
      const row = element("tr", null), figures = ranges ? ["mean", "p10", "p50", "p90"] : ["mean"];
      row.append(element("th", date, { scope: "row" }));
      for (const key of figures) row.append(element("td", number(one[key][at]), { class: "number" }));
      if (one.model) row.append(element("td", data.models[one.model[at]], { class: "number" }));
      body.push(row);
    });
    const place = find("figures");
    place.tHead.replaceChildren(head);
    place.tBodies[0].replaceChildren(...body);
    const more = data.ahead.length > MOST_ROWS ? `, the first ${MOST_ROWS}` : "";
    place.caption.textContent = one.kind === "s"
      ? `${one.name}: sums of its areas in forecast.csv${more}`
      : `${one.name}: orders a ${data.unit}, as in forecast.csv${more}`;
  }

  // How it is drawn ------------------------------------------------------------------
  await cstore.drawn;
  const layer = (name) => cstore.charts.fan.get_model_by_name(name);
  function draw(one) {
    const keep = Math.min(+window_.value, data.past.length);
    const gaps = (values) => values.map((value) => value ?? NaN);
    const ahead = data.ahead.map(day), none = one.mean.map(() => NaN);
    layer("past").data_source.data = {
      x: data.past.slice(-keep).map(day), y: gaps(one.orders.slice(-keep)) };
    layer("ahead").data_source.data = { x: ahead, mean: one.mean, p50: one.p50 ?? none };
    layer("range").data_source.data = one.p10
      ? { x: ahead, p10: one.p10, p90: one.p90 } : { x: [], p10: [], p90: [] };
  }
  function show() {
    const one = chosen(whose.value);
    tell(one);
    tellFigures(one);
    draw(one);
    mark(one);
  }

  // The map --------------------------------------------------------------------------
  const map = cstore.charts.map;
  const dots = map?.get_model_by_name("areas");
  function mark(one) {
    if (!map) return;
    const cells = dots.data_source.data, at = one.kind === "a" ? cells.id.indexOf(one.id) : -1;
    map.get_model_by_name("picked").data_source.data =
      at < 0 ? { x: [], y: [] } : { x: [cells.x[at]], y: [cells.y[at]] };
  }
  function pick(id) {
    const at = data.areas.findIndex((area) => area.id === id);
    if (at < 0) return;
    whose.value = "a" + at;
    show();
  }
  if (map) {
    if (innerWidth < 640) map.roots()[0].height = 400;  // room to scroll past it
    const { selected } = dots.data_source, colour = find("colour");
    selected.properties.indices.change.connect(() => {
      const [at] = selected.indices;
      if (at !== undefined) pick(dots.data_source.data.id[at]);
    });
    const recolour = () => {
      dots.glyph.fill_color = { field: colour.value };
      for (const legend of document.querySelectorAll("[data-legend]"))
        legend.hidden = legend.dataset.legend !== colour.value;
    };
    colour.addEventListener("change", recolour);
    recolour();
  }
  whose.addEventListener("change", show);
  window_.addEventListener("change", show);
  show();
  cstore.pick = pick;
  cstore.ready = true;
})();
