"""What each leg of a route costs at least, with prices on what vehicles have little of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.routing.problem import FOREVER, UNREACHABLE, Problem, VehicleKind

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Way:
    """
    How a kind gets from a row to a column: straight, or by the depot for a new load.

    Rows are the clients and the start, columns the clients and the end. ``cost`` is
    infinite where it cannot; a route that leaves the start pays ``fixed_cost`` and may
    use ``limit`` of each resource.
    """

    cost: Floats
    duration: Floats
    fixed_cost: float
    limit: Floats


@dataclass(frozen=True, eq=False)
class Arcs:
    """
    All ways; ``use[j, d]`` is what client j takes of resource d.

    The resources are the dimensions of load, those of pickup, and last the duration,
    which the legs take. ``penalty`` is infinite for clients that must be served.
    """

    ways: tuple[Way, ...]
    use: Floats
    penalty: Floats
    vehicles: int

    def priced(self, prices: Floats) -> Floats:
        """Return the least cost of each leg with these prices per unit of resource."""
        costs = [self._priced(way, prices) for way in self.ways]
        return np.minimum.reduce(costs)

    def priced_way(self, prices: Floats, rows: object, columns: object) -> list[Way]:
        """Return the way that is cheapest, for each of these legs."""
        costs = [self._priced(way, prices)[rows, columns] for way in self.ways]  # type: ignore[index]
        return [self.ways[k] for k in np.argmin(costs, axis=0)]

    def _priced(self, way: Way, prices: Floats) -> Floats:
        cost = way.cost + prices[-1] * way.duration
        cost[:, :-1] += self.use @ prices[:-1]
        cost[-1] += way.fixed_cost - prices @ way.limit
        return cost
