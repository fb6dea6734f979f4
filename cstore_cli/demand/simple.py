"""Forecasts that need no fitting: the seasonal naive, and the level."""

import numpy as np

from cstore_cli.demand.grid import Grid
from cstore_cli.demand.history import Floats
from cstore_cli.demand.levels import Levels
from cstore_cli.demand.told import Rows

_SEASONS = 4
"""Seasons that the naive forecast goes back where a period is unknown."""


def seasonal_naive(grid: Grid, rows: Rows) -> Floats:
    """
    Orders (m,) of the same phase in the last season before the origin.

    Where that period is unknown, of a season earlier, up to four; then the last period
    known at all; nan for an area without history.
    """
    back = grid.season * -(-rows.step // grid.season)
    told = np.full(len(rows.area), np.nan)
    for k in range(_SEASONS):
        before = grid.at(rows.area, rows.target - back - grid.season * k)
        told = np.where(np.isnan(told), before, told)
    return np.where(np.isnan(told), _last(grid, rows), told)


def own_level(levels: Levels, origin: int) -> Floats:
    """Return the level (n,) of each area; nan for one without history."""
    area = np.arange(len(levels.likeness))
    until = np.full(len(area), origin)
    known = levels.grid.all.known(area, np.zeros_like(until), until)
    return np.where(known > 0, levels.at(area, until), np.nan)


def _last(grid: Grid, rows: Rows) -> Floats:
    """Orders of the last known period before the origin."""
    orders = grid.history.orders
    known = np.where(np.isnan(orders), -1, np.arange(orders.shape[1]))
    last = np.maximum.accumulate(known, axis=1)[rows.area, rows.origin - 1]
    return np.where(last >= 0, orders[rows.area, np.maximum(last, 0)], np.nan)
