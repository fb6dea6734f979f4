"""Quantiles around a mean, corrected by how past ones came out (conformal)."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from cstore_cli.demand.global_model import QUANTILES
from cstore_cli.demand.grid import Ints
from cstore_cli.demand.history import Floats

NUM_VOLUMES = 3
_FEWEST = 60
"""Errors in a cell of which its own correction is made; with fewer, a wider cell's."""
_FEWEST_OF_ALL = 9
"""Errors of which the tenth part is one, at least: with fewer none is corrected."""
_SMALLEST_MEAN = 0.05
_UNTOLD_DISPERSION = 0.1
"""Where nothing has come out yet."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """
    Quantiles as a base, corrected by multiples of a scale.

    The base are the trees' quantiles, where there are none those of a normal
    distribution. The scale of a mean m is sqrt(m + d m^2), with dispersion d: that of
    a negative binomial count. ``corrections`` (groups, volumes, 3) by group of steps
    and third of volume, which ends at ``cuts`` (2,).
    """

    dispersion: float
    cuts: Floats
    corrections: Floats

    def scale(self, mean: Floats) -> Floats:
        """Standard deviation (m,) to expect of a mean."""
        least = np.maximum(mean, _SMALLEST_MEAN)
        return np.sqrt(least + self.dispersion * least**2)

    def quantiles(self, mean: Floats, base: Floats, group: Ints) -> Floats:
        """
        Return p10, p50 and p90, (3, m), rising, none below 0.

        ``base`` (3, m) are the trees' quantiles, nan where they tell nothing.
        """
        cell = self.corrections[group, volume(mean, self.cuts)].T
        told = _base(mean, base, self.scale(mean)) + cell * self.scale(mean)
        return np.sort(np.maximum(told, 0.0), axis=0)


def volume(mean: Floats, cuts: Floats) -> Ints:
    """Return the third of volume of each mean: 0 low, 1 middle, 2 high."""
    return np.searchsorted(cuts, mean, side="right")


def calibrated(
    orders: Floats, mean: Floats, base: Floats, group: Ints, num_groups: int
) -> Intervals:
    """
    Return intervals whose quantiles would have held their share of past ``orders``.

    For each quantile q the errors (orders - base) / scale are sorted, and the one at
    q (n + 1) is the correction (conformalised quantile regression, each side by
    itself), in each group of steps and third of volume with enough errors; with fewer,
    in the group of steps, then in all, then none.

    References
    ----------
    Romano, Patterson and Candes (2019), Conformalized Quantile Regression; Vovk (2012)
    for groups (Mondrian).
    """
    corrections = np.zeros((num_groups, NUM_VOLUMES, len(QUANTILES)))
    if len(orders) == 0:
        nowhere = np.full(NUM_VOLUMES - 1, np.inf)
        return Intervals(_UNTOLD_DISPERSION, nowhere, corrections)
    beyond = np.sum((orders - mean) ** 2 - mean)
    spread = float(np.clip(beyond / max(np.sum(mean**2), 1e-9), 1e-3, 10))
    cuts: Floats = np.quantile(mean, np.arange(1, NUM_VOLUMES) / NUM_VOLUMES)
    plain = Intervals(spread, cuts, corrections)
    scale = plain.scale(mean)
    errors: Floats = (orders - _base(mean, base, scale)) / scale
    third = volume(mean, cuts)
    for number, part in np.ndindex(num_groups, NUM_VOLUMES):
        in_group = group == number
        for cell in (in_group & (third == part), in_group, np.ones_like(in_group)):
            if cell.sum() >= _FEWEST or (cell.all() and cell.sum() >= _FEWEST_OF_ALL):
                for k, q in enumerate(QUANTILES):
                    nearest = float(np.quantile(errors[k][cell], q, method="weibull"))
                    corrections[number, part, k] = nearest
                break
    return Intervals(spread, cuts, corrections)


def _base(mean: Floats, base: Floats, scale: Floats) -> Floats:
    away = np.asarray(norm.ppf(QUANTILES))[:, None]
    normal = np.maximum(mean + away * scale, 0)
    return np.where(np.isnan(base), normal, base)
