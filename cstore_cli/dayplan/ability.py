"""Which stores can take a delivery today, and in which window."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.closures import closed_windows
from cstore_cli.travel.of_day import DayTravel

SHORTEST_MIN = 1
"""Vans leave on whole minutes, so windows below a minute cannot be counted on."""


@dataclass(frozen=True)
class Window:
    """Minutes after midnight between which a delivery may start; empty if from > by."""

    start_min: float
    end_min: float


@dataclass(frozen=True, eq=False)
class StoreAbility:
    """
    What each store (in the stores' order) can take today.

    ``usable`` stores are in the network, reachable from their DC and open to a van for
    a minute of their receive window; ``chilled`` ones take chilled goods.
    """

    usable: NDArray[np.bool_]
    chilled: NDArray[np.bool_]


def windows(inputs: DayInputs) -> dict[str, Window]:
    """
    Each store's receive window less its closures: the longest part that is left.

    A service that starts in the part must also end before a closure begins.
    """
    closed = set(inputs.closures["location_id"].drop_nulls())
    slowest = max(1.0, *inputs.conditions["service_factor"], 1.0)
    found = {}
    for store, start, end, service in inputs.stores.select(
        "store_id", "receive_from", "receive_by", "service_min"
    ).iter_rows():
        parts = [Window(start, end)]
        if store in closed:
            for shut, opens in closed_windows(store, inputs.closures):
                low, high = inputs.clock(shut) - service * slowest, inputs.clock(opens)
                parts = [
                    piece
                    for part in parts
                    for piece in (
                        Window(part.start_min, min(part.end_min, low)),
                        Window(max(part.start_min, high), part.end_min),
                    )
                    if piece.start_min <= piece.end_min
                ]
        longest = max(
            parts, key=lambda part: part.end_min - part.start_min, default=None
        )
        found[store] = longest or Window(1, 0)
    return found


def ability(
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
    open_windows: dict[str, Window],
) -> StoreAbility:
    """What each store can take, in the order of the stores table."""
    chains = settings.network.own_chains
    reached: set[str] = set()
    for dc_id in inputs.distribution_centers["dc_id"]:
        for batch in settings.batches:
            clock = travel.clock(dc_id)
            ids = clock.matrices[0].places.ids
            there_and_back = clock.there_and_back(batch.earliest)
            reached |= {ids[i] for i in np.flatnonzero(there_and_back)}
    usable = [
        (not chains or chain in chains)
        and store in reached
        and open_windows[store].start_min + SHORTEST_MIN <= open_windows[store].end_min
        for store, chain in inputs.stores.select("store_id", "chain").iter_rows()
    ]
    return StoreAbility(
        usable=np.array(usable, dtype=bool),
        chilled=inputs.stores["chilled"].to_numpy(),
    )
