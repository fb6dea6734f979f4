"""How many people and parcels stand at the centre of each area."""

from dataclasses import dataclass

import polars as pl

from cstore_cli.settings.site_stores import DemandSettings
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.arrays import Floats

PEOPLE = 1000


@dataclass(frozen=True, eq=False)
class Demand:
    """
    ``parcels_day`` (n,) and ``people`` (n,) of each area, in the order of the table.

    ``people`` is nan where the table does not tell. ``num_by_forecast`` areas have
    their parcels from the forecast, the others from their people.
    """

    parcels_day: Floats
    people: Floats
    num_by_forecast: int


def demand_of(inputs: SiteInputs, settings: DemandSettings) -> Demand:
    """
    Parcels per day of each area, wherever they are fetched now.

    The forecast's mean over its dates, where it has the area; else people times
    ``parcels_per_1000``.
    """
    areas = inputs.areas.select("area_id", "population")
    by_rate = pl.col("population") * settings.parcels_per_1000 / PEOPLE
    forecast = pl.lit(None, dtype=pl.Float64)
    if inputs.forecast is not None:
        a_day = pl.col(settings.forecast_column) / pl.col("period_days")
        column = a_day.mean().alias("forecast")
        told = inputs.forecast.group_by("area_id").agg(column)
        areas = areas.join(told, on="area_id", how="left", maintain_order="left")
        forecast = pl.col("forecast")
    parcels = areas.select(pl.coalesce(forecast, by_rate)).to_series()
    return Demand(
        parcels_day=parcels.to_numpy(),
        people=areas["population"].fill_null(float("nan")).to_numpy(),
        num_by_forecast=int(areas.select(forecast.is_not_null().sum()).item()),
    )
