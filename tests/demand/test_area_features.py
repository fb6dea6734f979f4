"""Tests of areas' features: shares, logarithms, categories, people unknown."""

from math import log

import numpy as np
import polars as pl
import pytest

from cstore_cli.demand.area_features import area_features
from cstore_cli.settings.analyze_demand import (
    AnalyzeDemandSettings,
    AreaColumnsSettings,
)
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.tables.demand_inputs import DemandInputs

NETWORK = NetworkSettings(time_zone="Asia/Taipei", currency="TWD")


def features(columns, **areas):
    """Features of areas with these columns; text ones are categories."""
    table = pl.DataFrame(columns)
    text = [name for name in table.columns if table[name].dtype == pl.String]
    inputs = DemandInputs(
        areas=table,
        numeric=tuple(name for name in table.columns if name not in text),
        categories=tuple(text),
        transactions=pl.DataFrame(),
        rejected=pl.DataFrame(),
        num_read=0,
    )
    settings = AnalyzeDemandSettings(
        network=NETWORK, areas=AreaColumnsSettings(**areas)
    )
    return area_features(inputs, settings)


def column(found, name):
    return found.values[:, found.names.index(name)].tolist()


def test_bands_become_shares_and_people_the_exposure():
    """50 of 200 people are a quarter."""
    found = features({"population": [200.0, 100.0], "age_25_34": [50.0, 10.0]})

    assert found.names == ("population", "age_25_34 share")
    assert column(found, "age_25_34 share") == [0.25, 0.1]
    assert found.people.tolist() == [200, 100]
    assert column(found, "population") == pytest.approx([log(200), log(100)])
    assert found.logged == {"population"}


def test_only_the_named_counts_become_shares():
    found = features(
        {"people": [10.0], "homes": [4.0], "age_25_34": [5.0]},
        people="people",
        counts=["homes"],
    )

    assert found.names == ("people", "homes share", "age_25_34")
    assert column(found, "homes share") == [0.4]


def test_area_without_people_counts_as_one_person():
    found = features({"population": [0.0, 100.0], "age_0_14": [0.0, 10.0]})

    assert found.people.tolist() == [1, 100]
    assert column(found, "population")[0] == 0
    assert np.isnan(column(found, "age_0_14 share")[0])


def test_people_unknown_are_those_of_the_median_area():
    people = [None, 100.0, 300.0, 200.0]

    found = features({"population": people, "age_0_14": [5.0, 10.0, 30.0, 20.0]})

    assert found.people.tolist() == [200, 100, 300, 200]
    assert np.isnan(column(found, "population")[0])
    assert np.isnan(column(found, "age_0_14 share")[0])


@pytest.mark.parametrize("people", [{}, {"population": [None, None]}])
def test_without_people_the_exposure_is_one(people):
    told = {name: pl.Series(cells, dtype=pl.Float64) for name, cells in people.items()}

    found = features({**told, "age_0_14": [5.0, 7.0]})

    assert found.people.tolist() == [1, 1]
    assert column(found, "age_0_14") == [5, 7]


def test_long_tails_are_logarithms():
    """A largest of 11 medians is; of 10, or with a 0, it is not."""
    found = features({"far": [1.0, 1, 11], "near": [1.0, 1, 10], "none": [0.0, 1, 11]})

    assert found.logged == {"far"}
    assert column(found, "far") == pytest.approx([0, 0, log(11)])
    assert column(found, "none") == [0, 1, 11]


def test_categories_are_numbered_by_name():
    found = features({"kind": ["shops", None, "homes"], "x": [1.0, 2, 3]})

    assert found.labels == {"kind": ("homes", "shops")}
    assert found.names == ("x", "kind")
    assert found.categorical.tolist() == [False, True]
    assert column(found, "kind")[::2] == [1, 0]
    assert np.isnan(column(found, "kind")[1])


def test_columns_left_out_are_gone():
    found = features({"x": [1.0], "y": [2.0], "kind": ["a"]}, leave_out=["x", "kind"])

    assert found.names == ("y",)


def test_no_column_at_all_leaves_no_feature():
    found = features({"name": pl.Series(["a", "b"])}, leave_out=["name"])

    assert found.values.shape == (2, 0)
    assert found.people.tolist() == [1, 1]
