"""
Nixtla's statsforecast, a model per area on its filled history.

Its exponential smoothing knows no season above 24 periods (as R's forecast, which the
published ETS and Theta are of, it then leaves the season out), so weeks are forecast
without season. Weeks before an area's first are left out, gaps filled as they stood.
Dominick's published ETS is of logarithms, that of M4 of the figures themselves: both.
"""

import numpy as np
import polars as pl
from demand_grid import filled, grid_of

LONGEST_SEASON = 24
PROCESSES = 2


def auto_ets(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    from statsforecast.models import AutoETS

    return _forecast(AutoETS(_season(season)), history, horizon, freq)


def auto_ets_of_logs(
    areas, history, horizon, known_ahead, season, freq
) -> pl.DataFrame:
    """Log1p forecast, and back: the point is then a median."""
    from statsforecast.models import AutoETS

    model = AutoETS(_season(season))
    return _forecast(model, history, horizon, freq, np.log1p, np.expm1)


def theta(areas, history, horizon, known_ahead, season, freq) -> pl.DataFrame:
    from statsforecast.models import Theta

    return _forecast(Theta(_season(season)), history, horizon, freq)


def _season(season: int) -> int:
    return season if season <= LONGEST_SEASON else 1


def _forecast(
    model, history, horizon, freq, there=np.asarray, back=np.asarray
) -> pl.DataFrame:
    from statsforecast import StatsForecast
    from statsforecast.models import Naive

    grid = grid_of(history, horizon, (), freq)
    first = history.filter(pl.col("orders").is_not_null())
    first = first.group_by("area_id").agg(first=pl.col("date").min())
    num_past = grid.orders.shape[1]
    rows = pl.DataFrame(
        {
            "unique_id": [name for name in grid.area_ids for _ in range(num_past)],
            "ds": list(range(num_past)) * len(grid.area_ids),
            "date": grid.dates[:num_past] * len(grid.area_ids),
            "y": there(filled(grid.orders)).ravel(),
        }
    )
    rows = rows.join(first, left_on="unique_id", right_on="area_id")
    rows = rows.filter(pl.col("date") >= pl.col("first"))
    sf = StatsForecast([model], freq=1, n_jobs=PROCESSES, fallback_model=Naive())
    told = sf.forecast(
        h=horizon, df=rows.select("unique_id", "ds", "y"), level=[80]
    ).sort("unique_id", "ds")
    shape = len(grid.area_ids), horizon
    name = str(model)
    point, low, high = (
        back(told[column].to_numpy()).reshape(shape)
        for column in (name, f"{name}-lo-80", f"{name}-hi-80")
    )
    return grid.forecast(mean=point, p10=low, p50=point, p90=high)
