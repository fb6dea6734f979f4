"""The map: regions, ways of routes, stores and DCs on a plain in km."""

import numpy as np
import polars as pl
from bokeh.models import (
    ColumnDataSource,
    HoverTool,
    MultiLine,
    Range1d,
    TapTool,
    Text,
)
from bokeh.plotting import figure
from markupsafe import Markup

from cstore_cli.report.page.chart import chart, plot
from cstore_cli.report.page.colours import DISTINCT, MUTED
from cstore_cli.report.plan_page.held import Held
from cstore_cli.report.plan_page.lines import Points, one_way, thinned
from cstore_cli.report.plan_page.map_marks import chosen_stops, dcs, shown, stores
from cstore_cli.report.plan_page.places import Places
from cstore_cli.report.plan_page.van_times import clock

_HEIGHT = 620
_MARGIN = 0.06
_COLOURS = DISTINCT[:6]


def route_colours(count: int) -> list[str]:
    """A colour per route, in order; the seventh has that of the first."""
    return [_COLOURS[k % len(_COLOURS)] for k in range(count)]


def plan_map(held: Held, places: Places) -> Markup:
    """The map as a chart named "map"; see plan_map.js for what happens on it."""
    ways = [
        thinned(places.flat.at(points), is_end)
        for points, is_end in map(
            one_way, (held.ways.get(route, ()) for route in held.routes["route_id"])
        )
    ]
    low, high = _corners(np.concatenate([places.at, *places.outlines, *ways]))
    drawn = plot(
        name="map",
        height=_HEIGHT,
        tools="pan,wheel_zoom,save",
        x_range=_span(low[0], high[0]),
        y_range=_span(low[1], high[1]),
        x_axis_label="km east of the middle",
        y_axis_label="km north of the middle",
        active_scroll="wheel_zoom",
    )
    drawn.min_border_right = 12
    _regions(drawn, places)
    stores(drawn, places)
    _routes(drawn, held.routes, ways)
    _region_names(drawn, places)
    dcs(drawn, places)
    chosen_stops(drawn)
    return chart("map", drawn)


def _corners(at: Points) -> tuple[Points, Points]:
    if len(at) == 0:
        return np.zeros(2), np.zeros(2)
    return at.min(axis=0), at.max(axis=0)


def _span(low: float, high: float) -> Range1d:
    """The range of an axis, in km, with room around it."""
    room = max(float(high - low) * _MARGIN, 0.5)
    return Range1d(start=float(low) - room, end=float(high) + room)


def _regions(drawn: figure, places: Places) -> None:
    outlines = places.outlines
    source = ColumnDataSource(
        {
            "xs": [corners[:, 0].astype(np.float32) for corners in outlines],
            "ys": [corners[:, 1].astype(np.float32) for corners in outlines],
        },
        name="regions",
    )
    drawn.patches(
        "xs",
        "ys",
        source=source,
        view=shown("regions", len(outlines)),
        fill_color=MUTED,
        fill_alpha=0.1,
        line_color=MUTED,
        line_dash="dotted",
    )


def _region_names(drawn: figure, places: Places) -> None:
    """Write the regions' names in the middle of their corners."""
    outlines = places.outlines
    source = ColumnDataSource(
        {
            "x": [float(corners[:, 0].mean()) for corners in outlines],
            "y": [float(corners[:, 1].mean()) for corners in outlines],
            "region": list(places.regions["region_id"]),
        },
        name="region-names",
    )
    names = Text(
        x="x",
        y="y",
        text="region",
        text_align="center",
        text_baseline="middle",
        text_font_size="10px",
        text_color="#3e4c59",
        background_fill_color="#ffffff",
        background_fill_alpha=0.75,
    )
    drawn.add_glyph(source, names, view=shown("region-names", len(outlines)))


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
        view=shown("routes", len(routes)),
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
            attachment="below",
        ),
    )


def _line(width: float, alpha: float) -> MultiLine:
    return MultiLine(
        xs="xs", ys="ys", line_color="colour", line_width=width, line_alpha=alpha
    )
