"""A second look at pick-up parcels that shelves or vans had no room for."""

import pytest
from days import by_id, check, day, legal, order, planned, settings, store, van

from cstore_cli.dayplan import plan as planning

COLD = {"goods_classes": {"ambient": {}, "chilled": {"chilled": True}}}


def crowded(*names):
    """
    A shelf of 20 litres for 12 chilled ones, of high priority, and 8 of A.

    No van is chilled, so the chilled parcel stays behind and its place is free. For
    ``names``, 8 litres each, the shelf was full.
    """
    box = {"length_cm": 40.0, "width_cm": 20.0, "height_cm": 10.0, "store_id": "S"}
    cold = {"goods_class": "chilled", "priority": 50.0}
    cold |= {"length_cm": 30.0, "width_cm": 20.0, "height_cm": 20.0}
    orders = [
        order("cold", **(box | cold)),
        order("A", **box, priority=9.0),
        *(order(name, **box) for name in names),
    ]
    return day(orders, [store("S", shelf_litres=20.0, chilled=True)], vans=[van()])


def test_a_parcel_takes_the_place_of_one_that_no_van_brings():
    plan = legal(crowded("B"), settings(**COLD))
    parcels = by_id(plan.tables.parcels, "status", "store_id", "reason_code")
    assert parcels == {
        "cold": ("unserved", None, "no_chilled_van"),
        "A": ("planned", "S", None),
        "B": ("planned", "S", None),
    }


def test_of_two_that_wait_for_one_place_one_gets_it():
    plan = legal(crowded("B", "C"), settings(**COLD))
    statuses = by_id(plan.tables.parcels, "status")
    assert sorted([statuses["B"], statuses["C"]]) == ["planned", "unserved"]


def test_without_the_shelfs_row_both_would_come(monkeypatch):
    """The row of the shelf is what binds: the checker finds the shelf overfull."""
    monkeypatch.setattr(planning, "shared_shelves", lambda *_: [])
    inputs, chosen = crowded("B", "C"), settings(**COLD)
    plan, travel = planned(inputs, chosen)
    faults = check(plan.tables, inputs, chosen, travel)
    assert [fault.file for fault in faults] == ["store_arrivals.csv"]
    assert "S gets 24" in faults[0].what


@pytest.mark.parametrize("limit_km", [0.5, 1.5])
def test_a_parcel_without_a_store_of_its_own_goes_where_a_van_stops(limit_km):
    """
    Its nearest store, 2 km out, receives before any van can be there; the next one, a
    kilometre on, is visited anyway. With a limit of half a kilometre it is too far.
    """
    stores = [store("near", 2.0, receive_by=9 * 60 + 31, receive_from=9 * 60 + 30)]
    stores += [store("far", 3.0)]
    orders = [order("A", 3.0, store_id="far"), order("B", 2.0)]
    plan = legal(day(orders, stores), settings(walk_limit_km=limit_km))
    parcels = by_id(plan.tables.parcels, "status", "store_id", "redirected")
    served = ("planned", "far", False)
    assert parcels["B"] == (served if limit_km > 1 else ("unserved", None, False))
