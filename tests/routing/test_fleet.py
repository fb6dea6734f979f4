"""Which vehicles a search may use."""

import numpy as np

from cstore_cli.routing.columns import Columns
from cstore_cli.routing.fleet import departs_of
from cstore_cli.routing.problem import RELOAD, Client, Dock, Problem, VehicleKind
from cstore_cli.routing.timetable import timetable


def test_the_slot_of_a_later_trip_is_not_that_of_the_first():
    """
    Slots are at 34200, 35700, 37200, 38700, ...; the first trip leaves between 37200
    and 38700, the second at 43200.
    """
    legs = np.array([[0, 415, 415], [415, 0, 415], [415, 415, 0]])
    client = {"load": (4,), "penalty": 1, "tw_early": 36_000, "tw_late": 44_327}
    problem = Problem(
        clients=(Client(1, **client), Client(2, **client)),
        kinds=(
            VehicleKind(
                count=1,
                capacity=(4,),
                tw_early=36_600,
                start_late=38_400,
                max_duration=6270,
                max_trips=2,
                reload_duration=1500,
                trip_windows=((36_600, 38_400), (43_200, 60_000)),
            ),
        ),
        distance=(legs,),
        duration=(legs,),
        docks=(Dock(0, 1, 1500, 34_200),),
    )
    order = (0, (0, RELOAD, 1))
    assert timetable(problem, Columns.of([order], [0])).possible.all()
    assert departs_of(problem, [order]) == {}
