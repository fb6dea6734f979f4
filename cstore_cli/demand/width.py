"""Of how many periods the level of an area is best the mean."""

import numpy as np

from cstore_cli.demand.grid import Grid
from cstore_cli.demand.told import rows_from

_TRIALS = 8


def level_width(grid: Grid, end: int) -> int:
    """
    Return the window whose mean was nearest to the next horizon's, before ``end``.

    Errors of an area count as multiples of its own mean, so that large areas do not
    decide alone. The shortest window where history is too short to tell.
    """
    num_areas = len(grid.history.area_ids)
    horizon = min(grid.history.horizon, max(1, end // 3))
    widths = [width for width in (1, *grid.windows) if width % _unit(grid) == 0]
    last = end - horizon
    starts = np.unique(np.linspace(max(1, last // 3), last, _TRIALS).astype(int))
    errors = np.zeros(len(widths))
    area = np.arange(num_areas)
    size = grid.all.mean(area, np.zeros_like(area), np.full_like(area, end))
    for start in starts[starts >= 1]:
        rows = rows_from(int(start), num_areas, horizon)
        orders = grid.at(rows.area, rows.target)
        for k, width in enumerate(widths):
            mean = grid.usual.mean(rows.area, rows.origin - width, rows.origin)
            with np.errstate(divide="ignore", invalid="ignore"):
                error = np.abs(orders - mean) / size[rows.area]
            errors[k] += error[np.isfinite(error)].sum()
    return widths[int(np.argmin(errors))]


def _unit(grid: Grid) -> int:
    """Windows of days are whole weeks."""
    return 7 if grid.history.period_days == 1 else 1
