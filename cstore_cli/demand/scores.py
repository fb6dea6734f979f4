"""Errors of forecasts in the figures of the field."""

import numpy as np

from cstore_cli.demand.global_model import QUANTILES
from cstore_cli.demand.history import Floats


def scores(orders: Floats, mean: Floats, quantiles: Floats | None) -> dict[str, float]:
    """
    Return the errors of ``mean`` and of ``quantiles`` (3, m), None where none are told.

    ``wape_pct`` is the sum of absolute errors to that of orders, ``mape_pct`` the mean
    of those to each period's orders where there were any, ``bias_pct`` the sum of
    errors to that of orders, ``pinball`` the mean pinball loss of p10, p50 and p90 in
    orders, ``coverage_80_pct`` the share of periods from p10 to p90. What there is
    nothing to divide by for is left out.
    """
    some = orders > 0
    total = orders.sum()
    error = mean - orders
    told = {"periods": float(len(orders))}
    if total > 0:
        told["wape_pct"] = 100 * float(np.abs(error).sum() / total)
        told["mape_pct"] = 100 * float(np.mean(np.abs(error[some]) / orders[some]))
        told["bias_pct"] = 100 * float(error.sum() / total)
    if quantiles is not None and len(orders):
        told["pinball"] = pinball(orders, quantiles)
        held = (orders >= quantiles[0]) & (orders <= quantiles[2])
        told["coverage_80_pct"] = 100 * float(held.mean())
    return told


def pinball(orders: Floats, quantiles: Floats) -> float:
    """Mean pinball loss over p10, p50 and p90 (Koenker and Bassett 1978)."""
    below = orders - quantiles
    q = np.array(QUANTILES)[:, None]
    return float(np.mean(np.maximum(q * below, (q - 1) * below)))
