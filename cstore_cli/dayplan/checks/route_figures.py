"""routes.csv adds up: times, counts, loads, kilometres and cost of each route."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.drops import ROUNDING
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.dayplan.checks.visits import AT_STORE, Visit
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_ROUNDING_KM = 0.05
_CUT_MIN = 1.0
_MIN_PER_H = 60
_ROUNDING_TWD = 0.5
_ROUNDING_SHARE = 0.001
Row = Mapping[str, Any]


def routes_tell_their_times(day: PlanDay) -> Iterator[Fault]:
    """``departs`` and ``returns`` are those of the first and the last stop."""
    for row, visits in _routes(day):
        last = visits[-1]
        for column, own, exact in (
            ("departs", visits[0].row["leaves"], visits[0].leave),
            ("returns", last.row["arrives"], last.arrive),
        ):
            written = row[column]
            if written is not None and written not in (own, exact // 1):
                yield _fault(
                    row,
                    column,
                    f"{row['route_id']}: {column} is {clock(written)}, in stops.csv it "
                    f"is {clock(exact)}",
                )


def routes_count_their_stops(day: PlanDay) -> Iterator[Fault]:
    """Trips, and stops: a place where the van delivers and collects counts once."""
    for row, visits in _routes(day):
        stops = sum(v.kind in AT_STORE and not v.follows for v in visits)
        for column, own in (("trips", visits[-1].tour), ("stops", stops)):
            if row[column] is not None and row[column] != own:
                yield _fault(
                    row,
                    column,
                    f"{row['route_id']}: {column} is {row[column]}, stops.csv has "
                    f"{own}",
                )


def routes_tell_what_they_deliver(day: PlanDay) -> Iterator[Fault]:
    """Parcels, litres, kg and cash on delivery: the sums over what is delivered."""
    sums = {
        row["route_id"]: row
        for row in day.carried.filter("delivery")
        .group_by("route_id")
        .agg(
            pl.len().alias("parcels"),
            pl.col("litres", "kg", "cod_twd").sum(),
            pl.struct("trip", "stop_sequence").n_unique().alias("rows"),
        )
        .iter_rows(named=True)
    }
    for row, _ in _routes(day):
        own = sums.get(row["route_id"], {})
        rounding = ROUNDING * (1 + own.get("rows", 0))
        for column in ("parcels", "litres", "kg", "cod_twd"):
            delivered = own.get(column, 0)
            if row[column] is not None and abs(row[column] - delivered) > rounding:
                yield _fault(
                    row,
                    column,
                    f"{row['route_id']}: {column} is {row[column]:.2f}, its parcels "
                    f"add up to {delivered:.2f}",
                )


def routes_tell_how_far_they_go(day: PlanDay) -> Iterator[Fault]:
    """Kilometres by the road of each hour, and minutes by the exact clock."""
    for row, visits in _routes(day):
        legs = [v.leg.km for v in visits if v.leg is not None]
        if len(legs) < len(visits):
            continue
        minutes = visits[-1].arrive - visits[0].leave
        for column, own, rounding in (
            ("km", sum(legs), _ROUNDING_KM),
            ("minutes", minutes, _CUT_MIN),
        ):
            if row[column] is not None and abs(row[column] - own) > rounding:
                yield _fault(
                    row,
                    column,
                    f"{row['route_id']}: {column} is {row[column]:.2f}, recomputed "
                    f"{own:.2f}",
                )


def routes_cost_what_they_cost(day: PlanDay) -> Iterator[Fault]:
    """Fixed, by kilometre and by hour, of the row's own km and minutes."""
    for row, _ in _routes(day):
        van = day.vehicle_of(row["route_id"])
        if van is None or None in (row["km"], row["minutes"], row["cost"]):
            continue
        own = (
            van["fixed_cost_twd"]
            + row["km"] * van["cost_per_km_twd"]
            + row["minutes"] / _MIN_PER_H * van["cost_per_hour_twd"]
        )
        if abs(row["cost"] - own) > max(_ROUNDING_TWD, _ROUNDING_SHARE * own):
            yield _fault(
                row,
                "cost",
                f"{row['route_id']}: cost is {row['cost']:.2f}, {row['km']:.2f} km and "
                f"{row['minutes']:.1f} min of {van['vehicle_type']} cost {own:.2f}",
            )


def _routes(day: PlanDay) -> Iterator[tuple[Row, Sequence[Visit]]]:
    """The routes that have stops."""
    for route_id, row in day.routes.items():
        if visits := day.driven.get(route_id):
            yield row, visits


def _fault(row: Row, column: str, what: str) -> Fault:
    return Fault("routes.csv", row[LINE], column, what)
