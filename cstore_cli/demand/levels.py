"""The level of an area: its recent mean, drawn to what an area like it has."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.grid import Grid, Ints, ratio
from cstore_cli.demand.history import Floats

_HALF = 0.5
"""Orders that an area of no orders at all is taken to have had."""


@dataclass(frozen=True, eq=False)
class Levels:
    """
    Levels by Buhlmann's credibility.

    The mean of the last ``width`` periods counts for as many of them as are known,
    ``likeness`` (n,), what is to be expected of an area like it (nan: nothing is), for
    ``weight`` periods: the less history, the more likeness. Where none of the last
    ``width`` periods is known, all before are taken.

    References
    ----------
    Buhlmann and Gisler (2005), A Course in Credibility Theory, ch. 3.
    """

    grid: Grid
    width: int
    likeness: Floats
    weight: float

    def at(self, area: Ints, origin: Ints) -> Floats:
        """Level (m,) of an area before ``origin``, above 0."""
        usual, start = self.grid.usual, np.zeros_like(origin)
        known = usual.known(area, origin - self.width, origin)
        recent = usual.mean(area, origin - self.width, origin)
        ever = usual.mean(area, start, origin)
        own = np.where(known > 0, recent, ever)
        known = np.where(np.isnan(own), 0, np.maximum(known, 1))
        like = self.likeness[area]
        weight = np.where(np.isnan(like), 0, self.weight)
        total = known * np.nan_to_num(own) + weight * np.nan_to_num(like)
        level: Floats = np.nan_to_num(
            np.where(known > 0, ratio(total, known + weight), like)
        )
        return np.maximum(level, _HALF / (known + 1))


def credible_periods(grid: Grid, width: int, likeness: Floats, end: int) -> float:
    """
    Periods of history that likeness is worth, told from the areas with both.

    The variance within areas over that of levels around likeness (Buhlmann's k), areas
    counting for as many periods as are known of them (Buhlmann and Straub).
    """
    area = np.arange(len(likeness))
    until = np.full(len(area), end)
    known = grid.usual.known(area, until - width, until)
    mean = grid.usual.mean(area, until - width, until)
    within = grid.deviation(area, until - width, until) ** 2
    ok = (known > 1) & np.isfinite(mean - likeness) & np.isfinite(within)
    if not ok.any():
        return 0.0
    noise = float(np.average(within[ok], weights=known[ok]))
    apart = (mean - likeness)[ok] ** 2 - (within / known)[ok]
    around = float(np.average(apart, weights=known[ok]))
    return noise / around if around > 0 else float(width)
