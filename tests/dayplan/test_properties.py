"""
What holds for any day: nothing lost, all legal, more is not worse, and nothing depends
on where or when a day is.

CSTORE_EXAMPLES sets how many days each property is tried on.
"""

import os

import pytest
from days import (
    LON,
    at,
    by_id,
    closure,
    collection,
    day,
    dc,
    held,
    legal,
    order,
    settings,
    store,
    van,
)
from duties import weather
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cstore_cli.errors import InfeasibleError
from cstore_cli.travel.of_day import DayTravel

EXAMPLES = int(os.environ.get("CSTORE_EXAMPLES", "6"))
TINY = effort(
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def clock(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def tiny_days(draw):
    """
    Up to five stores on a line, and what may come together on a bad day.

    All times are minutes after midnight, so that the day can be put off as a whole;
    all longitudes are LON or so much beside it.
    """

    def one_of(*values):
        return draw(st.sampled_from(values))

    stores = [
        {
            "km": one_of(1.0, 2.0, 4.0, -3.0, -6.0, 9.0) + n / 100,
            "east": one_of(0.0, 0.0, 0.02, -0.03),
            "from": one_of(540, 600, 630),
            "by": one_of(660, 720, 960),
            "shelf": one_of(100.0, 100.0, 8.0),
            "chilled": one_of(True, False),
            "couriers": one_of(0, 0, 1),
        }
        for n in range(draw(st.integers(1, 5)))
    ]
    number = st.integers(0, len(stores) - 1)
    return {
        "stores": stores,
        "orders": [
            {
                "store": draw(number),
                "weight": one_of(0.5, 1.0, 3.0),
                "class": one_of("ambient", "ambient", "ambient", "chilled"),
                "at_dc": one_of(None, None, 620, 700),
                "due": one_of(None, None, 620, 700),
                "service": one_of("pickup", "pickup", "pickup", "any", "door"),
            }
            for _ in range(draw(st.integers(1, 7)))
        ],
        "van": {
            "count": one_of(1, 1, 2),
            "capacity_litres": one_of(4.0, 9.0, 16.0, 100.0),
            "max_trips": one_of(1, 2),
            "shift_to": one_of(690, 780, 1260),
            "max_route_min": one_of(70.0, 150.0, 540.0),
            "chilled": one_of(True, False),
        },
        "rest": one_of(None, None, (20.0, 45.0)),
        "doors": one_of(1, 1, 2),
        "loading": one_of(0, 0, 10, 25),
        "batches": [(570, one_of(600, 660)), (one_of(640, 680), 750)][: one_of(1, 2)],
        "rain": [(600, 640), (650, 720)][: one_of(0, 1, 2)],
        "speed": one_of(0.4, 0.7, 1.3),
        "closed": [(draw(number), *one_of((600, 650), (0, 1439)))][: one_of(0, 0, 1)],
        "locks": [
            (draw(number), one_of({"vehicle_no": "1"}, {"route_id": "R"}, {"batch": 0}))
            for _ in range(one_of(0, 1, 2))
        ],
        "collected": [(draw(number), one_of(560, 650)) for _ in range(one_of(0, 0, 2))],
        "held": [(draw(number), one_of(0, 3)) for _ in range(one_of(0, 2))],
    }


def day_of(made, later=0, east=0.0, **more):
    """The inputs and settings of the day, so many minutes later and so far east."""
    lon = LON + east
    rest = made["rest"]
    vehicle = {"shift_from": 540 + later} | made["van"]
    vehicle["shift_to"] += later
    if rest:
        vehicle |= {"break_min": rest[0], "break_after_min": rest[1]}
    names = [f"S{n}" for n in range(len(made["stores"]))]
    stores = [
        store(
            name,
            row["km"],
            lon=lon + row["east"],
            receive_from=row["from"] + later,
            receive_by=row["by"] + later,
            shelf_litres=row["shelf"] + more.get("shelf", 0.0),
            chilled=row["chilled"],
            door_couriers=row["couriers"],
        )
        for name, row in zip(names, made["stores"], strict=True)
    ]
    orders = []
    for n, row in enumerate(made["orders"]):
        home = made["stores"][row["store"]]
        orders.append(
            order(
                f"O{n}",
                home["km"],
                customer_lon=lon + home["east"],
                store_id=None if row["service"] == "door" else names[row["store"]],
                service=row["service"],
                goods_class=row["class"],
                weight_kg=row["weight"],
                at_dc_from=row["at_dc"] and at(clock(row["at_dc"] + later)),
                pickup_from=row["due"] and row["due"] + later,
            )
        )
    locks = []
    for number, fixed in made["locks"]:
        named = {"batch": "b0"} if "batch" in fixed else fixed
        locks.append({"store_id": names[number], **named})
    inputs = day(
        orders,
        stores,
        [
            dc(
                lon=lon,
                opens=540 + later,
                closes=1320 + later,
                dock_doors=made["doors"] + more.get("doors", 0),
            )
        ],
        [
            van(
                **vehicle
                | {
                    "count": vehicle["count"] + more.get("vans", 0),
                    "shift_to": vehicle["shift_to"] + more.get("shift", 0),
                    "max_route_min": vehicle["max_route_min"] + more.get("shift", 0),
                }
            )
        ],
        conditions=[
            weather(clock(a + later), clock(b + later), made["speed"], 1.2)
            for a, b in made["rain"]
        ],
        closures=[
            closure(names[n], clock(a and a + later), clock(min(1439, b + later)))
            for n, a, b in made["closed"]
        ],
        locks=locks,
        collections=[
            collection(f"C{n}", names[where], ready_at=at(clock(ready + later)))
            for n, (where, ready) in enumerate(made["collected"])
        ],
        held_parcels=[
            held(f"H{n}", names[where], 3.0, days)
            for n, (where, days) in enumerate(made["held"])
        ],
    )
    works = {"works_from": clock(600 + later), "works_to": clock(1260 + later)}
    chosen = settings(
        loading_min=made["loading"],
        courier=works,
        walk_limit_km=2.0,
        batches=[
            {"name": f"b{n}", "earliest": clock(a + later), "latest": clock(b + later)}
            for n, (a, b) in enumerate(made["batches"])
        ],
    )
    return inputs, chosen


def plan_of(made, iterations=60, **more):
    """Its plan, which the checker passes; None where there is nothing to plan."""
    inputs, chosen = day_of(made, **more)
    try:
        return legal(inputs, chosen, iterations)
    except InfeasibleError:
        return None


def unserved_weight(plan, made):
    """The weight of all orders that stay."""
    if plan is None:
        return float(len(made["orders"]))
    return plan.levels.unserved_weight


@TINY
@given(tiny_days())
def test_no_parcel_is_lost_and_every_plan_is_legal(made):
    """`legal` sees that each order and collection is in the plan once and checks it."""
    plan = plan_of(made)
    if plan is None:
        return
    states = by_id(plan.tables.parcels, "status")
    assert len(states) == len(made["orders"]) + len(made["collected"])
    assert set(states.values()) <= {"planned", "deferred", "unserved"}
    for status in ("unserved", "deferred"):
        rows = plan.tables.parcels.filter(status=status)
        assert rows["reason_code"].null_count() == rows["reason"].null_count() == 0


@pytest.mark.parametrize(
    "more",
    [{"vans": 1}, {"shift": 60}, {"doors": 1}, {"shelf": 60.0}],
    ids=["vans", "shift", "doors", "shelf"],
)
@TINY
@given(made=tiny_days())
def test_more_never_serves_fewer(more, made):
    less = unserved_weight(plan_of(made), made)
    assert unserved_weight(plan_of(made, **more), made) <= less + 1e-9


@TINY
@given(tiny_days())
def test_collections_cost_no_delivery_its_van(made):
    with_them = unserved_weight(plan_of(made), made)
    assert with_them <= unserved_weight(plan_of(made | {"collected": []}), made)


@TINY
@given(
    tiny_days(),
    st.integers(0, 5),
    st.integers(0, 5),
    st.floats(500, 800),
    st.floats(0, 60),
)
def test_who_leaves_later_is_not_there_sooner(made, i, j, leaves, more):
    inputs, chosen = day_of(made)
    clock = DayTravel(inputs, chosen).clock("DC")
    places = len(clock.index)
    i, j = i % places, j % places
    sooner = clock.arrive(i, j, leaves)
    assert clock.arrive(i, j, leaves + more) >= sooner - 1e-6


@TINY
@given(tiny_days(), st.sampled_from([1.5, -40.0, 57.25]))
def test_a_day_costs_the_same_wherever_it_is(made, east):
    here, there = plan_of(made), plan_of(made, east=east)
    assert (here is None) == (there is None)
    assume(here is not None)
    assert there.levels.unserved_weight == here.levels.unserved_weight
    assert there.levels.money == pytest.approx(here.levels.money, abs=0.1)


@TINY
@given(tiny_days())
def test_a_day_an_hour_later_costs_the_same(made):
    now, later = plan_of(made), plan_of(made, later=60)
    assert (now is None) == (later is None)
    assume(now is not None)
    assert later.levels.unserved_weight == now.levels.unserved_weight
    assert later.levels.money == pytest.approx(now.levels.money, abs=0.1)
