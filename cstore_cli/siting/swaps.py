"""Which change of one weight would change who is among the best."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.travel.arrays import Floats, Ints

_SAME = 1e-12


@dataclass(frozen=True)
class Swap:
    """Beyond ``weight`` the sites ``leaves`` are no more among the best."""

    weight: float
    leaves: tuple[int, ...]
    enters: tuple[int, ...]


def weighted(values: Floats, weights: Floats) -> Floats:
    """Return the weighted sum (m,) of values (m, k), term by term in their order."""
    total = np.zeros(len(values))
    for k, weight in enumerate(weights):
        total += weight * values[:, k]
    return total


def first_swap(
    values: Floats, weights: Floats, order: Ints, top: int, k: int, sign: int
) -> Swap | None:
    """
    Return the first weight of criterion k at which the set of the best changes.

    A score is linear in the weight, S_i(t) = S_i + t v_i, so site j outside overtakes
    site i inside at

        t_ij = (S_i - S_j) / (v_j - v_i)        if v_j > v_i                (1)

    and the set first changes beyond the least of them. Weights are not rescaled: that
    would change no order.

    Parameters
    ----------
    values, weights
        Normalised values (m, criteria) and the weights (criteria,).
    order
        Sites from best to worst by the weights as they are, (m,).
    top
        How many are among the best.
    k, sign
        The criterion, and whether its weight rises (1) or falls (-1, down to 0).
    """
    best, rest = order[:top], order[top:]
    if not len(rest):
        return None
    score, slope = weighted(values, weights), sign * values[:, k]
    ahead = score[best][:, None] - score[rest]
    faster = slope[rest] - slope[best][:, None]
    when = np.full(ahead.shape, np.inf)
    np.divide(np.maximum(ahead, 0), faster, out=when, where=faster > _SAME)  # (1)
    step = float(when.min())
    weight = float(weights[k])
    if not np.isfinite(step) or (sign < 0 and step >= weight * (1 - _SAME)):
        return None
    now_best = _best_beyond(score + step * slope, slope, order, top)
    leaves = tuple(i for i in best.tolist() if i not in now_best)
    enters = tuple(i for i in rest.tolist() if i in now_best)
    return Swap(weight + sign * step, leaves, enters)


def _best_beyond(score: Floats, slope: Floats, order: Ints, top: int) -> set[int]:
    """Return the best just after ``score``: who ties at the edge goes by slope."""
    edge = np.sort(score)[-top]
    slack = _SAME * max(1.0, float(np.abs(score).max()))
    above = order[score[order] > edge + slack]
    tied = order[np.abs(score[order] - edge) <= slack]
    tied = tied[np.argsort(-slope[tied], kind="stable")]
    return {*above.tolist(), *tied[: top - len(above)].tolist()}
