"""Why parcels stay behind, and the smallest change that serves them, verified."""

import math
import random
from dataclasses import replace

import polars as pl
import pytest
from days import (
    Inline,
    collection,
    day,
    dc,
    door,
    held,
    hhmm,
    leg,
    order,
    settings,
    store,
    van,
)
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from test_whole_days import random_day

from cstore_cli.dayplan.changes import Change
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import Watcher
from cstore_cli.dayplan.dc_search import Search
from cstore_cli.dayplan.explain import explain
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.remedies import with_change
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.deadline import Deadline
from cstore_cli.errors import Fault, InfeasibleError
from cstore_cli.tables.plan import CONTRACTS
from cstore_cli.tables.write import json_bytes
from cstore_cli.travel.of_day import DayTravel

HOURS = {"receive_from": 0, "receive_by": hhmm("21:00")}
MATRIX = {"travel": {"source": "matrix"}}


def explained(inputs, chosen=None, seconds=math.inf, checker=check):
    """The plan with its groups, and the draft that they are explained from."""
    chosen = chosen or settings()
    drafts = []

    def why(draft, tables):
        drafts.append(draft)
        return explain(draft, tables, checker, Deadline.after(seconds))

    quiet = Watcher(stage=lambda _: None, search=lambda _: None)
    plan = plan_day(
        inputs,
        chosen,
        DayTravel(inputs, chosen),
        Inline(),
        Search(Deadline(), 8, seed=1),
        quiet,
        why,
    )
    return plan, drafts


def only_group(inputs, chosen=None):
    """The one group of a day; whatever is verified in it holds."""
    plan, drafts = explained(inputs, chosen)
    holds(plan, drafts)
    assert len(plan.groups) == 1
    return plan.groups[0]


def told(group):
    """Kind, of what, by how much, how many it serves; it must be verified."""
    assert group.remedy.verified
    return group.remedy.kind, group.remedy.of, group.remedy.by, group.remedy.serves


def made(remedy, inputs, chosen):
    """The remedy made in the tables by hand, row by row."""
    columns = {
        "receive_by": ("stores", "receive_by", 1),
        "receive_from": ("stores", "receive_from", -1),
        "shelf": ("stores", "shelf_litres", 1),
        "couriers": ("stores", "door_couriers", 1),
        "dock_doors": ("distribution_centers", "dock_doors", 1),
        "shift": ("vehicles", "shift_to", 1),
        "longest_route": ("vehicles", "max_route_min", 1),
        "vans": ("vehicles", "count", 1),
    }
    if remedy.kind == "batch":
        batches = [
            batch.model_copy(update={"latest": batch.latest + remedy.by})
            if batch.name == remedy.of
            else batch
            for batch in chosen.batches
        ]
        return inputs, chosen.model_copy(update={"batches": batches})
    table, column, sign = columns[remedy.kind]
    frame = getattr(inputs, table)
    rows, changed = [], 0
    for row in frame.to_dicts():
        ids = {row.get("store_id"), row.get("dc_id")} - {None}
        if table == "vehicles":
            mine = (row["vehicle_type"], row["dc_id"]) == (remedy.of, remedy.dc_id)
        else:
            mine = remedy.of in ids and (
                table != "stores" or row["store_id"] == remedy.of
            )
        changed += mine
        rows.append(row | {column: row[column] + sign * remedy.by * mine})
    if not changed:
        new = next(row for row in rows if row["vehicle_type"] == remedy.of)
        rows.append(new | {"dc_id": remedy.dc_id, "count": remedy.by})
    return replace(inputs, **{table: pl.DataFrame(rows, schema=frame.schema)}), chosen


def holds(plan, drafts):
    """Each verified remedy, made by hand in the tables, serves what it says."""
    for group in plan.groups:
        remedy = group.remedy
        if remedy is None or not remedy.verified:
            continue
        (draft,) = drafts
        inputs, chosen = made(remedy, draft.inputs, draft.settings)
        change = Change(remedy.kind, remedy.of, remedy.by, remedy.dc_id)
        new = with_change(draft, group, change, Deadline())
        tables = new.tables()
        assert check(tables, inputs, chosen, DayTravel(inputs, chosen)) == ()
        before = plan.tables.parcels["status"] == "planned"
        after = tables.parcels["status"] == "planned"
        assert tables.parcels["order_id"].equals(plan.tables.parcels["order_id"])
        assert not (before & ~after).any()
        rows = list(group.rows)
        assert not before[rows].any()
        assert after[rows].sum() == remedy.serves > 0


def test_a_full_van_wants_another():
    """Two parcels of 4 litres, and one van that holds 4."""
    inputs = day(
        [order("A", priority=2.0), order("B", 5.0)],
        [store("S1"), store("S2", 5.0)],
        vans=[van(count=1, capacity_litres=4.0)],
    )
    group = only_group(inputs)
    assert (group.code, group.place, len(group.rows)) == ("vans_full", "DC", 1)
    assert told(group) == ("vans", "van", 1, 1)
    # 900 for the van, about 10 km at 8 each, and half an hour of it.
    assert 900 + 80 < group.remedy.cost < 900 + 80 + 240


def test_a_dc_without_vans_wants_one_of_a_type_that_others_have():
    stores = [store("S1"), store("S2", 5.0, dc_id="D2")]
    inputs = day(
        [order("A"), order("B", 5.0)],
        stores,
        dcs=[dc(), dc("D2", lat=stores[1]["lat"])],
        vans=[van(dc_id="D2")],
    )
    group = only_group(inputs)
    assert (group.code, group.place) == ("no_vans", "DC")
    assert told(group) == ("vans", "van", 1, 1)


def legs_of(minutes):
    """Both ways between the DC and each store; none between stores."""
    return [
        *(leg("DC", name, m) for name, m in minutes.items()),
        *(leg(name, "DC", m) for name, m in minutes.items()),
    ]


def test_a_route_too_long_by_some_minutes_wants_as_many_more():
    """
    Out and back to S1 take 60 + 6 + 60 minutes; a van may be out for 100 of them.
    15 minutes more are too few, 30 are enough.
    """
    inputs = day(
        [order("A"), order("B", 5.0)],
        [store("S1", **HOURS), store("S2", 5.0, **HOURS)],
        vans=[van(max_route_min=100.0)],
        matrix=legs_of({"S1": 60, "S2": 5}),
    )
    group = only_group(inputs, settings(**MATRIX))
    assert (group.code, group.place) == ("no_time_left", "DC")
    assert told(group) == ("longest_route", "van", 30, 1)


def test_a_shift_that_ends_too_soon_wants_to_be_longer():
    """From 09:30 out and back until 11:36 where the shift ends at 11:00: 60 minutes."""
    inputs = day(
        [order("A"), order("B", 5.0)],
        [store("S1", **HOURS), store("S2", 5.0, **HOURS)],
        vans=[van(shift_to=hhmm("11:00"))],
        matrix=legs_of({"S1": 60, "S2": 5}),
    )
    group = only_group(inputs, settings(**MATRIX))
    assert group.code == "no_time_left"
    assert told(group) == ("shift", "van", 60, 1)


def test_a_store_that_closes_too_soon_wants_to_receive_longer():
    """The first van leaves at 09:30 and is there at 10:30; S1 receives until 10:10."""
    inputs = day(
        [order("A"), order("B", 5.0)],
        [store("S1", receive_by=hhmm("10:10")), store("S2", 5.0, **HOURS)],
        matrix=legs_of({"S1": 60, "S2": 5}),
    )
    group = only_group(inputs, settings(**MATRIX))
    assert (group.code, group.place) == ("window_missed", "S1")
    assert told(group) == ("receive_by", "S1", 30, 1)


def test_a_store_that_opens_too_late_wants_to_receive_sooner():
    """Vans are back by 14:00; S1, 5 minutes off, takes nothing before 14:10."""
    inputs = day(
        [order("A"), order("B", 5.0)],
        [
            store("S1", receive_from=hhmm("14:10"), receive_by=hhmm("14:50")),
            store("S2", 5.0, **HOURS),
        ],
        dcs=[dc(closes=hhmm("14:00"))],
        vans=[van(shift_to=hhmm("14:00"))],
        matrix=legs_of({"S1": 5, "S2": 5}),
    )
    group = only_group(inputs, settings(**MATRIX))
    assert (group.code, group.place) == ("window_missed", "S1")
    assert told(group) == ("receive_from", "S1", 30, 1)


def test_a_van_back_a_minute_too_late_wants_a_later_batch():
    """Out at 09:30, 5 + 6 + 5 minutes: back at 09:46, when the batch has left."""
    inputs = day(
        [order("A"), order("B", 5.0)],
        [store("S1", **HOURS), store("S2", 5.0, **HOURS)],
        vans=[van(count=1, max_trips=2)],
        matrix=legs_of({"S1": 5, "S2": 5}),
    )
    batches = [{"name": "early", "earliest": "09:30", "latest": "09:45"}]
    group = only_group(inputs, settings(**MATRIX, batches=batches))
    assert (group.code, group.place) == ("batch_missed", "DC")
    assert told(group) == ("batch", "early", 30, 1)
    # 10 km at 8 each, and 16 minutes at 240 an hour.
    assert group.remedy.cost == pytest.approx(80 + 64)


def test_a_door_taken_all_batch_long_wants_another():
    """Loading takes 20 minutes, so one door lets one van go from 09:30 to 09:45."""
    hours = {"receive_from": 0, "receive_by": hhmm("09:40")}
    inputs = day(
        [order("A"), order("B", 5.0)],
        [store("S1", **hours), store("S2", 5.0, **hours)],
        dcs=[dc(dock_doors=1)],
        matrix=legs_of({"S1": 5, "S2": 5}),
    )
    batches = [{"name": "early", "earliest": "09:30", "latest": "09:45"}]
    chosen = settings(**MATRIX, batches=batches, loading_min=20)
    group = only_group(inputs, chosen)
    assert (group.code, group.place) == ("no_dock_door", "DC")
    assert told(group) == ("dock_doors", "DC", 1, 1)


def test_a_full_shelf_wants_the_litres_that_are_missing():
    """Room for 9 litres, three parcels of 4: 3 litres more serve the third."""
    inputs = day(
        [order(f"O{i}", store_id="S1") for i in range(3)],
        [store("S1", shelf_litres=9.0)],
    )
    group = only_group(inputs)
    assert (group.code, group.place, len(group.rows)) == ("no_shelf_room", "S1", 1)
    assert told(group) == ("shelf", "S1", 3, 1)


def test_a_shelf_that_is_over_full_wants_the_excess_too():
    """30 litres stand on a shelf of 10, ready now; 4 come, so 24 are missing."""
    inputs = day(
        [order("A", store_id="S1"), order("B", 5.0)],
        [store("S1", shelf_litres=10.0), store("S2", 5.0)],
        held_parcels=[held("H", "S1", 30.0)],
    )
    group = only_group(inputs, settings(dwell={"collected_share": [0.0]}))
    assert told(group) == ("shelf", "S1", 24, 1)


def test_full_shelves_everywhere_are_told_store_by_store():
    """No van has anywhere to go; one door is brought by its seller."""
    inputs = day(
        [
            order("A", store_id="S1"),
            order("B", 5.0, store_id="S2"),
            order("C", needs_installation=True),
        ],
        [store("S1", shelf_litres=0.0), store("S2", 5.0, shelf_litres=3.0)],
    )
    plan, drafts = explained(inputs)
    holds(plan, drafts)
    assert [(g.place, *told(g)) for g in plan.groups] == [
        ("S1", "shelf", "S1", 4, 1),
        ("S2", "shelf", "S2", 1, 1),
    ]


def test_busy_couriers_want_another():
    """One courier brings a parcel per round of some 20 minutes, from 10:00 to 11:00."""
    inputs = day(
        [door(f"D{i}", 1.0 + i / 1000) for i in range(6)],
        [store("S1", door_couriers=1, receive_from=0)],
    )
    chosen = settings(
        courier={
            "round_parcels": 1,
            "service_min": 15,
            "hub_couriers": 1,
            "works_to": "11:00",
        }
    )
    group = only_group(inputs, chosen)
    assert (group.code, group.place) == ("no_courier_time", "S1")
    kind, of, by, serves = told(group)
    assert (kind, of, by) == ("couriers", "S1", 1)
    assert serves == min(len(group.rows), 6 - len(group.rows))


def test_a_return_that_no_van_has_room_for_wants_a_van():
    """The one van holds 4 litres: A there, one return back; another return waits."""
    inputs = day(
        [order("A")],
        vans=[van(count=1, capacity_litres=4.0)],
        collections=[collection(name, "S1", 4.0) for name in ("Q", "R")],
    )
    group = only_group(inputs)
    assert (group.code, group.place, len(group.rows)) == ("vans_full", "DC", 1)
    assert group.rows[0] > 0  # collections follow the order
    assert told(group) == ("vans", "van", 1, 1)


def test_what_no_single_change_serves_says_so():
    """Nobody lives near a store; the menu has nothing for that."""
    group = only_group(day([order("far", 90.0), order("near")]))
    assert (group.code, group.place) == ("no_store_near", "")
    assert group.remedy is None
    assert group.searched
    assert group.told == "no single change of the menu"


def test_a_day_without_unserved_parcels_is_not_explained():
    plan, drafts = explained(day([order("A")]))
    assert (plan.groups, drafts) == ((), [])


FULL = day(
    [order(f"O{i}", store_id="S1") for i in range(3)],
    [store("S1", shelf_litres=9.0)],
)


def test_without_time_nothing_is_verified():
    plan, _ = explained(FULL, seconds=0.0)
    (group,) = plan.groups
    assert not group.verified
    assert group.told == "no time to look"


def test_what_fails_the_check_is_no_remedy():
    """Nothing is told as verified that a checker has something against."""

    def never(*_):
        return (Fault("parcels.csv", None, "status", "is wrong"),)

    plan, _ = explained(FULL, checker=never)
    (group,) = plan.groups
    assert group.remedy is None


def test_a_check_that_the_time_is_too_short_for_leaves_it_unverified():
    """The change is told all the same, with how many it seems to serve."""

    def slow(*_):
        pytest.fail("There was no time for this.")

    big = day(
        [order(f"O{i}", store_id="S1") for i in range(3)],
        [store("S1", shelf_litres=9.0)],
    )
    plan, _ = explained(big, seconds=0.19, checker=slow)
    (group,) = plan.groups
    assert not group.verified


def test_every_unserved_parcel_is_in_one_group():
    inputs, chosen = random_day(random.Random(14))
    plan, _ = explained(inputs, chosen)
    rows = [row for group in plan.groups for row in group.rows]
    unserved = (plan.tables.parcels["status"] == "unserved").arg_true().to_list()
    assert sorted(rows) == unserved
    codes = plan.tables.parcels["reason_code"]
    assert all({codes[r] for r in g.rows} == {g.code} for g in plan.groups)
    sizes = [len(group.rows) for group in plan.groups]
    assert sizes == sorted(sizes, reverse=True)


@hypothesis_settings(max_examples=8, deadline=None)
@given(st.integers(100, 10**6))
def test_what_is_verified_on_a_random_day_holds(seed):
    inputs, chosen = random_day(random.Random(seed))
    try:
        plan, drafts = explained(inputs, chosen)
    except InfeasibleError:
        return
    assert check(plan.tables, inputs, chosen, DayTravel(inputs, chosen)) == ()
    holds(plan, drafts)


def test_explained_twice_is_the_same_to_the_byte():
    inputs, chosen = random_day(random.Random(19))
    counts = {"read": 0, "carried_in": 0, "rejected": 0}
    one, other = (explained(inputs, chosen)[0] for _ in range(2))
    assert json_bytes(summary_of(one, counts)) == json_bytes(summary_of(other, counts))
    for name in CONTRACTS:
        assert getattr(one.tables, name).equals(getattr(other.tables, name))
