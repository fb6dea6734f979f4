"""The total of all areas: the sum of their means, with quantiles of its own."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.evidence import Evidence
from cstore_cli.demand.global_model import QUANTILES
from cstore_cli.demand.grid import Ints
from cstore_cli.demand.history import Floats

_FEWEST = 10


@dataclass(frozen=True, eq=False)
class PastTotals:
    """``orders`` and ``mean`` (p,), sums over the areas known, by outlook and step."""

    orders: Floats
    mean: Floats


def past_totals(evidence: Evidence, mean: Floats) -> PastTotals:
    """Return the totals of what was expected of areas whose orders are known."""
    width = int(evidence.step.max(initial=0)) + 1
    key: Ints = evidence.outlook * width + evidence.step
    _, place = np.unique(key, return_inverse=True)
    return PastTotals(
        np.bincount(place, weights=evidence.orders).astype(float),
        np.bincount(place, weights=mean).astype(float),
    )


def total_quantiles(past: PastTotals, mean: Floats, sums: Floats) -> Floats:
    """
    Return p10, p50, p90 (3, m) of totals expected to be ``mean`` (m,).

    Their past errors, as shares of what was expected, are taken as they were; with
    fewer than 10, ``sums`` (3, m) stand, the sums of the areas' quantiles, which are
    further apart than those of a total can be.
    """
    some = past.mean > 0
    if some.sum() < _FEWEST:
        return sums
    shares = past.orders[some] / past.mean[some]
    return np.quantile(shares, QUANTILES, method="weibull")[:, None] * mean
