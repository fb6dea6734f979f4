// Draws the charts of the page; cstore.charts[name] is each one's bokeh document.
"use strict";
window.cstore = { charts: {} };
cstore.drawn = Promise.all(
  Array.from(document.querySelectorAll(".chart"), async (place) => {
    const data = document.getElementById(place.id + "-chart");
    const views = await Bokeh.embed.embed_item(JSON.parse(data.textContent));
    cstore.charts[place.id] = views.roots[0].model.document;
  }),
);
