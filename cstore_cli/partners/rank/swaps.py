"""
The weight of a criterion at which another partner comes first, by formula.

The weights sum to 1; when that of criterion k becomes t, the others keep their
proportions, w_j (1 - t) / (1 - w_k) = h_j (1 - t).

- The weighted sum is S_i = t x_ik + (1 - t) sum_j h_j x_ij, x_ij being the points of
  partner i in criterion j. The lead of a over i, S_a - S_i, divided by 1 - t is linear
  in s = t / (1 - t).                                                               (1)
- The squared distances of TOPSIS are D_i^2 = t^2 d_ik^2 + (1 - t)^2 sum_j h_j^2 d_ij^2
  from the best values (+) and the worst (-). Partner a is nearer to the ideal than i
  where D-_a^2 D+_i^2 is above D-_i^2 D+_a^2; that lead divided by (1 - t)^4 is
  quadratic in s = (t / (1 - t))^2.                                                 (2)

The first place changes at the root of a lead nearest to today's weight.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cstore_cli.partners.rank.order import METHODS, best_first
from cstore_cli.partners.rank.weighted_sum import between_extremes

Floats = npt.NDArray[np.float64]
_SAME = 1e-12
_REAL = 1e-9
"""Roots whose imaginary part is smaller are real."""
_BEYOND = 1e-7
"""How far beyond a swap it is looked who of several is first."""


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
        weighted_sum or topsis.
    values, weights, signs
        As in `topsis.closeness`; the weights sum to 1.
    k, sign
        The criterion, and whether its weight rises to 1 (1) or falls to 0 (-1).
    """
    if len(values) < 2 or len(weights) < 2:  # noqa: PLR2004  # nothing to swap
        return None
    now, score = float(weights[k]), METHODS[method]
    if now >= 1 and sign > 0:
        return None
    first = best_first(score(values, weights, signs))[0]
    power = 1 if method == "weighted_sum" else 2
    leads = (_sum_leads if power == 1 else _topsis_leads)(
        values, weights_with(weights, k, 0.0), signs, k, first
    )
    today = (now / (1 - now)) ** power if now < 1 else math.inf
    turns = [
        (turn, i)
        for i, lead in enumerate(leads)
        if i != first and (turn := _turn(lead, today, sign)) is not None
    ]
    if not turns:
        return None
    s = (min if sign > 0 else max)(turns)[0]
    t = now if s == today else _weight(s, power)
    near = [i for turn, i in turns if abs(_weight(turn, power) - t) < _SAME]
    beyond = min(max(t + sign * _BEYOND, 0.0), 1.0)
    there = score(values, weights_with(weights, k, beyond), signs)
    return Swap(t, max(near, key=lambda i: there[i]))


def _sum_leads(
    values: Floats, others: Floats, signs: Floats, k: int, first: int
) -> Floats:
    """Return the coefficients (n, 2), lowest power first, of (1)."""
    points = between_extremes(values, signs)
    parts = np.column_stack([points @ others, points[:, k]])
    leads: Floats = parts[first] - parts
    return leads


def _topsis_leads(
    values: Floats, others: Floats, signs: Floats, k: int, first: int
) -> Floats:
    """Return the coefficients (n, 3), lowest power first, of (2)."""
    size = np.abs(values).max(axis=0)
    scaled = signs * values / np.where(size > 0, size, 1)
    length = np.sqrt((scaled**2).sum(axis=0))
    x = scaled / np.where(length > 0, length, 1)

    def parts(extreme: Floats) -> tuple[Floats, Floats]:
        apart = (x - extreme) ** 2
        return apart @ others**2, apart[:, k]

    far_0, far_k = parts(x.max(axis=0))
    near_0, near_k = parts(x.min(axis=0))
    a = first
    return np.column_stack(
        [
            near_0[a] * far_0 - near_0 * far_0[a],
            near_k[a] * far_0
            + near_0[a] * far_k
            - near_k * far_0[a]
            - near_0 * far_k[a],
            near_k[a] * far_k - near_k * far_k[a],
        ]
    )


def _turn(lead: Floats, today: float, sign: int) -> float | None:
    """Return the s nearest to today's from which on the lead is below 0; None: none."""
    lead = np.where(np.abs(lead) > _SAME * max(_SAME, np.abs(lead).max()), lead, 0.0)
    if not lead.any():
        return None
    highest = int(np.flatnonzero(lead)[-1])
    found = np.polynomial.Polynomial(lead[: highest + 1]).roots()
    real = np.abs(found.imag) < _REAL * np.maximum(1, np.abs(found))
    roots = [root for root in found.real[real].tolist() if root > 0]
    ahead = sorted((s for s in roots if sign * (s - today) > 0), reverse=sign < 0)
    ends = [*ahead, math.inf if sign > 0 else 0.0]
    for start, end in zip([today, *ahead], ends, strict=True):
        low, high = min(start, end), max(start, end)
        inside = (low + high) / 2 if high < math.inf else 2 * low + 1
        terms = lead * inside ** np.arange(len(lead))
        if terms.sum() < -_REAL * np.abs(terms).max():
            return float(start)
    return None


def _weight(s: float, power: int) -> float:
    """Return t of s = (t / (1 - t)) ** power."""
    if s == math.inf:
        return 1.0
    ratio: float = s ** (1 / power)
    return ratio / (1 + ratio)
