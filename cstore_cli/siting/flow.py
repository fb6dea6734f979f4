"""Passing flow of a site: how much, from how many directions, AM against PM."""

import numpy as np
import polars as pl

from cstore_cli.tables.sites import FLOWS
from cstore_cli.travel.arrays import Floats

NUM_WAYS = 4


def directions(flow: Floats) -> Floats:
    """
    From how many directions the flow of approaches (m, 4) comes, (m,).

        D = exp(-sum_k p_k ln p_k)      p_k: share of approach k            (1)

    4 when evenly from four, 2 when evenly from two, 1 when from one; nan without
    flow. It is the Hill number of order 1: Hill (1973), doi:10.2307/1934352.
    """
    total = flow.sum(axis=1, keepdims=True)
    share = np.divide(flow, total, out=np.zeros_like(flow), where=total > 0)
    log = np.log(share, out=np.zeros_like(share), where=share > 0)
    number: Floats = np.exp(-(share * log).sum(axis=1))  # (1)
    return np.where(total[:, 0] > 0, number, np.nan)


def flow_parts(sites: pl.DataFrame) -> dict[str, Floats]:
    """
    Return the parts (m,) of the flow that passes each site.

    am_pcu_h and pm_pcu_h, of all approaches in an hour of each peak; flow_pcu_h, their
    mean; pm_share, the evening's share of both; directions, of both. Where nothing
    passes the last two are nan.
    """
    flow = sites.select(FLOWS).to_numpy()
    am, pm = flow[:, :NUM_WAYS], flow[:, NUM_WAYS:]
    am_pcu_h, pm_pcu_h = am.sum(axis=1), pm.sum(axis=1)
    both = am_pcu_h + pm_pcu_h
    nothing = np.full(len(both), np.nan)
    return {
        "am_pcu_h": am_pcu_h,
        "pm_pcu_h": pm_pcu_h,
        "flow_pcu_h": both / 2,
        "pm_share": np.divide(pm_pcu_h, both, out=nothing, where=both > 0),
        "directions": directions(am + pm),
    }
