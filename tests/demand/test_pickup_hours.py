"""Tests of the hours in which customers would fetch."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cstore_cli.demand.customers.pickup_hours import pickup_hours
from cstore_cli.tables.demand_inputs import DemandInputs

UTC = dt.UTC
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=UTC)
WISH = np.array([2, 1, 1, 1, 1, 2, 4, 6, 5, 4, 4, 5, 7, 5, 4, 4, 6, 9, 11, 10, 8, 6])
WISH = np.array([*WISH, 5, 4]) / (WISH.sum() + 9)
DAYTIME = "06:00-23:00"


def inputs(area_ids, pickups, hours_of=None):
    """Each pick-up: (area_id, instant, store_id); ``hours_of`` each store."""
    frame = pl.DataFrame(
        pickups,
        schema={
            "area_id": pl.String,
            "picked_up_at": pl.Datetime("us", "UTC"),
            "store_id": pl.String,
        },
        orient="row",
    )
    stores = hours_of and pl.DataFrame(
        {"store_id": list(hours_of), "opening_hours": list(hours_of.values())},
        schema_overrides={"opening_hours": pl.String},
    )
    areas = pl.DataFrame({"area_id": area_ids}, schema={"area_id": pl.String})
    return DemandInputs(
        areas=areas,
        numeric=(),
        categories=(),
        transactions=pl.DataFrame(),
        rejected=pl.DataFrame(),
        num_read=0,
        pickups=frame,
        stores=stores,
    )


def at(hour):
    return NOON.replace(hour=hour)


def told(table, parcels_day=None, zone="UTC"):
    parcels = np.ones(len(table.areas)) if parcels_day is None else parcels_day
    return pickup_hours(table, np.array(parcels, float), zone)


def profile(result, area_id="*"):
    return result.hours.filter(area_id=area_id).sort("hour")["share"].to_list()


def gained(result, area_id):
    return result.gain.filter(area_id=area_id).row(0, named=True)


def fetched_at(area_id, store_id, hours, num, wish, rng):
    """Who wishes an hour in which the store is closed draws another wish."""
    opens, closes = (0, 24) if hours == "24/7" else (int(hours[:2]), int(hours[6:8]))
    wished = rng.choice(24, p=wish, size=8 * num)
    came = wished[(opens <= wished) & (wished < closes)][:num].tolist()
    assert len(came) == num
    return [(area_id, at(hour), store_id) for hour in came]


def test_night_wishes_are_found_where_every_store_in_use_is_closed_at_night():
    """
    Area A fetches at a store closed from 23:00 to 06:00 only, B at one always open.

    Counting A's own pick-ups would say that nobody comes at night. 12 of its 127
    wishes in the truth do; a few per cent of that is what 40,000 pick-ups allow.
    """
    rng = np.random.default_rng(5)
    hours = {"DAY": DAYTIME, "ALWAYS": "24/7"}
    rows = fetched_at("A", "DAY", DAYTIME, 20_000, WISH, rng)
    rows += fetched_at("B", "ALWAYS", "24/7", 20_000, WISH, rng)
    night = WISH[:6].sum() + WISH[23]

    result = told(inputs(["A", "B"], rows, hours), [200, 100])

    a, b = gained(result, "A"), gained(result, "B")
    assert a["share_closed_hours"] == pytest.approx(night, rel=0.05)
    assert a["parcels_day_closed_hours"] == pytest.approx(200 * night, rel=0.05)
    assert (b["share_closed_hours"], b["parcels_day_closed_hours"]) == (0, 0)
    assert profile(result) == pytest.approx(WISH.tolist(), abs=0.004)


def test_profile_pools_stores_of_all_hours():
    """Five kinds of opening hours over midnight and not; no hour is off by 10 %."""
    rng = np.random.default_rng(6)
    hours = {
        "S1": "24/7",
        "S2": "00:00-12:00",
        "S3": "08:00-20:00",
        "S4": "10:00-24:00",
        "S5": DAYTIME,
    }
    rows = [
        row
        for store, text in hours.items()
        for row in fetched_at("A", store, text, 20_000, WISH, rng)
    ]

    result = told(inputs(["A"], rows, hours))

    assert profile(result) == pytest.approx(WISH.tolist(), rel=0.1)


def test_hand_worked_ratio():
    """
    200 pick-ups at a store always open, half at 9:00, half at 3:00; 100 at one closed
    at night, all at 9:00. Behind these stand 100 / W, W the share of 9:00, which is
    (100 + 100) / (200 + 100 / W): W = 1/2, so 200 customers, half of them for 3:00.
    """
    rows = [("A", at(h), "ALWAYS") for h in [3, 9] * 100]
    rows += [("B", at(9), "DAY")] * 100

    result = told(
        inputs(["A", "B"], rows, {"ALWAYS": "24/7", "DAY": DAYTIME}), [10, 10]
    )

    assert profile(result)[9] == pytest.approx(0.5)
    assert profile(result)[3] == pytest.approx(0.5)
    assert gained(result, "B")["share_closed_hours"] == pytest.approx(0.5)
    assert gained(result, "*")["share_closed_hours"] == pytest.approx(0.25)
    assert gained(result, "*")["parcels_day_closed_hours"] == pytest.approx(5)


def test_hour_in_which_no_store_is_open_is_null_and_never_nought():
    rows = [("A", at(h), "DAY") for h in range(6, 23) for _ in range(20)]

    result = told(inputs(["A"], rows, {"DAY": DAYTIME}))

    shares = profile(result)
    assert [h for h in range(24) if shares[h] is None] == [0, 1, 2, 3, 4, 5, 23]
    gain = gained(result, "A")
    assert (gain["share_closed_hours"], gain["parcels_day_closed_hours"]) == (None,) * 2
    assert gain["reason"] == (
        "nothing can be told of 00:00-06:00, 23:00-24:00, when stores are closed"
    )
    assert "00:00-06:00, 23:00-24:00" in result.notes[0]


@pytest.mark.parametrize(
    ("num_am", "told_hour", "untold_hour"), [(300, 8, 20), (150, 20, 8)]
)
def test_stores_that_are_never_open_together_are_not_compared(
    num_am, told_hour, untold_hour
):
    """How morning and evening compare is not in the data; the larger part is told."""
    rows = [("A", at(8), "AM")] * num_am + [("A", at(20), "PM")] * 200

    result = told(inputs(["A"], rows, {"AM": "06:00-12:00", "PM": "12:00-23:00"}))

    assert profile(result)[told_hour] == pytest.approx(1)
    assert profile(result)[untold_hour] is None
    assert gained(result, "A")["share_closed_hours"] is None


def test_few_pickups_tell_nothing():
    result = told(inputs(["A"], [("A", at(8), "S")] * 99, {"S": "24/7"}))

    assert profile(result) == [None] * 24
    assert gained(result, "A")["reason"] == "too few pick-ups"


@pytest.mark.parametrize("hours_of", [None, {"S": None}, {"OTHER": "24/7"}])
def test_without_hours_there_is_a_profile_and_no_gain(hours_of):
    rows = [("A", at(8), "S")] * 60 + [("A", at(9), "S")] * 140

    result = told(inputs(["A"], rows, hours_of))

    assert profile(result)[8:10] == pytest.approx([0.3, 0.7])
    gain = gained(result, "A")
    assert gain["parcels_day_closed_hours"] is None
    assert gain["reason"] == "opening hours of the stores fetched from are not known"


def test_without_store_id_there_is_a_profile_and_no_gain():
    table = inputs(["A"], [("A", at(8), "S")] * 200, {"S": DAYTIME})
    bare = DemandInputs(**{**vars(table), "pickups": table.pickups.drop("store_id")})

    result = told(bare)

    assert profile(result)[8] == pytest.approx(1)
    assert gained(result, "A")["share_closed_hours"] is None


def test_no_table_of_pickups_gives_no_result():
    table = inputs(["A"], [])
    none = DemandInputs(**{**vars(table), "pickups": None})

    assert told(table) is None
    assert told(none) is None


def test_area_without_pickups_has_the_city_profile_and_no_gain():
    """Which stores its people would use is not known."""
    rows = [("A", at(8), "S")] * 60 + [("A", at(9), "S")] * 140

    result = told(inputs(["A", "B"], rows, {"S": DAYTIME}))

    assert profile(result, "B") == profile(result)
    assert gained(result, "B")["reason"] == "no pick-ups"


def test_area_of_few_pickups_stays_near_the_city():
    """
    Areas differ as a Dirichlet of 60 would have it; one with 5 pick-ups, all at 3:00,
    goes to (5 + k w) / (5 + k), with k within a third of 60.
    """
    rng = np.random.default_rng(7)
    rows = [("FEW", at(3), "S")] * 5
    names = [f"A{number:03}" for number in range(150)]
    for name in names:
        own = rng.dirichlet(60 * WISH)
        rows += fetched_at(name, "S", "24/7", 120, own, rng)

    result = told(inputs([*names, "FEW"], rows, {"S": "24/7"}))

    k = result.prior_pickups
    assert k == pytest.approx(60, rel=0.33)
    city = profile(result)[3]
    assert profile(result, "FEW")[3] == pytest.approx((5 + k * city) / (5 + k))


def test_areas_that_are_like_the_city_lend_each_other_much():
    """All from one profile: nothing but chance sets areas apart."""
    rng = np.random.default_rng(8)
    rows = []
    for number in range(100):
        hours = ("24/7", DAYTIME)[number % 2]
        rows += fetched_at(f"A{number:02}", hours, hours, 150, WISH, rng)
    names = [f"A{number:02}" for number in range(100)]

    result = told(inputs(names, rows, {"24/7": "24/7", DAYTIME: DAYTIME}))

    assert result.prior_pickups > 1000


def test_pickups_while_closed_are_left_out_and_told():
    rows = [("A", at(8), "S")] * 200 + [("A", at(2), "S")] * 3

    result = told(inputs(["A"], rows, {"S": DAYTIME}))

    assert gained(result, "A")["pickups"] == 200
    assert result.notes[0].startswith("3 pick-ups are left out")


def test_pickups_of_unknown_hours_are_left_out_and_told():
    rows = [("A", at(8), "S")] * 200 + [("A", at(2), "T")] * 4

    result = told(inputs(["A"], rows, {"S": "24/7"}))

    assert profile(result)[2] == 0
    assert result.notes[0].startswith("4 pick-ups are left out")


def test_pickups_of_no_area_count_for_the_city():
    rows = [("A", at(8), "S")] * 200 + [(None, at(9), "S"), ("X", at(9), "S")] * 100

    result = told(inputs(["A"], rows, {"S": "24/7"}))

    assert profile(result)[8:10] == pytest.approx([0.5, 0.5])
    assert gained(result, "A")["pickups"] == 200
    assert gained(result, "*")["pickups"] == 400


def test_area_of_unknown_demand_adds_nothing_to_the_city():
    rows = [(area, at(h), "S") for area in "AB" for h in [8, 9] * 100]
    rows += [("A", at(8), "D")]

    result = told(
        inputs(["A", "B"], rows, {"S": "24/7", "D": "08:00-09:00"}), [7, "nan"]
    )

    a = gained(result, "A")
    assert gained(result, "B")["parcels_day_closed_hours"] is None
    assert a["parcels_day_closed_hours"] > 0
    assert gained(result, "*")["parcels_day_closed_hours"] == pytest.approx(
        a["parcels_day_closed_hours"]
    )


def test_hours_are_local_also_when_clocks_go_back():
    """00:30 and 01:30 UTC are both 02:30 in Berlin that night, 02:30 UTC is 03:30."""
    night = dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rows = [("A", night + dt.timedelta(hours=h), "S") for h in (0, 1, 2) * 100]
    assert rows[1][1].astimezone(ZoneInfo("Europe/Berlin")).hour == 2

    result = told(inputs(["A"], rows, {"S": "24/7"}), zone="Europe/Berlin")

    assert profile(result)[2:4] == pytest.approx([2 / 3, 1 / 3])


def test_half_an_hour_open_counts_as_half():
    """
    Open until 20:30, 50 pick-ups at 20:00 stand for 100. With them 100 at 19:00: the
    store that is always open says the same.
    """
    rows = [("A", at(19), "S")] * 100 + [("A", at(20), "S")] * 50
    rows += [("B", at(h), "T") for h in [19, 20] * 100]

    result = told(inputs(["A", "B"], rows, {"S": "06:00-20:30", "T": "24/7"}))

    assert profile(result)[19:21] == pytest.approx([0.5, 0.5])


hours_text = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(
    lambda pair: pair[0] != pair[1]
)


@settings(max_examples=100, deadline=None)
@example([(0, 2), (1, 3)], [(0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 1, 2)])
@given(
    st.lists(hours_text, min_size=1, max_size=4),
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 23)),
        min_size=1,
        max_size=40,
    ),
)
def test_shares_add_up_and_gains_are_shares(stores, events):
    """Whatever the tables hold: told shares sum to 1, a null gain has its reason."""
    hours = {f"S{k}": f"{a:02}:00-{b:02}:00" for k, (a, b) in enumerate(stores)}
    rows = [
        (f"A{area}", at(hour), f"S{store % len(stores)}")
        for area, store, hour in events
    ] * 30
    names = ["A0", "A1", "A2"]

    result = told(inputs(names, rows, hours))

    for name in [*names, "*"]:
        known = [share for share in profile(result, name) if share is not None]
        assert not known or sum(known) == pytest.approx(1)
        assert all(share >= 0 for share in known)
    for row in result.gain.iter_rows(named=True):
        share = row["share_closed_hours"]
        assert (share is None) == (row["reason"] is not None)
        assert share is None or 0 <= share <= 1
