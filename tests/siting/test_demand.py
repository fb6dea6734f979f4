"""Tests of the parcels that areas have."""

import datetime as dt

import pytest
from small_city import areas, city, forecast

from cstore_cli.settings.site_stores import DemandSettings
from cstore_cli.siting.demand import demand_of

MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)
PEOPLE = areas(("A", 0, 2000.0), ("B", 1, 500.0))


def test_people_have_parcels_at_a_rate():
    """Six per 1,000."""
    demand = demand_of(city(areas=PEOPLE), DemandSettings(parcels_per_1000=6))

    assert demand.parcels_day.tolist() == [12, 3]
    assert demand.people.tolist() == [2000, 500]
    assert demand.num_by_forecast == 0


def test_forecast_counts_by_its_mean_over_the_dates():
    """And an area that it does not have, by its people."""
    told = forecast(("B", MONDAY, 10.0), ("B", TUESDAY, 20.0))

    demand = demand_of(city(areas=PEOPLE, forecast=told), DemandSettings())

    assert demand.parcels_day.tolist() == [14, 15]
    assert demand.num_by_forecast == 1


def test_forecast_of_weeks_counts_a_seventh_a_day():
    told = forecast(("A", MONDAY, 70.0)).with_columns(period_days=7)

    demand = demand_of(city(areas=PEOPLE, forecast=told), DemandSettings())

    assert demand.parcels_day[0] == pytest.approx(10)


def test_another_column_may_count():
    told = forecast(("A", MONDAY, 10.0))
    told = told.with_columns(p90=told["mean"] * 2)
    settings = DemandSettings(forecast_column="p90")

    demand = demand_of(city(areas=PEOPLE, forecast=told), settings)

    assert demand.parcels_day[0] == pytest.approx(20)
