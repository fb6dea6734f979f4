"""The map: regions, ways of routes, stores and DCs on a plain in km."""

import numpy as np
import polars as pl
from bokeh.models import (
    BooleanFilter,
    CDSView,
    ColumnDataSource,
    HoverTool,
    MultiLine,
    Range1d,
    TapTool,
)
from bokeh.plotting import figure
from markupsafe import Markup

from cstore_cli.report.page.chart import chart, plot
from cstore_cli.report.page.colours import BAD, DISTINCT, MUTED, distinct
from cstore_cli.report.plan_page.ground import Points, one_way, thinned
from cstore_cli.report.plan_page.held import Held
from cstore_cli.report.plan_page.places import Places
from cstore_cli.report.plan_page.van_times import clock

HEIGHT = 620
_MARGIN = 0.06
ROUTE_COLOURS = DISTINCT[:6]
_CHOSEN = "#000000"
_INK = "#1f2933"


def route_colours(count: int) -> list[str]:
    """A colour per route, in order; the seventh has that of the first."""
    return [ROUTE_COLOURS[k % len(ROUTE_COLOURS)] for k in range(count)]


def plan_map(held: Held, places: Places) -> Markup:
    """The map as a chart named "map"; see plan.js for what happens on it."""
    ways = [
        thinned(places.ground.at(points), is_end)
        for points, is_end in map(
            one_way, (held.ways.get(route, ()) for route in held.routes["route_id"])
        )
    ]
    low, high = _corners(np.concatenate([places.at, *places.outlines, *ways]))
    drawn = plot(
        name="map",
        height=HEIGHT,
        tools="pan,wheel_zoom,save",
        x_range=_span(low[0], high[0]),
        y_range=_span(low[1], high[1]),
        x_axis_label="km east of the middle",
        y_axis_label="km north of the middle",
        active_scroll="wheel_zoom",
    )
    drawn.min_border_right = 12
    _regions(drawn, places)
    _stores(drawn, places)
    _routes(drawn, held.routes, ways)
    _dcs(drawn, places)
    _chosen(drawn)
    return chart("map", drawn)


def _corners(at: Points) -> tuple[Points, Points]:
    if len(at) == 0:
        return np.zeros(2), np.zeros(2)
    return at.min(axis=0), at.max(axis=0)


def _span(low: float, high: float) -> Range1d:
    """The range of an axis, in km, with room around it."""
    room = max(float(high - low) * _MARGIN, 0.5)
    return Range1d(start=float(low) - room, end=float(high) + room)


def _shown(name: str, count: int) -> CDSView:
    """What the script takes rows away with."""
    return CDSView(filter=BooleanFilter(booleans=[True] * count, name=f"{name}-shown"))


def _regions(drawn: figure, places: Places) -> None:
    outlines = places.outlines
    source = ColumnDataSource(
        {
            "xs": [corners[:, 0].astype(np.float32) for corners in outlines],
            "ys": [corners[:, 1].astype(np.float32) for corners in outlines],
            "colour": distinct(len(outlines)),
        },
        name="regions",
    )
    drawn.patches(
        "xs",
        "ys",
        source=source,
        view=_shown("regions", len(outlines)),
        fill_color="colour",
        fill_alpha=0.07,
        line_color="colour",
        line_alpha=0.45,
        line_dash="dotted",
    )


def _routes(drawn: figure, routes: pl.DataFrame, ways: list[Points]) -> None:
    source = ColumnDataSource(
        {
            "xs": [way[:, 0].astype(np.float32) for way in ways],
            "ys": [way[:, 1].astype(np.float32) for way in ways],
            "colour": route_colours(len(routes)),
            "route": list(routes["route_id"]),
            "told": [
                f"{clock(departs)} to {clock(returns)}, {stops} stops, "
                f"{parcels:,} parcels, {km:,.1f} km"
                for departs, returns, stops, parcels, km in routes.select(
                    "departs", "returns", "stops", "parcels", "km"
                ).iter_rows()
            ],
        },
        name="routes",
    )
    lines = drawn.add_glyph(
        source,
        _line(1.6, 0.75),
        view=_shown("routes", len(routes)),
        hover_glyph=_line(4, 1),
        selection_glyph=_line(4, 1),
        nonselection_glyph=_line(1.6, 0.15),
    )
    drawn.add_tools(
        TapTool(renderers=[lines]),
        HoverTool(
            renderers=[lines],
            tooltips=[("route", "@route"), ("", "@told")],
            line_policy="interp",
        ),
    )


def _line(width: float, alpha: float) -> MultiLine:
    return MultiLine(
        xs="xs", ys="ys", line_color="colour", line_width=width, line_alpha=alpha
    )


def _stores(drawn: figure, places: Places) -> None:
    stores = places.stores
    over = stores["overflow_risk"] != "no"
    visited = stores["arrives"].is_not_null()
    at = places.at[: len(stores)].astype(np.float32)
    source = ColumnDataSource(
        {
            "x": at[:, 0],
            "y": at[:, 1],
            "marker": ["triangle" if risk else "circle" for risk in over],
            "colour": [
                BAD if risk else _INK if comes else MUTED
                for risk, comes in zip(over, visited, strict=True)
            ],
            "size": [7 if risk else 3.5 for risk in over],
            "fill": [1.0 if comes else 0.0 for comes in visited],
            "store": list(stores["store_id"]),
            "told": [
                f"{pickup:,} to pick up, {door:,} to doors; shelf {before:,.1f} litres "
                f"before, {after:,.1f} after, of {litres:,.1f}"
                for pickup, door, before, after, litres in stores.select(
                    "pickup_parcels",
                    "door_parcels",
                    "shelf_before_litres",
                    "shelf_after_litres",
                    "shelf_litres",
                ).iter_rows()
            ],
        },
        name="stores",
    )
    marks = drawn.scatter(
        "x",
        "y",
        source=source,
        view=_shown("stores", len(stores)),
        marker="marker",
        size="size",
        line_color="colour",
        fill_color="colour",
        fill_alpha="fill",
        line_alpha=0.7,
    )
    drawn.add_tools(
        HoverTool(renderers=[marks], tooltips=[("store", "@store"), ("", "@told")])
    )


def _dcs(drawn: figure, places: Places) -> None:
    at = places.at[len(places.stores) :].astype(np.float32)
    source = ColumnDataSource(
        {"x": at[:, 0], "y": at[:, 1], "name": list(places.dcs["dc_id"])}, name="dcs"
    )
    drawn.scatter(
        "x",
        "y",
        source=source,
        marker="square",
        size=13,
        fill_color="#ffffff",
        line_color=_INK,
        line_width=3,
    )
    drawn.text(
        "x",
        "y",
        "name",
        source=source,
        y_offset=-10,
        text_align="center",
        text_font_style="bold",
        text_font_size="13px",
        text_color=_INK,
    )


def _chosen(drawn: figure) -> None:
    """The stops of the route chosen, numbered; none yet."""
    source = ColumnDataSource({"x": [], "y": [], "number": []}, name="chosen")
    drawn.scatter(
        "x",
        "y",
        source=source,
        size=15,
        fill_color="#ffffff",
        line_color=_CHOSEN,
    )
    drawn.text(
        "x",
        "y",
        "number",
        source=source,
        text_align="center",
        text_baseline="middle",
        text_font_size="9px",
        text_color=_CHOSEN,
    )
