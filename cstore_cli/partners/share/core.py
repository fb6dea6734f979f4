"""
The core of an alliance whose costs are known within an interval.

A split x of the alliance's cost is in the core when no coalition pays more than it
would alone, x(S) <= c(S). Of c(S) the ends l(S) and h(S) are known, so

    x(S) <= l(S) for all S            x is in the core for certain               (1)
    x(S) > h(S)  for some S           it is not: S would leave, and save         (2)
    else                              undecided until the gap is closed          (3)

and the core itself holds some split for certain if the least largest excess at the
lower ends is not above 0, none for certain if it is above 0 at the upper ends (Gillies
1959; the least core of Maschler, Peleg and Shapley 1979). At the lower ends it is the
exact excess of a split in hand, so that no arithmetic makes a core where there is none.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from cstore_cli.partners.share.coalitions import Game, Ints
from cstore_cli.partners.share.nucleolus import (
    Exact,
    least_excess,
    nucleolus,
    shares,
)
from cstore_cli.partners.share.result import CoreKnown, CoreTest


def core_test(game: Game, split: Sequence[Fraction]) -> CoreTest:
    """Return which of (1) to (3) holds; the coalition is that of the largest amount."""
    paid = shares(split)[1:-1]
    leaves = _most_above(paid, game.high)
    if leaves[1] > 0:
        return CoreTest("out", *leaves)
    may_leave = _most_above(paid, game.low)
    return CoreTest("undecided", *may_leave) if may_leave[1] > 0 else CoreTest("in")


def _most_above(paid: Exact, ends: Ints) -> tuple[int, Fraction]:
    """Return the coalition, neither empty nor all, that is most above its end."""
    over = paid - ends[1:-1]
    most = int(np.argmax(over))
    return most + 1, over[most]


def core_known(game: Game) -> CoreKnown:
    """Return whether the core is empty, for certain or not."""
    lower = game.low.copy()
    lower[-1] = game.high[-1]  # the plan in hand is what is paid for
    low, high = nucleolus(lower).largest_excess, least_excess(game.high)
    if low <= 0:
        return CoreKnown("not_empty", low, high)
    return CoreKnown("empty" if high > 0 else "undecided", low, high)
