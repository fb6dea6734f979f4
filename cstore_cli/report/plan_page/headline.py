"""The day's figures, each the sum of a column of the plan's files."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.plan import STATUSES


class Figure(NamedTuple):
    """``key`` names it to scripts and tests."""

    key: str
    value: str
    told: str


def status_counts(parcels: pl.DataFrame, *, delivers: bool = True) -> dict[str, int]:
    """Status: how many parcels to deliver (or to fetch from stores) have it."""
    rows = parcels.filter((pl.col("task") == "deliver") == delivers)
    counted = dict(rows["status"].value_counts().iter_rows())
    return {status: int(counted.get(status, 0)) for status in STATUSES}


def lead(shown: ShownPlan) -> str:
    """The day in one sentence."""
    counts = status_counts(shown.tables.parcels)
    routes = shown.tables.routes
    return (
        f"{whole(counts['planned'])} of {whole(sum(counts.values()))} parcels planned, "
        f"{whole(counts['unserved'])} unserved, {whole(counts['deferred'])} deferred; "
        f"{whole(len(routes))} route{'' if len(routes) == 1 else 's'}, "
        f"{tenths(float(routes['km'].sum()))} km, "
        f"{whole(float(routes['cost'].sum()))} {shown.currency}."
    )


def headline_figures(shown: ShownPlan) -> list[Figure]:
    """Parcels by what becomes of them, then what the vans do for it."""
    parcels, routes = shown.tables.parcels, shown.tables.routes
    told = [
        Figure(status, whole(count), f"parcels {status.replace('_', ' ')}")
        for status, count in status_counts(parcels).items()
        if count or status != "already_planned"
    ]
    fetched = status_counts(parcels, delivers=False)
    if any(fetched.values()):
        of_all = f"{whole(fetched['planned'])} of {whole(sum(fetched.values()))}"
        told.append(Figure("fetched", of_all, "returns and hand-ins planned"))
    told += [*_rejected(shown.summary), *_service(parcels)]
    return [*told, *_of_routes(routes, shown.currency)]


def _rejected(summary: Mapping[str, Any]) -> list[Figure]:
    rejected = int(summary.get("balance", {}).get("rejected", 0))
    return [Figure("rejected", whole(rejected), "rows rejected")] if rejected else []


def _service(parcels: pl.DataFrame) -> list[Figure]:
    """What customers notice: parcels at another store than asked for, and late."""
    delivers = parcels.filter(task="deliver")
    redirected, late = delivers["redirected"].sum(), delivers["late_min"].sum()
    return [
        Figure("redirected", whole(float(redirected)), "redirected to another store"),
        Figure("late", whole(float(late)), "late minutes x parcels"),
    ]


def _of_routes(routes: pl.DataFrame, currency: str) -> list[Figure]:
    def total(column: str) -> float:
        return float(routes[column].sum())

    return [
        Figure("routes", whole(len(routes)), "routes"),
        Figure("stops", whole(total("stops")), "stops"),
        Figure("carried", whole(total("parcels")), "parcels carried by vans"),
        Figure("litres", whole(total("litres")), "litres carried"),
        Figure("km", tenths(total("km")), "km driven"),
        Figure("hours", tenths(total("minutes") / 60), "hours of routes"),
        Figure("cost", whole(total("cost")), f"{currency}, cost of routes"),
        Figure("cod", whole(total("cod_twd")), f"{currency} to cash on delivery"),
    ]
