"""
The room on each store's shelf when the van comes.

    room_s = max(0, shelf_s - held_s + fetched_s)                               (1)
    fetched_s = max(0, mu_s + z_q sigma_s)      low quantile of litres fetched  (2)
    mu_s = sum_i p_i l_i,  sigma_s^2 = sum_i p_i (1 - p_i) l_i^2                (3)
    p_i = (F(a_i + d_s) - F(a_i)) / (1 - F(a_i))                                (4)

A parcel i of l_i litres has waited a_i days; d_s days pass until the store receives.
F is the share fetched within so many days (`dwell` in the YAML), linear between days.
(2) takes the sum of independent fetches as normal.
"""

import datetime as dt
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cstore_cli.settings.plan_day import DwellSettings
from cstore_cli.tables.day_inputs import DayInputs


def shelves(inputs: DayInputs, dwell: DwellSettings) -> pl.DataFrame:
    """
    A row per store, in the stores' order: litres ``held``, ``fetched`` and ``room``.

    ``room`` is the litres that may arrive today.
    """
    stores = inputs.stores.select("store_id", "shelf_litres", "receive_from")
    held = inputs.held_parcels.join(stores, on="store_id")
    age = _days(held["ready_at"].to_list(), inputs.now)
    opens = [inputs.instant(minutes) for minutes in held["receive_from"]]
    wait = np.maximum(0, [(when - inputs.now) / dt.timedelta(days=1) for when in opens])
    share = np.array(dwell.collected_share)
    now_f = np.interp(age, range(len(share)), share)
    then_f = np.interp(age + wait, range(len(share)), share)
    left = 1 - now_f
    p = np.divide(then_f - now_f, left, out=np.zeros_like(left), where=left > 0)  # (4)
    litres = held["litres"].to_numpy()
    sums = (
        held.select("store_id")
        .with_columns(
            pl.Series("held", litres),
            pl.Series("mu", p * litres),
            pl.Series("var", p * (1 - p) * litres**2),
        )
        .group_by("store_id")
        .sum()
    )
    z = NormalDist().inv_cdf(dwell.low_quantile)
    fetched = (pl.col("mu") + z * pl.col("var").sqrt()).clip(lower_bound=0)  # (2)
    return (
        stores.join(sums, on="store_id", how="left", maintain_order="left")
        .with_columns(pl.col("held", "mu", "var").fill_null(0.0))
        .with_columns(fetched.alias("fetched"))
        .with_columns(
            (pl.col("shelf_litres") - pl.col("held") + pl.col("fetched"))
            .clip(lower_bound=0)
            .alias("room")  # (1)
        )
        .select("store_id", "shelf_litres", "held", "fetched", "room")
    )


def _days(since: list[dt.datetime], now: dt.datetime) -> NDArray[np.float64]:
    days = [(now - when) / dt.timedelta(days=1) for when in since]
    return np.array(days, dtype=np.float64).clip(min=0)
