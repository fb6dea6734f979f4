"""Each written time is possible: roads, windows and service take their time."""

from collections.abc import Iterator
from itertools import pairwise

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.dayplan.checks.visits import AT_STORE
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

EXACT = 1e-6
_MEND = "move this time and those after it"


def vans_drive_no_faster_than_the_road(day: PlanDay) -> Iterator[Fault]:
    """``arrives`` is not before the last leaving plus the way."""
    for route_id, visits in day.driven.items():
        for before, visit in pairwise(visits):
            minutes = visit.leg.minutes if visit.leg else 0.0
            if _is_before(visit.row["arrives"], visit.earliest):
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "arrives",
                    f"{route_id} arrives at {visit.place} at "
                    f"{clock(visit.row['arrives'])}; leaving {before.place} at "
                    f"{clock(before.leave)} and driving {minutes:.1f} min "
                    f"it is there at {clock(visit.earliest)}",
                    _MEND,
                )


def service_starts_in_the_window(day: PlanDay) -> Iterator[Fault]:
    """Not before arrival and opening, not after ``receive_by``."""
    stores = {row["store_id"]: row for row in day.inputs.stores.iter_rows(named=True)}
    for route_id, visits in day.driven.items():
        for visit in visits:
            store = stores.get(visit.place)
            if visit.kind not in AT_STORE or store is None:
                continue
            here = f"{route_id} starts at {visit.place} at"
            starts, opens = visit.row["starts"], store["receive_from"]
            too_early = starts is not None and starts + 1 <= opens
            if too_early or _is_before(starts, visit.start_possible):
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "starts",
                    f"{here} {clock(starts)}; it arrives at "
                    f"{clock(visit.arrive)} and the store receives from "
                    f"{clock(opens)}",
                    _MEND,
                )
            if visit.start > store["receive_by"] + EXACT:
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "starts",
                    f"{here} {clock(visit.start)}; the store receives by "
                    f"{clock(store['receive_by'])}",
                )


def service_takes_its_minutes(day: PlanDay) -> Iterator[Fault]:
    """``leaves`` is not before the service, or the loading of a reload, is done."""
    for route_id, visits in day.driven.items():
        for visit in visits[1:]:
            if visit.kind != "end" and _is_before(
                visit.row["leaves"], visit.leave_possible
            ):
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "leaves",
                    f"{route_id} leaves {visit.place} at {clock(visit.row['leaves'])}; "
                    f"starting at {clock(visit.start)} and busy for "
                    f"{visit.service_min:.1f} min it is done at "
                    f"{clock(visit.leave_possible)}",
                    _MEND,
                )


def _is_before(written: int | None, possible: float) -> bool:
    """Whether no instant of the written minute is at or after the possible one."""
    return written is not None and written + 1 <= possible - EXACT
