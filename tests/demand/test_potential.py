"""Tests of potential customers."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cstore_cli.demand.customers.potential import potential
from cstore_cli.errors import InputError
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.tables.demand_inputs import DemandInputs

SHARES = {
    "online_share": {"age_young": 0.8, "age_old": 0.2},
    "fetch_share": {"age_young": 0.5, "age_old": 0.1},
}


def asked(**people):
    network = {"time_zone": "UTC", "currency": "TWD"}
    return AnalyzeDemandSettings.model_validate({"network": network, "people": people})


def inputs(**columns):
    num = len(next(iter(columns.values())))
    areas = pl.DataFrame({"area_id": [f"A{i}" for i in range(num)], **columns})
    return DemandInputs(
        areas=areas,
        numeric=tuple(columns),
        categories=(),
        transactions=pl.DataFrame(),
        rejected=pl.DataFrame(),
        num_read=num,
    )


def customers(result):
    return result.areas["potential_customers"].to_list()


def two_areas(**more):
    return inputs(
        population=[1000.0, 500.0], age_young=[400.0, 100.0], age_old=[600.0, 400.0],
        **more,
    )  # fmt: skip


def test_shares_of_each_band_are_multiplied():
    """400 x 0.8 x 0.5 + 600 x 0.2 x 0.1 = 172; 100 x 0.4 + 400 x 0.02 = 48."""
    result = potential(two_areas(), asked(**SHARES))

    assert customers(result) == pytest.approx([172, 48])
    assert result.areas["potential_share"].to_list() == pytest.approx([0.172, 0.096])
    assert result.bands.rows() == [
        ("age_young", 500, pytest.approx(400), pytest.approx(200)),
        ("age_old", 1000, pytest.approx(200), pytest.approx(20)),
    ]


def test_richer_areas_buy_more_online():
    """
    The mean income is (1000 x 600 + 500 x 300) / 1500 = 500. With elasticity 1 the
    young of A0 buy 0.8 x 1.2, its old 0.2 x 1.2; those of A1 0.6 of theirs.
    """
    table = two_areas(income=[600.0, 300.0])

    result = potential(table, asked(**SHARES, income="income", income_elasticity=1))

    assert customers(result) == pytest.approx([1.2 * 172, 0.6 * 48])


def test_no_more_than_all_of_a_band_buy_online():
    """0.8 x 1.2^2 is over 1: 400 young of A0 all buy, and half of these fetch."""
    table = two_areas(income=[600.0, 300.0])

    result = potential(table, asked(**SHARES, income="income", income_elasticity=2))

    assert customers(result)[0] == pytest.approx(400 * 0.5 + 12 * 1.44)


@pytest.mark.parametrize("unknown", [None, 0.0])
def test_area_of_unknown_income_is_as_the_mean(unknown):
    table = two_areas(income=[600.0, unknown])

    result = potential(table, asked(**SHARES, income="income", income_elasticity=1))

    assert customers(result) == pytest.approx([172, 48])


def test_income_counts_alike_by_area_where_people_are_not_told():
    """Mean of 600 and 300 is 450."""
    table = inputs(age_young=[90.0, 90.0], income=[600.0, 300.0])
    shares = {"online_share": {"age_young": 0.5}, "fetch_share": {"age_young": 1}}

    result = potential(table, asked(**shares, income="income", income_elasticity=1))

    assert customers(result) == pytest.approx([60, 30])
    assert result.areas["potential_share"].to_list() == [None, None]


def test_no_shares_give_no_result():
    assert potential(two_areas(), asked()) is None


def test_area_without_a_band_is_unknown_and_its_other_bands_count():
    table = inputs(population=[10.0, 10.0], age_young=[10.0, None], age_old=[0.0, 5.0])

    result = potential(table, asked(**SHARES))

    assert customers(result) == [pytest.approx(4), None]
    assert result.bands["people"].to_list() == [10, 5]


def test_fifths_of_areas_by_income():
    """Eleven areas, two of them of the same income, one unknown, which comes last."""
    income = [100.0, 200, 200, 300, 400, 500, 600, 700, 800, 900, None]
    table = inputs(population=[10.0] * 11, age_young=[10.0] * 11, income=income)
    shares = {"online_share": {"age_young": 1}, "fetch_share": {"age_young": 0.5}}

    result = potential(table, asked(**shares, income="income"))

    assert result.groups.select(
        "income_group", "income_from", "income_to", "areas", "people", "potential"
    ).rows() == [
        (1, 100, 200, 3, 30, 15),
        (2, 300, 300, 1, 10, 5),
        (3, 400, 500, 2, 20, 10),
        (4, 600, 700, 2, 20, 10),
        (5, 800, 900, 2, 20, 10),
        (None, None, None, 1, 10, 5),
    ]


def test_no_income_gives_no_groups():
    assert potential(two_areas(), asked(**SHARES)).groups.is_empty()


def test_refusal_names_every_column_that_is_not_there():
    shares = {
        "online_share": {"age_yung": 0.5, "area_id": 0.5},
        "fetch_share": {"age_yung": 0.5, "area_id": 0.5},
    }
    with pytest.raises(InputError) as refusal:
        potential(two_areas(), asked(**shares, income="pay"))

    first, second, third = str(refusal.value).splitlines()
    assert "online_share" in first
    assert "'age_yung'" in first
    assert 'did you mean "age_young"?' in first
    assert "'area_id' of figures" in second
    assert "people.income: areas have no column 'pay'" in third
    assert "known: population, age_young, age_old" in third


@pytest.mark.parametrize("lacking", ["online_share", "fetch_share"])
def test_band_with_one_share_of_two_is_refused(lacking):
    shares = {**SHARES, lacking: {"age_old": 0.1}}

    with pytest.raises(ValidationError, match=f"'age_young' has no {lacking}"):
        asked(**shares)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(1, 12))
def test_parts_add_up_to_the_whole(data, num):
    """Areas, bands and income groups sum to the same; nobody is counted twice."""
    heads = st.lists(st.integers(0, 500).map(float), min_size=num, max_size=num)
    pay = st.none() | st.integers(1, 9).map(float)
    young, old = data.draw(heads), data.draw(heads)
    income = pl.Series(
        data.draw(st.lists(pay, min_size=num, max_size=num)), dtype=float
    )
    people = [a + b for a, b in zip(young, old, strict=True)]
    table = inputs(population=people, age_young=young, age_old=old, income=income)
    elasticity = data.draw(st.floats(-3, 3))
    whole = asked(**SHARES, income="income", income_elasticity=elasticity)

    result = potential(table, whole)

    total = sum(customers(result))
    assert all(c <= p + 1e-9 for c, p in zip(customers(result), people, strict=True))
    assert result.bands["potential"].sum() == pytest.approx(total)
    if income.count():
        assert result.groups["potential"].sum() == pytest.approx(total)
        areas = result.groups.filter(band="age_old")["areas"].sum()
        assert areas == num
    assert (result.bands["potential"] <= result.bands["online"]).all()
