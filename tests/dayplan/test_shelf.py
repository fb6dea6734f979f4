"""The room on each shelf, by hand: formulas (1) to (4)."""

from math import sqrt
from statistics import NormalDist

import polars as pl
import pytest
from days import day, held, hhmm, store

from cstore_cli.dayplan.shelf import shelves
from cstore_cli.settings.plan_day import DwellSettings

NOON = store("S1", receive_from=hhmm("12:00"), shelf_litres=50.0)
STEADY = DwellSettings(collected_share=[0, 0.5, 1])
"""Half of a parcel's chance a day."""


def shelf(parcels, dwell, stores=(NOON,), now="00:00"):
    """Held, fetched and room of the first store."""
    found = shelves(day(stores=list(stores), held_parcels=parcels, now=now), dwell)
    return found.select("held", "fetched", "room").row(0)


def test_an_empty_shelf_has_all_its_room():
    assert shelf([], DwellSettings()) == (0, 0, 50)


def test_the_low_quantile_of_what_is_fetched_makes_room():
    """
    Four parcels of 10 litres, a = 1 day old, half a day to go: F goes from 0.5 to
    0.75, so p = 0.25 / 0.5 = 0.5; mu = 20, sigma = sqrt(4 x 0.25 x 100) = 10.
    """
    parcels = [held(f"H{i}", "S1", 10.0, days_ago=1, clock="00:00") for i in range(4)]
    fetched = 20 - 1.2815515655 * 10
    assert shelf(parcels, STEADY) == pytest.approx((40, fetched, 10 + fetched))


def test_the_figures_add_up_over_parcels_of_different_age_and_size():
    """At 08:00, the van comes at 12:00: d = 1/6 day; ages 0.5 and 2.25 days."""
    dwell = DwellSettings(collected_share=[0, 0.4, 0.6, 0.7], low_quantile=0.4)
    parcels = [
        held("A", "S1", 9.0, days_ago=1, clock="20:00"),
        held("B", "S1", 6.0, days_ago=2, clock="02:00"),
    ]
    p_a = (0.4 * (0.5 + 1 / 6) - 0.2) / (1 - 0.2)
    p_b = 0.1 / 6 / (1 - 0.625)
    mu = 9 * p_a + 6 * p_b
    sigma = sqrt(81 * p_a * (1 - p_a) + 36 * p_b * (1 - p_b))
    fetched = max(0, mu + NormalDist().inv_cdf(0.4) * sigma)
    found = shelf(parcels, dwell, now="08:00")
    assert found == pytest.approx((15, fetched, 35 + fetched))


def test_one_parcel_is_too_uncertain_to_count_on():
    assert shelf([held("H", "S1", 20.0, days_ago=1)], STEADY)[1:] == (0, 30)


@pytest.mark.parametrize("share", [[0, 0.5, 0.9], [0, 0.5, 1.0], [0.3]])
def test_beyond_the_table_nobody_comes_any_more(share):
    dwell = DwellSettings(collected_share=share, low_quantile=0.9)
    parcels = [held(f"H{i}", "S1", 1.0, days_ago=9) for i in range(20)]
    assert shelf(parcels, dwell) == (20, 0, 30)


def test_a_shelf_over_full_has_no_room():
    assert shelf([held("H", "S1", 80.0)], STEADY) == (80, 0, 0)


def test_what_comes_after_the_store_opened_is_not_waited_for():
    """At 14:00 the van may come at once: no time passes."""
    parcels = [held(f"H{i}", "S1", 1.0, days_ago=1) for i in range(20)]
    assert shelf(parcels, STEADY, now="14:00") == (20, 0, 30)


def test_a_parcel_ready_later_today_is_not_older_than_new():
    """At 00:00, ready at 09:00: a = 0, not negative, so p = F(0.5) = 0.25."""
    dwell = DwellSettings(collected_share=[0, 0.5, 1], low_quantile=0.5)
    assert shelf([held("H", "S1", 8.0)], dwell)[1] == pytest.approx(2)


def test_shelves_stand_in_the_order_of_the_stores():
    stores = [store("B"), store("A", shelf_litres=7.0), store("C")]
    parcels = [held("H2", "C", 30.0), held("H1", "B", 20.0)]
    found = shelves(day(stores=stores, held_parcels=parcels), DwellSettings())
    assert found.select("store_id", pl.col("held")).rows() == [
        ("B", 20),
        ("A", 0),
        ("C", 30),
    ]
