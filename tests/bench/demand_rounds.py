"""
Forecasts of the past as if made then: what was known, and what came.

``rolling``: from the last origins, a horizon apart. ``oj``: the 12 published rounds of
Dominick's: round r knows weeks 40 to 133 + 2r and is scored on weeks 135 + 2r and
136 + 2r. ``m4``: one round, the truth in a file of its own.
"""

import datetime as dt
from dataclasses import dataclass

import polars as pl
from demand_grid import DAYS

OJ_ROUNDS = 12
OJ_FIRST_WEEK, OJ_FIRST_KNOWN = 40, 133
OJ_STEPS = (2, 3)
"""Weeks after the last known one that are scored."""


@dataclass(frozen=True, eq=False)
class Round:
    """
    ``history`` has date, area_id, orders and the columns known ahead.

    Its rows to come have no orders; ``truth`` has those that are scored.
    """

    history: pl.DataFrame
    truth: pl.DataFrame


def rolling(
    rows: pl.DataFrame, ahead: tuple[str, ...], horizon: int, freq: str, num: int
) -> list[Round]:
    last = rows["date"].max()
    steps = tuple(range(1, horizon + 1))
    back = [dt.timedelta(k * horizon * DAYS[freq]) for k in range(num, 0, -1)]
    return [_round(rows, ahead, last - days, steps, freq) for days in back]


def oj(rows: pl.DataFrame, ahead: tuple[str, ...], num: int) -> list[Round]:
    """Return ``num`` of the 12 rounds, evenly spread."""
    chosen = {1 + k * OJ_ROUNDS // num for k in range(num)}
    weeks = [OJ_FIRST_KNOWN + 2 * r - OJ_FIRST_WEEK for r in sorted(chosen)]
    first = rows["date"].min()
    ends = [first + dt.timedelta(weeks=week) for week in weeks]
    return [_round(rows, ahead, end, OJ_STEPS, "W") for end in ends]


def m4(rows: pl.DataFrame, truth: pl.DataFrame) -> list[Round]:
    keys = ["date", "area_id", "orders"]
    return [Round(rows.select(keys), truth.select(keys))]


def _round(
    rows: pl.DataFrame,
    ahead: tuple[str, ...],
    end: dt.date,
    steps: tuple[int, ...],
    freq: str,
) -> Round:
    """Return the round that knows everything up to ``end``."""
    date = pl.col("date")
    rows = rows.select("date", "area_id", "orders", *ahead)
    coming = [end + dt.timedelta(DAYS[freq] * s) for s in range(1, max(steps) + 1)]
    scored = [coming[step - 1] for step in steps]
    past = rows.filter(date <= end)
    if ahead:
        known = rows.filter(date.is_in(coming))
        known = known.with_columns(orders=pl.lit(None, pl.Int64))
        past = pl.concat([past, known])
    # Whoever has no history then is not scored with those who have.
    had = past.filter(pl.col("orders").is_not_null())
    truth = rows.filter(date.is_in(scored), pl.col("orders").is_not_null())
    truth = truth.join(had, on="area_id", how="semi")
    return Round(past, truth.select("date", "area_id", "orders"))


def hidden(one: Round, area_ids: list[str]) -> Round:
    """Return the round as if ``area_ids`` had no history; only they are scored."""
    among = pl.col("area_id").is_in(area_ids)
    to_come = pl.col("orders").is_null()
    history = one.history.filter(~among | to_come)
    return Round(history, one.truth.filter(among))


PUBLISHED = {
    "rolling": [],
    "oj": [
        {"model": "naive", "MAPE": 109.67},
        {"model": "seasonal naive", "MAPE": 165.06},
        {"model": "mean", "MAPE": 70.74},
        {"model": "ETS", "MAPE": 70.99},
        {"model": "AutoARIMA", "MAPE": 70.80},
        {"model": "LightGBM", "MAPE": 36.28},
        {"model": "dilated CNN", "MAPE": 37.09},
        {"model": "RNN encoder-decoder", "MAPE": 37.68},
    ],
    "m4": [
        {"model": "naive", "sMAPE": 9.161, "MASE": 2.777},
        {"model": "Theta", "sMAPE": 9.09},
        {"model": "Com", "sMAPE": 8.94},
        {"model": "Damped", "sMAPE": 8.87},
        {"model": "best of 62", "sMAPE": 6.58},
    ],
}
"""TSPerf's board of Dominick's; the weekly series of the M4 competition."""
