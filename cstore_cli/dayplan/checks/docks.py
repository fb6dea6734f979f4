"""No more trips are loaded at a time than the DC has dock doors."""

from collections.abc import Iterator
from typing import NamedTuple

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE


class _Loading(NamedTuple):
    begins: float
    ends: float
    trip: str
    line: int | None


def docks_have_doors_for_all(day: PlanDay) -> Iterator[Fault]:
    """A trip takes a door for loading_min before it departs."""
    if not day.settings.loading_min:
        return
    for dc_id, loadings in _loadings(day).items():
        doors = day.dcs[dc_id]["dock_doors"]
        busy: list[_Loading] = []
        for loading in sorted(loadings):
            busy = [other for other in busy if other.ends > loading.begins]
            busy.append(loading)
            if len(busy) > doors:
                trips = ", ".join(other.trip for other in busy)
                yield Fault(
                    "stops.csv",
                    loading.line,
                    "leaves",
                    f"{dc_id} loads {len(busy)} trips at {clock(loading.begins)} "
                    f"({trips}) and has {doors} dock doors",
                )


def _loadings(day: PlanDay) -> dict[str, list[_Loading]]:
    """
    DC id: its loadings.

    After a reload the departure is known to the minute only; the door counts as taken
    for the minutes that are sure.
    """
    minutes = day.settings.loading_min
    loadings: dict[str, list[_Loading]] = {dc_id: [] for dc_id in day.dcs}
    for route_id, visits in day.driven.items():
        dc_id = str(day.routes.get(route_id, {}).get("dc_id"))
        for visit in visits:
            if dc_id not in loadings or visit.kind not in ("depart", "reload"):
                continue
            written = visit.row["leaves"]
            ends = visit.leave if written is None else float(written)
            begins = visit.leaves_at_most - minutes
            if begins < ends:
                trip = f"{route_id} trip {visit.tour}"
                loadings[dc_id].append(_Loading(begins, ends, trip, visit.row[LINE]))
    return loadings
