"""The history as running sums: the mean of any window is a difference."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.calendar import HOLIDAY, SPECIAL
from cstore_cli.demand.history import Floats, History

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Running:
    """Sums (n, periods + 1) of what is known of a table from its first period on."""

    total: Floats
    count: Floats

    def mean(self, row: Ints, start: Ints, end: Ints) -> Floats:
        """Mean of the periods from ``start`` to before ``end``; nan if none known."""
        return ratio(between(self.total, row, start, end), self.known(row, start, end))

    def known(self, row: Ints, start: Ints, end: Ints) -> Floats:
        """How many of the periods are known."""
        return between(self.count, row, start, end)


def running(values: Floats) -> Running:
    """Return the running sums of ``values`` (n, periods), nan where unknown."""
    known = ~np.isnan(values)
    nothing = np.zeros((len(values), 1))
    total = np.cumsum(np.where(known, values, 0.0), axis=1)
    count = np.cumsum(known, axis=1, dtype=float)
    return Running(np.hstack([nothing, total]), np.hstack([nothing, count]))


def between(sums: Floats, row: Ints, start: Ints, end: Ints) -> Floats:
    """Sum of the periods from ``start`` to before ``end``, cut off at both ends."""
    last = sums.shape[1] - 1
    upto: Floats = sums[row, np.clip(end, 0, last)]
    return upto - sums[row, np.clip(start, 0, last)]


def ratio(upper: Floats, lower: Floats) -> Floats:
    """Quotient, nan where ``lower`` is not above 0."""
    nothing = np.full(np.shape(upper), np.nan)
    quotient: Floats = np.divide(upper, lower, out=nothing, where=lower > 0)
    return quotient


@dataclass(frozen=True, eq=False)
class Grid:
    """
    A history with what is needed to tell of any area and period.

    ``calendar`` (past + horizon, c) is that of `calendar_of`; demand repeats itself
    after ``season`` periods. Of *usual* periods levels are made: those without special
    day and, of days, without holiday.
    """

    history: History
    features: AreaFeatures
    calendar: Floats
    season: int
    all: Running
    usual: Running
    usual_squares: Running
    ahead: Mapping[str, Running]
    lagged: Mapping[str, Running]

    @property
    def year(self) -> int:
        """Periods of about a year, whole weeks."""
        return 364 // self.history.period_days

    @property
    def windows(self) -> tuple[int, ...]:
        """Periods of which means are told."""
        if self.history.period_days == 1:
            return (7, 14, 28, 56, 91, 182, 364)
        return (2, 4, 8, 13, 26, 52)

    def at(self, area: Ints, period: Ints) -> Floats:
        """Orders (m,) in a period, nan where unknown or outside of the past."""
        last = self.history.num_past - 1
        inside = (period >= 0) & (period <= last)
        values = self.history.orders[area, np.clip(period, 0, last)]
        return np.where(inside, values, np.nan)

    def deviation(self, area: Ints, start: Ints, end: Ints) -> Floats:
        """Standard deviation of usual periods; nan with fewer than two known."""
        mean = self.usual.mean(area, start, end)
        square = self.usual_squares.mean(area, start, end)
        spread = np.sqrt(np.maximum(square - mean**2, 0))
        return np.where(self.usual.known(area, start, end) > 1, spread, np.nan)


def grid_of(
    history: History, features: AreaFeatures, calendar: Floats, season: int
) -> Grid:
    """Return the grid of a history."""
    days = calendar[: history.num_past]
    usual = days[:, SPECIAL] == 0
    if history.period_days == 1:
        usual &= days[:, HOLIDAY] == 0
    if not usual.any():
        usual = np.ones(history.num_past, dtype=bool)
    orders = np.where(usual, history.orders, np.nan)
    return Grid(
        history=history,
        features=features,
        calendar=calendar,
        season=season,
        all=running(history.orders),
        usual=running(orders),
        usual_squares=running(orders**2),
        ahead={name: running(values) for name, values in history.ahead.items()},
        lagged={name: running(values) for name, values in history.lagged.items()},
    )
