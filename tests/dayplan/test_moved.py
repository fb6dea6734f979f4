"""What moves between two plans made by hand, and between any two."""

from itertools import permutations

import polars as pl
import pytest
from days import hhmm
from hand_made_day import route
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.dayplan.moved import KINDS, moved_between
from cstore_cli.tables.plan import CONTRACTS, PlanTables, table_of

PICKED_UP = {"status": "planned", "channel": "store_pickup"}


def visit(van, store, clock, kind="deliver"):
    """A row of stops.csv: a van's route is named as the van is."""
    at = hhmm(clock)
    nothing = ("sequence", "dropped_parcels", "collected_parcels")
    figures = ("litres", "kg", "cod_twd", "leg_km", "leg_min")
    return {
        "route_id": van,
        "trip": 1,
        "batch": "early",
        "kind": kind,
        "location_id": store,
        **dict.fromkeys(("arrives", "starts", "leaves"), at),
        **dict.fromkeys(nothing, 0),
        **dict.fromkeys(figures, 0.0),
    }


def frame(table, rows):
    """Rows, each by column name; the rest is null."""
    names = CONTRACTS[table].column_names()
    return table_of(table, (tuple(row.get(name) for name in names) for row in rows))


def plan(visits=(), regions=(), parcels=(), cost=0.0, hubs=None):
    """
    A plan of these visits, (store, region) pairs and (order, store) pick-ups.

    Vans are called such as `A 1`; a parcel's further cells may follow its store.
    """
    vans = sorted({row["route_id"] for row in visits})
    hubs = hubs or {}
    named = sorted({region for _, region in regions})
    routes = [
        route(int(van[2:]), "DC", route_id=van, vehicle_type=van[0], cost=cost)
        for van in vans
    ]
    rows = [
        {"order_id": order, "task": "deliver", "redirected": False, **PICKED_UP}
        | {"store_id": store, **(more[0] if more else {})}
        for order, store, *more in parcels
    ]
    places = [
        {
            "region_id": region,
            "dc_id": "DC",
            "hub": hubs.get(region, f"hub of {region}"),
            "stores": 1,
            "work_h": 1.0,
            "parcels": 0,
            "door_parcels": 0,
        }
        for region in named
    ]
    assigned = [{"store_id": s, "region_id": r} for s, r in regions]
    return PlanTables(
        parcels=frame("parcels", rows),
        routes=frame("routes", routes),
        stops=frame("stops", list(visits)),
        rounds=frame("rounds", []),
        regions=frame("regions", places),
        assignment=frame("assignment", assigned),
        store_arrivals=frame("store_arrivals", []),
    )


def moves(before, after, what):
    """Rows of a kind: id, before, after; for arrivals the minutes too."""
    rows = moved_between("before", before, after).rows.filter(pl.col("what") == what)
    return [row if what == "arrival" else row[:-1] for row in rows.drop("what").rows()]


def counts(moved):
    return {what: moved.count(what) for what in KINDS}


def test_a_store_changes_van_whatever_the_route_is_called():
    """S1 goes from van 1 to van 2 of the type; S2 stays with its van."""
    before = plan([visit("A 1", "S1", "10:00"), visit("A 2", "S2", "10:00")])
    after = plan([visit("A 2", "S2", "10:00"), visit("A 2", "S1", "10:20")])
    renamed = after.stops.with_columns(pl.lit("R-07").alias("route_id"))
    routes = after.routes.with_columns(pl.lit("R-07").alias("route_id"))
    after = PlanTables(**{**vars(after), "stops": renamed, "routes": routes})

    assert moves(before, after, "van") == [("S1", "DC A 1", "DC A 2")]


def test_a_store_of_several_visits_changes_van_with_any_of_them():
    """In which order its vans come makes no difference to who comes."""
    two = [visit("A 1", "S1", "10:00"), visit("C 1", "S1", "12:00")]
    turned = [visit("C 1", "S1", "10:00"), visit("A 1", "S1", "12:00")]

    assert moves(plan(two), plan(turned), "van") == []
    assert moves(plan(two), plan(two[:1]), "van") == [
        ("S1", "DC A 1 + DC C 1", "DC A 1")
    ]


def test_a_van_that_only_collects_counts_as_one_that_stops():
    before = plan([visit("A 1", "S1", "10:00", "collect")])
    after = plan([visit("A 2", "S1", "10:00")])

    assert moves(before, after, "van") == [("S1", "DC A 1", "DC A 2")]


def test_depots_are_not_stores():
    """Departure and end stand in stops.csv too."""
    before = plan([visit("A 1", "DC", "10:00", "depart")])
    after = plan([visit("A 1", "DC", "12:00", "depart")])

    moved = moved_between("before", before, after)

    assert moved.rows.is_empty()
    assert moved.before.stores_only == moved.after.stores_only == 0


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [("12:30", []), ("12:31", [31]), ("11:30", []), ("11:29", [-31])],
)
def test_an_arrival_moves_beyond_thirty_minutes(clock, minutes):
    before = plan([visit("A 1", "S1", "12:00")])
    after = plan([visit("A 1", "S1", clock)])

    found = moves(before, after, "arrival")

    assert found == [("S1", "12:00", clock, by) for by in minutes]


def test_arrivals_of_a_day_are_compared_one_by_one():
    """The first stays, the second comes two hours later, the third is gone."""
    before = plan([visit("A 1", "S1", at) for at in ("10:00", "12:00", "15:00")])
    after = plan([visit("A 1", "S1", at) for at in ("14:00", "10:10")])

    assert moves(before, after, "arrival") == [
        ("S1", "12:00", "14:00", 120),
        ("S1", "15:00", None, None),
    ]


def test_a_stop_that_delivers_and_collects_is_one_arrival():
    both = [visit("A 1", "S1", "10:00"), visit("A 1", "S1", "10:00", "collect")]

    assert moves(plan(both), plan(both[:1]), "arrival") == []


def test_a_store_changes_region_and_tells_the_hubs():
    before = plan(regions=[("S1", "R1"), ("S2", "R1"), ("S3", "R2"), ("S4", "R2")])
    after = plan(regions=[("S1", "R1"), ("S2", "R1"), ("S3", "R1"), ("S4", "R2")])

    assert moves(before, after, "region") == [
        ("S3", "R2 (hub hub of R2)", "R1 (hub hub of R1)")
    ]


def test_regions_numbered_anew_move_nobody():
    """A new region in front shifts all numbers; only its own store has moved."""
    west, east = ("S1", "S2", "S3"), ("S4", "S5")
    before = plan(regions=[(s, "R1") for s in west] + [(s, "R2") for s in east])
    after = plan(
        regions=[("S2", "R1"), ("S1", "R2"), ("S3", "R2"), ("S4", "R3"), ("S5", "R3")]
    )

    assert [row[0] for row in moves(before, after, "region")] == ["S2"]
    assert [row[0] for row in moves(after, before, "region")] == ["S2"]


def test_a_customer_changes_store_only_for_pick_up():
    """Where a courier sets out from is nothing to the customer."""
    door = {"channel": "store_door"}
    before = plan(
        parcels=[("O1", "S1"), ("O2", "S1", door), ("O3", "S1"), ("O4", "S1")]
    )
    after = plan(
        parcels=[("O1", "S2"), ("O2", "S2", door), ("O3", "S1", door), ("O4", "S1")]
    )

    assert moves(before, after, "store") == [
        ("O1", "S1", "S2"),
        ("O3", "S1", "store_door"),
    ]


def test_the_same_id_fetched_and_delivered_are_two_parcels():
    """A return is nobody's pick-up."""
    fetched = {"task": "return", "channel": None}
    before = plan(parcels=[("O1", "S1"), ("O1", "S9", fetched)])
    after = plan(parcels=[("O1", "S8", fetched), ("O1", "S1")])

    assert moved_between("before", before, after).rows.is_empty()


def test_what_one_plan_alone_has_is_counted_apart():
    """O2 is lost, O3 is new; S2 is visited no more, S3 and S4 are new."""
    lost = {"status": "unserved", "channel": None}
    before = plan(
        [visit("A 1", "S1", "10:00"), visit("A 1", "S2", "11:00")],
        parcels=[("O1", "S1"), ("O2", "S2")],
        cost=100.25,
    )
    after = plan(
        [visit("A 1", name, "10:00") for name in ("S1", "S3", "S4")],
        parcels=[("O1", "S1"), ("O2", None, lost), ("O3", "S3")],
        cost=130.5,
    )

    moved = moved_between("before", before, after)

    assert moved.rows.is_empty()
    assert (moved.before.stores_only, moved.after.stores_only) == (1, 2)
    assert (moved.before.parcels_only, moved.after.parcels_only) == (1, 1)
    assert (moved.before.unserved, moved.after.unserved) == (0, 1)
    assert (moved.before.money, moved.after.money) == (100.25, 130.5)


def test_levels_are_those_of_deliveries():
    cells = {"redirected": True, "walk_m": 120.0, "late_min": 7.0}
    late = plan(parcels=[("O1", "S1", cells), ("O2", "S1", cells)])

    after = moved_between("before", plan(), late).after

    assert (after.redirections, after.walk_m, after.late_min_parcels) == (2, 240, 14)


def test_a_previous_plan_that_is_not_legal_is_compared_as_it_stands():
    """Stops of no route, ids twice, regions without a row: no failure."""
    before = plan(
        [visit("A 1", "S1", "10:00")],
        [("S1", "R1"), ("S1", "R2")],
        [("O1", "S1"), ("O1", "S2"), ("O2", None)],
    )
    broken = PlanTables(
        **{
            **vars(before),
            "routes": before.routes.clear(),
            "regions": before.regions.clear(),
        }
    )
    after = plan([visit("A 1", "S1", "10:00")], [("S1", "R2")], [("O1", "S1")])

    assert moves(broken, after, "van") == [("S1", "A 1", "DC A 1")]
    assert counts(moved_between("before", broken, after))["store"] == 0


STORES = [f"S{k}" for k in range(4)]
VISITS = st.lists(
    st.builds(
        visit,
        st.sampled_from(["A 1", "A 2", "C 1"]),
        st.sampled_from(STORES),
        st.sampled_from(["10:00", "10:30", "10:31", "11:01", "15:00"]),
        st.sampled_from(["deliver", "collect"]),
    ),
    max_size=6,
)
REGIONS = st.dictionaries(
    st.sampled_from("abcdefg"), st.sampled_from(["R1", "R2", "R3"])
)
PARCELS = st.dictionaries(
    st.sampled_from(["O1", "O2", "O3"]),
    st.tuples(
        st.sampled_from(STORES),
        st.fixed_dictionaries(
            {
                "status": st.sampled_from(["planned", "unserved"]),
                "channel": st.sampled_from(["store_pickup", "store_door", None]),
            }
        ),
    ),
)
PLANS = st.builds(
    lambda visits, regions, parcels, cost: plan(
        visits,
        list(regions.items()),
        [(order, *rest) for order, rest in parcels.items()],
        cost,
    ),
    VISITS,
    REGIONS,
    PARCELS,
    st.integers(0, 99),
)


@settings(max_examples=60, deadline=None)
@given(PLANS)
def test_a_plan_moves_nothing_against_itself(one):
    moved = moved_between("itself", one, one)

    assert moved.rows.is_empty()
    assert moved.before == moved.after
    assert (moved.after.stores_only, moved.after.parcels_only) == (0, 0)


@settings(max_examples=100, deadline=None)
@given(PLANS, PLANS)
def test_the_way_back_moves_as_much(one, other):
    """Counts are the same, minutes are turned round, before and after change places."""
    there, back = (moved_between("x", *pair) for pair in ((one, other), (other, one)))

    assert counts(there) == counts(back)
    turned = back.rows.select(
        "what",
        "id",
        pl.col("after").alias("before"),
        pl.col("before").alias("after"),
        -pl.col("minutes"),
    )
    not_region = pl.col("what") != "region"
    assert there.rows.filter(not_region).equals(turned.filter(not_region))
    assert (there.before, there.after) == (back.after, back.before)


@settings(max_examples=100, deadline=None)
@given(REGIONS, REGIONS)
def test_no_other_pairing_of_regions_keeps_more_stores(one, other):
    """Reference answer, by trying every pairing of the three."""
    both = one.keys() & other.keys()
    names = ("R1", "R2", "R3")
    kept = max(
        sum(dict(zip(names, turned, strict=True))[one[s]] == other[s] for s in both)
        for turned in permutations(names)
    )

    found = moves(
        plan(regions=list(one.items())), plan(regions=list(other.items())), "region"
    )

    assert len(found) == len(both) - kept
