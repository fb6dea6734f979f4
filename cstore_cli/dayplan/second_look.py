"""
A second look at pick-up parcels left over: on the vans' stops there may be room.

A parcel is left over because every shelf near its customer was spoken for, or because
no van had room or time for its store. Once routes are found, some shelves have room
after all (what was to stand there is not brought), and a van that stops anyway takes a
parcel more in no time. Parcels that chose a store leave it for lack of room only.

    max   sum_i p_i x_i                                                        (1)
    s.t.  litres on each shelf, of what is brought there and now added         (2)
          what couples routes, as ever                                         (3)

Each parcel is a client at the nearest stop that could take it; (1) to (3) are the
routing problem's, with a room per shelf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from cstore_cli.dayplan.ability import StoreAbility
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.van_routes import VanRoute
from cstore_cli.routing.problem import Room
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.near import within

_SLACK = 1e-6


@dataclass(frozen=True)
class Offer:
    """A parcel (row of the orders) that may go to a store where a van stops."""

    row: int
    store_id: str
    walk_m: float


def left_over(orders: pl.DataFrame) -> pl.DataFrame:
    """The parcels that get a second look, with their ``row``."""
    no_room = pl.col("reason_code") == "no_shelf_room"
    no_van = pl.col("at_store").is_not_null() & pl.col("store_id").is_null()
    return orders.with_row_index("row").filter(
        (pl.col("status") == "unserved")
        & (pl.col("channel") == "store_pickup")
        & (pl.col("inbound").fill_null("dc") == "dc")
        & (no_room | no_van)
    )


def offers(
    orders: pl.DataFrame,
    routes: Sequence[VanRoute],
    rooms: pl.DataFrame,
    able: StoreAbility,
    inputs: DayInputs,
    settings: PlanDaySettings,
) -> list[Offer]:
    """
    Each parcel's nearest stop with room on its shelf and in its van, by itself.

    ``rooms`` are the litres that may arrive at each store, in the stores' order.
    """
    parcels = left_over(orders)
    stops = _stops(routes, inputs)
    if parcels.is_empty() or not stops:
        return []
    stores = inputs.stores
    visited = np.array([store in stops for store in stores["store_id"]])
    candidates = np.flatnonzero(visited & able.usable)
    near = within(
        parcels["customer_lat"].to_numpy(),
        parcels["customer_lon"].to_numpy(),
        stores["lat"].to_numpy()[candidates],
        stores["lon"].to_numpy()[candidates],
        settings.walk_limit_km,
    )
    ids = stores["store_id"].to_list()
    shelf = shelf_left(orders, rooms, inputs)
    found = []
    for number, parcel in enumerate(parcels.iter_rows(named=True)):
        for index, km in zip(*near.of(number), strict=True):
            s = int(candidates[index])
            if parcel["litres"] > shelf[ids[s]] + _SLACK:
                continue
            if parcel["chilled"] and not able.chilled[s]:
                continue
            if any(_takes(stop, parcel) for stop in stops[ids[s]]):
                found.append(Offer(parcel["row"], ids[s], float(km) * 1000))
                break
    return found


def shelf_left(
    orders: pl.DataFrame, rooms: pl.DataFrame, inputs: DayInputs
) -> dict[str, float]:
    """Litres left on each shelf by the pick-up parcels that come to it."""
    coming = (
        orders.filter(
            pl.col("status").is_null()
            & (pl.col("channel") == "store_pickup")
            & pl.col("at_store").is_not_null()
        )
        .group_by("at_store")
        .agg(pl.col("litres").sum())
    )
    litres = dict(coming.iter_rows())
    return {
        store: room - litres.get(store, 0.0)
        for store, room in zip(inputs.stores["store_id"], rooms["room"], strict=True)
    }


def clients_of_offers(
    found: Sequence[Offer], orders: pl.DataFrame, dc_of: Mapping[str, str]
) -> list[StoreClient]:
    """A client per parcel on offer."""
    return [
        StoreClient(
            store_id=offer.store_id,
            dc_id=dc_of[offer.store_id],
            chilled=parcel["chilled"],
            parcels=(offer.row,),
            litres=parcel["litres"],
            kg=parcel["weight_kg"],
            priority=parcel["priority"],
            at_dc_min=parcel["at_dc_min"],
            due_min=(
                float("inf") if parcel["pickup_from"] is None else parcel["pickup_from"]
            ),
        )
        for offer in found
        for parcel in [orders.row(offer.row, named=True)]
    ]


def without_parcels(
    clients: Sequence[StoreClient], found: Sequence[Offer], orders: pl.DataFrame
) -> list[StoreClient]:
    """The clients less the parcels on offer; they were in clients left out."""
    rows = {offer.row for offer in found}
    goods = orders.select("litres", "weight_kg", "priority").rows()
    kept = []
    for client in clients:
        if client.collects or rows.isdisjoint(client.parcels):
            kept.append(client)
            continue
        parcels = tuple(row for row in client.parcels if row not in rows)
        if parcels:
            litres, kg, priority = (
                float(sum(each))
                for each in zip(*(goods[r] for r in parcels), strict=True)
            )
            kept.append(
                replace(
                    client, parcels=parcels, litres=litres, kg=kg, priority=priority
                )
            )
    return kept


def shared_shelves(
    clients: Sequence[StoreClient],
    orders: pl.DataFrame,
    rooms: pl.DataFrame,
    inputs: DayInputs,
) -> list[Room]:
    """
    The shelves that several of the clients share, in centilitres.

    Only pick-up parcels stay on a shelf; what the vans bring to it has its place.
    """
    litres = np.ceil(orders["litres"].to_numpy() * 100 - _SLACK)
    stays = (orders["channel"] == "store_pickup").to_numpy()
    placed = orders["status"].is_null().to_numpy()
    needs: dict[str, list[tuple[int, int]]] = {}
    had: dict[str, int] = {}
    for k, client in enumerate(clients):
        rows = [] if client.collects else [r for r in client.parcels if stays[r]]
        need = int(litres[rows].sum())
        if need:
            needs.setdefault(client.store_id, []).append((k, need))
            old = int(litres[[row for row in rows if placed[row]]].sum())
            had[client.store_id] = had.get(client.store_id, 0) + old
    room_of = dict(zip(inputs.stores["store_id"], rooms["room"], strict=True))
    return [
        Room(max(int(room_of[store] * 100), had[store]), tuple(mine))
        for store, mine in needs.items()
        if len(mine) > 1
    ]


def accepted(orders: pl.DataFrame, taken: Sequence[Offer]) -> pl.DataFrame:
    """The orders with the parcels ``taken`` at their new stores."""
    if not taken:
        return orders
    moved = pl.DataFrame(
        [(offer.row, offer.store_id, offer.walk_m) for offer in taken],
        schema={"row": pl.UInt32, "new_store": pl.String, "new_walk_m": pl.Float64},
        orient="row",
    )
    here = pl.col("new_store").is_not_null()
    wished = pl.col("store_id").is_not_null()
    away = here & wished & (pl.col("store_id") != pl.col("new_store"))
    said = pl.format(
        "{} has no room for it; sent to {}.", pl.col("store_id"), pl.col("new_store")
    )
    return (
        orders.with_row_index("row")
        .join(moved, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.when(here).then(None).otherwise("status").alias("status"),
            pl.when(away)
            .then(pl.lit("redirected"))
            .when(~here)
            .then("reason_code")
            .alias("reason_code"),
            pl.when(away).then(said).when(~here).then("reason").alias("reason"),
            pl.when(here).then(away).otherwise("redirected").alias("redirected"),
            pl.coalesce("new_walk_m", "walk_m").alias("walk_m"),
            pl.coalesce("new_store", "at_store").alias("at_store"),
        )
        .drop("row", "new_store", "new_walk_m")
    )


@dataclass(frozen=True)
class _Stop:
    """A stop's van: what it may still load at the DC, and when it comes."""

    litres: float
    kg: float
    chilled: bool
    departs: int
    leaves: float


def _stops(routes: Sequence[VanRoute], inputs: DayInputs) -> dict[str, list[_Stop]]:
    """Store: its stops on trips that only deliver."""
    vans = inputs.vehicles.rows(named=True)
    found: dict[str, list[_Stop]] = {}
    for route in routes:
        van = vans[route.vehicle]
        for trip in route.trips:
            clients = [client for stop in trip.stops for client in stop.clients]
            litres = van["capacity_litres"] - sum(client.litres for client in clients)
            kg = van["capacity_kg"] - sum(client.kg for client in clients)
            for stop in trip.stops:
                found.setdefault(stop.store_id, []).append(
                    _Stop(litres, kg, van["chilled"], trip.departs, stop.leaves)
                )
    return found


def _takes(stop: _Stop, parcel: Mapping[str, float]) -> bool:
    due = parcel["pickup_from"]
    return (
        parcel["litres"] <= stop.litres + _SLACK
        and parcel["weight_kg"] <= stop.kg + _SLACK
        and (stop.chilled or not parcel["chilled"])
        and parcel["at_dc_min"] <= stop.departs
        and (due is None or stop.leaves <= due)
    )
