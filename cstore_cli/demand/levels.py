"""The level of an area: its recent mean, drawn to what an area like it has."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.grid import Grid, Ints, ratio
from cstore_cli.demand.history import Floats

_LEAST_APART = 0.05**2
"""However good likeness is, areas are taken to differ from it by 5 %."""
_HALF = 0.5
"""Orders that an area of no orders at all is taken to have had."""


@dataclass(frozen=True, eq=False)
class Levels:
    """
    Levels by Buhlmann's credibility.

    The mean of the last ``width`` periods counts for as many of them as are known,
    ``likeness`` (n,), what is to be expected of an area like it (nan: nothing is), for
    ``weight`` (n,) periods: the less history, the more likeness. Where none of the last
    ``width`` periods is known, all before are taken. ``likeness`` is of one time;
    ``pace`` (origins,) is the level of all areas at each origin to that of then, None
    where it was always the same.

    References
    ----------
    Buhlmann and Gisler (2005), A Course in Credibility Theory, ch. 3.
    """

    grid: Grid
    width: int
    likeness: Floats
    weight: Floats
    pace: Floats | None = None

    def like(self, area: Ints, origin: Ints) -> Floats:
        """Orders (m,) of an area like it at the origin."""
        like = self.likeness[area]
        return like if self.pace is None else like * self.pace[origin]

    def at(self, area: Ints, origin: Ints) -> Floats:
        """Level (m,) of an area before ``origin``, above 0."""
        usual, start = self.grid.usual, np.zeros_like(origin)
        known = usual.known(area, origin - self.width, origin)
        recent = usual.mean(area, origin - self.width, origin)
        ever = usual.mean(area, start, origin)
        own = np.where(known > 0, recent, ever)
        known = np.where(np.isnan(own), 0, np.maximum(known, 1))
        like = self.like(area, origin)
        weight = np.where(np.isnan(like), 0, self.weight[area])
        total = known * np.nan_to_num(own) + weight * np.nan_to_num(like)
        level: Floats = np.nan_to_num(
            np.where(known > 0, ratio(total, known + weight), like)
        )
        return np.maximum(level, _HALF / (known + 1))


def credible_periods(grid: Grid, width: int, likeness: Floats, end: int) -> Floats:
    """
    Periods of history (n,) that likeness is worth, told from the areas with both.

    With the variance within areas d times their likeness, and levels around likeness
    with a coefficient of variation c, it is d / (c^2 likeness) (Buhlmann and Straub's
    k): few orders tell little, so the smaller the area, the more. Areas count for as
    many periods as are known of them.
    """
    area = np.arange(len(likeness))
    until = np.full(len(area), end)
    known = grid.usual.known(area, until - width, until)
    mean = grid.usual.mean(area, until - width, until)
    within = grid.deviation(area, until - width, until) ** 2
    ok = (known > 1) & np.isfinite(mean) & np.isfinite(within) & (likeness > 0)
    if not ok.any():
        return np.zeros(len(likeness))
    weight, like = known[ok], likeness[ok]
    noise = float(np.average(within[ok] / like, weights=weight))
    apart = (mean[ok] / like - 1) ** 2 - noise / (like * known[ok])
    around = max(float(np.average(apart, weights=weight)), _LEAST_APART)
    return np.where(likeness > 0, noise / around / np.maximum(likeness, _HALF), 0.0)


def pace_to(grid: Grid, width: int, end: int) -> Floats:
    """
    Return (end + 1,) the level of all areas at each origin up to ``end`` to that there.

    Areas count that are known at both; 1 where none is.
    """
    area = np.arange(len(grid.history.area_ids))[:, None]
    origins = np.arange(end + 1)[None, :]
    then = grid.usual.mean(area, origins - width, origins)
    now = np.where(np.isnan(then), np.nan, then[:, -1:])
    both = ~np.isnan(then) & ~np.isnan(now)
    total = np.where(both, then, 0).sum(axis=0)
    pace = ratio(total, np.where(both, now, 0).sum(axis=0))
    return np.where(np.isnan(pace), 1.0, pace)
