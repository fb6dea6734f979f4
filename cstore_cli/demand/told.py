"""
What a model is told of an area and a period to come.

An *origin* is the first period not known; step 1 is that period, step 2 the next. All
that is told of orders lies before the origin, whatever the step, so that nothing leaks.
"""

from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.calendar import CALENDAR, PHASE
from cstore_cli.demand.grid import Flags, Grid, Ints, ratio
from cstore_cli.demand.history import Floats
from cstore_cli.demand.levels import Levels

OWN_HISTORY = "recent ups and downs"
"""Driver of all that is told of an area's own orders, beside its level."""
_LAGS = 4
_CYCLES = 4
_LAST_YEAR, _AHEAD = 3, 3
"""Columns that `_last_year` and `_ahead` make."""


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
    Return what is told (m, k), in the columns of `told_columns`, and the level (m,).

    Orders are told as multiples of the level; nan where nothing is known.
    """
    area, origin = rows.area, rows.origin
    level = levels.at(area, origin)
    columns = [
        rows.step.astype(float),
        np.log(level),
        levels.like(area, origin) / level,
        grid.usual.known(area, origin - levels.width, origin),
        *(part / level for part in _past(grid, rows)),
        *_last_year(grid, levels, rows),
        *grid.calendar[rows.target].T,
        *grid.features.values[area].T,
    ]
    for name in grid.history.ahead:
        columns += _ahead(grid, name, rows)
    columns += [_lagged(grid, name, rows) for name in grid.lagged]
    return np.column_stack(columns), level


@dataclass(frozen=True)
class Column:
    """A column of `told`: of which driver over time, if any; whether of categories."""

    driver: str | None
    coded: bool = False


def told_columns(grid: Grid) -> tuple[Column, ...]:
    """Return what each column of `told` is, in their order."""
    history, features = grid.history, grid.features
    past = [Column(OWN_HISTORY)] * (
        3 + len(grid.windows) + _LAGS + len(_deviations(grid)) + 2 + _LAST_YEAR
    )
    columns = [Column("days ahead"), *past]
    columns += [Column(name, coded=name == CALENDAR[PHASE]) for name in CALENDAR]
    columns += [Column(None, coded=bool(coded)) for coded in features.categorical]
    for name in history.ahead:
        coded = name in history.coded
        columns += [Column(name, coded=coded)] * (1 if coded else _AHEAD)
    columns += [Column(name, coded=name in history.coded) for name in history.lagged]
    return tuple(columns)


def told_groups(grid: Grid) -> dict[str, list[int]]:
    """Return the columns of each driver over time: what belongs together is one."""
    groups: dict[str, list[int]] = {}
    for number, column in enumerate(told_columns(grid)):
        if column.driver is not None:
            groups.setdefault(column.driver, []).append(number)
    return groups


def told_categories(grid: Grid) -> Flags:
    """Return (k,) which columns hold numbers of categories."""
    return np.array([column.coded for column in told_columns(grid)])


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
