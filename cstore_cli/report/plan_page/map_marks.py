"""Stores, DCs and the stops of the route chosen, as marks on the map."""

import numpy as np
from bokeh.models import BooleanFilter, CDSView, ColumnDataSource, HoverTool
from bokeh.plotting import figure

from cstore_cli.report.page.colours import BAD, MUTED
from cstore_cli.report.plan_page.places import Places

_INK = "#1f2933"


def shown(name: str, count: int) -> CDSView:
    """What the script takes rows away with."""
    return CDSView(filter=BooleanFilter(booleans=[True] * count, name=f"{name}-shown"))


def stores(drawn: figure, places: Places) -> None:
    """Mark the stores: whether a van comes, and whether the shelf may overflow."""
    rows = places.stores
    over = rows["overflow_risk"] != "no"
    visited = rows["arrives"].is_not_null()
    at = places.at[: len(rows)].astype(np.float32)
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
            "store": list(rows["store_id"]),
            "told": [
                f"{pickup:,} to pick up, {door:,} to doors; shelf {before:,.1f} litres "
                f"before, {after:,.1f} after, of {litres:,.1f}"
                for pickup, door, before, after, litres in rows.select(
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
        view=shown("stores", len(rows)),
        marker="marker",
        size="size",
        line_color="colour",
        fill_color="colour",
        fill_alpha="fill",
        line_alpha=0.7,
    )
    drawn.add_tools(
        HoverTool(
            renderers=[marks],
            tooltips=[("store", "@store"), ("", "@told")],
            attachment="above",
        )
    )


def dcs(drawn: figure, places: Places) -> None:
    """Mark the DCs with their ids, which reach inwards at the map's sides."""
    at = places.at[len(places.stores) :].astype(np.float32)
    west, east = (float(end(places.at[:, 0])) for end in (np.min, np.max))
    side = (east - west) / 4
    source = ColumnDataSource(
        {
            "x": at[:, 0],
            "y": at[:, 1],
            "name": list(places.dcs["dc_id"]),
            "align": [
                "left" if x < west + side else "right" if x > east - side else "center"
                for x in at[:, 0]
            ],
        },
        name="dcs",
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
        text_align="align",
        text_font_style="bold",
        text_font_size="13px",
        text_color=_INK,
    )


def chosen_stops(drawn: figure) -> None:
    """Make room for where the route chosen stops, numbered; there is none yet."""
    source = ColumnDataSource(
        {"x": [], "y": [], "number": [], "size": []}, name="chosen"
    )
    drawn.scatter(
        "x",
        "y",
        source=source,
        size="size",
        fill_color="#ffffff",
        line_color="#000000",
    )
    drawn.text(
        "x",
        "y",
        "number",
        source=source,
        text_align="center",
        text_baseline="middle",
        text_font_size="9px",
        text_color="#000000",
    )
