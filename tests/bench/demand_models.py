"""
The simple forecasts that others are measured against.

A forecaster takes the areas, their history (date, area_id, orders and the columns known
ahead; rows to come have no orders), horizon, columns known ahead, season and frequency
("D", "W"), and returns area_id, date, mean, p10, p50, p90. Areas without any history
are left out by all of these: ``for_all_areas`` adds them.
"""

from typing import Protocol

import numpy as np
import polars as pl
from demand_grid import FIGURES, Floats, Grid, filled, grid_of, quantiles


class Forecaster(Protocol):
    def __call__(
        self,
        areas: pl.DataFrame,
        history: pl.DataFrame,
        horizon: int,
        known_ahead: tuple[str, ...],
        season: int,
        freq: str,
    ) -> pl.DataFrame: ...


def naive(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    """The last known value; how far it was off so many periods later, in the past."""
    grid = grid_of(history, horizon, (), freq)
    return _repeated(grid, [1] * horizon, list(range(1, horizon + 1)))


def seasonal_naive(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    """The value a season ago, or as many seasons as it takes."""
    grid = grid_of(history, horizon, (), freq)
    lags = [-(-step // season) * season for step in range(1, horizon + 1)]
    back = [lag - step + 1 for step, lag in enumerate(lags, start=1)]
    return _repeated(grid, back, lags)


def mean(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    """The mean of what is known, and its quantiles."""
    grid = grid_of(history, horizon, (), freq)
    return _constant(grid, np.nanmean(grid.orders, axis=1), grid.orders, horizon)


def geometric_mean(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    """The mean of logarithms over the filled grid, as published for Dominick's."""
    grid = grid_of(history, horizon, (), freq)
    orders = filled(grid.orders)
    return _constant(grid, np.exp(np.log(orders).mean(axis=1)), orders, horizon)


def _repeated(grid: Grid, back: list[int], lags: list[int]) -> pl.DataFrame:
    """Values ``back`` periods from the end, with errors of the past ``lags`` on."""
    orders = filled(grid.orders)
    past = orders.shape[1]
    point = orders[:, [max(past - k, 0) for k in back]]
    low, high = point.copy(), point.copy()
    for step, lag in enumerate(lags):
        error = grid.orders[:, lag:] - grid.orders[:, :-lag]
        enough = np.isfinite(error).sum(axis=1) > 1
        if enough.any():
            q10, q90 = quantiles(error[enough], 0.1, 0.9)
            low[enough, step] += np.minimum(q10, 0)
            high[enough, step] += np.maximum(q90, 0)
    return grid.forecast(mean=point, p10=low, p50=point, p90=high)


def _constant(grid: Grid, point: Floats, orders: Floats, horizon: int) -> pl.DataFrame:
    q10, q90 = quantiles(orders, 0.1, 0.9)
    rows = {
        "mean": point,
        "p10": np.minimum(q10, point),
        "p50": point,
        "p90": np.maximum(q90, point),
    }
    return grid.forecast(
        **{name: np.repeat(row[:, None], horizon, axis=1) for name, row in rows.items()}
    )


def for_all_areas(forecast: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """
    Return ``forecast`` with the areas it leaves out: as the others are, on average.

    By head where areas have a ``population``; their quantiles are those of the others.
    """
    people = pl.col("population") if "population" in areas.columns else pl.lit(1.0)
    heads = areas.select("area_id", people=people.cast(pl.Float64))
    of_others = (
        forecast.join(heads, on="area_id")
        .filter(pl.col("people") > 0)
        .group_by("date", maintain_order=True)
        .agg(
            mean=pl.col("mean").sum() / pl.col("people").sum(),
            p10=(pl.col("mean") / pl.col("people")).quantile(0.1),
            p50=(pl.col("mean") / pl.col("people")).quantile(0.5),
            p90=(pl.col("mean") / pl.col("people")).quantile(0.9),
        )
    )
    new = heads.join(forecast, on="area_id", how="anti").join(of_others, how="cross")
    new = new.with_columns(pl.col(FIGURES) * pl.col("people").fill_null(0))
    return pl.concat([forecast, new.select(forecast.columns)])
