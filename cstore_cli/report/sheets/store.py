"""store_lists/STORE.html: what comes to a store, and what it hands over."""

import re
from collections.abc import Sequence
from itertools import groupby

import polars as pl
from markupsafe import Markup

from cstore_cli.dayplan.files import coming_to_stores, with_clocks
from cstore_cli.report.page.page import page
from cstore_cli.report.sheets.amounts import amount, counted
from cstore_cli.report.sheets.carried import carried
from cstore_cli.report.sheets.foot import foot
from cstore_cli.report.sheets.places import places
from cstore_cli.report.sheets.rows_by import Row, rows_by
from cstore_cli.report.sheets.visits import with_visits
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.file_name import file_names

_TOLD = {
    "recipient": "Recipient",
    "phone": "Phone",
    "customer_address": "Address",
    "cash": "Cash",
    "note": "Note",
}
"""Columns that a table only has where a row tells something, and their headings."""


def store_sheets(shown: ShownPlan) -> dict[str, bytes]:
    """Return the sheet of each store that the plan has part in: name: HTML."""
    coming = coming_to_stores(shown.parcels)
    parcels_of = rows_by(_parcels(coming, shown), "store_id")
    fetched_of = rows_by(_fetched(shown), "store_id")
    visits_of = rows_by(_visits(shown), "location_id")
    stores = {row["store_id"]: row for row in places(shown).iter_rows(named=True)}
    names = file_names([*coming["store_id"], *sorted(fetched_of)])
    at_foot = foot(shown)
    headings = _TOLD | {"cash": f"Cash, {shown.currency}"}
    return {
        f"store_lists/{names[store_id]}.html": page(
            "sheet_store.html",
            title=f"Store {store_id}",
            store=stores[store_id],
            date=shown.inputs.date.isoformat(),
            currency=shown.currency,
            amount=amount,
            counted=counted,
            visits=visits_of.get(store_id, ()),
            told=_told,
            headings=headings,
            **_apart(parcels_of.get(store_id, ())),
            fetched=fetched_of.get(store_id, ()),
            foot=at_foot,
            foot_of_page=_css_text(f"{store_id}, {at_foot}"),
        )
        for store_id in names
    }


def _parcels(coming: pl.DataFrame, shown: ShownPlan) -> pl.DataFrame:
    """What comes, soonest first, then by round; the address of those to doors alone."""
    rounds = with_clocks(shown.tables.rounds, "rounds").select(
        "order_id", "round_id", "courier_no", "departs", "returns", "sequence"
    )
    parcels = (
        coming.select("store_id", "order_id", "channel", "ready_by", "reason")
        .join(carried(shown), on="order_id", how="left", maintain_order="left")
        .join(rounds, on="order_id", how="left", maintain_order="left")
    )
    to_door = pl.col("channel") == "store_door"
    return parcels.with_columns(
        pl.when(to_door).then("customer_address"),
        pl.coalesce("reason", pl.when("is_chilled").then(pl.lit("chilled"))).alias(
            "note"
        ),
    ).sort("departs", "round_id", "sequence", maintain_order=True)


def _apart(parcels: Sequence[Row]) -> dict[str, Sequence[Row] | Sequence[list[Row]]]:
    """Those that are fetched at the store, and those of each round to doors."""
    by_round = groupby(parcels, key=lambda row: row["round_id"])
    groups = {round_id: list(own) for round_id, own in by_round}
    return {"pick_ups": groups.pop(None, []), "rounds": list(groups.values())}


def _told(rows: Sequence[Row]) -> list[str]:
    """The columns that tell something of these parcels."""
    return [name for name in _TOLD if any(row[name] for row in rows)]


def _visits(shown: ShownPlan) -> pl.DataFrame:
    """The visits of vans, in order of time."""
    vans = shown.tables.routes.select("route_id", "vehicle_type", "vehicle_no")
    litres = pl.col("litres")
    visits = (
        with_visits(shown.tables.stops)
        .drop_nulls("visit")
        .group_by("route_id", "visit", "location_id")
        .agg(
            pl.min("arrives"),
            pl.max("leaves"),
            pl.sum("dropped_parcels", "collected_parcels"),
            litres.filter(pl.col("kind") == "deliver").sum().alias("brought"),
            litres.filter(pl.col("kind") == "collect").sum().alias("taken"),
        )
        .sort("arrives", "route_id", "visit")
    )
    return with_clocks(visits, "stops").join(
        vans, on="route_id", how="left", maintain_order="left"
    )


def _fetched(shown: ShownPlan) -> pl.DataFrame:
    """Returns and hand-ins that vans take along, in order of time."""
    parcels = shown.tables.parcels.filter(
        (pl.col("task") != "deliver") & (pl.col("status") == "planned")
    )
    stops = with_clocks(shown.tables.stops, "stops").filter(kind="collect")
    at = stops.select("route_id", "trip", "sequence", "arrives")
    own = shown.inputs.collections.select(
        pl.col("parcel_id").alias("order_id"), "litres", pl.col("reason").alias("why")
    )
    parcels = parcels.join(
        at,
        left_on=["route_id", "trip", "stop_sequence"],
        right_on=["route_id", "trip", "sequence"],
        how="left",
    )
    return parcels.join(own, on="order_id", how="left").sort("arrives", "order_id")


def _css_text(text: str) -> Markup:
    """A string of CSS: whatever could end it, or the style, stands as an escape."""
    escaped = re.sub(r"[^\w\-., ]", lambda char: f"\\{ord(char[0]):x} ", text)
    return Markup(f'"{escaped}"')  # noqa: S704 (nothing in it ends the style)
