"""The total of all areas: the sum of their means, with quantiles of its own."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from cstore_cli.demand.evidence import Evidence
from cstore_cli.demand.global_model import QUANTILES
from cstore_cli.demand.grid import Ints
from cstore_cli.demand.history import Floats

_FEWEST = 2


@dataclass(frozen=True, eq=False)
class PastTotals:
    """
    Sums over the areas known, ``orders`` and ``mean`` (p,), by outlook and step.

    ``outlook`` (p,) is the number of the outlook.
    """

    outlook: Ints
    orders: Floats
    mean: Floats


def past_totals(evidence: Evidence, mean: Floats) -> PastTotals:
    """Return the totals of what was expected of areas whose orders are known."""
    width = int(evidence.step.max(initial=0)) + 1
    key: Ints = evidence.outlook * width + evidence.step
    keys, place = np.unique(key, return_inverse=True)
    return PastTotals(
        keys // width,
        np.bincount(place, weights=evidence.orders).astype(float),
        np.bincount(place, weights=mean).astype(float),
    )


def total_quantiles(past: PastTotals, mean: Floats, sums: Floats) -> Floats:
    """
    Return p10, p50, p90 (3, m) of totals expected to be ``mean`` (m,).

    Errors of one outlook go together, so that few outlooks tell little. As shares of
    what was expected they are taken for the sum of a random effect of the outlook and
    one of the period, the next ones for Student's t with a degree of freedom less than
    there are outlooks. With fewer than two, ``sums`` (3, m) stand: the sums of the
    areas' quantiles, which are further apart than a total's can be.
    """
    some = past.mean > 0
    share = past.orders[some] / past.mean[some]
    numbers, place = np.unique(past.outlook[some], return_inverse=True)
    if len(numbers) < _FEWEST:
        return sums
    of_outlook = np.bincount(place, weights=share) / np.bincount(place)
    between = np.var(of_outlook, ddof=1) * (1 + 1 / len(numbers))
    within = np.mean((share - of_outlook[place]) ** 2)
    apart = t.ppf(QUANTILES, len(numbers) - 1) * np.sqrt(between + within)
    spread: Floats = np.maximum(1 + apart, 0)[:, None] * mean
    return spread
