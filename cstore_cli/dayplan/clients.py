"""
Step 5, what the vans visit: a client per store, temperature and wave of goods.

A wave is the first batch that can take the goods: those at the DC in the morning do not
wait for those that come at noon. A client is split only beyond a van's capacity. What
is to be collected at a store makes clients of its own, so that no delivery depends on
it; a van that does both there stops once all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cstore_cli.dayplan.ability import Window
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


@dataclass(frozen=True)
class StoreClient:
    """
    Goods for one store, or to collect from it, that travel together.

    ``parcels`` are row numbers of the orders, or of the collections. ``due_min`` is
    when the first of them must be on the shelf (infinite if none must). Where they are
    to be collected, the van's service starts in ``collect_in``.
    """

    store_id: str
    dc_id: str
    chilled: bool
    parcels: tuple[int, ...]
    litres: float
    kg: float
    priority: float
    at_dc_min: float
    due_min: float
    collect_in: Window | None = None

    @property
    def collects(self) -> bool:
        """Whether the goods are collected from the store, not brought to it."""
        return self.collect_in is not None


def store_clients(
    orders: pl.DataFrame,
    dc_of: dict[str, str],
    inputs: DayInputs,
    settings: PlanDaySettings,
) -> list[StoreClient]:
    """
    The clients of all DCs, ordered by DC, store, temperature and wave.

    Takes the orders that are to be planned, have a store and come through a DC.
    """
    latest = sorted(batch.latest for batch in settings.batches)
    wave = pl.sum_horizontal(
        [(pl.col("at_dc_min") > last).cast(pl.Int8) for last in latest]
    )
    parcels = (
        orders.with_row_index("row")
        .filter(
            pl.col("status").is_null()
            & pl.col("at_store").is_not_null()
            & (pl.col("inbound").fill_null("dc") == "dc")
        )
        .with_columns(
            pl.col("at_store").replace_strict(dc_of).alias("dc_id"),
            wave.alias("wave"),
            pl.when(pl.col("channel") == "store_pickup")
            .then(pl.col("pickup_from"))
            .alias("due"),
        )
        .sort("dc_id", "at_store", "chilled", "wave", "row")
    )
    largest = _largest_vans(inputs)
    clients = []
    keys = ["dc_id", "at_store", "chilled", "wave"]
    for key, group in parcels.group_by(keys, maintain_order=True):
        dc_id, store_id, chilled = str(key[0]), str(key[1]), bool(key[2])
        clients += [
            StoreClient(
                store_id=store_id,
                dc_id=dc_id,
                chilled=chilled,
                parcels=tuple(part["row"]),
                litres=float(part["litres"].sum()),
                kg=float(part["weight_kg"].sum()),
                priority=float(part["priority"].sum()),
                at_dc_min=max(part["at_dc_min"]),
                due_min=min(part["due"].drop_nulls(), default=float("inf")),
            )
            for part in _parts(group, _room(largest, dc_id, chilled))
        ]
    return clients


def collection_clients(
    collections: pl.DataFrame,
    dc_of: dict[str, str],
    windows: dict[str, Window],
    inputs: DayInputs,
) -> list[StoreClient]:
    """
    The clients to collect from, of all DCs, ordered by DC, store and readiness.

    What is ready when the store begins to receive travels together; of the rest, what
    is ready at the same instant. Takes collections without a status yet.
    """
    opens = {store_id: float(of.start_min) for store_id, of in windows.items()}
    parcels = (
        collections.with_row_index("row")
        .filter(pl.col("status").is_null())
        .with_columns(
            pl.col("store_id").replace_strict(dc_of).alias("dc_id"),
            pl.max_horizontal(
                "ready_min",
                pl.col("store_id").replace_strict(opens, return_dtype=pl.Float64),
            ),
        )
        .sort("dc_id", "store_id", "ready_min", "row")
    )
    largest = _largest_vans(inputs)
    clients = []
    keys = ["dc_id", "store_id", "ready_min"]
    for key, group in parcels.group_by(keys, maintain_order=True):
        dc_id, store_id, ready_min = str(key[0]), str(key[1]), float(str(key[2]))
        clients += [
            StoreClient(
                store_id=store_id,
                dc_id=dc_id,
                chilled=False,
                parcels=tuple(part["row"]),
                litres=float(part["litres"].sum()),
                kg=float(part["weight_kg"].sum()),
                priority=float(len(part)),
                at_dc_min=0.0,
                due_min=float("inf"),
                collect_in=Window(ready_min, windows[store_id].end_min),
            )
            for part in _parts(group, _room(largest, dc_id, chilled=False))
        ]
    return clients


_Room = tuple[float, float]
"""Litres and kg."""


def _largest_vans(inputs: DayInputs) -> dict[tuple[str, bool], _Room]:
    """DC and temperature: the room of the largest van."""
    vans = (
        inputs.vehicles.filter(pl.col("count") > 0)
        .sort("capacity_litres")
        .group_by("dc_id", "chilled", maintain_order=True)
        .agg(pl.col("capacity_litres").last(), pl.col("capacity_kg").last())
    )
    return {(dc_id, cold): (litres, kg) for dc_id, cold, litres, kg in vans.iter_rows()}


def _room(largest: dict[tuple[str, bool], _Room], dc_id: str, chilled: bool) -> _Room:
    """The room in the largest van for such goods; without vans there is no limit."""
    room = largest.get((dc_id, True)) if chilled else None
    room = room or largest.get((dc_id, False)) or largest.get((dc_id, True))
    return room or (float("inf"), float("inf"))


def _parts(group: pl.DataFrame, room: _Room) -> Iterator[pl.DataFrame]:
    """The group whole, or cut next-fit into loads that a van can carry."""
    if group["litres"].sum() <= room[0] and group["weight_kg"].sum() <= room[1]:
        yield group
        return
    start, litres, kg = 0, 0.0, 0.0
    for row, (size, weight) in enumerate(group.select("litres", "weight_kg").rows()):
        if row > start and (litres + size > room[0] or kg + weight > room[1]):
            yield group[start:row]
            start, litres, kg = row, 0.0, 0.0
        litres, kg = litres + size, kg + weight
    yield group[start:]
