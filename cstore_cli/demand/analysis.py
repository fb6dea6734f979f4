"""The whole analysis: forecast, who the customers are, what drives demand, when."""

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from cstore_cli.demand.area_features import AreaFeatures, area_features
from cstore_cli.demand.cautions import cautions
from cstore_cli.demand.cross_section import hold_out
from cstore_cli.demand.customers.pickup_hours import pickup_hours
from cstore_cli.demand.customers.potential import potential
from cstore_cli.demand.customers.segments import segments
from cstore_cli.demand.customers.who import PickupHours, Potential, Segments
from cstore_cli.demand.drivers import drivers_of_level
from cstore_cli.demand.drivers_of_course import drivers_of_course
from cstore_cli.demand.forecast import DemandForecast, forecast_demand
from cstore_cli.demand.history import History
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.tables.demand_inputs import DemandInputs


@dataclass(frozen=True, eq=False)
class Analysis:
    """
    What was found, with what it was found from.

    ``drivers`` as in `drivers_of_level` and `drivers_of_course`; ``warnings`` are
    sentences on what is suspicious in the tables or to be taken with care.
    """

    inputs: DemandInputs
    history: History
    forecast: DemandForecast
    drivers: pl.DataFrame
    segments: Segments
    potential: Potential | None
    pickup_hours: PickupHours | None
    warnings: tuple[str, ...]


def analyze(
    inputs: DemandInputs,
    history: History,
    settings: AnalyzeDemandSettings,
    seed: int,
    executor: Executor,
) -> Analysis:
    """
    Forecast, then tell from forecast and areas who, why and when.

    Raises
    ------
    InputError
        When the settings name a country or columns that are not there.
    """
    features = area_features(inputs, settings)
    forecast = forecast_demand(history, features, settings, seed, executor)
    with threadpool_limits(1, "openmp"):  # the same bytes, however many processors
        course, suspicious = drivers_of_course(forecast, seed)
    people = potential(inputs, settings)
    mean = forecast.mean.mean(axis=1)
    share = None
    if people is not None:
        share = people.areas["potential_share"].cast(pl.Float64).to_numpy()
    return Analysis(
        inputs=inputs,
        history=history,
        forecast=forecast,
        drivers=pl.concat([_drivers_of_level(features, history, seed), course]),
        segments=segments(
            features,
            history.area_ids,
            settings.segments,
            seed,
            orders=mean,
            potential_share=share,
            period="day" if history.period_days == 1 else "week",
        ),
        potential=people,
        pickup_hours=pickup_hours(
            inputs, mean / history.period_days, settings.network.time_zone
        ),
        warnings=(*suspicious, *cautions(inputs, settings, forecast)),
    )


def _drivers_of_level(
    features: AreaFeatures, history: History, seed: int
) -> pl.DataFrame:
    """Return what drives the mean of all that is known of an area."""
    known = (~np.isnan(history.orders)).sum(axis=1)
    total = np.nansum(history.orders, axis=1)
    level = np.divide(total, known, out=np.full(len(total), np.nan), where=known > 0)
    held = hold_out(features, level, known.astype(float), seed)
    return drivers_of_level(features, held, level, seed)
