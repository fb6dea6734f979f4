"""
Step 4, rounds: couriers' tours from a store to doors and back.

Rounds are composed before the vans are routed, since the hours they need bound how late
a van may come; they get their clock times afterwards, when it is known when vans come.
"""

import math
from concurrent.futures import Executor

import numpy as np
import polars as pl

from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.round_search import Doors, Round, StoreRounds, rounds_of_store
from cstore_cli.settings.plan_day import CourierSettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.geodesic import straight_km

# The van that brings the goods may come so much later than it could: the rounds leave
# that much of the couriers' hours, in minutes and as a share.
_VAN_WITHIN_MIN, _VAN_WITHIN_SHARE = 30, 0.1


def compose_rounds(
    orders: pl.DataFrame,
    regions: Regions,
    inputs: DayInputs,
    settings: CourierSettings,
    goods_from: dict[str, float],
    executor: Executor,
    seed: int,
) -> dict[str, StoreRounds]:
    """
    Rounds of every store that brings parcels to doors, by store id.

    Each store's doors are a small routing problem: least courier time, within a
    round's parcels, litres, kg and minutes. Rounds go to couriers longest first, or
    where not all can be brought, by priority per minute.
    ``goods_from`` says of stores to which a van brings the goods when it can be gone.
    """
    doors = orders.with_row_index("row").filter(
        pl.col("status").is_null()
        & (pl.col("channel") == "store_door")
        & pl.col("at_store").is_not_null()
    )
    hubs = {region.hub for region in regions.regions}
    stores = {row["store_id"]: row for row in inputs.stores.iter_rows(named=True)}
    tasks = []
    for (store_id,), group in doors.group_by("at_store", maintain_order=True):
        store = stores[str(store_id)]
        own = store["door_couriers"]
        hours = float(settings.works_to - settings.works_from)
        if str(store_id) in goods_from:
            hours = min(hours, settings.works_to - goods_from[str(store_id)])
            hours -= min(_VAN_WITHIN_MIN, _VAN_WITHIN_SHARE * hours)
        tasks.append(
            Doors(
                store_id=str(store_id),
                rows=tuple(group["row"]),
                metres=_metres(group, store, settings.circuity),
                litres=tuple(group["litres"]),
                kg=tuple(group["weight_kg"]),
                priority=tuple(group["priority"]),
                couriers=max(own, settings.hub_couriers) if store_id in hubs else own,
                hours_min=hours - 1,
            )
        )
    tasks.sort(key=lambda task: task.store_id)
    chunk = max(1, len(tasks) // 16)
    found = executor.map(
        rounds_of_store,
        tasks,
        [settings] * len(tasks),
        [seed] * len(tasks),
        chunksize=chunk,
    )
    return {rounds.store_id: rounds for rounds in found}


def _metres(
    group: pl.DataFrame, store: dict[str, float], circuity: float
) -> np.ndarray:
    """Metres between the store (0) and its doors, (n + 1, n + 1)."""
    lat = np.append(store["lat"], group["customer_lat"].to_numpy())
    lon = np.append(store["lon"], group["customer_lon"].to_numpy())
    km = straight_km(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
    return np.asarray(km * circuity * 1000)


def departures(
    store_rounds: StoreRounds, goods_min: float, settings: CourierSettings
) -> list[tuple[Round, int]]:
    """Each round with its departure: a whole minute, goods and courier there."""
    free_at: dict[int, float] = {}
    start = max(goods_min, settings.works_from)
    timed = []
    for tour in store_rounds.rounds:
        departs = math.ceil(free_at.get(tour.courier_no, start) - 1e-9)
        free_at[tour.courier_no] = departs + tour.minutes
        timed.append((tour, departs))
    return timed
