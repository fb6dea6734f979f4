"""
What forecasts are scored by, against what came.

``WAPE`` is of the mean, ``WAPE_p50`` of the median. ``MAPE`` counts rows with sales
only. A point forecast has to be the one that its error asks for, and by MAPE that is
neither the mean nor the median: it is the median of the distribution re-weighted by
1 / y, for a lognormal exp(mu - s^2), here with mu = ln p50, s = (ln p90 - ln p10) /
2.563, and quantiles below half an order as half an order. ``MAPE`` of a model that
forecasts a distribution is of that point (so was the published LightGBM fitted, to
MAPE), ``MAPE_mean`` and ``MAPE_p50`` stand beside it; of a model of points alone all
are the same forecast, to which this script adds ranges. ``sMAPE`` is of the mean,
averaged by area first. ``pinball`` is the mean over p10, p50 and p90, in orders;
``coverage_80`` the share from p10 to p90.

References
----------
Gneiting (2011), Making and Evaluating Point Forecasts, doi:10.1198/jasa.2011.r10138.
"""

import polars as pl

SPREAD = 2.563
"""Standard deviations from p10 to p90 of a normal distribution."""


def with_truth(forecast: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Return the forecast of each row of ``truth`` (date, area_id, orders)."""
    rows = truth.join(forecast, on=["date", "area_id"], how="left")
    missing = rows["mean"].null_count()
    if missing:
        raise ValueError(f"no forecast for {missing:,} of {len(rows):,} rows")
    return rows


def scores(
    rows: pl.DataFrame, whole: bool = False, distribution: bool = False
) -> dict[str, float]:
    """
    Return the scores, in per cent but pinball and coverage.

    ``rows`` as by ``with_truth``; ``whole`` rounds points to whole orders first;
    ``distribution`` is what the model forecasts, not a point.
    """
    low, mid, high = (pl.col(q).clip(0.5).log() for q in ("p10", "p50", "p90"))
    point = (mid - ((high - low) / SPREAD) ** 2).exp()
    rows = rows.with_columns(point=point, median=pl.col("p50"))
    if whole:
        rows = rows.with_columns(pl.col("mean", "median", "point").round())
    actual = pl.col("orders")

    def wape(name: str) -> pl.Expr:
        return 100 * (pl.col(name) - actual).abs().sum() / actual.sum()

    def mape(name: str) -> pl.Expr:
        return 100 * ((pl.col(name) - actual).abs() / actual).filter(actual > 0).mean()

    def pinball(level: float, name: str) -> pl.Expr:
        over = actual - pl.col(name)
        return pl.max_horizontal(level * over, (level - 1) * over)

    losses = [pinball(0.1, "p10"), pinball(0.5, "p50"), pinball(0.9, "p90")]
    return rows.select(
        WAPE=wape("mean"),
        WAPE_p50=wape("median"),
        MAPE=mape("point" if distribution else "mean"),
        MAPE_mean=mape("mean"),
        MAPE_p50=mape("median"),
        sMAPE=pl.lit(smape(rows)),
        pinball=pl.mean_horizontal(losses).mean(),
        coverage_80=actual.is_between(pl.col("p10"), pl.col("p90")).mean(),
    ).row(0, named=True)


def smape(rows: pl.DataFrame) -> float:
    """Return the mean of 200 |a - f| / (|a| + |f|), by area first; 0 of 0 is right."""
    apart, total = (pl.col("mean") - pl.col("orders")).abs(), pl.col("mean", "orders")
    total = pl.sum_horizontal(total.abs())
    error = pl.when(total > 0).then(200 * apart / total).otherwise(0.0)
    return float(rows.group_by("area_id").agg(error=error.mean())["error"].mean())


def mase(rows: pl.DataFrame, history: pl.DataFrame) -> float:
    """Return the mean error to that of the last value in the past, by area first."""
    moves = history.sort("area_id", "date").group_by("area_id")
    scale = moves.agg(scale=pl.col("orders").diff().abs().mean())
    errors = rows.group_by("area_id").agg(
        error=(pl.col("mean") - pl.col("orders")).abs().mean()
    )
    joined = errors.join(scale, on="area_id")
    return float((joined["error"] / joined["scale"]).mean())
