"""The plain weighted sum: each criterion 0 at the worst partner, 1 at the best."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_ALIKE = 1e-12


def between_extremes(values: Floats, signs: Floats) -> Floats:
    """
    Return the values (n, k) as 0 (the worst of a column) to 1 (its best).

    A column in which all are alike is 0. ``signs`` are 1 where more is better, -1 where
    less is.
    """
    better = values * signs
    worst, spread = better.min(axis=0), np.ptp(better, axis=0)
    found = np.zeros_like(better)
    tell = spread > _ALIKE * np.abs(better).max(axis=0)
    np.divide(better - worst, spread, out=found, where=tell)
    return found


def weighted_sum(values: Floats, weights: Floats, signs: Floats) -> Floats:
    """Return the sum (n,), 0 to 1, by weights (k,) that are made to sum to 1."""
    total = np.zeros(len(values))
    points = between_extremes(values, signs)
    for k, weight in enumerate(weights / weights.sum()):
        total += weight * points[:, k]  # term by term: the same on every machine
    return total
