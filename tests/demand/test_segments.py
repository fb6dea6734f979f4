"""Tests of segments: groups of areas that are alike."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_score

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.customers.alike import points
from cstore_cli.demand.customers.segment_number import (
    STABLE,
    Grouping,
    chosen,
    groupings,
)
from cstore_cli.demand.customers.segment_words import words_of
from cstore_cli.demand.customers.segments import segments
from cstore_cli.settings.analyze_demand import SegmentsSettings

RANGE = SegmentsSettings()


def features(columns, people=None, categories=(), logged=()):
    """Columns by name; those of ``categories`` hold numbers of a category."""
    values = np.column_stack(list(columns.values()))
    return AreaFeatures(
        names=tuple(columns),
        values=values,
        categorical=np.array([name in categories for name in columns]),
        labels=dict.fromkeys(categories, ("x", "y")),
        people=np.full(len(values), 1000.0) if people is None else people,
        logged=frozenset(logged),
    )


def ids(num):
    return [f"A{number:05}" for number in range(num)]


def clouds(num_groups, each=20, seed=3):
    """Groups far apart in two columns, in mixed order; and the group of each area."""
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(num_groups), each))
    angle = 1 + 2 * np.pi * truth / num_groups
    spread = rng.normal(scale=0.1, size=(2, len(truth)))
    east, north = np.cos(angle) + spread[0], np.sin(angle) + spread[1]
    return {"east": east, "north": north}, truth


@pytest.mark.parametrize("num_groups", [2, 3, 5])
def test_groups_that_stand_apart_are_found(num_groups):
    columns, truth = clouds(num_groups)

    found = segments(features(columns), ids(len(truth)), RANGE, seed=1)

    assert adjusted_rand_score(truth, found.table["segment"]) == 1
    assert found.tried.filter("chosen")["number"].to_list() == [num_groups]
    assert found.tried["number"].to_list() == list(range(2, 9))
    assert found.why.startswith(f"{num_groups} segments")


def test_figures_of_a_number_are_those_of_its_groups():
    """The silhouette by its library, of the two clouds found; they always come out."""
    columns, truth = clouds(2)
    points = np.column_stack(list(columns.values()))
    points = (points - points.mean(axis=0)) / points.std(axis=0)

    found = segments(features(columns), ids(len(truth)), RANGE, seed=1)

    row = found.tried.row(0, named=True)
    assert row["silhouette"] == pytest.approx(silhouette_score(points, truth), abs=1e-4)
    assert row["agreement"] == 1


def grouping(number, silhouette, agreement, smallest=3):
    labels = np.repeat(np.arange(number), [smallest] + [5] * (number - 1))
    return Grouping(number, labels, silhouette, agreement)


def test_best_silhouette_of_the_stable_wins():
    found = [
        grouping(2, 0.3, 0.95),
        grouping(3, 0.4, STABLE),
        grouping(4, 0.6, STABLE - 0.01),
        grouping(5, 0.4, 0.99),
    ]

    best, why = chosen(found)

    assert best.number == 3
    assert "silhouette 0.40" in why
    assert "2 to 5" in why


def test_best_silhouette_wins_with_a_warning_where_none_is_stable():
    best, why = chosen([grouping(2, 0.5, 0.3), grouping(3, 0.1, 0.6)])

    assert best.number == 2
    assert "Read them with care" in why
    assert "agreement 0.30" in why


def test_number_with_a_group_of_two_areas_is_passed_over():
    apart, small = grouping(2, 0.3, 0.9), grouping(3, 0.9, 1, smallest=2)

    shaky = grouping(2, 0.3, 0.1)

    assert chosen([apart, small])[0] is apart
    assert chosen([shaky, small])[0] is shaky
    best, why = chosen([small])
    assert best is small
    assert "each has a group of fewer than 3 areas" in why


@pytest.mark.parametrize(("silhouette", "shade"), [(0.24, True), (0.25, False)])
def test_groups_hardly_apart_are_said_to_shade_into_each_other(silhouette, shade):
    _, why = chosen([grouping(2, silhouette, 0.9), grouping(3, 0.1, 0.9)])

    assert ("shade into each other" in why) == shade


def test_only_number_tried_is_not_said_to_be_the_best():
    _, why = chosen([grouping(5, 0.5, 0.9)])

    assert why.startswith("5 segments, the only number tried (silhouette 0.50")
    assert "stand apart most" not in why


def test_noise_is_not_called_stable():
    """Of one cloud, no number of groups comes out again."""
    points = np.random.default_rng(0).normal(size=(300, 6))

    found = groupings(points, 3, 6, seed=1)

    assert max(g.agreement for g in found) < STABLE


@pytest.mark.parametrize("num", [0, 1, 2, 5])
def test_few_areas_are_one_segment(num):
    columns = {"age_0_14 share": np.linspace(0.1, 0.2, num)}

    found = segments(features(columns), ids(num), RANGE, seed=1)

    assert found.table["segment"].to_list() == ["A"] * num
    assert f"{num} areas are too few" in found.why
    assert found.tried.is_empty()


@pytest.mark.parametrize("value", [0.0, 5.0, 1e9, np.nan])
def test_areas_that_are_all_alike_are_one_segment(value):
    found = segments(features({"x": np.full(40, value)}), ids(40), RANGE, seed=1)

    assert found.described["areas"].to_list() == [40]
    assert "all alike" in found.why


def test_categories_alone_are_one_segment():
    kinds = features({"district": np.arange(40.0) % 2}, categories=["district"])

    assert "all alike" in segments(kinds, ids(40), RANGE, seed=1).why


def test_six_areas_may_be_two_segments():
    found = segments(features({"x": np.array([1, 2, 3, 7, 8, 9.0])}), ids(6), RANGE, 1)

    assert found.described["areas"].to_list() == [3, 3]


def test_two_kinds_of_area_are_no_more_than_two_segments():
    found = segments(features({"x": np.arange(40.0) % 2}), ids(40), RANGE, seed=1)

    assert found.tried["number"].to_list() == [2]


def test_range_beyond_what_areas_allow_is_narrowed():
    """10 areas are 3 segments at most, though 5 to 8 are asked for."""
    columns = {"x": np.arange(10.0)}
    asked = SegmentsSettings(number=(5, 8))

    found = segments(features(columns), ids(10), asked, seed=1)

    assert found.tried["number"].to_list() == [3]


def test_most_orders_per_person_come_first():
    """A group of few people and many orders each is A, however it was found."""
    columns, truth = clouds(3)
    people = np.array([3000.0, 100.0, 1000.0])[truth]
    orders = np.array([6.0, 1.0, 5.0])[truth]

    found = segments(
        features(columns, people), ids(len(truth)), RANGE, 1, orders=orders
    )

    first, second, third = found.described.rows(named=True)
    assert first["segment"] == "A"
    assert first["orders_per_1000"] == pytest.approx(10)
    assert first["people"] == pytest.approx(2000)
    assert second["orders_per_1000"] == pytest.approx(5)
    assert third["orders_per_1000"] == pytest.approx(2)


@pytest.mark.parametrize("shares", [(0.1, 0.4), (0.4, 0.1)])
def test_without_orders_most_potential_comes_first(shares):
    columns, truth = clouds(2)
    share = np.array(shares)[truth]

    found = segments(
        features(columns), ids(len(truth)), RANGE, 1, potential_share=share
    )

    assert found.described["potential_share"].to_list() == pytest.approx([0.4, 0.1])


def test_areas_never_served_have_a_segment_and_do_not_count_as_nought():
    """Half the areas of each group have no orders known; 5 per 1,000 is no less."""
    columns, truth = clouds(2)
    orders = np.where(np.arange(len(truth)) % 2, np.nan, 5.0)

    found = segments(features(columns), ids(len(truth)), RANGE, 1, orders=orders)

    assert adjusted_rand_score(truth, found.table["segment"]) == 1
    assert found.described["orders_per_1000"].to_list() == pytest.approx([5, 5])
    assert found.table["orders_per_1000"].null_count() == len(truth) // 2


def test_people_not_told_are_not_said():
    columns, truth = clouds(2)
    table = features(columns, np.ones(len(truth)))

    orders = np.ones(len(truth))

    found = segments(table, ids(len(truth)), RANGE, 1, orders=orders)

    assert found.described["people"].to_list() == [None, None]
    assert found.described["orders_per_1000"].to_list() == [None, None]
    assert "people" not in found.described["description"][0]


def test_description_says_what_differs_most_by_hand():
    """
    Two groups of 10 areas of 1,000 and 3,000 people; the share of 25 to 34 is 19 and
    11 %: city (19 + 3 x 11) / 4 = 13 %. Income is 800 and 400, its city mean the
    geometric (800 x 400^3)^(1/4) = 476. Nothing is said of x, which does not differ.
    """
    second = np.repeat([False, True], 10)
    columns = {
        "x": np.tile([1.0, 2.0], 10),
        "age_25_34 share": np.where(second, 0.11, 0.19),
        "income": np.log(np.where(second, 400, 800)),
    }
    people = np.where(second, 3000.0, 1000.0)
    orders = np.where(second, 15.0, 9.0)
    asked = SegmentsSettings(number=(2, 2))
    table = features(columns, people, logged=["income"])

    found = segments(table, ids(20), asked, 1, orders=orders)

    first, second_too = found.described["description"]
    assert first == (
        "A: 10 areas, 10,000 people. age 25-34 19 % (city 13 %), income 800 "
        "(city 476), orders per 1000 people a day 9 (city 6)"
    )
    assert second_too == (
        "B: 10 areas, 30,000 people. age 25-34 11 % (city 13 %), income 400 "
        "(city 476), orders per 1000 people a day 5 (city 6)"
    )


def test_description_tells_four_features_at_most():
    second = np.repeat([0.0, 1.0], 10)
    columns = {f"feature_{number}": second for number in "abcdefg"}

    found = segments(features(columns), ids(20), RANGE, seed=1)

    for text in found.described["description"]:
        assert len(re.findall(r"\(city", text)) == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("age_25_34 share", "age 25-34"),
        ("age_65_plus share", "age 65 plus"),
        ("median_income_ktwd", "median income ktwd"),
        ("people_per_km2", "people per km2"),
    ],
)
def test_words_are_those_of_the_column(name, words):
    assert words_of(name) == words


def test_one_odd_area_does_not_hide_the_groups():
    """One is far off in three columns from all 399 others, which are two groups."""
    columns, truth = clouds(2, each=200)
    odd = np.where(np.arange(len(truth)) == 7, 1e6, 1000.0)
    table = features({**columns, "density": odd, "income": odd, "homes": odd})

    found = segments(table, ids(len(truth)), RANGE, seed=1)

    assert adjusted_rand_score(truth, found.table["segment"]) == 1


def test_unknown_figure_stands_at_the_mean():
    """Known are 2 and 4: a deviation of 1 around 3."""
    at = points(features({"x": np.array([2, np.nan, 4.0])}), {})

    assert at.scaled.ravel().tolist() == [-1, 0, 1]


def test_rare_kinds_of_area_do_no_harm():
    """Of the areas drawn to group anew some have fewer kinds than groups."""
    columns = {"x": np.array([0.0] * 38 + [1, 2])}

    found = segments(features(columns), ids(40), SegmentsSettings(number=(3, 3)), 1)

    assert sorted(found.described["areas"]) == [1, 1, 38]


def test_what_differs_most_is_said_first():
    """In "weak" a quarter of each group is as the other."""
    second = np.repeat([0.0, 1.0], 20)
    weak = np.where(np.arange(40) % 4 == 0, 1 - second, second)

    found = segments(
        features({"weak": weak, "strong": second}),
        ids(40),
        SegmentsSettings(number=(2, 2)),
        seed=1,
    )

    for text in found.described["description"]:
        assert 0 < text.index("strong") < text.index("weak")


def test_same_seed_same_bytes():
    columns, _ = clouds(4)
    table = features({**columns, "noise": np.random.default_rng(1).normal(size=80)})

    first, again = (segments(table, ids(80), RANGE, seed=9) for _ in range(2))

    assert first.described.write_csv() == again.described.write_csv()
    assert first.table.write_csv() == again.table.write_csv()
    assert first.tried.write_csv() == again.tried.write_csv()


def test_names_go_on_after_z():
    """28 far groups of three areas: A to Z, AA, AB."""
    columns, truth = clouds(28, each=3)
    asked = SegmentsSettings(number=(28, 28))

    found = segments(features(columns), ids(len(truth)), asked, seed=1)

    assert found.described["segment"].to_list()[25:] == ["Z", "AA", "AB"]


@settings(max_examples=20, deadline=None)
@given(st.data(), st.integers(0, 25))
def test_every_area_is_in_one_segment(data, num):
    """Gaps, ties and constants do no harm; sizes add up, orders fall from A on."""
    cell = st.sampled_from([0.0, 1.0, 2.5, float("nan")])
    column = st.lists(cell, min_size=num, max_size=num).map(np.array)
    table = features({"x": data.draw(column), "y": data.draw(column)})
    orders = data.draw(column)

    found = segments(table, ids(num), SegmentsSettings(number=(2, 4)), 1, orders=orders)

    assert found.described["areas"].sum() == num
    assert found.table["segment"].null_count() == 0
    rates = [r for r in found.described["orders_per_1000"] if r is not None]
    assert rates == sorted(rates, reverse=True)
