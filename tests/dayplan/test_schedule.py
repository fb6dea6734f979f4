"""Exact clocks of vans, by hand."""

import pytest
from days import at, at_stores, day, leg, order, settings, store, van

from cstore_cli.dayplan.ability import windows
from cstore_cli.dayplan.clients import store_clients
from cstore_cli.dayplan.routes import dc_problem
from cstore_cli.dayplan.schedule import schedule
from cstore_cli.routing.route import Route
from cstore_cli.travel.of_day import DayTravel

MATRIX = [
    leg("DC", "S1", 20.5, 8.0),
    leg("S1", "DC", 21, 9.0),
    leg("DC", "S2", 30, 12.0),
    leg("S2", "DC", 31, 12.5),
    leg("S1", "S2", 7.25, 3.0),
    leg("S2", "S1", 8, 3.5),
]


def route(kind, visits, start_s):
    """What the engine hands over; only these figures are looked at."""
    return Route(
        kind=kind,
        visits=visits,
        cost=0,
        distance=0,
        duration=0,
        start_time=start_s,
        latest_start=start_s,
        end_time=start_s,
        service_times=(),
    )


def timed(routes, orders, vans=None, **tables):
    """The routes on the clock; clients are S1, S1 chilled, S2, of those there are."""
    chosen = settings(travel={"source": "matrix"})
    stores = [store("S1", chilled=True), store("S2", service_min=4.5)]
    inputs = day(orders, stores, vans=vans, matrix=MATRIX, **tables)
    travel = DayTravel(inputs, chosen)
    placed = at_stores(inputs, chosen)
    clients = store_clients(placed, travel.dc_of, inputs, chosen)
    times = windows(inputs)
    task = dc_problem("DC", clients, times, inputs, chosen, travel)
    return schedule(task, routes, times, inputs, travel)


BOTH = [order("A", store_id="S1"), order("B", store_id="S2")]


def clocks(stop):
    """Arrival, start and end of service."""
    return pytest.approx((stop.arrives, stop.starts, stop.leaves))


def test_each_time_follows_from_the_one_before():
    """
    Off at 09:50: at S1 10:10.5, until 10:16.5; at S2 10:23.75, until 10:28.25;
    home at 10:59.25 after 8 + 3 + 12.5 km.
    """
    (van_route,) = timed([route(0, (0, 1), 590 * 60)], BOTH)
    first, second = van_route.stops
    assert clocks(first) == (610.5, 610.5, 616.5)
    assert clocks(second) == (623.75, 623.75, 628.25)
    assert van_route.departs == 590
    assert van_route.returns == pytest.approx(659.25)
    assert van_route.km == pytest.approx(23.5)
    assert van_route.minutes == pytest.approx(69.25)
    assert [stop.leg_min for stop in van_route.stops] == [20.5, 7.25]
    assert (van_route.last_leg_km, van_route.last_leg_min) == (12.5, 31)


@pytest.mark.parametrize(
    ("start_s", "departs"), [(35400, 590), (35401, 591), (35459, 591)]
)
def test_a_van_leaves_on_the_next_whole_minute(start_s, departs):
    (van_route,) = timed([route(0, (0,), start_s)], BOTH)
    assert van_route.departs == departs


def test_a_van_waits_until_the_store_opens():
    (van_route,) = timed([route(0, (0,), 570 * 60)], BOTH)
    assert clocks(van_route.stops[0]) == (590.5, 600, 606)


def test_service_of_two_clients_at_one_store_is_counted_once():
    orders = [*BOTH, order("C", store_id="S1", goods_class="chilled")]
    (van_route,) = timed(
        [route(0, (0, 1, 2), 590 * 60)], orders, vans=[van(chilled=True)]
    )
    first, second = van_route.stops
    assert [client.parcels for client in first.clients] == [(0,), (2,)]
    assert clocks(first) == (610.5, 610.5, 616.5)
    assert second.store_id == "S2"


def test_a_store_visited_again_later_is_served_again():
    orders = [*BOTH, order("C", store_id="S1", goods_class="chilled")]
    (van_route,) = timed(
        [route(0, (0, 2, 1), 590 * 60)], orders, vans=[van(chilled=True)]
    )
    assert [stop.store_id for stop in van_route.stops] == ["S1", "S2", "S1"]
    assert clocks(van_route.stops[2]) == (636.25, 636.25, 642.25)


def rain(start, end, speed, service):
    """Rain everywhere."""
    return {
        "from": at(start),
        "to": at(end),
        "area": "*",
        "weather": "rain",
        "speed_factor": speed,
        "service_factor": service,
    }


@pytest.mark.parametrize(
    ("start", "end", "leaves"),
    [
        ("10:00", "11:00", 619.5),
        ("09:00", "10:00", 616.5),  # over before it arrives
        ("10:13:30", "11:00", 618),  # three of six minutes in fair weather
    ],
)
def test_service_takes_longer_in_bad_weather(start, end, leaves):
    wet = [rain(start, end, 1.0, 1.5)]
    (van_route,) = timed([route(0, (0,), 590 * 60)], BOTH, conditions=wet)
    assert clocks(van_route.stops[0]) == (610.5, 610.5, leaves)


def test_speed_changes_on_the_way():
    """
    Off at 09:50; at 10:00 10 of 20.5 minutes are driven, the others take 21: at S1
    10:21. Home from 10:27, 21 minutes of road at half the speed: 11:09.
    """
    wet = [rain("10:00", "12:00", 0.5, 1.0)]
    (van_route,) = timed([route(0, (0,), 590 * 60)], BOTH, conditions=wet)
    assert clocks(van_route.stops[0]) == (621, 621, 627)
    assert van_route.stops[0].leg_min == pytest.approx(31)
    assert van_route.returns == pytest.approx(669)
    assert (van_route.km, van_route.minutes) == pytest.approx((17, 79))


def test_routes_are_numbered_by_departure_and_vans_by_kind():
    vans = [van("A"), van("B")]
    routes = [
        route(1, (1,), 600 * 60),
        route(0, (0,), 590 * 60),
        route(1, (0,), 580 * 60),
    ]
    found = timed(routes, BOTH, vans=vans)
    assert [(r.route_id, r.departs, r.vehicle, r.vehicle_no) for r in found] == [
        ("DC-01", 580, 1, 1),
        ("DC-02", 590, 0, 1),
        ("DC-03", 600, 1, 2),
    ]
