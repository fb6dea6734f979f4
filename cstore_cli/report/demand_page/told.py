"""What the page says in words and tables, each figure as it reads."""

from itertools import groupby
from typing import Any

import polars as pl

from cstore_cli.demand.results import AREAS
from cstore_cli.report.demand import DRIVERS_OF, TOLD_BY, one_period
from cstore_cli.report.demand_backtest import (
    TITLES,
    candidate_cells,
    headline,
    models_named,
    origins_told,
    part_cells,
    worse,
    worse_than_per_person,
)
from cstore_cli.report.demand_page.shown import MOST_LISTED, TOTAL, ShownDemand
from cstore_cli.report.demand_who import opening_told, untold
from cstore_cli.report.figures import percent, tenths, whole

_NONE = "-"
_WIDTH = 100
"""Of a driver's bar, in units of its drawing."""


def lead(shown: ShownDemand) -> list[str]:
    """Return the first and the busiest period of the total, in words."""
    total, days = shown.total, shown.history.period_days
    most = total.sort("mean", "date", descending=[True, False]).row(0, named=True)
    return [
        f"{one_period(f'First {shown.unit}', total.row(0, named=True), days)}.",
        f"{one_period(f'Busiest {shown.unit}', most, days)}.",
    ]


def taken(shown: ShownDemand) -> list[tuple[str, str]]:
    """Return who forecasts which periods of areas with history: dates, who."""
    known = shown.of_areas.filter(pl.col("history_days") > 0)
    most = (
        known.group_by("date", "model")
        .len()
        .sort("date", "len", "model", descending=[False, True, False])
        .group_by("date", maintain_order=True)
        .first()
    )
    told = []
    for model, rows in groupby(most.iter_rows(named=True), lambda row: row["model"]):
        dates = [row["date"] for row in rows]
        told.append((f"{dates[0]} to {dates[-1]}", TOLD_BY.get(model, model)))
    return told


def driver_tables(shown: ShownDemand) -> list[dict[str, Any]]:
    """Return the drivers of levels and of the course, those that matter most first."""
    tables = []
    for of, title in DRIVERS_OF.items():
        rows = shown.drivers.filter(pl.col("of") == of).with_columns(
            weight=pl.max_horizontal("importance", "joint_importance")
        )
        rows = rows.sort(
            "weight", "driver", descending=[True, False], nulls_last=True
        ).head(MOST_LISTED)
        ends = rows["importance"].fill_null(0) + rows["importance_sd"].fill_null(0)
        most = max([*ends, *rows["joint_importance"].fill_null(0), 0.1])
        told = [_driver(row, _WIDTH / most) for row in rows.iter_rows(named=True)]
        tables.append({"title": title, "rows": told})
    return tables


def _driver(row: dict[str, Any], scale: float) -> dict[str, Any]:
    """A driver as it reads; ``bar``, ``low`` and ``high`` are lengths of a drawing."""
    importance, spread = row["importance"], row["importance_sd"]
    known = importance is not None
    bar = max(importance, 0.0) if known else 0.0
    around = spread or 0.0
    return {
        "name": row["driver"],
        "importance": f"{round(importance, 2) + 0.0:.2f}" if known else "untested",
        "spread": _NONE if spread is None else f"{spread:.2f}",
        "joint": _known(row["joint_importance"], "{:.2f}"),
        "words": row["in_words"],
        "bar": round(bar * scale, 1),
        "low": round(max((importance or 0.0) - around, 0.0) * scale, 1),
        "high": round(max((importance or 0.0) + around, 0.0) * scale, 1),
    }


def backtest_told(shown: ShownDemand) -> dict[str, Any] | None:
    """Return the scores of all models, level by level; None where nothing was tried."""
    table, days = shown.backtest.table, shown.history.period_days
    if table.is_empty():
        return None
    named = models_named(shown.season, days)
    levels = []
    for level, title in TITLES.items():
        rows = candidate_cells(table.filter(pl.col("level") == level), level, named)
        if rows:
            errors = [float(row[1].replace(",", "")) for row in rows if row[1] != _NONE]
            least = f"{min(errors):,.1f}" if errors else ""
            levels.append({"title": title, "rows": rows, "least": least})
    areas = table.filter(pl.col("level") == AREAS)
    return {
        "headline": f"{headline(table)}.",
        "origins": origins_told(shown.backtest),
        "levels": levels,
        "parts": part_cells(areas, named),
        "told": [worse(table), worse_than_per_person(table)],
    }


def segment_rows(shown: ShownDemand) -> list[dict[str, Any]]:
    """Return a row per segment as it reads."""
    return [
        {
            "segment": row["segment"],
            "areas": whole(row["areas"]),
            "people": _NONE if row["people"] is None else whole(row["people"]),
            "rate": _known(row["orders_per_1000"], "{:,.1f}"),
            "potential": _NONE
            if row["potential_share"] is None
            else percent(row["potential_share"]),
            "words": row["description"],
        }
        for row in shown.segments.described.iter_rows(named=True)
    ]


def potential_rows(shown: ShownDemand) -> list[tuple[str, str, str, str]]:
    """Return people, buyers online and potential customers by age, then all of them."""
    if shown.potential is None:
        return []
    bands = shown.potential.bands
    columns = [bands[name].to_list() for name in ("people", "online", "potential")]
    rows = [*zip(bands["band"], *columns, strict=True)]
    rows.append(("all", *(sum(cells) for cells in columns)))
    return [
        (band, whole(people), whole(online), whole(potential))
        for band, people, online, potential in rows
    ]


def hours_told(shown: ShownDemand) -> dict[str, Any] | None:
    """Return when customers would fetch, and where longer hours would be felt."""
    pickups = shown.pickup_hours
    if pickups is None:
        return None
    hours = pickups.hours.filter(pl.col("area_id") == TOTAL).sort("hour")
    shares = hours["share"].to_list()
    most = max((share for share in shares if share is not None), default=0.0)
    areas = pickups.gain.filter(pl.col("area_id") != TOTAL)
    some = areas.filter(pl.col("parcels_day_closed_hours") > 0).sort(
        "parcels_day_closed_hours", "area_id", descending=[True, False]
    )
    return {
        "headline": f"{opening_told(pickups.gain.row(-1, named=True))}.",
        "hours": [
            (
                f"{hour:02}:00",
                "not known" if share is None else percent(share),
                round(_WIDTH * (share or 0.0) / most, 1) if most else 0,
            )
            for hour, share in zip(hours["hour"], shares, strict=True)
        ],
        "gains": [
            (
                row["area_id"],
                whole(row["pickups"]),
                percent(row["share_closed_hours"]),
                tenths(row["parcels_day_closed_hours"]),
            )
            for row in some.head(MOST_LISTED).iter_rows(named=True)
        ],
        "notes": [
            *(f"Not told of {whole(n)} areas: {why}." for why, n in untold(areas)),
            *pickups.notes,
        ],
    }


def _known(value: float | None, how: str) -> str:
    return _NONE if value is None else how.format(value)
