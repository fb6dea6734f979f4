"""
Step 5, what the vans visit: a client per store, temperature and wave of goods.

A wave is the first batch that can take the goods: those at the DC in the morning do not
wait for those that come at noon. A client is split only beyond a van's capacity.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


@dataclass(frozen=True)
class StoreClient:
    """
    Goods for one store that travel together.

    ``parcels`` are row numbers of the orders. ``due_min`` is when the first of them
    must be on the shelf (infinite if none must).
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
    largest = {
        (dc_id, chilled): (litres, kg)
        for dc_id, chilled, litres, kg in _largest_vans(inputs).iter_rows()
    }
    clients = []
    keys = ["dc_id", "at_store", "chilled", "wave"]
    for key, group in parcels.group_by(keys, maintain_order=True):
        dc_id, store_id, chilled = str(key[0]), str(key[1]), bool(key[2])
        room = largest.get((dc_id, True)) if chilled else None
        room = room or largest.get((dc_id, False)) or largest.get((dc_id, True))
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
            for part in _parts(group, room or (float("inf"), float("inf")))
        ]
    return clients


def _largest_vans(inputs: DayInputs) -> pl.DataFrame:
    """Litres and kg of the largest van per DC and temperature."""
    return (
        inputs.vehicles.filter(pl.col("count") > 0)
        .sort("capacity_litres")
        .group_by("dc_id", "chilled", maintain_order=True)
        .agg(pl.col("capacity_litres").last(), pl.col("capacity_kg").last())
    )


def _parts(group: pl.DataFrame, room: tuple[float, float]) -> Iterator[pl.DataFrame]:
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
