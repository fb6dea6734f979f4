"""Whole days with dock doors, several trips a van and breaks."""

import polars as pl
import pytest
from days import (
    at,
    by_id,
    collection,
    day,
    dc,
    hhmm,
    legal,
    order,
    planned,
    settings,
    store,
    van,
)
from duties import weather
from test_dock_doors import loaded_at_once

from cstore_cli.dayplan import drive as driving
from cstore_cli.dayplan.check import check
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.plan import PlanTables

BATCHES = [
    {"name": "early", "earliest": "09:30", "latest": "10:30"},
    {"name": "late", "earliest": "11:30", "latest": "12:30"},
]
KMS = [1.0, -2.0, 3.0, -4.0, 5.0, -6.0]
STORES = [store(f"S{n}", km) for n, km in enumerate(KMS)]
ORDERS = [order(f"O{n}", km, store_id=f"S{n}") for n, km in enumerate(KMS)]


def statuses(plan):
    return by_id(plan.tables.parcels, "status")


def departures(plan):
    rows = plan.tables.stops.filter(pl.col("kind").is_in(["depart", "reload"]))
    return rows["leaves"].to_list()


@pytest.mark.parametrize("doors", [1, 2])
def test_no_more_vans_load_at_once_than_there_are_doors(doors):
    """Six vans that hold a store each, 12 minutes of loading."""
    plan = legal(
        day(ORDERS, STORES, [dc(dock_doors=doors)], [van(count=6, capacity_litres=4)]),
        settings(loading_min=12),
    )
    assert set(statuses(plan).values()) == {"planned"}
    assert len(departures(plan)) == 6
    assert loaded_at_once(departures(plan), 12) <= doors


def test_vans_that_come_back_make_a_second_trip():
    """Three vans hold a store each and there are six stores."""
    plan = legal(
        day(ORDERS, STORES, vans=[van(count=3, capacity_litres=4, max_trips=2)]),
        settings(loading_min=10),
    )
    assert set(statuses(plan).values()) == {"planned"}
    assert plan.tables.routes["trips"].to_list() == [2, 2, 2]


def test_without_a_second_trip_the_rest_is_unserved_with_a_reason():
    plan = legal(
        day(ORDERS, STORES, vans=[van(count=3, capacity_litres=4)]),
        settings(loading_min=10),
    )
    unserved = plan.tables.parcels.filter(status="unserved")
    assert len(unserved) == 3
    assert unserved["reason_code"].to_list() == ["no_van_left"] * 3
    assert unserved["reason"].null_count() == 0


def test_more_vans_than_the_door_can_load_leave_the_rest_with_a_reason():
    """One door, 30 minutes each: 09:30, 10:00 and 10:30 and no more."""
    plan = legal(
        day(ORDERS, STORES, [dc(dock_doors=1)], [van(count=6, capacity_litres=4)]),
        settings(loading_min=30, batches=BATCHES[:1]),
    )
    assert sorted(departures(plan)) == [570, 600, 630]
    unserved = plan.tables.parcels.filter(status="unserved")
    assert len(unserved) == 3
    assert unserved["reason_code"].null_count() == unserved["reason"].null_count() == 0


def test_those_of_most_worth_have_the_door():
    orders = [row | {"priority": 1.0 + n} for n, row in enumerate(ORDERS)]
    plan = legal(
        day(orders, STORES, [dc(dock_doors=1)], [van(count=6, capacity_litres=4)]),
        settings(loading_min=30, batches=BATCHES[:1]),
    )
    served = {name for name, status in statuses(plan).items() if status == "planned"}
    assert served == {"O3", "O4", "O5"}


EARLY = [row | {"receive_by": hhmm("11:00")} for row in STORES[:3]]
"""Stores that receive before the goods of noon have come."""


def at_noon(row):
    return row | {"at_dc_from": at("11:00")}


def test_goods_of_noon_go_on_the_second_trip_in_its_batch():
    orders = [*ORDERS[:3], *(at_noon(row) for row in ORDERS[3:])]
    stores = [*EARLY, *STORES[3:]]
    plan = legal(
        day(orders, stores, [dc(dock_doors=1)], [van(count=1, max_trips=2)]),
        settings(loading_min=15, batches=BATCHES),
    )
    rows = by_id(plan.tables.parcels, "status", "trip", "batch")
    assert {rows[f"O{n}"] for n in range(3)} == {("planned", 1, "early")}
    assert {rows[f"O{n}"] for n in range(3, 6)} == {("planned", 2, "late")}


def test_a_reload_is_a_row_between_the_trips():
    """
    It says when the van came home over its last leg, when loading begins and when the
    second trip leaves; nothing is dropped and the sequence goes on.
    """
    plan = legal(
        day(
            [ORDERS[0], at_noon(ORDERS[3])],
            [EARLY[0], STORES[3]],
            [dc(dock_doors=1)],
            [van(count=1, max_trips=2)],
        ),
        settings(loading_min=15, batches=BATCHES),
    )
    stops = plan.tables.stops
    assert stops.select("trip", "sequence", "kind", "batch", "location_id").rows() == [
        (1, 0, "depart", "early", "DC"),
        (1, 1, "deliver", "early", "S0"),
        (2, 2, "reload", "late", "DC"),
        (2, 3, "deliver", "late", "S3"),
        (2, 4, "end", "late", "DC"),
    ]
    reload = stops.row(2, named=True)
    assert reload["leaves"] == hhmm("11:30")
    assert reload["starts"] == hhmm("11:15")
    home = stops.row(1, named=True)["leaves"] + reload["leg_min"]
    assert reload["arrives"] == pytest.approx(home, abs=1)
    nothing = ("dropped_parcels", "collected_parcels", "litres", "kg", "cod_twd")
    assert [reload[name] for name in nothing] == [0, 0, 0.0, 0.0, 0.0]
    assert reload["leg_km"] == stops.row(1, named=True)["leg_km"]
    (route,) = plan.tables.routes.iter_rows(named=True)
    assert (route["trips"], route["stops"], route["parcels"]) == (2, 2, 2)
    assert route["km"] == pytest.approx(stops["leg_km"].sum(), abs=0.01)


def test_returns_may_come_home_on_any_trip():
    fetched = [collection(f"C{n}", f"S{n}", 3.0) for n in range(6)]
    plan = legal(
        day(
            ORDERS,
            STORES,
            [dc(dock_doors=1)],
            [van(count=3, capacity_litres=6, max_trips=2)],
            collections=fetched,
            conditions=[weather("10:00", "12:00", 0.6)],
        ),
        settings(loading_min=10),
    )
    assert {statuses(plan)[f"O{n}"] for n in range(6)} == {"planned"}


# Breaks

TIRED = {"break_min": 30.0, "break_after_min": 60.0}


def faults_of(plan, inputs, chosen, travel):
    tables = PlanTables(
        **{
            name: getattr(plan.tables, name).with_row_index(LINE, 2)
            for name in PlanTables.__dataclass_fields__
        }
    )
    return [fault.what for fault in check(tables, inputs, chosen, travel)]


def test_a_day_with_breaks_is_legal():
    plan = legal(day(ORDERS, STORES, vans=[van(count=1, **TIRED)]))
    assert set(statuses(plan).values()) == {"planned"}
    plain = legal(day(ORDERS, STORES, vans=[van(count=1)]))
    longer = plan.tables.routes["minutes"].sum() - plain.tables.routes["minutes"].sum()
    assert 25 < longer < 35


def test_a_day_without_its_breaks_is_not(monkeypatch):
    """The same van driven without looking at them."""
    inputs, chosen = day(ORDERS, STORES, vans=[van(count=1, **TIRED)]), settings()
    monkeypatch.setattr(driving, "_rests", lambda *_: True)
    plan, travel = planned(inputs, chosen)
    faults = faults_of(plan, inputs, chosen, travel)
    assert faults
    assert all("break" in what for what in faults)


def test_breaks_doors_reloads_and_rain_together_are_legal():
    plan = legal(
        day(
            ORDERS,
            STORES,
            [dc(dock_doors=1)],
            [van(count=2, capacity_litres=8.0, max_trips=2, **TIRED)],
            conditions=[weather("10:15", "11:45", 0.5, 1.3)],
        ),
        settings(loading_min=10, batches=BATCHES),
    )
    assert set(statuses(plan).values()) == {"planned"}
