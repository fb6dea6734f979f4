"""Step 4, doors: the store whose couriers bring each door parcel."""

import math

import numpy as np
import polars as pl

from cstore_cli.dayplan.ability import StoreAbility, Window
from cstore_cli.dayplan.regions import Regions
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.near import nearest
from cstore_cli.travel.of_day import DayTravel


def choose_door_stores(
    orders: pl.DataFrame, ability: StoreAbility, regions: Regions, inputs: DayInputs
) -> pl.DataFrame:
    """
    The orders with ``at_store`` filled in for store_door parcels.

    A door parcel goes out from the usable store nearest to its customer where that
    store has couriers, else from the hub of that store's region. What the seller
    brings to a store himself goes out from there, or not at all.
    """
    doors = orders.with_row_index("row").filter(
        pl.col("status").is_null() & (pl.col("channel") == "store_door")
    )
    stores = inputs.stores.filter(pl.Series(ability.usable))
    couriers = dict(zip(stores["store_id"], stores["door_couriers"] > 0, strict=True))
    index, _ = nearest(
        doors["customer_lat"].to_numpy(),
        doors["customer_lon"].to_numpy(),
        stores["lat"].to_numpy(),
        stores["lon"].to_numpy(),
    )
    ids = np.array([*stores["store_id"], None], dtype=object)
    region_of = regions.region_of
    sent_from: list[str | None] = []
    for own, inbound, wish in zip(
        ids[index], doors["inbound"], doors["store_id"], strict=True
    ):
        if inbound == "store":
            sends = wish in couriers and (couriers[wish] or region_of[wish].hub == wish)
            sent_from.append(wish if sends else None)
        elif own is None or couriers[own]:
            sent_from.append(own)
        else:
            hub = region_of[own].hub
            sent_from.append(hub if hub in couriers else None)
    sent = doors.select("row", pl.Series("door_store", sent_from, dtype=pl.String))
    joined = orders.with_row_index("row").join(
        sent, on="row", how="left", maintain_order="left"
    )
    is_door = pl.col("status").is_null() & (pl.col("channel") == "store_door")
    lost = is_door & pl.col("door_store").is_null()
    return joined.with_columns(
        pl.coalesce("at_store", "door_store").alias("at_store"),
        _set("status", lost, "unserved"),
        _set("reason_code", lost, "no_courier"),
        _set("reason", lost, "No open store with couriers can bring it."),
    ).drop("row", "door_store")


def earliest_goods(
    orders: pl.DataFrame,
    open_windows: dict[str, Window],
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
) -> dict[str, float]:
    """
    When a van can first be gone from each store that it brings door parcels to.

    In minutes after midnight; where no van can come, the end of the first service.
    """
    doors = orders.filter(
        pl.col("status").is_null()
        & (pl.col("channel") == "store_door")
        & (pl.col("inbound").fill_null("dc") == "dc")
    )
    service_min = dict(
        inputs.stores.select("store_id", "service_min").iter_rows(),
    )
    dcs = {
        row["dc_id"]: row for row in inputs.distribution_centers.iter_rows(named=True)
    }
    found = {}
    for store_id, at_dc in doors.group_by("at_store").agg(pl.max("at_dc_min")).rows():
        dc_id = travel.dc_of[store_id]
        opens, service = open_windows[store_id].start_min, service_min[store_id]
        clock = travel.clock(dc_id)
        there = clock.index[store_id]
        gone = []
        for van in inputs.vehicles.filter(
            (pl.col("dc_id") == dc_id) & (pl.col("count") > 0)
        ).iter_rows(named=True):
            for batch in settings.batches:
                departs = max(
                    at_dc, van["shift_from"], dcs[dc_id]["opens"], batch.earliest
                )
                if departs > batch.latest:
                    continue
                arrives = clock.arrive(0, there, math.ceil(departs))
                if not math.isnan(arrives):
                    gone.append(clock.done(there, max(arrives, opens), service))
        found[store_id] = min(gone, default=clock.done(there, opens, service))
    return dict(sorted(found.items()))


def _set(column: str, where: pl.Expr, value: str) -> pl.Expr:
    return pl.when(where).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
