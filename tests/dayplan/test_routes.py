"""The routing problem of a DC in the engine's numbers, and the routes found for it."""

import math

import numpy as np
import pytest
from days import Inline, at, at_stores, day, dc, hhmm, leg, order, settings, store, van

from cstore_cli.dayplan.ability import Window, windows
from cstore_cli.dayplan.clients import store_clients
from cstore_cli.dayplan.find_routes import find_routes, without_due_times
from cstore_cli.dayplan.routes import MONEY, dc_problem
from cstore_cli.routing.problem import UNREACHABLE
from cstore_cli.routing.result import Stop
from cstore_cli.travel.of_day import DayTravel

MATRIX = [
    leg("DC", "S1", 10, 4.0),
    leg("S1", "DC", 11, 4.5),
    leg("DC", "S2", 20.005, 9.0),
    leg("S2", "DC", 21, 9.5),
    leg("S1", "S2", 12, 5.0),
]
"""There is no way from S2 to S1."""
ON_MATRIX = {"travel": {"source": "matrix"}}


def task_of(orders, stores=None, vans=None, chosen=None, changed=None, **tables):
    """The problem of the DC, and the windows it was made with."""
    stores = stores or [store("S1"), store("S2")]
    chosen = chosen or settings(**ON_MATRIX)
    if chosen.travel.source == "matrix":
        tables.setdefault("matrix", MATRIX)
    inputs = day(orders, stores, vans=vans, **tables)
    travel = DayTravel(inputs, chosen)
    placed = at_stores(inputs, chosen)
    clients = store_clients(placed, travel.dc_of, inputs, chosen)
    times = windows(inputs) | (changed or {})
    return dc_problem("DC", clients, times, inputs, chosen, travel), times


def pick(order_id, store_id="S1", **more):
    """A parcel for that store."""
    return order(order_id, store_id=store_id, **more)


def found(*args, **more):
    """What the search makes of the problem, and the problem its routes keep."""
    task, times = task_of(*args, **more)
    late, result = find_routes(task, (), times, Stop(iterations=20), (1,), Inline())
    return result, late


def test_legs_are_metres_and_seconds_with_the_service_of_the_store_left():
    """Six minutes of service at each; 20.005 min are 1200.3 s, taken as 1201."""
    task, _ = task_of([pick("A"), pick("B", "S2")])
    assert task.problem.distance[0].tolist() == [
        [0, 4000, 9000],
        [4500, 0, 5000],
        [9500, UNREACHABLE, 0],
    ]
    assert task.problem.duration[0].tolist() == [
        [0, 600, 1201],
        [(11 + 6) * 60, 0, (12 + 6) * 60],
        [(21 + 6) * 60, UNREACHABLE, 0],
    ]


def test_between_clients_of_one_store_there_is_neither_way_nor_service():
    orders = [pick("A"), pick("B", goods_class="chilled")]
    task, _ = task_of(orders, [store("S1", chilled=True)])
    assert task.problem.distance[0].tolist() == [
        [0, 4000, 4000],
        [4500, 0, 0],
        [4500, 0, 0],
    ]
    assert task.problem.duration[0][1, 2] == 0


def test_weather_makes_ways_and_service_longer():
    rain = {
        "from": at("09:00"),
        "to": at("10:00"),
        "area": "*",
        "weather": "rain",
        "speed_factor": 0.5,
        "service_factor": 1.5,
    }
    task, _ = task_of([pick("A")], [store("S1")], conditions=[rain])
    assert task.problem.duration[0].tolist() == [[0, 1200], [(22 + 9) * 60, 0]]


def test_each_batch_has_its_own_legs_and_vans():
    chosen = settings(
        batches=[
            {"name": "early", "earliest": "09:30", "latest": "11:00"},
            {"name": "late", "earliest": "12:00", "latest": "13:30"},
        ],
        **ON_MATRIX,
    )
    vans = [van("A"), van("B", shift_to=hhmm("11:30")), van("C", count=0)]
    vans.append(van("D", dc_id="D2"))
    task, _ = task_of([pick("A")], [store("S1")], vans, chosen, dcs=[dc(), dc("D2")])
    assert [(van.vehicle, van.batch) for van in task.vans] == [
        (0, 0),
        (0, 1),
        (1, 0),
    ]
    kinds = task.problem.kinds
    assert [kind.pool for kind in kinds] == [0, 0, 1]
    assert [kind.profile for kind in kinds] == [0, 1, 0]
    assert [kind.start_late for kind in kinds] == [660 * 60, 810 * 60, 660 * 60]


def test_loads_round_up_and_capacities_down():
    box = {"length_cm": 10.0, "width_cm": 10.0, "height_cm": 10.01, "weight_kg": 1.0004}
    vans = [van(capacity_litres=12.349, capacity_kg=7.0009)]
    task, _ = task_of([pick("A", **box)], [store("S1")], vans)
    assert task.problem.clients[0].load == (101, 1001)
    assert task.problem.kinds[0].capacity == (1234, 7000)


def test_whole_loads_are_not_rounded_up_by_a_hair():
    """0.1 + 0.2 kg is a little more than 0.3 in binary."""
    orders = [pick("A", weight_kg=0.1), pick("B", weight_kg=0.2)]
    task, _ = task_of(orders, [store("S1")])
    assert task.problem.clients[0].load == (800, 300)


def test_a_van_is_bound_by_shift_dc_and_batch_and_paid_in_small_money():
    vans = [van(shift_from=hhmm("10:00"), shift_to=hhmm("23:00"))]
    task, _ = task_of([pick("A")], [store("S1")], vans)
    (kind,) = task.problem.kinds
    assert kind.tw_early == hhmm("10:00") * 60
    assert kind.tw_late == hhmm("21:59") * 60
    assert kind.start_late == hhmm("12:00") * 60
    assert kind.max_duration == (540 - 1) * 60
    assert kind.fixed_cost == 900 * MONEY
    assert kind.unit_distance_cost * 1000 == 8 * MONEY
    assert kind.unit_duration_cost * 3600 == pytest.approx(240 * MONEY, rel=1e-3)


def test_windows_release_and_due_times_are_seconds():
    """On the shelf by 12:00 is in service by 11:54, and a minute is kept in hand."""
    orders = [pick("A", pickup_from=720, at_dc_from=at("09:40:30"))]
    task, _ = task_of(orders, [store("S1")])
    (client,) = task.problem.clients
    assert client.tw_early == hhmm("10:00") * 60
    assert client.tw_late == hhmm("11:53") * 60
    assert client.release_time == hhmm("09:40") * 60 + 30


def test_what_is_due_before_the_store_opens_is_not_held_to_it():
    """Otherwise a store could not be served at all for a parcel late anyway."""
    task, _ = task_of([pick("A", pickup_from=600)], [store("S1")])
    assert task.problem.clients[0].tw_late == hhmm("15:59") * 60


@pytest.mark.parametrize(
    "window",
    [Window(600, 600), Window(600, 600.9), Window(1, 0), Window(600.999, 601.9)],
)
def test_a_window_too_short_for_a_van_is_missed(window):
    result, _ = found([pick("A"), pick("B", "S2")], changed={"S1": window})
    assert result.unserved == (0,)
    assert result.causes == {0: "window"}
    assert [route.visits for route in result.routes] == [(1,)]


def test_a_missed_window_is_not_tried_again_as_late():
    orders = [pick("A", pickup_from=630), pick("B", "S2", pickup_from=606)]
    result, _ = found(orders, changed={"S1": Window(600, 600.5)})
    assert result.unserved == (0,)


def test_due_times_are_taken_off_the_clients_named():
    orders = [pick("A", pickup_from=720), pick("B", "S2", pickup_from=720)]
    task, times = task_of(orders)
    late = without_due_times(task, [1], times)
    assert [client.tw_late for client in late.problem.clients] == [
        hhmm("11:53") * 60,
        hhmm("15:59") * 60,
    ]


@pytest.mark.parametrize("priority", [1e-3, 0.5, 1.0, 1000.0])
@pytest.mark.parametrize("km", [1.0, 80.0])
def test_serving_is_always_cheaper_than_not(priority, km):
    """However little a parcel counts, however dear the only van."""
    dear = van(fixed_cost_twd=50_000.0, cost_per_km_twd=100.0)
    orders = [pick("A", priority=priority), pick("B", "S2", priority=priority)]
    stores = [store("S1", km), store("S2", -km)]
    result, task = found(orders, stores, [dear], settings())
    assert result.unserved == ()
    alone = [route.cost for route in result.routes]
    assert all(client.penalty > max(alone) for client in task.problem.clients)


def test_penalties_are_in_proportion_to_priority():
    orders = [pick("A", priority=0.5), pick("B", "S2", priority=2.0)]
    task, _ = task_of(orders)
    few, many = (client.penalty for client in task.problem.clients)
    assert many / few == pytest.approx(4)


def test_penalties_of_the_most_extreme_priorities_fit_64_bits():
    orders = [pick("A", priority=1e-9), pick("B", "S2", priority=1000.0)]
    task, _ = task_of(orders)
    assert sum(client.penalty for client in task.problem.clients) < 2**60
    result, _ = found(orders)
    assert result.unserved == ()


def test_with_one_place_left_the_more_important_goods_go():
    orders = [pick("A"), pick("B", "S2", priority=3.0)]
    result, _ = found(orders, vans=[van(count=1, capacity_litres=4.0)])
    assert result.unserved == (0,)


def test_without_vans_clients_are_unserved_with_a_cause():
    result, _ = found([pick("A")], [store("S1")], vans=[])
    assert result.routes == ()
    assert result.unserved == (0,)
    assert result.causes == {0: "no_skill"}


def test_a_batch_that_leaves_at_one_instant_has_vans():
    chosen = settings(
        batches=[{"name": "sharp", "earliest": "10:00", "latest": "10:00"}], **ON_MATRIX
    )
    result, _ = found([pick("A")], [store("S1")], chosen=chosen)
    assert [route.start_time for route in result.routes] == [600 * 60]


def test_goods_that_come_as_the_last_batch_leaves_go_with_it():
    orders = [pick("A", at_dc_from=at("12:00"))]
    result, _ = found(orders, [store("S1")])
    assert [route.start_time for route in result.routes] == [720 * 60]


def test_chilled_goods_need_a_van_with_cooling():
    orders = [pick("A", goods_class="chilled"), pick("B")]
    stores = [store("S1", chilled=True)]
    result, _ = found(orders, stores)
    assert result.unserved == (1,)
    assert result.causes == {1: "no_skill"}
    result, _ = found(orders, stores, vans=[van(chilled=True)])
    assert [route.visits for route in result.routes] in ([(0, 1)], [(1, 0)])


def test_a_parcel_that_can_only_be_late_is_late():
    """The store opens at 10:00, service takes 6 minutes, it is due at 10:03."""
    orders = [pick("A", pickup_from=hhmm("10:03"))]
    result, _ = found(orders, [store("S1")])
    assert result.unserved == ()


def test_of_two_stores_due_at_once_one_is_late_not_unserved():
    due = hhmm("10:10")
    orders = [pick("A", pickup_from=due), pick("B", "S2", pickup_from=due)]
    result, task = found(orders, vans=[van(count=1)])
    assert result.unserved == ()
    (route,) = result.routes
    started = dict(zip(route.visits, route.service_times, strict=True))
    # On the shelf by 10:10 is in service by 10:04.
    assert sum(time > hhmm("10:04") * 60 for time in started.values()) == 1
    # The problem returned is without the due time for it alone.
    assert sorted(client.tw_late for client in task.problem.clients) == [
        hhmm("10:03") * 60,
        hhmm("15:59") * 60,
    ]


def test_numbers_are_whole():
    task, _ = task_of([pick("A")], [store("S1")], vans=[van(max_route_min=99.99)])
    assert isinstance(task.problem.kinds[0].max_duration, int)
    assert task.problem.duration[0].dtype == np.int64
    assert not math.isnan(float(task.problem.clients[0].penalty))
