"""demand.html: the page of an analysis of demand."""

import datetime as dt

from cstore_cli.report.demand import told_by, without_history
from cstore_cli.report.demand_page.demand_map import map_told
from cstore_cli.report.demand_page.fan import fan
from cstore_cli.report.demand_page.series import series
from cstore_cli.report.demand_page.shown import MOST_AREAS, ShownDemand
from cstore_cli.report.demand_page.told import (
    backtest_told,
    driver_tables,
    hours_told,
    lead,
    potential_rows,
    segment_rows,
    taken,
)
from cstore_cli.report.figures import whole
from cstore_cli.report.page.chart import chart_library
from cstore_cli.report.page.page import json_script, page
from cstore_cli.report.page.shades import gradient


def demand_page(shown: ShownDemand) -> bytes:
    """Return demand.html."""
    total, unit = shown.total, shown.unit
    orders = float(total["mean"].sum())
    last = total["date"][-1] + dt.timedelta(days=shown.history.period_days - 1)
    return page(
        "demand.html",
        title="What demand to expect",
        chart_library=chart_library(),
        headline=f"{whole(orders)} orders expected from {total['date'][0]} to {last}: "
        f"{whole(orders / len(total))} a {unit}, in "
        f"{whole(shown.of_areas['area_id'].n_unique())} areas.",
        lead=lead(shown),
        warnings=shown.warnings,
        anomalies=shown.history.anomalies,
        notes=_notes(shown, orders),
        unit=unit,
        fan=fan(shown),
        bounds=_bounds(shown),
        map=map_told(shown),
        scale=gradient(),
        segments=segment_rows(shown),
        why=shown.segments.why,
        potential=potential_rows(shown),
        drivers=driver_tables(shown),
        backtest=backtest_told(shown),
        taken=taken(shown),
        hours=hours_told(shown),
        data=json_script("demand-data", series(shown)),
    )


def _notes(shown: ShownDemand, orders: float) -> list[str]:
    """Sentences on where the forecast comes from."""
    told = [
        f"{told_by(shown.of_areas, orders)}.",
        f"{without_history(shown.of_areas, orders).rstrip('.')}.",
    ]
    if shown.num_rejected:
        told.append(
            f"Rows put aside: {whole(shown.num_rejected)}, with line and reason in "
            "rejected_*.csv."
        )
    if shown.unused:
        told.append(
            "Columns of transactions that are neither known ahead nor lagged, and so "
            f"not used: {', '.join(shown.unused)}."
        )
    return told


def _bounds(shown: ShownDemand) -> list[str]:
    """Sentences on what is not on the page because there is too much of it."""
    told = []
    areas, past = len(shown.history.area_ids), shown.history.num_past
    if areas > MOST_AREAS:
        told.append(
            f"Areas on this page: the {whole(MOST_AREAS)} of most orders of "
            f"{whole(areas)}; forecast.csv has all. The total is of all."
        )
    if shown.num_periods < past:
        told.append(
            f"History on this page: the last {whole(shown.num_periods)} of "
            f"{whole(past)} {shown.unit}s."
        )
    return told
