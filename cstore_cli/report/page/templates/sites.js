// Picks sites on the map and in tables, sorts and filters candidates, draws the curve.
"use strict";
(async () => {
  const MOST_ROWS = 200, MOST_AREAS = 30;
  const data = JSON.parse(document.getElementById("sites-data").textContent);
  const { parts, sites, areas } = data;
  const find = (id) => document.getElementById(id);
  const rowOf = new Map(sites.site_id.map((id, row) => [id, row]));
  const areasOf = Map.groupBy
    ? Map.groupBy(areas.area_id.keys(), (row) => areas.site_id[row])
    : areas.area_id.reduce((found, _, row) => {
        const id = areas.site_id[row];
        return found.set(id, [...(found.get(id) ?? []), row]);
      }, new Map());

  const number = (value, digits = 0) =>
    value === null || value === undefined ? "-" : value.toLocaleString("en-US",
      { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const figure = (part, value) =>
    part.unit === "%" && value !== null ? number(100 * value) + " %" : number(value, part.digits);

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== null) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }
  const isolated = (id) => {
    const cell = element("td", null);
    cell.append(element("bdi", id));
    return cell;
  };
  function table(caption, headings, rows) {
    const made = element("table", null), head = element("tr", null), body = element("tbody", null);
    headings.forEach((words, place) =>
      head.append(element("th", words, { scope: "col", ...(place ? { class: "number" } : {}) })));
    for (const cells of rows) {
      const row = element("tr", null);
      cells.forEach((cell, place) =>
        row.append(place ? element("td", cell, { class: "number" }) : isolated(cell)));
      body.append(row);
    }
    const top = element("thead", null);
    top.append(head);
    made.append(element("caption", caption), top, body);
    return made;
  }

  // What is picked -------------------------------------------------------------------
  function partsOf(row) {
    return parts.map((part) => {
      const points = part.most ? sites[part.name + "_points"][row] : null;
      const unit = part.unit && part.unit !== "%" ? `, ${part.unit}` : "";
      return [
        part.words + unit,
        figure(part, sites[part.name][row]),
        points === null ? "-" : part.alike ? "all alike"
          : `${number(points, 1)} of ${number(part.most, 1)}`,
      ];
    });
  }
  function tellPicked(id) {
    const place = find("picked"), row = rowOf.get(id), served = areasOf.get(id) ?? [];
    const title = element("h3", null);
    title.append(element("bdi", id));
    place.replaceChildren(title);
    if (row !== undefined) {
      if (sites.name[row]) place.append(element("p", sites.name[row]));
      const kind = sites.chosen[row] ? "New store" : "Candidate, not chosen";
      place.append(element("p",
        `${kind}. Score ${number(sites.score[row], 1)}, rank ${number(sites.rank[row])} of ${number(data.total)}.`));
    } else {
      place.append(element("p", "Own store."));
    }
    if (served.length) {
      const parcels = served.reduce((sum, area) => sum + areas.parcels_day[area], 0);
      place.append(element("p",
        `Catchment: ${number(served.length)} ${served.length === 1 ? "area" : "areas"}, ` +
        `${number(parcels, 1)} parcels a day.`));
      const more = served.length > MOST_AREAS
        ? `, the ${MOST_AREAS} with most parcels; area_assignment.csv has all` : "";
      place.append(table(`Areas it serves${more}`, ["area", "walk, m", "parcels a day"],
        served.slice(0, MOST_AREAS).map((area) =>
          [areas.area_id[area], number(areas.walk_m[area]), number(areas.parcels_day[area], 1)])));
    } else {
      place.append(element("p", "It serves no area."));
    }
    if (row !== undefined)
      place.append(table("What its score is made of", ["part", "figure", "points"], partsOf(row)));
  }

  await cstore.drawn;
  const map = cstore.charts.map;
  if (innerWidth < 640) map.roots()[0].height = 400;  // room to scroll past it
  const layer = (name) => map.get_model_by_name(name);
  const pickable = ["new", "own", "candidates"].map(layer);
  const stores = pickable.map((one) => one.data_source);

  function markPicked(id) {
    let at = null;
    for (const { data: cells } of stores) {
      const place = cells.id.indexOf(id);
      if (place >= 0) { at = [cells.x[place], cells.y[place]]; break; }
    }
    layer("picked").data_source.data = at ? { x: [at[0]], y: [at[1]] } : { x: [], y: [] };
    const lines = { x0: [], y0: [], x1: [], y1: [] }, dots = layer("areas").data_source.data;
    if (at) {
      Array.from(dots.by).forEach((by, place) => {
        if (by !== id) return;
        lines.x0.push(dots.x[place]); lines.y0.push(dots.y[place]);
        lines.x1.push(at[0]); lines.y1.push(at[1]);
      });
    }
    layer("catchment").data_source.data = lines;
  }
  function pick(id) {
    tellPicked(id);
    markPicked(id);
  }
  let waiting = false;
  function tapped() {  // one click may tell several layers: new stores first
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      for (const source of stores) {
        const [place] = source.selected.indices;
        if (place !== undefined) return pick(source.data.id[place]);
      }
    });
  }
  for (const source of stores) source.selected.properties.indices.change.connect(tapped);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    pick(button.dataset.pick);
    find("map").scrollIntoView({ block: "nearest" });
  });
  for (const box of document.querySelectorAll("[data-layer]"))
    box.addEventListener("change", () => { layer(box.dataset.layer).visible = box.checked; });

  // The curve ------------------------------------------------------------------------
  const axis = find("axis");
  if (axis) axis.addEventListener("change", () => {
    const curve = cstore.charts.curve;
    for (const name of ["curve_line", "curve_dots", "curve_knee"])
      curve.get_model_by_name(name).glyph.y = { field: axis.value };
    curve.get_model_by_name("curve").left[0].axis_label = axis.selectedOptions[0].textContent;
  });

  // Candidates -----------------------------------------------------------------------
  let sorted = "rank", down = false;
  const weighed = parts.filter((part) => part.most);
  function columns() {
    const points = find("show").value === "points";
    return [
      { key: "rank", words: "rank", shown: (v) => number(v) },
      { key: "site_id", words: "site" },
      { key: "score", words: "score", shown: (v) => number(v, 1) },
      ...(points
        ? weighed.map((part) => ({
            key: part.name + "_points", words: part.words,
            shown: (v) => part.alike ? "all alike" : number(v, 1) }))
        : parts.map((part) => ({
            key: part.name, shown: (v) => figure(part, v),
            words: part.words + (part.unit && part.unit !== "%" ? `, ${part.unit}` : "") }))),
    ];
  }
  function wanted() {
    const which = find("which").value, least = parseFloat(find("least").value);
    const text = find("find").value.trim().toLowerCase();
    return [...sites.site_id.keys()].filter((row) =>
      (which === "all" || sites.chosen[row] === (which === "chosen")) &&
      !(sites.score[row] < least) &&
      (!text || `${sites.site_id[row]} ${sites.name[row] ?? ""}`.toLowerCase().includes(text)));
  }
  function compare(one, other) {
    const a = sites[sorted][one], b = sites[sorted][other];
    if (a === null || b === null) return (a === null) - (b === null);
    return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1) || sites.rank[one] - sites.rank[other];
  }
  function tellCandidates() {
    const shown = columns();
    if (!shown.some((column) => column.key === sorted)) { sorted = "rank"; down = false; }
    const rows = wanted().sort(compare), head = element("tr", null);
    for (const { key, words } of shown) {
      const heading = element("th", null, { scope: "col", class: key === "site_id" ? "" : "number" });
      if (key === sorted) heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const button = element("button", words, { type: "button" });
      button.addEventListener("click", () => {
        down = key === sorted ? !down : !["rank", "site_id"].includes(key);
        sorted = key;
        tellCandidates();
      });
      heading.append(button);
      head.append(heading);
    }
    const body = rows.slice(0, MOST_ROWS).map((row) => {
      const made = element("tr", null);
      for (const { key, shown: read } of shown) {
        if (key === "site_id") {
          const cell = element("td", null), id = sites.site_id[row];
          const button = element("button", null, { type: "button", class: "link", "data-pick": id });
          button.append(element("bdi", id));
          cell.append(button, sites.chosen[row] ? " (new store)" : "");
          made.append(cell);
        } else {
          made.append(element("td", read(sites[key][row]), { class: "number" }));
        }
      }
      return made;
    });
    const place = find("candidates");
    place.tHead.replaceChildren(head);
    place.tBodies[0].replaceChildren(...body);
    const more = rows.length > MOST_ROWS ? `, shown the first ${MOST_ROWS}` : "";
    place.caption.textContent = `${number(rows.length)} of ${number(data.total)} candidates${more}; ` +
      "site_scores.csv has all";
  }
  for (const id of ["show", "which", "find", "least"]) find(id).addEventListener("input", tellCandidates);
  tellCandidates();
  if (find("candidates").tBodies[0].rows.length) {
    const first = document.querySelector("[data-pick]");
    pick(first.dataset.pick);
  }
  cstore.pick = pick;
  cstore.ready = true;
})();
