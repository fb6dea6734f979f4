"""Couriers' rounds in time: after the van, within working hours, one at a time."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from cstore_cli.dayplan.checks.courier_rounds import CourierRound
from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock
from cstore_cli.dayplan.checks.timing import EXACT
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_CUT = 1.0
_ONE_FOR_ALL = ("store_id", "courier_no", "departs", "returns")
Row = Mapping[str, Any]


def rounds_are_walked_in_order(day: PlanDay) -> Iterator[Fault]:
    """Doors count 1, 2, ...; store, courier, departure and return are one for all."""
    for round_ in day.rounds:
        head, name = round_.head, round_.round_id
        for number, door in enumerate(round_.doors, start=1):
            row = door.row
            if row["sequence"] != number:
                what = f"{name}: {row['order_id']} has sequence {row['sequence']}, "
                yield _fault(row, "sequence", f"{what}the door is number {number}")
            for column in _ONE_FOR_ALL:
                if row[column] != head[column]:
                    yield _fault(
                        row,
                        column,
                        f"{name}: {column} is {row[column]} for {row['order_id']} and "
                        f"{head[column]} for {head['order_id']}",
                    )


def rounds_leave_after_the_van(day: PlanDay) -> Iterator[Fault]:
    """A courier sets out when the vans with his parcels are gone and work begins."""
    works_from = day.settings.courier.works_from
    for round_ in day.rounds:
        departs = round_.head["departs"]
        if departs is None:
            continue
        for door in round_.doors:
            row, left = door.row, door.row["stop_leave"]
            if left is not None and departs + _CUT <= left - EXACT:
                yield _fault(
                    row,
                    "departs",
                    f"{round_.round_id} departs at {clock(departs)}; "
                    f"{row['route_id']} with {row['order_id']} leaves "
                    f"{row['store_id']} at {clock(left)}",
                )
        if departs < works_from:
            yield _fault(
                round_.head,
                "departs",
                f"{round_.round_id} departs at {clock(departs)}; couriers work from "
                f"{clock(works_from)}",
            )


def couriers_are_no_faster_than_they_are(day: PlanDay) -> Iterator[Fault]:
    """Each door after the way and the one before; back after the last."""
    for round_ in day.rounds:
        for door in round_.doors:
            written = door.row["arrives"]
            if written is not None and written + _CUT <= door.earliest - EXACT:
                yield _fault(
                    door.row,
                    "arrives",
                    f"{round_.round_id} is at the door of {door.row['order_id']} at "
                    f"{clock(written)}; it cannot be before {clock(door.earliest)}",
                )
        written = round_.head["returns"]
        if written is not None and written + _CUT <= round_.earliest_back - EXACT:
            yield _fault(
                round_.head,
                "returns",
                f"{round_.round_id} returns at {clock(written)}; it cannot be before "
                f"{clock(round_.earliest_back)}",
            )


def rounds_end_in_time(day: PlanDay) -> Iterator[Fault]:
    """By works_to, and within max_round_min."""
    courier = day.settings.courier
    for round_ in day.rounds:
        if round_.returns > courier.works_to + EXACT:
            yield _fault(
                round_.head,
                "returns",
                f"{round_.round_id} returns at {clock(round_.returns)}; couriers work "
                f"to {clock(courier.works_to)}",
            )
        minutes = round_.returns - round_.departs
        if minutes - _CUT >= courier.max_round_min + EXACT:
            yield _fault(
                round_.head,
                "returns",
                f"{round_.round_id} takes {minutes:.1f} min, from "
                f"{clock(round_.departs)} to {clock(round_.returns)}; a round takes at "
                f"most {courier.max_round_min:g}",
            )


def couriers_walk_one_round_at_a_time(day: PlanDay) -> Iterator[Fault]:
    """The next round of a courier departs after the return from the one before."""
    of_courier: dict[tuple[Any, Any], list[CourierRound]] = {}
    for round_ in day.rounds:
        courier = (round_.head["store_id"], round_.head["courier_no"])
        of_courier.setdefault(courier, []).append(round_)
    for (store_id, courier_no), rounds in of_courier.items():
        rounds.sort(key=lambda round_: (round_.departs, round_.returns))
        for before, round_ in pairwise(rounds):
            if round_.departs + _CUT <= before.returns - EXACT:
                yield _fault(
                    round_.head,
                    "departs",
                    f"{round_.round_id} of courier {courier_no} of {store_id} departs "
                    f"at {clock(round_.departs)}; he is back from {before.round_id} at "
                    f"{clock(before.returns)}",
                )


def _fault(row: Row, column: str, what: str) -> Fault:
    return Fault("rounds.csv", row[LINE], column, what)
