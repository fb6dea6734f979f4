"""
The weight of a criterion at which another partner comes first.

The weights sum to 1; when that of criterion k becomes t, the others keep their
proportions: w_j (1 - t) / (1 - w_k).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cstore_cli.partners.order import METHODS, best_first
from cstore_cli.partners.weighted_sum import between_extremes

Floats = npt.NDArray[np.float64]
_STEPS = 400
"""Weights looked at between today's and the end, where there is no formula."""
_HALVINGS = 50
_SAME = 1e-12
_SHORT = 1e-9
"""How near to 0 or 1 is looked: at the very end whole criteria count no more."""


@dataclass(frozen=True)
class Swap:
    """Beyond ``weight`` the partner ``becomes`` is first."""

    weight: float
    becomes: int


def weights_with(weights: Floats, k: int, t: float) -> Floats:
    """Return the weights (sum 1) with t as that of criterion k."""
    others = np.delete(weights, k)
    rest = others.sum()
    if len(others) == 0:
        return np.ones(1)
    share = others / rest if rest > 0 else np.full(len(others), 1 / len(others))
    return np.insert(share * (1 - t), k, t)


def first_swap(
    method: str, values: Floats, weights: Floats, signs: Floats, k: int, sign: int
) -> Swap | None:
    """
    Return the nearest weight of criterion k beyond which another partner is first.

    Parameters
    ----------
    method
        weighted_sum: by formula; topsis: the first of 400 weights on the way to the end
        at which another is first, then halved down to it. Two swaps that undo each
        other between two of those weights would be missed.
    values, weights, signs
        As in `topsis.closeness`; the weights sum to 1.
    k, sign
        The criterion, and whether its weight rises to 1 (1) or falls to 0 (-1).
    """
    if len(values) < 2 or len(weights) < 2:  # noqa: PLR2004  # nothing to swap
        return None
    if method == "weighted_sum":
        return _by_formula(values, weights, signs, k, sign)
    return _by_scan(method, values, weights, signs, k, sign)


def _by_formula(
    values: Floats, weights: Floats, signs: Floats, k: int, sign: int
) -> Swap | None:
    """
    The sum is linear in t: S_i(t) = t v_ik + (1 - t) R_i.

    Whoever is ahead by D at t = 0 and by E at t = 1 is level at t = D / (D - E).
    """
    points = between_extremes(values, signs)
    now = float(weights[k])
    at_0 = points @ weights_with(weights, k, 0.0)
    at_1 = points[:, k]
    first = best_first((1 - now) * at_0 + now * at_1)[0]
    found: list[tuple[float, float, int]] = []
    for i in range(len(values)):
        ahead_0, ahead_1 = at_0[first] - at_0[i], at_1[first] - at_1[i]
        slope = ahead_1 - ahead_0  # of the lead, as t grows
        if i == first or sign * slope > -_SAME:
            continue
        t = max(sign * (-ahead_0 / slope), sign * now)  # level already: at once
        end = 1.0 if sign > 0 else 0.0
        if t < end - _SAME:
            found.append((t, sign * slope, i))
    if not found:
        return None
    # Of those who draw level at the same weight, the one who gains fastest.
    t, _, becomes = min(found, key=lambda one: (round(one[0], 12), one[1], one[2]))
    return Swap(sign * t, becomes)


def _by_scan(
    method: str, values: Floats, weights: Floats, signs: Floats, k: int, sign: int
) -> Swap | None:
    score, now = METHODS[method], float(weights[k])

    def first_at(t: float) -> int:
        return best_first(score(values, weights_with(weights, k, t), signs))[0]

    first = first_at(now)
    end = 1 - _SHORT if sign > 0 else _SHORT
    if sign * (end - now) <= 0:
        return None
    near = now
    for far in np.linspace(now, end, _STEPS + 1)[1:].tolist():
        if first_at(far) != first:
            break
        near = far
    else:
        return None
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        if first_at(middle) == first:
            near = middle
        else:
            far = middle
    return Swap(far, first_at(far))
