"""
Tables of a day as they would be on another network.

A day's orders name the stores there were. What customers would ask for had there been
others is an assumption: whoever asks for a store asks for the nearest one instead, once
that is nearer than the store asked for, or once that store is not there. Nobody who
named no store, and nobody who wants the parcel at the door, is concerned.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.near import nearest

_OF_A_STORE = {
    "held_parcels": "store_id",
    "collections": "location_id",
    "closures": "location_id",
    "locks": "store_id",
}
"""Tables of the day that speak of stores: the column that names them."""


@dataclass(frozen=True, eq=False)
class NetworkInputs:
    """A day's inputs on a network, and what had to change for it (see NetworkDay)."""

    inputs: DayInputs
    num_moved: int
    left_out: dict[str, int]


def own_stores(day_stores: pl.DataFrame, own_chains: Collection[str]) -> pl.DataFrame:
    """Rows of the stores of the network's chains; none named: all of them."""
    if not own_chains:
        return day_stores
    return day_stores.filter(pl.col("chain").is_in(list(own_chains)))


def chosen_stores(
    day_stores: pl.DataFrame,
    chosen: pl.DataFrame,
    settings: SiteStoresSettings,
    *,
    keep_existing: bool,
) -> pl.DataFrame:
    """
    Stores of the chosen network: own ones of the day if kept, and the new ones.

    Parameters
    ----------
    day_stores
        The day's table, of all chains, under the contract of stores.
    chosen
        Rows with site_id, kind, lat, lon; those whose kind is "new" become stores, like
        ``settings.new_store``, of no DC: plan-day gives them the one that is nearest
        by car. A name or opening_hours of their own they keep.
    settings
        What a new store is like, and which chains are own.
    keep_existing
        Whether the own stores of the day stay.

    Raises
    ------
    InputError
        When a new store has the id of a store of the day.
    """
    new = chosen.filter(pl.col("kind") == "new")
    _refuse_taken(new["site_id"], day_stores["store_id"])
    own = own_stores(day_stores, settings.network.own_chains)
    like = settings.new_store
    given = {
        "store_id": pl.col("site_id"),
        "chain": pl.lit(settings.new_chain),
        "lat": pl.col("lat"),
        "lon": pl.col("lon"),
        "opening_hours": pl.lit(like.opening_hours),
        "receive_from": pl.lit(like.receive_from),
        "receive_by": pl.lit(like.receive_by),
        "shelf_litres": pl.lit(like.shelf_litres),
        "chilled": pl.lit(like.chilled),
        "door_couriers": pl.lit(like.door_couriers),
        "service_min": pl.lit(like.service_min),
        LINE: pl.lit(0),  # of no file
    }
    if "name" in new.columns:
        given["name"] = pl.col("name")
    if "opening_hours" in new.columns:
        given["opening_hours"] = pl.col("opening_hours").fill_null(like.opening_hours)
    rows = new.select(
        given.get(name, pl.lit(None)).cast(kind).alias(name)
        for name, kind in day_stores.schema.items()
    )
    return pl.concat([own, rows]) if keep_existing else rows


def orders_for(
    orders: pl.DataFrame, stores: pl.DataFrame, chilled: Collection[str]
) -> pl.DataFrame:
    """
    The orders as customers would give them if ``stores`` were all there are.

    Whoever named a store and would fetch the parcel asks for the nearest store, however
    far, where it is nearer than the one named or that one is not among ``stores``. Of
    goods classes that are ``chilled``, only chilled stores count, if there are any.
    """
    cool = stores.filter("chilled")
    needs = pl.col("goods_class").is_in(list(chilled))
    asks = (
        orders.with_row_index("row")
        .filter(pl.col("store_id").is_not_null() & (pl.col("service") != "door"))
        .select("row", "store_id", "customer_lat", "customer_lon", needs=needs)
    )
    moved = pl.concat(
        [
            _moved(asks.filter(~pl.col("needs")), stores),
            _moved(asks.filter("needs"), cool if len(cool) else stores),
        ]
    )
    return (
        orders.with_row_index("row")
        .join(moved, on="row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("asks", "store_id").alias("store_id"))
        .drop("row", "asks")
    )


def inputs_on(
    inputs: DayInputs, stores: pl.DataFrame, chilled: Collection[str]
) -> NetworkInputs:
    """
    The day's inputs with ``stores`` for its stores, and its orders as for these.

    Rows of the day's other tables that are of stores not there are left out, and frozen
    regions altogether: they know nothing of new stores.
    """
    orders = orders_for(inputs.orders, stores, chilled)
    moved = orders["store_id"].ne_missing(inputs.orders["store_id"])
    raw = inputs.orders_raw
    if "store_id" in raw.columns:
        told = pl.when(moved).then(orders["store_id"]).otherwise(pl.col("store_id"))
        raw = raw.with_columns(told.alias("store_id"))
    here = stores["store_id"].implode()
    tables = {}
    for name, column in _OF_A_STORE.items():
        link = pl.col(column).is_null()  # a closed road is of no store
        tables[name] = getattr(inputs, name).filter(link | pl.col(column).is_in(here))
    left_out = {
        name: len(getattr(inputs, name)) - len(kept) for name, kept in tables.items()
    }
    changed = replace(
        inputs,
        stores=stores,
        orders=orders,
        orders_raw=raw,
        frozen_regions=None,
        **tables,
    )
    return NetworkInputs(changed, int(moved.sum()), left_out)


def _moved(asks: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` and ``asks``, the store asked for now, of those who move."""
    lat, lon = asks["customer_lat"].to_numpy(), asks["customer_lon"].to_numpy()
    index, near_km = nearest(
        lat, lon, stores["lat"].to_numpy(), stores["lon"].to_numpy()
    )
    named = asks.join(
        stores.select("store_id", "lat", "lon"),
        on="store_id",
        how="left",
        maintain_order="left",
    )
    named_km = straight_km(
        lat,
        lon,
        named["lat"].fill_null(float("nan")).to_numpy(),
        named["lon"].fill_null(float("nan")).to_numpy(),
    )
    moves = ~(named_km <= near_km)  # a store that is not there is at no distance
    ids = pl.Series([*stores["store_id"], None], dtype=pl.String)
    return asks.select("row", ids.gather(index % len(ids)).alias("asks")).filter(
        pl.Series(moves, dtype=pl.Boolean)
    )


def _refuse_taken(new: pl.Series, taken: pl.Series) -> None:
    faults = [
        Fault("intersections", None, "site_id", f"{site!r} is a store of the day too")
        for site in new.filter(new.is_in(taken.implode()))
    ]
    if faults:
        raise InputError("Sites need ids that no store of the day has.", faults)
