"""store_lists/STORE.html: what comes to a store, and what it hands over."""

import re

import polars as pl
from markupsafe import Markup

from cstore_cli.dayplan.files import coming_to_stores, with_clocks
from cstore_cli.report.page.page import page
from cstore_cli.report.sheets.amounts import amount, counted
from cstore_cli.report.sheets.carried import carried
from cstore_cli.report.sheets.foot import foot
from cstore_cli.report.sheets.places import places
from cstore_cli.report.sheets.rows_by import rows_by
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.file_name import file_names

_TOLD = {"recipient": "Recipient", "phone": "Phone", "customer_address": "Address"}
"""Columns that a sheet only has where the orders tell, and their headings."""


def store_sheets(shown: ShownPlan) -> dict[str, bytes]:
    """Return the sheet of each store that the plan has part in: name: HTML."""
    coming = coming_to_stores(shown.parcels)
    parcels = _parcels(coming, shown)
    parcels_of = rows_by(parcels, "store_id")
    fetched_of = rows_by(_fetched(shown), "store_id")
    visits_of = rows_by(_visits(shown), "location_id")
    rounds_of = rows_by(_rounds(shown), "store_id")
    stores = {row["store_id"]: row for row in places(shown).iter_rows(named=True)}
    names = file_names([*coming["store_id"], *sorted(fetched_of)])
    at_foot = foot(shown)
    told = {
        name: heading
        for name, heading in _TOLD.items()
        if parcels[name].is_not_null().any()
    }
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
            parcels=parcels_of.get(store_id, ()),
            told=told,
            rounds=rounds_of.get(store_id, ()),
            fetched=fetched_of.get(store_id, ()),
            foot=at_foot,
            foot_of_page=_css_text(f"{store_id}, {at_foot}"),
        )
        for store_id in names
    }


def _parcels(coming: pl.DataFrame, shown: ShownPlan) -> pl.DataFrame:
    """What comes, soonest first; the address only of those that go on to a door."""
    rounds = shown.tables.rounds.select("order_id", "round_id", "sequence")
    parcels = (
        coming.select(
            "store_id", "order_id", "channel", "route_id", "ready_by", "reason"
        )
        .join(carried(shown), on="order_id", how="left", maintain_order="left")
        .join(rounds, on="order_id", how="left", maintain_order="left")
    )
    to_door = pl.col("channel") == "store_door"
    return parcels.with_columns(pl.when(to_door).then("customer_address"))


def _visits(shown: ShownPlan) -> pl.DataFrame:
    """The vans that call, in order of time."""
    vans = shown.tables.routes.select("route_id", "vehicle_type", "vehicle_no")
    stops = shown.tables.stops.filter(pl.col("kind").is_in(["deliver", "collect"]))
    stops = stops.sort("arrives", "route_id", "sequence")
    return with_clocks(stops, "stops").join(
        vans, on="route_id", how="left", maintain_order="left"
    )


def _rounds(shown: ShownPlan) -> pl.DataFrame:
    """The rounds that leave from stores, in order of time."""
    rounds = shown.tables.rounds
    sums = rounds.group_by(
        "departs", "round_id", "store_id", "courier_no", "returns"
    ).agg(pl.len().alias("doors"), pl.sum("litres"), pl.sum("cod_twd").alias("cash"))
    return with_clocks(sums.sort("departs", "round_id"), "rounds")


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
