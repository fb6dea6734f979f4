"""What past outlooks came to: their expectations beside the orders known since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.grid import Flags, Grid, Ints
from cstore_cli.demand.history import Floats
from cstore_cli.demand.outlook import CANDIDATES, Outlook


@dataclass(frozen=True, eq=False)
class Evidence:
    """
    A row per area and period that an outlook expected and whose orders are known.

    ``outlook`` (m,) is the number of the outlook, ``step`` (m,) counts from 1,
    ``special`` (m,) says whether the period has a special day, ``means`` (m,) are by
    candidate, ``quantiles`` (3, m) nan without trees, ``level`` (m,) nan where the area
    had no history at the origin.
    """

    outlook: Ints
    area: Ints
    step: Ints
    special: Flags
    orders: Floats
    means: Mapping[str, Floats]
    quantiles: Floats
    per_person: Floats
    level: Floats

    def where(self, chosen: Flags) -> "Evidence":
        """Return the rows that are chosen."""
        return Evidence(
            outlook=self.outlook[chosen],
            area=self.area[chosen],
            step=self.step[chosen],
            special=self.special[chosen],
            orders=self.orders[chosen],
            means={name: means[chosen] for name, means in self.means.items()},
            quantiles=self.quantiles[:, chosen],
            per_person=self.per_person[chosen],
            level=self.level[chosen],
        )


def evidence_of(grid: Grid, outlooks: Sequence[Outlook], before: int) -> Evidence:
    """Return what is known before the period ``before`` of what was expected."""
    parts = []
    for number, outlook in enumerate(outlooks):
        steps = max(0, min(grid.history.horizon, before - outlook.origin))
        orders = np.full(outlook.per_person.shape, np.nan)
        orders[:, :steps] = grid.history.orders[
            :, outlook.origin : outlook.origin + steps
        ]
        rows = rows_of(outlook, orders, number)
        parts.append(rows.where(~np.isnan(rows.orders)))
    return joined(parts)


def asked_of(outlook: Outlook) -> Evidence:
    """Return all rows of an outlook whose orders nobody knows yet."""
    return rows_of(outlook, np.full(outlook.per_person.shape, np.nan), 0)


def rows_of(outlook: Outlook, orders: Floats, number: int) -> Evidence:
    """Return a row per area and step, areas first."""
    num_areas, horizon = orders.shape
    nothing = np.full(orders.size, np.nan)
    quantiles = outlook.quantiles
    return Evidence(
        outlook=np.full(orders.size, number),
        area=np.repeat(np.arange(num_areas), horizon),
        step=np.tile(np.arange(1, horizon + 1), num_areas),
        special=np.tile(outlook.special, num_areas),
        orders=orders.ravel(),
        means={
            name: outlook.means[name].ravel() if name in outlook.means else nothing
            for name in CANDIDATES
        },
        quantiles=(
            np.stack([nothing] * 3) if quantiles is None else quantiles.reshape(3, -1)
        ),
        per_person=outlook.per_person.ravel(),
        level=np.repeat(outlook.level, horizon),
    )


def joined(parts: Sequence[Evidence]) -> Evidence:
    """Return the rows of all parts, one part after the other."""
    nobody = np.zeros(0, dtype=np.int64)
    none = np.zeros(0)
    return Evidence(
        outlook=np.concatenate([nobody, *(part.outlook for part in parts)]),
        area=np.concatenate([nobody, *(part.area for part in parts)]),
        step=np.concatenate([nobody, *(part.step for part in parts)]),
        special=np.concatenate(
            [nobody.astype(bool), *(part.special for part in parts)]
        ),
        orders=np.concatenate([none, *(part.orders for part in parts)]),
        means={
            name: np.concatenate([none, *(part.means[name] for part in parts)])
            for name in CANDIDATES
        },
        quantiles=np.concatenate(
            [np.zeros((3, 0)), *(part.quantiles for part in parts)], axis=1
        ),
        per_person=np.concatenate([none, *(part.per_person for part in parts)]),
        level=np.concatenate([none, *(part.level for part in parts)]),
    )
