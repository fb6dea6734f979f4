"""
The nucleolus of a cost game: the split whose most dissatisfied are best off.

The excess of a coalition S at a split x is what it pays above its own cost, x(S) -
c(S). The nucleolus minimises the largest excess, then the next largest, and so on;
there is one, and it lies in the core whenever the core is not empty. It is found by
linear programs, k = 1, 2, ...:

    min   e                                                                      (1)
    s.t.  x(N) = c(N)                         everybody pays for everything      (2)
          x(S) = c(S) + e_j                   coalitions fixed at stage j < k    (3)
          x(S) <= c(S) + e                    coalitions still open              (4)

At the end of a stage the coalitions of (4) with a positive dual are fixed at e_k = e:
they are tight in every solution, which a coalition tight in just this one need not be.
Those in the span of the fixed ones have their excess settled and leave (4), so each
stage raises the rank and n - 1 stages suffice. Rows (4) are put in where violated.

What each pays alone is taken off the costs first, which moves every split by as much
and no excess. Floats find which coalitions are fixed; e_k and x then come from (2) and
(3), solved in fractions, and every coalition's excess is compared with e_k exactly.

References
----------
Schmeidler (1969), The nucleolus of a characteristic function game, SIAM J. Appl. Math.
17, 1163-1170. Kopelowitz (1967), Computation of the kernels of simple games and the
nucleolus of n-person games, RM 31, Hebrew University. Duals instead of tight rows, and
the span: Potters, Reijnierse and Ansing (1996), Math. Oper. Res. 21, 757-768.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pulp
from numpy.typing import NDArray

from cstore_cli.errors import CstoreError
from cstore_cli.milp import Limits, solve
from cstore_cli.partners.share.coalitions import Ints
from cstore_cli.partners.share.equations import echelon, null_space

_ROWS_AT_ONCE = 50
"""Violated rows that a linear program gets before it is solved again, at most."""
_VIOLATED = 1e-9
"""Of the largest cost: what counts as a violated row."""
_POSITIVE = 1e-7
"""Duals above are positive; those of coalitions are fractions of small numbers."""

Exact = NDArray[np.object_]
"""Fractions by mask."""


@dataclass(frozen=True)
class Nucleolus:
    """
    What each member pays, and the largest excess: negative inside the core.

    ``exact`` is False where costs so close that floats cannot tell them apart left an
    excess out of order, by less than a millionth of the largest cost.
    """

    split: tuple[Fraction, ...]
    largest_excess: Fraction
    exact: bool


@dataclass(frozen=True)
class _Fixed:
    """A coalition whose share is settled: x(mask) = share."""

    mask: int
    share: Fraction


def nucleolus(cost: Ints) -> Nucleolus:
    """Return the nucleolus of ``cost`` (2^n,), by mask, in units; n at least 2."""
    n = len(cost).bit_length() - 1
    alone = [int(cost[1 << i]) for i in range(n)]
    cost = _less_alone(cost)
    fixed = [_Fixed(len(cost) - 1, Fraction(int(cost[-1])))]
    left = _open(fixed, n)
    stages: list[tuple[Fraction, Ints]] = []
    rows: set[int] = set()
    while len(left):
        excess, tight = _stage(cost, fixed, left, rows)
        stages.append((excess, left))
        fixed += [_Fixed(mask, int(cost[mask]) + excess) for mask in tight]
        left = _open(fixed, n)
    split = _solved(fixed, n)
    excesses = shares(split) - cost
    exact = all(max(excesses[masks]) <= excess for excess, masks in stages)
    paid = (own + share for own, share in zip(alone, split, strict=True))
    return Nucleolus(tuple(paid), max(excesses[1:-1]), exact)


def least_excess(cost: Ints) -> Fraction:
    """Return e of the first stage: the core is empty exactly if it is above 0."""
    cost = _less_alone(cost)
    fixed = [_Fixed(len(cost) - 1, Fraction(int(cost[-1])))]
    left = _open(fixed, len(cost).bit_length() - 1)
    return _stage(cost, fixed, left, set())[0]


def shares(split: Sequence[Fraction]) -> Exact:
    """Return what each coalition pays in a split, by mask (2^n,), exactly."""
    sums = np.array([Fraction(0)], dtype=object)
    for share in split:
        sums = np.concatenate([sums, sums + share])
    return sums


def _less_alone(cost: Ints) -> Ints:
    """The costs of coalitions less what their members pay alone."""
    alone = np.zeros(1, dtype=np.int64)
    for i in range(len(cost).bit_length() - 1):
        alone = np.concatenate([alone, alone + cost[1 << i]])
    return cost - alone


def _open(fixed: Sequence[_Fixed], n: int) -> Ints:
    """The coalitions whose share (2) and (3) do not settle."""
    masks = np.arange(1, (1 << n) - 1)
    inside = (masks[:, None] >> np.arange(n)) & 1
    loose = null_space([_vector(one.mask, n) for one in fixed], n)
    outside = np.zeros(len(masks), dtype=bool)
    for vector in loose:
        whole = np.lcm.reduce([value.denominator for value in vector])
        outside |= inside @ np.array([int(value * int(whole)) for value in vector]) != 0
    return masks[outside]


def _stage(
    cost: Ints, fixed: Sequence[_Fixed], left: Ints, rows: set[int]
) -> tuple[Fraction, list[int]]:
    """Return e and the coalitions fixed at it; ``rows`` of (4) gains those put in."""
    n = len(cost).bit_length() - 1
    scale = max(1, int(np.abs(cost).max()))
    singles = {1 << i for i in range(n)}
    pairs = {mask for one in singles for mask in (one, len(cost) - 1 - one)}
    rows |= pairs  # with a coalition and the others e is bounded
    while True:
        used = sorted(rows.intersection(left.tolist()))
        x, e, duals = _relaxed(cost / scale, fixed, used, scale)
        paid = np.zeros(1)
        for share in x:
            paid = np.concatenate([paid, paid + share])
        over = paid[left] - cost[left] / scale - e
        over[np.isin(left, used)] = 0
        worst = np.argsort(-over, kind="stable")[:_ROWS_AT_ONCE]
        new = left[worst[over[worst] > _VIOLATED]].tolist()
        if not new:
            break
        rows |= set(new)
    tight = [mask for mask, dual in zip(used, duals, strict=True) if dual > _POSITIVE]
    return _excess(cost, fixed, tight), tight


def _relaxed(
    cost: NDArray[np.float64], fixed: Sequence[_Fixed], used: Sequence[int], scale: int
) -> tuple[list[float], float, list[float]]:
    """Solve (1) to (4) with the rows ``used``: x, e and the duals of (4)."""
    n = len(cost).bit_length() - 1
    model = pulp.LpProblem("nucleolus", pulp.LpMinimize)
    x = [model.add_variable(f"x_{i}") for i in range(n)]
    e = model.add_variable("e")
    model += e, "excess"  # (1)
    for one in fixed:
        right = float(one.share / scale)
        model += _paid(x, one.mask) == right, f"fixed_{one.mask}"  # (2), (3)
    for mask in used:
        model += _paid(x, mask) - e <= cost[mask], f"open_{mask}"  # (4)
    solve(model, Limits())
    duals = [-model.get_constraint_by_name(f"open_{mask}").pi for mask in used]
    return [one.value() for one in x], e.value(), duals


def _paid(x: Sequence[pulp.LpVariable], mask: int) -> pulp.LpAffineExpression:
    return pulp.lpSum(share for i, share in enumerate(x) if mask >> i & 1)


def _excess(cost: Ints, fixed: Sequence[_Fixed], tight: Sequence[int]) -> Fraction:
    """Return e from (2), (3) and the tight rows of (4), which settle it."""
    n = len(cost).bit_length() - 1
    rows: list[list[Fraction | int]] = []
    rows += [[*_vector(one.mask, n), 0, one.share] for one in fixed]
    rows += [[*_vector(mask, n), -1, int(cost[mask])] for mask in tight]
    solved = echelon(rows, n + 1)
    for row in solved:
        if not any(row[:n]) and row[n]:
            return row[n + 1]
    raise CstoreError(f"The tight coalitions {tight} do not settle the excess.")


def _solved(fixed: Sequence[_Fixed], n: int) -> list[Fraction]:
    """Return x from (2) and (3)."""
    rows = echelon([[*_vector(one.mask, n), one.share] for one in fixed], n)
    return [row[n] for row in rows[:n]]


def _vector(mask: int, n: int) -> list[int]:
    return [mask >> i & 1 for i in range(n)]
