"""summary.json of an analysis: what was read, how it was forecast, what to mind."""

import datetime as dt
from typing import Any

import polars as pl

from cstore_cli.demand.analysis import Analysis
from cstore_cli.demand.forecast import TOTAL as ALL_AREAS
from cstore_cli.demand.results import AREAS, CHOSEN, TOTAL, UNSERVED
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings


def summary_of(
    analysis: Analysis, settings: AnalyzeDemandSettings, seed: int
) -> dict[str, Any]:
    """Return what a person or program wants to know without reading the tables."""
    history, forecast, inputs = analysis.history, analysis.forecast, analysis.inputs
    known = forecast.table.group_by("area_id").agg(pl.col("history_days").first())
    areas = known.filter(pl.col("area_id") != ALL_AREAS)
    total = forecast.table.filter(pl.col("area_id") == ALL_AREAS)
    return {
        "asked": settings.model_dump(exclude={"network", "tables"}, mode="json"),
        "seed": seed,
        "read": {
            "rows": inputs.num_read,
            "rejected": len(inputs.rejected),
            "areas": len(areas),
            "areas_without_history": int((areas["history_days"] == 0).sum()),
            "columns_not_used": list(inputs.unused),
        },
        "anomalies": [vars(anomaly) for anomaly in history.anomalies],
        "warnings": list(analysis.warnings),
        "forecast": {
            "period": "day" if history.period_days == 1 else "week",
            "from": history.dates[history.num_past].isoformat(),
            "to": (
                history.dates[-1] + dt.timedelta(days=history.period_days - 1)
            ).isoformat(),
            "orders": round(float(total["mean"].sum()), 3),
            "level_periods": forecast.level_periods,
            "models": list(forecast.method.chosen),
        },
        "backtest": _backtest(analysis),
        "segments": {
            "number": len(analysis.segments.described),
            "why": analysis.segments.why,
            "described": analysis.segments.described.to_dicts(),
        },
        "potential_customers": _potential(analysis),
        "drivers": analysis.drivers.filter(pl.col("importance") > 0)
        .select("driver", "of", "importance", "in_words")
        .to_dicts(),
        "opening_24h": _opening(analysis),
    }


def _backtest(analysis: Analysis) -> dict[str, Any] | None:
    """Return the errors over all that was scored; None where nothing was."""
    backtest = analysis.forecast.backtest
    if backtest.table.is_empty():
        return None
    table = backtest.table
    whole = table.filter((pl.col("part") == "all") & (pl.col("model") == CHOSEN))
    worse = table.filter(
        (pl.col("model") == CHOSEN) & (pl.col("to_seasonal_naive_pct") > 0)
    )
    return {
        "origins": [date.isoformat() for date in backtest.origins],
        "scored": [date.isoformat() for date in backtest.scored],
        **{
            level: whole.filter(pl.col("level") == level)
            .drop("level", "part", "model")
            .to_dicts()[0]
            for level in (AREAS, UNSERVED, TOTAL)
            if level in whole["level"]
        },
        "worse_than_seasonal_naive": worse.select(
            "level", "part", "to_seasonal_naive_pct"
        ).to_dicts(),
    }


def _potential(analysis: Analysis) -> dict[str, Any] | None:
    people = analysis.potential
    if people is None:
        return None
    return {
        "customers": people.areas["potential_customers"].sum(),
        "bands": people.bands.to_dicts(),
        "by_income": people.groups.to_dicts(),
    }


def _opening(analysis: Analysis) -> dict[str, Any] | None:
    hours = analysis.pickup_hours
    if hours is None:
        return None
    areas = hours.gain.filter(pl.col("area_id") != ALL_AREAS)
    return {
        "parcels_day_closed_hours": areas["parcels_day_closed_hours"].sum(),
        "areas_told": int(areas["parcels_day_closed_hours"].is_not_null().sum()),
        "notes": list(hours.notes),
    }
