"""The map of demand: areas sized by orders, coloured by segment or by orders a head."""

from itertools import cycle
from typing import Any

import polars as pl
from bokeh.models import HoverTool
from markupsafe import Markup

from cstore_cli.report.demand_page.shown import ShownDemand
from cstore_cli.report.page.chart import chart, plot
from cstore_cli.report.page.colours import BAD, MUTED, distinct
from cstore_cli.report.page.flat import Flat
from cstore_cli.report.page.shades import ends, shades

_LEAST_PX, _MOST_PX = 5, 30
_ROOMY = 40
"""Areas up to which the largest is of most pixels; of more they are smaller."""
_MARKERS = {
    "circle": '<circle cx="9" cy="9" r="6"/>',
    "square": '<rect x="3" y="3" width="12" height="12"/>',
    "triangle": '<path d="M9 2l7 13H2z"/>',
    "diamond": '<path d="M9 1l6 8-6 8-6-8z"/>',
    "inverted_triangle": '<path d="M9 16L2 3h14z"/>',
    "hex": '<path d="M1 9l4-7h8l4 7-4 7H5z"/>',
}
"""Markers of segments, with the shapes that stand for them in the legend."""


def placed_areas(shown: ShownDemand) -> pl.DataFrame:
    """Return the areas of which the page knows where they are."""
    return shown.listed.drop_nulls(["lat", "lon"])


def segment_looks(shown: ShownDemand) -> dict[str, tuple[str, str, str]]:
    """Return colour, marker and the marker's shape of each segment."""
    segments = shown.segments.described["segment"].to_list()
    looks = zip(distinct(len(segments)), cycle(_MARKERS.items()), strict=False)
    return {
        segment: (colour, marker, shape)
        for segment, (colour, (marker, shape)) in zip(segments, looks, strict=True)
    }


def demand_map(shown: ShownDemand) -> Markup:
    """Return the map; its layer ``areas`` tells clicks, ``picked`` is the script's."""
    areas = placed_areas(shown)
    looks = segment_looks(shown)
    flat = Flat(areas["lat"], areas["lon"])
    most = max([*areas["a_period"], 0.0])
    span = _MOST_PX * min(1.0, (_ROOMY / max(len(areas), 1)) ** 0.5) - _LEAST_PX
    span = max(span, _LEAST_PX)
    unknown = (MUTED, "circle", "")
    data: dict[str, Any] = {
        "x": flat.x(areas["lon"]),
        "y": flat.y(areas["lat"]),
        "id": areas["area_id"].to_list(),
        "orders": areas["a_period"].to_list(),
        "size": [
            round(_LEAST_PX + span * (orders / most) ** 0.5, 1) if most else _LEAST_PX
            for orders in areas["a_period"]
        ],
        "segment": areas["segment"].fill_null("").to_list(),
        "by_segment": [looks.get(name, unknown)[0] for name in areas["segment"]],
        "marker": [looks.get(name, unknown)[1] for name in areas["segment"]],
        "by_rate": shades(areas["orders_per_1000"].to_list()),
    }
    drawn = plot(name="map", height=520, match_aspect=True)
    drawn.xaxis.axis_label, drawn.yaxis.axis_label = "km east", "km north"
    dots = drawn.scatter(
        *("x", "y"),
        size="size",
        marker="marker",
        source=data,
        name="areas",
        fill_color="by_rate" if _rates_known(shown) else "by_segment",
        fill_alpha=0.85,
        line_color="#52606d",
    )
    dots.nonselection_glyph = dots.selection_glyph = None
    drawn.scatter(
        *("x", "y"),
        source={"x": [], "y": []},
        name="picked",
        size=38,
        fill_alpha=0,
        line_color=BAD,
        line_width=3,
    )
    tips = [
        ("area", "@id"),
        (f"orders a {shown.unit}", "@orders{0,0.0}"),
        ("segment", "@segment"),
    ]
    drawn.add_tools(HoverTool(renderers=[dots], tooltips=tips, limit=1, visible=False))
    return chart("map", drawn)


def _rates_known(shown: ShownDemand) -> bool:
    return shown.listed["orders_per_1000"].is_not_null().any()


def map_told(shown: ShownDemand) -> dict[str, Any] | None:
    """Return the map with its legends; None where no area says where it is."""
    areas = placed_areas(shown)
    if areas.is_empty():
        return None
    looks = segment_looks(shown)
    rates = areas["orders_per_1000"].drop_nulls().to_list()
    return {
        "chart": demand_map(shown),
        "rates": _rates_known(shown),
        "ends": [f"{rate:,.2f}" for rate in ends(rates)],
        "segments": [
            (name, Markup('<g fill="{}">{}</g>').format(colour, Markup(shape)))  # noqa: S704 (ours)
            for name, (colour, _, shape) in looks.items()
        ],
        "unplaced": len(shown.listed) - len(areas),
    }
