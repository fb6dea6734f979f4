"""
What a model is told of an area and a period to come.

An *origin* is the first period not known; step 1 is that period, step 2 the next. All
that is told of orders lies before the origin, whatever the step, so that nothing leaks.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from cstore_cli.demand.calendar import CALENDAR
from cstore_cli.demand.grid import Grid, Ints, ratio
from cstore_cli.demand.history import Floats
from cstore_cli.demand.levels import Levels

_LAGS = 4
_CYCLES = 4


@dataclass(frozen=True, eq=False)
class Rows:
    """``area`` (m,), ``origin`` (m,) and ``step`` (m,) of periods asked for."""

    area: Ints
    origin: Ints
    step: Ints

    @property
    def target(self) -> Ints:
        """The period asked for."""
        return self.origin + self.step - 1


def rows_from(origin: int, num_areas: int, horizon: int) -> Rows:
    """Return a row per area and step, areas first."""
    return Rows(
        area=np.repeat(np.arange(num_areas), horizon),
        origin=np.full(num_areas * horizon, origin),
        step=np.tile(np.arange(1, horizon + 1), num_areas),
    )


def told(grid: Grid, levels: Levels, rows: Rows) -> tuple[Floats, Floats]:
    """
    Return what is told (m, k), in the columns of `told_names`, and the level (m,).

    Orders are told as multiples of the level; nan where nothing is known.
    """
    area, origin = rows.area, rows.origin
    level = levels.at(area, origin)
    columns = [
        rows.step.astype(float),
        np.log(level),
        levels.likeness[area] / level,
        grid.usual.known(area, np.zeros_like(origin), origin),
        *(part / level for part in _past(grid, rows)),
        *_last_year(grid, levels, rows),
        *grid.calendar[rows.target].T,
        *grid.features.values[area].T,
    ]
    for name in grid.history.ahead:
        columns += _ahead(grid, name, rows)
    columns += [_lagged(grid, name, rows) for name in grid.lagged]
    return np.column_stack(columns), level


def told_groups(grid: Grid) -> dict[str, list[int]]:
    """Return the columns of each driver: what belongs together is one."""
    groups: dict[str, list[int]] = {}
    for column, (_, group) in enumerate(told_names(grid)):
        groups.setdefault(group, []).append(column)
    return groups


@cache
def told_names(grid: Grid) -> tuple[tuple[str, str], ...]:
    """Return (column, group of columns it belongs to) of all that is told."""
    past, year = "own history", "own history"
    names = [("step", "days ahead"), ("level", past), ("likeness", past)]
    names += [("known", past)]
    names += [(f"mean of {width}", past) for width in grid.windows]
    names += [(f"lag {k + 1}", past) for k in range(_LAGS)]
    names += [(f"deviation of {width}", past) for width in _deviations(grid)]
    names += [("last cycle", past), ("last cycles", past)]
    names += [(f"last year {k}", year) for k in range(3)]
    names += [(name, name) for name in CALENDAR]
    names += [(name, name) for name in grid.features.names]
    for name in grid.history.ahead:
        kinds = ("",) if name in grid.history.coded else ("", " to mean", " before")
        names += [(f"{name}{kind}", name) for kind in kinds]
    names += [(f"{name} lagged", name) for name in grid.history.lagged]
    return tuple(names)


def told_categories(grid: Grid) -> npt.NDArray[np.bool_]:
    """Return (k,) which columns hold numbers of categories."""
    features = grid.features
    coded = {"weekday", *grid.history.coded}
    coded |= {
        name
        for name, is_coded in zip(features.names, features.categorical, strict=True)
        if is_coded
    }
    return np.array([name in coded for name, _ in told_names(grid)])


def _deviations(grid: Grid) -> tuple[int, ...]:
    return grid.windows[1:4]


def _past(grid: Grid, rows: Rows) -> list[Floats]:
    """Means, last periods, deviations, and the same phase of earlier seasons."""
    area, origin, season = rows.area, rows.origin, grid.season
    back = season * -(-rows.step // season)
    cycles = [grid.at(area, rows.target - back - season * k) for k in range(_CYCLES)]
    return [
        *(grid.usual.mean(area, origin - width, origin) for width in grid.windows),
        *(grid.at(area, origin - 1 - k) for k in range(_LAGS)),
        *(grid.deviation(area, origin - w, origin) for w in _deviations(grid)),
        cycles[0],
        _mean(cycles),
    ]


def _last_year(grid: Grid, levels: Levels, rows: Rows) -> list[Floats]:
    """The same time of last year as a multiple of the level of then."""
    area, year = rows.area, grid.year * -(-rows.step // grid.year)
    week = 7 // grid.history.period_days
    then, before = rows.target - year, rows.origin - year
    level = grid.usual.mean(area, before - levels.width, before)
    near = [then + week * k for k in (-1, 0, 1)]
    around = _mean([grid.at(area, np.where(t < rows.origin, t, -1)) for t in near])
    return [
        ratio(grid.at(area, then), level),
        ratio(around, level),
        ratio(grid.at(area, then), grid.at(area, before - 1)),
    ]


def _ahead(grid: Grid, name: str, rows: Rows) -> list[Floats]:
    """A column known ahead: itself, and against its mean, as the period before is."""
    values, area = grid.history.ahead[name], rows.area
    now = values[area, rows.target]
    if name in grid.history.coded:
        return [now]
    before = np.where(rows.target > 0, values[area, rows.target - 1], np.nan)
    mean = grid.ahead[name].mean(area, rows.origin - grid.year, rows.origin)
    if np.nanmin(values) > 0:
        return [now, ratio(now, mean), ratio(before, mean)]
    return [now, now - mean, before - mean]


def _lagged(grid: Grid, name: str, rows: Rows) -> Floats:
    """
    A column over the season that ends a whole horizon before the period: its mean.

    Of a category, the one at its end.
    """
    end = rows.target - grid.history.horizon + 1
    width = 1 if name in grid.history.coded else grid.season
    return grid.lagged[name].mean(rows.area, end - width, end)


def _mean(values: list[Floats]) -> Floats:
    stack = np.stack(values)
    known = ~np.isnan(stack)
    return ratio(np.where(known, stack, 0).sum(axis=0), known.sum(axis=0))
