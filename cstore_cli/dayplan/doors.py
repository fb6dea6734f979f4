"""Step 4, doors: the store whose couriers bring each door parcel."""

import numpy as np
import polars as pl

from cstore_cli.dayplan.ability import StoreAbility
from cstore_cli.dayplan.regions import Regions
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.near import nearest


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
            sends = wish is not None and (
                couriers.get(wish, False) or region_of[wish].hub == wish
            )
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


def _set(column: str, where: pl.Expr, value: str) -> pl.Expr:
    return pl.when(where).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
