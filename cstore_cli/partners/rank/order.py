"""The order of partners by a score, and who would come first without one of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cstore_cli.partners.rank.topsis import closeness
from cstore_cli.partners.rank.weighted_sum import weighted_sum

Floats = npt.NDArray[np.float64]
Score = Callable[[Floats, Floats, Floats], Floats]
METHODS: dict[str, Score] = {"topsis": closeness, "weighted_sum": weighted_sum}
"""By name: scores of partners from values, weights and signs; more is better."""
_DIGITS = 12
"""Scores that differ less are alike: the one named first comes first."""


@dataclass(frozen=True)
class Reversal:
    """Without the partner ``removed`` the others' order turns to ``after``."""

    method: str
    removed: int
    before: tuple[int, ...]
    after: tuple[int, ...]


def best_first(scores: Floats) -> tuple[int, ...]:
    """Return the places of the scores, the best first."""
    return tuple(np.argsort(-np.round(scores, _DIGITS), kind="stable").tolist())


def ranks_of(scores: Floats) -> tuple[int, ...]:
    """Return each one's rank, 1 the best; those alike share the better one."""
    near = np.round(scores, _DIGITS)
    return tuple(1 + int((near > score).sum()) for score in near)


def reversals(
    method: str, values: Floats, weights: Floats, signs: Floats
) -> list[Reversal]:
    """
    Return the partners without whom the others would stand in another order.

    Both methods measure against the best and the worst there are: whoever makes up an
    extreme moves the others among themselves.
    """
    if len(values) < 3:  # noqa: PLR2004  # one left alone has no order
        return []
    score = METHODS[method]
    whole = best_first(score(values, weights, signs))
    found = []
    for removed in range(len(values)):
        left = [k for k in range(len(values)) if k != removed]
        order = best_first(score(values[left], weights, signs))
        before = tuple(k for k in whole if k != removed)
        after = tuple(left[place] for place in order)
        if before != after:
            found.append(Reversal(method, removed, before, after))
    return found
