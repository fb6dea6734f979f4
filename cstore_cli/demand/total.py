"""The total of all areas: the sum of their means, with quantiles of its own."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from cstore_cli.demand.evidence import Evidence
from cstore_cli.demand.global_model import QUANTILES
from cstore_cli.demand.grid import Flags, Ints, ratio
from cstore_cli.demand.history import Floats

_FEWEST = 2


@dataclass(frozen=True, eq=False)
class PastTotals:
    """
    Sums over the areas known, ``orders`` and ``mean`` (p,), by outlook and step.

    ``outlook`` (p,) is the number of the outlook, ``special`` (p,) whether the period
    has a special day.
    """

    outlook: Ints
    special: Flags
    orders: Floats
    mean: Floats


def past_totals(evidence: Evidence, mean: Floats) -> PastTotals:
    """Return the totals of what was expected of areas whose orders are known."""
    width = int(evidence.step.max(initial=0)) + 1
    keys, first, place = np.unique(
        evidence.outlook * width + evidence.step, return_index=True, return_inverse=True
    )
    return PastTotals(
        outlook=keys // width,
        special=evidence.special[first],
        orders=np.bincount(place, weights=evidence.orders).astype(float),
        mean=np.bincount(place, weights=mean).astype(float),
    )


def total_quantiles(
    past: PastTotals, mean: Floats, sums: Floats, special: Flags
) -> Floats:
    """
    Return p10, p50, p90 (3, m) of totals expected to be ``mean`` (m,).

    Errors of one outlook go together, so that few outlooks tell little. As shares of
    what was expected they are taken for the sum of a random effect of the outlook and
    one of the period, the next ones for Student's t with a degree of freedom less than
    there are outlooks, around the mean share. Special days are no rule for others. For
    those to come (``special``, (m,)), and with fewer than two outlooks, ``sums`` (3, m)
    stand: the sums of the areas' quantiles, further apart than a total's can be.
    """
    share = ratio(past.orders, past.mean)
    usual = ~past.special & ~np.isnan(share)
    numbers, place = np.unique(past.outlook[usual], return_inverse=True)
    if len(numbers) < _FEWEST:
        return sums
    of_outlook = np.bincount(place, weights=share[usual]) / np.bincount(place)
    between = np.var(of_outlook, ddof=1) * (1 + 1 / len(numbers))
    within = np.mean((share[usual] - of_outlook[place]) ** 2)
    apart = np.asarray(t.ppf(np.array(QUANTILES), len(numbers) - 1))
    shares = np.mean(of_outlook) + apart * np.sqrt(between + within)
    return np.where(special, sums, np.maximum(shares, 0)[:, None] * mean)
