"""Vehicle days named: ids, numbers, and what is promised."""

import pytest
from days import order, settings, van
from duties import duty, task_and_day

from cstore_cli.dayplan.drive import drive
from cstore_cli.dayplan.insertion import Driven
from cstore_cli.dayplan.schedule import schedule

BOTH = [order("A", store_id="S1"), order("B", store_id="S2")]


def named(routes, orders=BOTH, **tables):
    """The routes (duty, departure) on the clock and with their names."""
    task, day = task_and_day(orders, **tables)
    driven = [
        Driven(one, (leaves,), drive(day, one, [leaves])) for one, leaves in routes
    ]
    return schedule(day, driven, task.promises)


def names(routes):
    return [(r.route_id, r.departs, r.vehicle, r.vehicle_no) for r in routes]


VANS = [van("A"), van("B")]


def test_routes_are_numbered_by_departure_and_vans_by_kind():
    found = named(
        [
            (duty((1,), vehicle=1), 600),
            (duty((0,)), 590),
            (duty((0,), vehicle=1), 580),
        ],
        vans=VANS,
    )
    assert names(found) == [
        ("DC-01", 580, 1, 1),
        ("DC-02", 590, 0, 1),
        ("DC-03", 600, 1, 2),
    ]


def test_a_promised_number_is_nobody_elses():
    """Van 1 is promised to S2, which leaves last; the others are vans 2 and 3."""
    found = named(
        [(duty((1,)), 600), (duty((0,)), 590), (duty((0,)), 580)],
        vans=VANS,
        locks=[{"store_id": "S2", "vehicle_no": "1"}],
    )
    assert names(found) == [
        ("DC-01", 580, 0, 2),
        ("DC-02", 590, 0, 3),
        ("DC-03", 600, 0, 1),
    ]


def test_a_number_promised_of_one_kind_is_free_in_another():
    found = named(
        [(duty((1,), vehicle=1), 600), (duty((0,)), 590)],
        vans=VANS,
        locks=[{"store_id": "S2", "vehicle_no": "1"}],
    )
    assert names(found) == [("DC-01", 590, 0, 1), ("DC-02", 600, 1, 1)]


@pytest.mark.parametrize(
    ("promised", "ids"),
    [
        ("DC-01", ["DC-02", "DC-03", "DC-01"]),
        ("DC-02", ["DC-01", "DC-03", "DC-02"]),
        ("north", ["DC-01", "DC-02", "north"]),
    ],
)
def test_a_promised_route_id_is_nobody_elses(promised, ids):
    found = named(
        [(duty((1,)), 600), (duty((0,)), 590), (duty((0,)), 580)],
        vans=VANS,
        locks=[{"store_id": "S2", "route_id": promised}],
    )
    assert [route.route_id for route in found] == ids


def test_a_trip_bears_the_name_of_its_batch():
    batches = [
        {"name": "early", "earliest": "09:30", "latest": "10:00"},
        {"name": "late", "earliest": "11:00", "latest": "12:00"},
    ]
    chosen = settings(travel={"source": "matrix"}, batches=batches)
    task, day = task_and_day(BOTH, vans=[van(max_trips=2)], chosen=chosen)
    both = duty((0,), (1,))
    driven = [Driven(both, (590, 660), drive(day, both, [590, 660]))]
    (route,) = schedule(day, driven, task.promises)
    assert [trip.batch for trip in route.trips] == ["early", "late"]
    assert (route.departs, route.returns) == (590, pytest.approx(660 + 30 + 4.5 + 31))
