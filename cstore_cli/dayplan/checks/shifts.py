"""Routes keep the shift, the DC's hours and the longest route."""

from collections.abc import Iterator

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.dayplan.checks.timing import EXACT
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE


def routes_keep_the_shift(day: PlanDay) -> Iterator[Fault]:
    """Departure and return are within the shift of the van."""
    for route_id, visits in day.driven.items():
        van = day.vehicle_of(route_id)
        if van is None:
            continue
        departs, returns = visits[0].leave, visits[-1].arrive
        shift = f"{clock(van['shift_from'])} to {clock(van['shift_to'])}"
        if departs < van["shift_from"]:
            yield Fault(
                "stops.csv",
                visits[0].row[LINE],
                "leaves",
                f"{route_id} departs at {clock(departs)}; the shift of "
                f"{van['vehicle_type']} is {shift}",
            )
        if returns > van["shift_to"] + EXACT:
            yield Fault(
                "stops.csv",
                visits[-1].row[LINE],
                "arrives",
                f"{route_id} returns at {clock(returns)}; the shift of "
                f"{van['vehicle_type']} is {shift}",
            )


def routes_are_not_too_long(day: PlanDay) -> Iterator[Fault]:
    """From first departure to return at most max_route_min."""
    for route_id, visits in day.driven.items():
        van = day.vehicle_of(route_id)
        minutes = visits[-1].arrive - visits[0].leave
        if van is not None and minutes > van["max_route_min"] + EXACT:
            yield Fault(
                "stops.csv",
                visits[-1].row[LINE],
                "arrives",
                f"{route_id} takes {minutes:.1f} min; {van['vehicle_type']} may take "
                f"{van['max_route_min']:g}",
            )


def routes_keep_the_dcs_hours(day: PlanDay) -> Iterator[Fault]:
    """Loading starts no sooner than the DC opens; the van is back when it closes."""
    loading = day.settings.loading_min
    for route_id, visits in day.driven.items():
        dc = day.dcs.get(str(day.routes.get(route_id, {}).get("dc_id")))
        if dc is None:
            continue
        loads, returns = visits[0].leave - loading, visits[-1].arrive
        if loads < dc["opens"]:
            yield Fault(
                "stops.csv",
                visits[0].row[LINE],
                "leaves",
                f"{route_id} departs at {clock(visits[0].leave)} and loads {loading} "
                f"min; {dc['dc_id']} opens at {clock(dc['opens'])}",
            )
        if returns > dc["closes"] + EXACT:
            yield Fault(
                "stops.csv",
                visits[-1].row[LINE],
                "arrives",
                f"{route_id} returns at {clock(returns)}; {dc['dc_id']} closes at "
                f"{clock(dc['closes'])}",
            )
