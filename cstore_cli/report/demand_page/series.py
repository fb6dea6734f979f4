"""What the fan chart is drawn from: history and forecast of every area, the total."""

import math
from collections.abc import Iterable
from typing import Any

import polars as pl

from cstore_cli.demand.history import Floats
from cstore_cli.report.demand import TOLD_BY
from cstore_cli.report.demand_page.shown import ShownDemand
from cstore_cli.report.figures import tenths, whole

_QUANTILES = ("mean", "p10", "p50", "p90")
_DIGITS = 3


def series(shown: ShownDemand) -> dict[str, Any]:
    """
    Return what the page's script draws, figures as in forecast.csv.

    ``past`` and ``ahead`` are the first days of periods; ``total`` and each of
    ``areas`` have ``orders`` of the past (null where unknown), mean, p10, p50 and p90
    to come. An area's ``model`` is the number in ``models`` of who told each period.
    ``step`` says why the total steps up.
    """
    history, keep = shown.history, shown.num_periods
    models = sorted(set(shown.of_areas["model"]))
    by_area = {
        str(name): rows
        for (name,), rows in shown.of_areas.sort("date").group_by("area_id")
    }
    number = {name: place for place, name in enumerate(models)}
    areas = []
    for row in shown.listed.iter_rows(named=True):
        rows = by_area[row["area_id"]]
        areas.append(
            {
                "id": row["area_id"],
                "name": row["name"],
                "segment": row["segment"],
                "history_days": row["history_days"],
                "orders": _cells(history.orders[row["row"], -keep:]),
                **_forecast(rows),
                "model": [number[name] for name in rows["model"]],
            }
        )
    return {
        "unit": shown.unit,
        "period_days": history.period_days,
        "past": [str(date) for date in history.dates[: history.num_past][-keep:]],
        "ahead": [str(date) for date in shown.total["date"]],
        "models": [TOLD_BY.get(name, name) for name in models],
        "total": {
            "orders": _cells(shown.past_total[-keep:]),
            **_forecast(shown.total),
        },
        "areas": areas,
        "step": step_told(shown),
        "segments": shown.segments.described["segment"].to_list(),
    }


def step_told(shown: ShownDemand) -> str:
    """Return why the total to come is of more areas than that of the past, if so."""
    areas = shown.of_areas
    new = areas.filter(pl.col("history_days") == 0)
    if new.is_empty():
        return ""
    count, of = new["area_id"].n_unique(), areas["area_id"].n_unique()
    orders = float(new["mean"].sum()) / len(shown.total)
    return (
        f"Orders that came are of the {whole(of - count)} areas with a history, those "
        f"to come of all {whole(of)}: by the other {whole(count)}, with "
        f"{tenths(orders)} orders a {shown.unit}, the line steps up."
    )


def _forecast(rows: pl.DataFrame) -> dict[str, list[float | None]]:
    return {name: _cells(rows[name]) for name in _QUANTILES}


def _cells(values: Iterable[float | None] | Floats) -> list[float | None]:
    """Figures to the thousandth, whole ones without their point, unknown ones null."""
    cells: list[float | None] = []
    for value in values:
        if value is None or math.isnan(value):
            cells.append(None)
        elif float(value).is_integer():
            cells.append(int(value))
        else:
            cells.append(round(float(value), _DIGITS))
    return cells
