"""Tests of the score of sites."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_city import areas, city, dcs, settings, sites, stores

from cstore_cli.settings.site_score import CRITERIA
from cstore_cli.siting.score import normalised, score_sites

TOWN = city(
    areas=areas(("A", 0, 1000.0), ("B", 1.5, 3000.0), ("C", 9, 400.0)),
    sites=sites(
        ("S1", 0.3),
        ("S2", 1.2),
        ("S3", 8.5),
        rent_twd_month=[40_000.0, 60_000.0, 50_000.0],
        opening_hours=["24/7", "00:00-12:00", None],
        am_n_pcu_h=[900.0, 100.0, 500.0],
    ),
    stores=stores(("O1", "ours", 0.9), ("R1", "theirs", 1.8), ("R2", "theirs", 9.2)),
    distribution_centers=dcs(("D1", -2), ("D2", 12)),
)
EVERY = settings(
    {
        name: (1 + k % 3, "min" if "rent" in name or "goods" in name else "max")
        for k, name in enumerate(CRITERIA)
    },
    own=["ours"],
)


def row(scores, site):
    return scores.table.row(by_predicate=pl.col("site_id") == site, named=True)


def test_every_part_is_in_the_table():
    """Whatever can be a criterion, and the two peaks."""
    columns = score_sites(TOWN, EVERY).table.columns

    assert columns == [
        "rank",
        "site_id",
        "score",
        "am_pcu_h",
        "pm_pcu_h",
        *CRITERIA,
        *(f"{name}_points" for name in CRITERIA),
    ]


def test_points_sum_to_the_score():
    table = score_sites(TOWN, EVERY).table

    points = table.select(pl.sum_horizontal(f"{name}_points" for name in CRITERIA))
    assert points.to_series().to_list() == pytest.approx(table["score"].to_list())
    assert table["rank"].to_list() == [1, 2, 3]
    assert table["score"].is_sorted(descending=True)


def test_parts_of_a_site_by_hand():
    """
    S2 stands at 1.2 km: 0.3 km from B (3,000 people, 21 parcels), 1.2 from A.

    The own store is 0.3 km away, the rival 0.6; D1 3.2 km, D2 10.8. Open half a day.
    """
    part = row(score_sites(TOWN, EVERY), "S2")

    assert part["people_in_walk"] == 3000
    assert part["parcels_in_walk"] == pytest.approx(21)
    assert part["own_stores_in_walk"] == 1
    assert part["rivals_in_walk"] == 1
    assert part["fetch_share_open"] == pytest.approx(0.5)
    assert part["rent_twd_month"] == 60_000
    assert part["goods_access_min"] == pytest.approx(3.2 * 1.35 / 28 * 60)
    # Huff: from A (7 parcels) pulls 1/1.2^2 against O1's 1/0.9^2 and R1's 1/1.8^2;
    # from B 1/0.3^2 against 1/0.6^2 and 1/0.3^2.
    from_a = 1 / 1.44 / (1 / 1.44 + 1 / 0.81 + 1 / 3.24)
    from_b = (1 / 0.09) / (2 / 0.09 + 1 / 0.36)
    assert part["huff_parcels_day"] == pytest.approx(7 * from_a + 21 * from_b)


def test_less_is_better_where_the_yaml_says_so():
    """Rents 40, 60 and 50 thousand: all, none and half of the points."""
    scores = score_sites(TOWN, settings({"rent_twd_month": (3, "min")}))

    assert dict(scores.table.select("site_id", "score").rows()) == pytest.approx(
        {"S1": 100, "S3": 50, "S2": 0}
    )


def test_criterion_in_which_all_are_alike_gives_nothing():
    """Of 100 points half are then out of reach."""
    weighed = {"directions": (1, "max"), "rent_twd_month": (1, "min")}
    alike = sites(("A", 0), ("B", 1), rent_twd_month=[10.0, 20.0])

    scores = score_sites(
        city(areas=areas(("A", 0, 1.0)), sites=alike), settings(weighed)
    )

    assert scores.table["directions_points"].to_list() == [0, 0]
    assert scores.table["score"].to_list() == [50, 0]


def test_part_that_is_not_known_gives_nothing():
    """S3 reaches no parcel within the radius, so it has no share of them."""
    empty = city(
        areas=areas(("A", 0, 1000.0)),
        sites=sites(("S1", 0.5), ("S2", 1), ("S3", 8)),
        stores=stores(("O", "ours", 0.5)),
    )

    part = row(score_sites(empty, settings({"huff_share": (1, "max")})), "S3")

    assert part["huff_share"] is None
    assert part["score"] == 0


def test_of_two_alike_the_lower_id_is_first():
    two = city(areas=areas(("A", 0, 1.0)), sites=sites(("S2", 1), ("S1", 1)))

    scores = score_sites(two, settings({"rent_twd_month": (1, "min")}))

    assert scores.table["site_id"].to_list() == ["S1", "S2"]


def test_swaps_name_weight_and_sites():
    """
    S1 has the lower rent, weighed 2; S2 more people within a walk, weighed 1.

    It would be the best if they weighed more than 2.
    """
    weighed = {"rent_twd_month": (2, "min"), "people_in_walk": (1, "max")}
    inputs = city(areas=TOWN.areas.head(2), sites=TOWN.sites.head(2))

    scores = score_sites(inputs, settings(weighed, score={"top": 1}))

    assert scores.swaps.filter(criterion="people_in_walk").rows(named=True) == [
        {
            "criterion": "people_in_walk",
            "change": "up",
            "weight": 1,
            "swap_weight": pytest.approx(2),
            "leaves": "S1",
            "enters": "S2",
        },
        {
            "criterion": "people_in_walk",
            "change": "down",
            "weight": 1,
            "swap_weight": None,
            "leaves": None,
            "enters": None,
        },
    ]


@pytest.mark.parametrize(
    ("km", "num"),
    [(0.3, 0), (2.1, 0), (2.3, 1), (8.3, 0), (9, 1)],
)
def test_areas_that_nobody_reaches_are_counted(km, num):
    """The limit is 1 km, whatever the Huff model looks at; a store reaches as well."""
    lonely = city(
        areas=areas(("A", km, 1000.0)),
        sites=TOWN.sites.head(2),
        stores=stores(("O", "ours", 7.5)),
    )

    scores = score_sites(lonely, settings({"rent_twd_month": (1, "min")}))

    assert scores.num_unreached == num
    assert scores.unreached_parcels_day == pytest.approx(7 * num)


@pytest.mark.parametrize("radius_km", [0.2, 5])
def test_what_is_within_a_walk_knows_no_radius_of_the_huff_model(radius_km):
    weighed = {"people_in_walk": (1, "max")}
    asked = settings(weighed, score={"huff": {"radius_km": radius_km}})

    assert row(score_sites(TOWN, asked), "S2")["people_in_walk"] == 3000


def test_city_without_stores_and_dcs_is_scored():
    """All that is wanted is a criterion that needs none."""
    bare = city(areas=TOWN.areas, sites=TOWN.sites)
    named = {name: (1, "max") for name in CRITERIA if name != "goods_access_min"}

    table = score_sites(bare, settings(named)).table

    assert table["huff_taken_parcels_day"].to_list() == [0, 0, 0]
    assert table["huff_net_parcels_day"].sum() > 0


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=1, max_size=9),
    st.sampled_from(["max", "min"]),
)
def test_normalised_parts_reach_from_0_to_1(part, direction):
    """And keep the order of the known ones, or turn it round."""
    values = normalised(np.array(part), direction)

    assert ((values >= 0) & (values <= 1)).all()
    known = np.isfinite(part)
    assert (values[~known] == 0).all()
    if values.any():
        assert values.max() == 1
        assert values[known].min() == 0
        sign = 1 if direction == "max" else -1
        order = np.argsort(sign * np.array(part)[known])
        assert (np.diff(values[known][order]) >= 0).all()
