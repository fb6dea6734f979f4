"""
The room on each store's shelf when the van may first come.

Room is what the shelf holds less what stands on it, plus what customers are sure enough
to have fetched by then: a low quantile of the litres fetched, each held parcel being
fetched with the chance that its age gives it.

    F(a)      share fetched within a days, straight between whole days, then level
    p         (F(a + d) - F(a)) / (1 - F(a)): fetched in the next d days, if here at a
    fetched   max(0, sum p l + z sqrt(sum p (1 - p) l^2)), z the normal low quantile

The sum of many independent parcels is near normal (Lyapunov's theorem).
"""

import datetime as dt
from statistics import NormalDist

import numpy as np
import polars as pl

from cstore_cli.settings.plan_day import DwellSettings, PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.arrays import Floats

_DAY = dt.timedelta(days=1)


def shelves(
    inputs: DayInputs,
    settings: PlanDaySettings,
    stores: pl.DataFrame,
    parcels: pl.DataFrame,
) -> pl.DataFrame:
    """A row per store: shelf, held, fetched, room, and what the plan brings."""
    held = _held(inputs, settings.dwell, stores)
    pickup = pl.col("channel") == "store_pickup"
    coming = (
        parcels.filter("at_store")
        .group_by("store_id")
        .agg(
            pl.col("litres").filter(pickup).sum().alias("arriving"),
            pickup.sum().cast(pl.Int64).alias("num_pickup"),
            (~pickup).sum().cast(pl.Int64).alias("num_door"),
        )
    )
    shelf = pl.col("shelf_litres")
    return (
        stores.select("store_id", "store_dc", "store_region", "shelf_litres")
        .join(held, on="store_id", how="left", maintain_order="left")
        .join(coming, on="store_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("held", "fetched", "arriving").fill_null(0.0),
            pl.col("num_pickup", "num_door").fill_null(0),
        )
        .with_columns(
            pl.max_horizontal(
                pl.lit(0.0), shelf - pl.col("held") + pl.col("fetched")
            ).alias("room")
        )
    )


def _held(
    inputs: DayInputs, dwell: DwellSettings, stores: pl.DataFrame
) -> pl.DataFrame:
    days_of = {
        minute: _days(inputs.instant(minute), inputs.now)
        for minute in stores["receive_from"].unique().to_list()
    }
    rows = inputs.held_parcels.join(
        stores.select("store_id", "receive_from"), on="store_id"
    )
    now = pl.lit(inputs.now.astimezone(dt.UTC))
    age = (now - pl.col("ready_at")).dt.total_microseconds() / (
        _DAY / dt.timedelta.resolution
    )
    days = rows.select(
        age.clip(lower_bound=0).alias("age"),
        pl.col("receive_from")
        .replace_strict(days_of, return_dtype=pl.Float64, default=0.0)
        .alias("ahead"),
    )
    chance = fetch_chance(days["age"].to_numpy(), days["ahead"].to_numpy(), dwell)
    z = NormalDist().inv_cdf(dwell.low_quantile)
    litres = pl.col("litres")
    return (
        rows.with_columns(pl.Series("p", chance, dtype=pl.Float64))
        .group_by("store_id")
        .agg(
            litres.sum().alias("held"),
            (pl.col("p") * litres).sum().alias("mean"),
            (pl.col("p") * (1 - pl.col("p")) * litres**2).sum().alias("variance"),
        )
        .select(
            "store_id",
            "held",
            (pl.col("mean") + z * pl.col("variance").clip(lower_bound=0).sqrt())
            .clip(lower_bound=0)
            .alias("fetched"),
        )
    )


def fetch_chance(age: Floats, ahead: Floats, dwell: DwellSettings) -> Floats:
    """Chance that a parcel here for ``age`` days is fetched in the ``ahead`` next."""
    share = np.asarray(dwell.collected_share, dtype=np.float64)
    whole_days = np.arange(len(share), dtype=np.float64)
    by_now = np.interp(age, whole_days, share)
    by_then = np.interp(age + ahead, whole_days, share)
    left = 1 - by_now
    chance: Floats = np.divide(
        by_then - by_now, left, out=np.zeros_like(left), where=left > 0
    )
    return chance


def _days(then: dt.datetime, now: dt.datetime) -> float:
    return max(0.0, (then.astimezone(dt.UTC) - now.astimezone(dt.UTC)) / _DAY)
