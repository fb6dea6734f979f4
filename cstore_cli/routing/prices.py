"""What clients, vehicles and departures are worth to the master, from its duals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cstore_cli.routing.docks import Interval
from cstore_cli.routing.fleet import Share
from cstore_cli.routing.master import Duals
from cstore_cli.routing.problem import Problem


@dataclass(frozen=True, eq=False)
class Prices:
    """
    Duals in the problem's unit of cost.

    ``clients[k]`` is what serving the k-th client served is worth, ``vehicles[v]`` what
    a vehicle of limit v costs, ``slots[d][s]`` what leaving dock d in slot s does.
    """

    problem: Problem
    clients: tuple[int, ...]
    vehicles: tuple[int, ...]
    slots: tuple[tuple[int, ...], ...]

    def of(self, share: Share) -> int:
        """Return what a vehicle of the share costs beyond its fixed cost."""
        kind = self.problem.kinds[share.kind]
        limits = self.problem.vehicle_rows()
        price = next(
            price
            for price, (_, kinds) in zip(self.vehicles, limits, strict=True)
            if share.kind in kinds
        )
        for dock, slots in zip(self.problem.docks, self.slots, strict=True):
            if dock.depot == kind.start_depot and slots:
                slot = (share.tw_early - dock.first_time) // dock.loading_duration
                price += slots[min(max(slot, 0), len(slots) - 1)]
        return price


def prices_of(
    problem: Problem,
    served: Sequence[int],
    duals: Duals,
    intervals: Sequence[Interval],
) -> Prices:
    """
    Return the prices of ``duals``.

    What a client needs of a room is taken off its worth. A trip pays for every interval
    of slots that its own slot is in; it may pay less if it can leave at others, which
    the search does not know.
    """
    worth = dict(zip(served, duals.clients.tolist(), strict=True))
    for room, dual in zip(problem.rooms, duals.rooms.tolist(), strict=True):
        for i, need in room.needs:
            if i in worth:
                worth[i] += dual * need
    slots: list[list[float]] = [[] for _ in problem.docks]
    for (dock, first, last), dual in zip(intervals, duals.docks.tolist(), strict=True):
        mine = slots[dock]
        mine += [0.0] * (last + 2 - len(mine))
        for slot in range(first, last + 1):
            mine[slot] -= dual
    return Prices(
        problem,
        tuple(max(0, math.ceil(worth[i])) for i in served),
        tuple(math.ceil(-dual) for dual in duals.vehicles.tolist()),
        tuple(tuple(math.ceil(price) for price in of_dock) for of_dock in slots),
    )
