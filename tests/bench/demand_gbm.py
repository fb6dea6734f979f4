"""
A global gradient-boosting baseline: one model for all areas, plain lags, recursive.

As mlforecast does it: the model foretells one period from lags, rolling means, the
calendar, what is known ahead and what the area is like; later periods are foretold from
its own answers. Targets are log1p(orders) less the level of the last periods. Quantiles
are those, over all areas, of its errors at each step of a forecast made a horizon
before the end by a model that saw nothing later.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from demand_grid import DAYS, Floats, Grid, grid_of
from sklearn.ensemble import HistGradientBoostingRegressor

LAGS = {"D": (1, 2, 3, 4, 5, 6, 7, 14, 21, 28), "W": (1, 2, 3, 4, 8, 13, 26, 52)}
WINDOWS = {"D": (7, 28, 91), "W": (4, 13, 52)}
"""Periods of rolling means; the first is the level."""
MAX_CATEGORIES = 255


def gbm(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    grid = grid_of(history, horizon, known_ahead, freq)
    like, texts = _likeness(areas, grid.area_ids)
    past = grid.orders.shape[1]
    known = np.log1p(grid.orders)
    held_out = past - horizon
    before = _foretold(grid, like, texts, known[:, :held_out], horizon, freq)
    error = known[:, held_out:] - before
    q10, q50, q90 = np.nanquantile(error, [0.1, 0.5, 0.9], axis=0)
    after = _foretold(grid, like, texts, known, horizon, freq)
    return grid.forecast(
        mean=np.exp(after) * np.nanmean(np.exp(error), axis=0) - 1,
        p10=np.expm1(after + q10),
        p50=np.expm1(after + q50),
        p90=np.expm1(after + q90),
    )


def _foretold(
    grid: Grid, like: Floats, texts: list[int], known: Floats, horizon: int, freq: str
) -> Floats:
    """Return log1p(orders) of the periods after ``known`` (n, horizon)."""
    n, past = known.shape
    lags = [lag for lag in LAGS[freq] if lag < past]
    rows, targets = [], []
    for t in range(1, past):
        features, level = _features(grid, like, known, t, lags, freq)
        target = known[:, t] - level
        usable = np.isfinite(target)
        rows.append(features[usable])
        targets.append(target[usable])
    # 100 trees of 31 leaves, rate 0.1: the defaults here and of LightGBM.
    model = HistGradientBoostingRegressor(
        categorical_features=texts or None,
        early_stopping=False,
        random_state=0,
    )
    model.fit(np.concatenate(rows), np.concatenate(targets))
    cells = np.hstack([known, np.full((n, horizon), np.nan)])
    for t in range(past, past + horizon):
        features, level = _features(grid, like, cells, t, lags, freq)
        # An area without anything in the last periods stands at its mean.
        level = np.where(np.isnan(level), _mean(cells[:, :t]), level)
        cells[:, t] = level + model.predict(features)
    return cells[:, past:]


def _features(
    grid: Grid, like: Floats, cells: Floats, t: int, lags: list[int], freq: str
) -> tuple[Floats, Floats]:
    """Return what is known of period t at each area (n, k), and the level (n,)."""
    n = len(cells)
    level, *means = (_mean(cells[:, max(t - w, 0) : t]) for w in WINDOWS[freq])
    before = [
        cells[:, t - lag] - level if t >= lag else np.full(n, np.nan) for lag in lags
    ]
    date = grid.dates[t]
    calendar = (date.weekday(), date.timetuple().tm_yday // DAYS[freq], date.month)
    columns = [
        level,
        *before,
        *(mean - level for mean in means),
        *(np.full(n, float(figure)) for figure in calendar),
        *(cells_ahead[:, t] for cells_ahead in grid.ahead.values()),
    ]
    return np.column_stack([like, *columns]), level


def _mean(cells: Floats) -> Floats:
    """Mean of what is known in each row, nan where nothing is."""
    known = np.isfinite(cells)
    total = np.where(known, cells, 0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _likeness(areas: pl.DataFrame, area_ids: list[str]) -> tuple[Floats, list[int]]:
    """Return the areas' columns as numbers (n, k), and which of them are texts."""
    rows = pl.DataFrame({"area_id": area_ids}).join(
        areas, on="area_id", how="left", maintain_order="left"
    )
    columns, texts = list(_columns(rows)), []
    for j, (name, _) in enumerate(columns):
        if rows[name].dtype == pl.String:
            texts.append(j)
    n = len(area_ids)
    figures = [column for _, column in columns]
    return np.column_stack([np.arange(n), *figures]), [j + 1 for j in texts]


def _columns(rows: pl.DataFrame) -> Iterator[tuple[str, Floats]]:
    for name in rows.columns[1:]:
        column = rows[name]
        if column.null_count() == len(column):
            continue
        if column.dtype == pl.String:
            if column.n_unique() > MAX_CATEGORIES:
                continue
            column = column.rank("dense") - 1
        yield name, column.cast(pl.Float64).fill_null(np.nan).to_numpy()
