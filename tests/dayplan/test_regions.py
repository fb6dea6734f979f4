"""Stores of a DC divided into regions with a hub each."""

import numpy as np
import pytest
from days import LON, Inline, day, dc, leg, settings, store

from cstore_cli.dayplan.regions import Region, divide
from cstore_cli.errors import InputError
from cstore_cli.milp import Limits
from cstore_cli.travel.of_day import DayTravel

FOUR = [store("S1", 1.0), store("S2", 1.2), store("S3", 9.0), store("S4", 9.2)]
"""Two pairs; 57 minutes of service and 3 of driving make an hour each."""
HOUR = {"service_min": 57.0}


def divided(stores, work_h=2.0, visited=None, usable=None, full=(), dcs=None, **more):
    """A day that visits all stores, or those given, divided into regions."""
    tables = {k: more.pop(k) for k in ("regions", "matrix") if k in more}
    inputs = day(stores=stores, dcs=dcs, **tables)
    chosen = settings(regions={"region_work_h": work_h}, **more)
    ids = [row["store_id"] for row in stores]
    able = np.array([usable is None or name in usable for name in ids], dtype=bool)
    return divide(
        set(ids if visited is None else visited),
        able,
        np.array([0.0 if name in full else 50.0 for name in ids]),
        inputs,
        DayTravel(inputs, chosen),
        chosen.regions,
        "early",
        Limits(),
        Inline(),
    )


def regions(stores, *args, **more):
    """The regions alone."""
    return divided(stores, *args, **more).regions


def parts(found):
    """The stores of each region."""
    return [sorted(region.stores) for region in found]


def busy(stores):
    """The stores with an hour of work each."""
    return [row | HOUR for row in stores]


def test_near_stores_are_one_region_of_the_work_asked_for():
    found = regions(busy(FOUR))
    assert parts(found) == [["S1", "S2"], ["S3", "S4"]]
    assert [region.region_id for region in found] == ["DC-R01", "DC-R02"]
    assert [region.work_h for region in found] == pytest.approx([2, 2])


def test_little_work_makes_one_region():
    assert parts(regions(busy(FOUR), work_h=9)) == [["S1", "S2", "S3", "S4"]]


def test_stores_that_nobody_visits_have_no_work_and_a_region():
    found = regions(busy(FOUR), visited=["S1", "S2"])
    assert parts(found) == [["S1", "S2", "S3", "S4"]]
    assert found[0].work_h == pytest.approx(2)


def test_a_day_without_visits_has_its_regions():
    assert parts(regions(FOUR, visited=[])) == [["S1", "S2", "S3", "S4"]]


def test_there_are_never_more_regions_than_stores():
    assert len(regions(busy(FOUR), work_h=0.1)) == 4


def test_a_hub_has_couriers_of_its_own_where_that_is_possible():
    stores = [row | {"door_couriers": int(row["store_id"] in "S2 S4")} for row in FOUR]
    assert [region.hub for region in regions(busy(stores))] == ["S2", "S4"]


def test_hubs_need_no_couriers_where_too_few_stores_have_some():
    stores = [row | {"door_couriers": int(row["store_id"] == "S2")} for row in FOUR]
    assert parts(regions(busy(stores))) == [["S1", "S2"], ["S3", "S4"]]


def test_a_store_that_takes_nothing_today_is_no_hub():
    stores = [row | {"door_couriers": int(row["store_id"] in "S1 S3")} for row in FOUR]
    found = regions(busy(stores), usable=["S2", "S4"])
    assert parts(found) == [["S1", "S2"], ["S3", "S4"]]
    assert [region.hub for region in found] == ["S2", "S4"]


def test_where_nothing_can_be_taken_there_are_regions_still():
    assert len(regions(busy(FOUR), usable=[])) == 2


def test_each_dc_has_its_own_regions():
    stores = [store("S1", dc_id="DC"), store("S2", dc_id="D2"), store("S3", 1.1)]
    found = regions(stores, dcs=[dc(), dc("D2"), dc("D3")])
    assert parts(found) == [["S1", "S3"], ["S2"]]
    assert [region.dc_id for region in found] == ["DC", "D2"]


def test_a_store_without_a_dc_belongs_to_the_nearest():
    stores = [store("S1", 2.0, dc_id=None), store("S2", 8.0, dc_id=None)]
    found = regions(stores, dcs=[dc(), dc("D2", lat=stores[1]["lat"], lon=LON)])
    assert [(region.dc_id, region.hub) for region in found] == [
        ("DC", "S1"),
        ("D2", "S2"),
    ]


def test_a_store_that_no_van_reaches_has_a_region():
    legs = [leg("DC", "S1", 5), leg("S1", "DC", 5), leg("S3", "DC", 5)]
    found = regions(FOUR, matrix=legs, travel={"source": "matrix"})
    assert parts(found) == [["S1", "S2", "S3", "S4"]]
    assert found[0].hub == "S1"


def test_where_no_van_reaches_any_store_there_is_one_region():
    found = regions(FOUR, matrix=[], travel={"source": "matrix"})
    assert parts(found) == [["S1", "S2", "S3", "S4"]]


def test_stores_linked_by_the_dc_alone_are_divided():
    """A given matrix may know no way from store to store."""
    legs = [
        leg(*pair, minutes)
        for name, minutes in (("S1", 2), ("S2", 2), ("S3", 9), ("S4", 9))
        for pair in (("DC", name), (name, "DC"))
    ]
    found = regions(busy(FOUR), matrix=legs, travel={"source": "matrix"})
    assert sorted(map(len, parts(found))) == [2, 2]


def test_frozen_regions_are_kept():
    frozen = [
        {"store_id": name, "region_id": region, "hub": hub}
        for name, region, hub in (
            ("S1", "B", "S4"),
            ("S2", "A", "S2"),
            ("S3", "A", "S2"),
            ("S4", "B", "S4"),
        )
    ]
    assert regions(busy(FOUR), regions=frozen) == (
        Region("A", "DC", "S2", ("S2", "S3"), 2.0),
        Region("B", "DC", "S4", ("S1", "S4"), 2.0),
    )


@pytest.mark.parametrize(
    ("frozen", "told"),
    [
        ([("S1", "A", "S1")], "'S2' has no region"),
        ([("S1", "A", "S1"), ("S2", "A", "S1"), ("S9", "A", "S1")], "'S9' is not in"),
        ([("S1", "A", "S1"), ("S2", "A", "S2")], "one hub among its stores"),
        ([("S1", "A", "S2"), ("S2", "B", "S2")], "one hub among its stores"),
        ([("S1", "A", "S1"), ("S2", "A", "S1"), ("S3", "A", "S1")], "one DC"),
    ],
)
def test_frozen_regions_that_do_not_fit_are_refused(frozen, told):
    stores = [store("S1"), store("S2")]
    if any(row[0] == "S3" for row in frozen):
        stores.append(store("S3", dc_id="D2"))
    keys = ("store_id", "region_id", "hub")
    rows = [dict(zip(keys, row, strict=True)) for row in frozen]
    with pytest.raises(InputError) as refused:
        regions(stores, regions=rows, dcs=[dc(), dc("D2")])
    assert any(told in fault.what for fault in refused.value.faults)


def test_frozen_regions_that_miss_a_new_store_tell_what_to_do():
    frozen = [{"store_id": "S1", "region_id": "A", "hub": "S1"}]
    with pytest.raises(InputError) as refused:
        regions([store("S1"), store("S2")], regions=frozen)
    assert "hub of its neighbours, or do not freeze" in str(refused.value.faults[0])


def test_frozen_regions_with_a_store_that_is_gone_tell_what_to_do():
    frozen = [
        {"store_id": name, "region_id": "A", "hub": "S1"} for name in ("S1", "S2")
    ]
    with pytest.raises(InputError) as refused:
        regions([store("S1")], regions=frozen)
    assert "'S2' is not in stores (remove its row" in str(refused.value.faults[0])


def test_a_frozen_hub_that_takes_nothing_today_is_told():
    frozen = [
        {"store_id": name, "region_id": "A", "hub": "S2"} for name in ("S1", "S2")
    ]
    found = divided([store("S1"), store("S2")], regions=frozen, usable=["S1"])
    (told, *_) = found.notes
    assert told.startswith("A: its frozen hub S2 takes no delivery today")


def test_a_hub_has_room_on_its_shelf_where_that_is_possible():
    stores = [row | {"door_couriers": 1} for row in busy(FOUR)]
    found = regions(stores, full=["S1", "S4"])
    assert [region.hub for region in found] == ["S2", "S3"]


def test_room_at_a_hub_is_given_up_before_couriers():
    stores = [row | {"door_couriers": int(row["store_id"] in "S2 S4")} for row in FOUR]
    found = regions(busy(stores), full=["S2"])
    assert [region.hub for region in found] == ["S2", "S4"]


LINE = [store(f"S{i}", km) | HOUR for i, km in enumerate([1, 2, 3, 4, 20, 21], 1)]
"""Four near stores and two far ones, of an hour each: the fourth goes far."""


def test_a_store_nearer_to_a_full_region_is_told_by_how_much():
    """Two regions of 3 h: S4 is with the far ones, as the near three are 3 h."""
    found = divided(LINE, work_h=3.0)
    assert parts(found.regions) == [["S1", "S2", "S3"], ["S4", "S5", "S6"]]
    way = found.to_hub["S4"]
    assert (way.nearer_hub, way.reason) == (
        "S2",
        "DC-R01 is full: 4.00 h with this store, 3.45 h at most.",
    )
    assert way.hub_km == pytest.approx(16 * 1.35, abs=0.01)
    assert found.notes == (
        "1 store is nearer to another hub; assignment.csv tells why.",
    )
    others = [found.to_hub[f"S{i}"] for i in (1, 2, 3, 5, 6)]
    assert {(other.nearer_hub, other.reason) for other in others} == {(None, None)}


def test_a_store_that_its_region_needs_is_told_how_much_it_lacks():
    """
    A mean of 1 h. C (0.1 h) is 3 km from B (1.04 h) and 6 km from F (0.8 h), which
    alone would be below 0.85 h; A (1.06 h) is far away.
    """
    hours = {"B": 1.04, "C": 0.1, "F": 0.8, "A": 1.06}
    stores = [
        store(name, km, service_min=hours[name] * 60 - 3)
        for name, km in zip(hours, (1.0, 4.0, 10.0, 30.0), strict=True)
    ]
    found = divided(stores, work_h=1.0)
    assert parts(found.regions) == [["B"], ["C", "F"], ["A"]]
    assert found.to_hub["C"].nearer_hub == "B"
    assert found.to_hub["C"].reason == (
        "DC-R02 needs it: 0.80 h without this store, 0.85 h at least."
    )


def test_a_frozen_store_nearer_to_another_hub_is_told_so():
    frozen = [
        {"store_id": name, "region_id": region, "hub": hub}
        for name, region, hub in (
            ("S1", "A", "S1"),
            ("S2", "B", "S4"),
            ("S3", "B", "S4"),
            ("S4", "B", "S4"),
        )
    ]
    way = divided(busy(FOUR), regions=frozen).to_hub["S2"]
    assert (way.nearer_hub, way.reason) == ("S1", "Frozen in B.")


def test_a_store_nearer_to_a_hub_of_another_dc_is_told_so():
    stores = [store("S1", 1.0), store("S2", 5.0), store("S3", 6.0, dc_id="D2")]
    found = divided(stores, work_h=9, dcs=[dc(), dc("D2")])
    far = found.to_hub["S1" if found.regions[0].hub == "S2" else "S2"]
    assert found.regions[0].hub == "S1"
    assert far.nearer_hub == "S3"
    assert far.reason == (
        "D2-R01 is of D2, this store of DC: 1.00 km, not 4.00 km, in a straight line."
    )


def test_a_store_that_no_van_reaches_has_no_way_to_its_hub():
    legs = [leg("DC", "S1", 5), leg("S1", "DC", 5), leg("S3", "DC", 5)]
    found = divided(FOUR, matrix=legs, travel={"source": "matrix"})
    assert found.to_hub["S3"].hub_km is None
    assert found.to_hub["S3"].reason == "No van can come and go."


def test_the_gap_is_told_for_each_dc():
    stores = [store("S1", dc_id="DC"), store("S2", dc_id="D2")]
    assert divided(stores, dcs=[dc(), dc("D2")]).gaps == {"DC": 0.0, "D2": 0.0}
