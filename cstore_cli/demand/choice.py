"""Which candidate is taken for which steps: the one of least error so far."""

from collections.abc import Mapping, Sequence

import numpy as np

from cstore_cli.demand.evidence import Evidence
from cstore_cli.demand.grid import Ints
from cstore_cli.demand.history import Floats
from cstore_cli.demand.outlook import (
    CANDIDATES,
    CROSS_SECTION,
    GLOBAL,
    MEAN,
    SEASONAL_NAIVE,
)

_MOST_GROUPS = 8


def step_group(step: Ints, horizon: int, period_days: int) -> Ints:
    """Return the group of each step, from 0: whole weeks each, eight groups at most."""
    week = 7 // period_days
    return (step - 1) // (week * -(-horizon // (week * _MOST_GROUPS)))


def winners(evidence: Evidence, group: Ints, num_groups: int) -> tuple[str, ...]:
    """
    Return the candidate of each group of steps: the one of least error.

    That is the sum of absolute errors in areas and of those in their totals, so that
    none is taken that is near in each area and always on the same side. Rows count that
    every candidate tells; a group without evidence takes what its neighbour has, and
    without any the mean.
    """
    beyond = {name: means - evidence.orders for name, means in evidence.means.items()}
    told = {name: ~np.isnan(error) for name, error in beyond.items()}
    names = [name for name in CANDIDATES if told[name].any()]
    common = np.ones(len(group), dtype=bool)
    for name in names:
        common &= told[name]
    total = evidence.outlook * (evidence.step.max(initial=0) + 1) + evidence.step
    chosen: list[str] = []
    for number in range(num_groups):
        rows = common & (group == number)
        if rows.any():
            errors = [_error(beyond[name][rows], total[rows]) for name in names]
            chosen.append(names[int(np.argmin(errors))])
        else:
            chosen.append(chosen[-1] if chosen else "")
    first = next((name for name in chosen if name), MEAN)
    return tuple(name or first for name in chosen)


def _error(beyond: Floats, total: Ints) -> float:
    """Sum of absolute errors of rows and of the totals that they are of."""
    _, place = np.unique(total, return_inverse=True)
    together = np.bincount(place, weights=beyond)
    return float(np.abs(beyond).sum() + np.abs(together).sum())


def taken(
    means: Mapping[str, Floats], group: Ints, chosen: Sequence[str]
) -> tuple[Floats, Ints]:
    """
    Return the mean of the candidate chosen in each row's group, and its number.

    Where it tells nothing: the next of trees, mean, seasonal naive, cross-section that
    does.
    """
    number = np.array([CANDIDATES.index(name) for name in chosen])[group]
    result = np.choose(number, [means[name] for name in CANDIDATES])
    for name in (GLOBAL, MEAN, SEASONAL_NAIVE, CROSS_SECTION):
        lacks = np.isnan(result) & ~np.isnan(means[name])
        result = np.where(lacks, means[name], result)
        number = np.where(lacks, CANDIDATES.index(name), number)
    return result, number
