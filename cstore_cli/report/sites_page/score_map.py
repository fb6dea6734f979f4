"""The map of a siting: candidates by score, stores, DCs, areas and who serves them."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.models.renderers import DataRenderer
from bokeh.plotting import figure
from markupsafe import Markup

from cstore_cli.report.page.chart import chart, plot
from cstore_cli.report.page.colours import BAD, MUTED
from cstore_cli.report.page.flat import Flat
from cstore_cli.report.page.shades import shades
from cstore_cli.report.sites import STATUS
from cstore_cli.report.sites_page.shown import ShownSites

_INK, _SERVED = "#1f2933", "#b9c2cb"
_LEAST_PX, _MOST_PX = 4, 16
_ROOMY = 400
"""Candidates up to which their marks are large."""


def score_map(shown: ShownSites) -> Markup:
    """
    Return the map; its renderers are found by the names of its layers.

    A click on a site or store is told by the selected index of its layer's source,
    whose ids are in the column ``id``; ``picked`` and ``catchment`` are empty layers
    for the script to fill.
    """
    candidates, areas = shown.candidates, shown.areas
    tables = [candidates, areas, shown.new, shown.own, shown.rivals, _centers(shown)]
    flat = Flat(*(pl.concat([t[name] for t in tables]) for name in ("lat", "lon")))
    drawn = plot(name="map", height=560, match_aspect=True)
    drawn.xaxis.axis_label, drawn.yaxis.axis_label = "km east", "km north"
    _draw_areas(drawn, shown, flat)
    _draw_stores(drawn, shown, flat)
    _draw_candidates(drawn, candidates, flat)
    empty: dict[str, list[float]] = {"x0": [], "y0": [], "x1": [], "y1": []}
    drawn.segment(source=empty, name="catchment", line_color=BAD, line_width=2)
    drawn.scatter(
        *("x", "y"),
        source={"x": [], "y": []},
        name="picked",
        size=30,
        fill_alpha=0,
        line_color=BAD,
        line_width=3,
    )
    return chart("map", drawn)


def layers(shown: ShownSites) -> dict[str, bool]:
    """Return which layers have anything in them; unserved: areas of nobody."""
    chosen = shown.candidates["chosen"]
    return {
        "candidates": not chosen.all(),
        "new": chosen.any(),
        "own": not shown.own.is_empty(),
        "rivals": not shown.rivals.is_empty(),
        "dcs": not _centers(shown).is_empty(),
        "areas": not shown.areas.is_empty(),
        "ways": shown.areas["site_id"].is_not_null().any(),
        "unserved": shown.areas["site_id"].is_null().any(),
    }


def _draw_areas(drawn: figure, shown: ShownSites, flat: Flat) -> None:
    areas = shown.areas
    placed = _placed(areas, "area_id", flat)
    most = max([*areas["parcels_day"], 0.0])
    span = _MOST_PX - _LEAST_PX
    placed["size"] = [
        round(_LEAST_PX + span * (parcels / most) ** 0.5, 1) if most else _LEAST_PX
        for parcels in areas["parcels_day"]
    ]
    placed["parcels"] = areas["parcels_day"].round(6).to_list()
    served = areas["site_id"].is_not_null().to_list()
    placed["by"] = [
        site or f"nobody: {STATUS.get(status, status)}"
        for site, status in areas.select("site_id", "status").iter_rows()
    ]
    placed["fill"] = [_SERVED if one else "#ffffff" for one in served]
    placed["edge"] = ["#66717c" if one else BAD for one in served]
    stores = pl.concat([shown.new, shown.own], how="diagonal")
    at = stores.select("site_id", slat="lat", slon="lon")
    ways = areas.join(at, on="site_id", how="inner", maintain_order="left")
    lines = {
        "x0": flat.x(ways["lon"]),
        "y0": flat.y(ways["lat"]),
        "x1": flat.x(ways["slon"]),
        "y1": flat.y(ways["slat"]),
    }
    drawn.segment(source=lines, name="ways", line_color=MUTED, line_alpha=0.7)
    dots = drawn.scatter(
        *("x", "y"),
        size="size",
        source=placed,
        name="areas",
        fill_color="fill",
        line_color="edge",
        line_width=1.5,
    )
    _hover(drawn, dots, [("area", "@id"), ("parcels a day", "@parcels{0,0.0}")], "by")
    dots.nonselection_glyph = dots.selection_glyph = None


def _draw_stores(drawn: figure, shown: ShownSites, flat: Flat) -> None:
    rivals = shown.rivals
    placed = _placed(rivals, "store_id", flat)
    placed["chain"] = rivals["chain"].fill_null("").to_list()
    crosses = drawn.scatter(
        *("x", "y"),
        source=placed,
        name="rivals",
        marker="x",
        size=7,
        line_color="#66717c",
    )
    _hover(drawn, crosses, [("rival", "@id"), ("chain", "@chain")])
    squares = drawn.scatter(
        *("x", "y"),
        source=_given(shown.own, flat),
        name="own",
        marker="square",
        size=10,
        fill_color="#ffffff",
        line_color=_INK,
        line_width=2,
    )
    _hover(drawn, squares, [("own store", "@id"), ("parcels a day", "@parcels{0,0.0}")])
    centers = _centers(shown)
    triangles = drawn.scatter(
        *("x", "y"),
        source=_placed(centers, "dc_id", flat),
        name="dcs",
        marker="triangle",
        size=17,
        fill_color=_INK,
        line_color="#ffffff",
    )
    _hover(drawn, triangles, [("DC", "@id")])
    for layer in (crosses, squares, triangles):
        layer.nonselection_glyph = layer.selection_glyph = None


def _draw_candidates(drawn: figure, candidates: pl.DataFrame, flat: Flat) -> None:
    colours = pl.Series("colour", shades(candidates["score"].to_list()), pl.String)
    coloured = candidates.with_columns(colours)
    size = 9 if len(candidates) <= _ROOMY else 6
    looks: dict[str, dict[str, Any]] = {
        "candidates": {"size": size, "line_color": "#52606d", "line_width": 0.7},
        "new": {"size": 21, "marker": "star", "line_color": BAD, "line_width": 2},
    }
    for name, look in looks.items():
        rows = coloured.filter(pl.col("chosen") == (name == "new"))[::-1]
        placed = _placed(rows, "site_id", flat)
        placed["score"] = rows["score"].round(6).to_list()
        placed["rank"] = rows["rank"].to_list()
        placed["colour"] = rows["colour"].to_list()
        layer = drawn.scatter(
            "x", "y", source=placed, name=name, fill_color="colour", **look
        )
        layer.nonselection_glyph = layer.selection_glyph = None
        what = "new store" if name == "new" else "candidate"
        tips = [(what, "@id"), ("score", "@score{0.0}"), ("rank", "@rank")]
        _hover(drawn, layer, tips)


def _hover(
    drawn: figure, layer: DataRenderer, tips: Iterable[tuple[str, str]], by: str = ""
) -> None:
    shown = [*tips, *([("served by", f"@{by}")] if by else [])]
    tool = HoverTool(renderers=[layer], tooltips=shown, limit=1, visible=False)
    drawn.add_tools(tool)


def _placed(table: pl.DataFrame, column: str, flat: Flat) -> dict[str, Any]:
    return {
        "x": flat.x(table["lon"]),
        "y": flat.y(table["lat"]),
        "id": table[column].to_list(),
    }


def _given(stores: pl.DataFrame, flat: Flat) -> ColumnDataSource:
    placed = _placed(stores, "site_id", flat)
    placed["parcels"] = stores["parcels_day"].round(6).to_list()
    return ColumnDataSource(placed)


def _centers(shown: ShownSites) -> pl.DataFrame:
    """DCs chosen, else those there are."""
    if shown.dcs is not None:
        return shown.dcs.centers.select("dc_id", "lat", "lon")
    return shown.inputs.distribution_centers.select("dc_id", "lat", "lon")
