"""When customers fetch, when they would, and what 24-hour opening would add."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.demand.customers.who import PickupHours
from cstore_cli.demand.customers.wish_hours import (
    LEAST_SEEN,
    Bools,
    customers,
    prior_pickups,
    seen_hours,
    wishes,
)
from cstore_cli.demand.history import Floats
from cstore_cli.tables.demand_inputs import DemandInputs
from cstore_cli.tables.open_hours import HOURS, open_share

Ints = npt.NDArray[np.int64]

_CITY = "*"
_ALWAYS = "24/7"
_OPEN = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class _Fetched:
    """
    Pick-ups (K,): place of the area (-1: not in the table), opening hours, hour.

    ``open_share`` (P, 24) is of the opening hours. ``why_no_gain`` says why those are
    not known, all stores then counting as always open.
    """

    places: Ints
    patterns: Ints
    hours: Ints
    open_share: Floats
    why_no_gain: str | None
    notes: tuple[str, ...]

    def by_hour(self, num_areas: int) -> Floats:
        """Count pick-ups by area and hour (n + 1, 24), in the last row all."""
        return _counted(self.places, self.hours, (num_areas, HOURS))

    def by_pattern(self, num_areas: int, seen: Bools) -> Floats:
        """Count pick-ups in hours seen by area and opening hours (n + 1, P)."""
        here = seen[self.hours]
        shape = num_areas, len(self.open_share)
        return _counted(self.places[here], self.patterns[here], shape)


def _counted(rows: Ints, columns: Ints, shape: tuple[int, int]) -> Floats:
    count = np.zeros((shape[0] + 1, shape[1]))
    np.add.at(count, (rows, columns), 1)
    count[-1] = np.bincount(columns, minlength=shape[1])
    return count


def pickup_hours(
    inputs: DemandInputs, parcels_day: Floats, time_zone: str
) -> PickupHours | None:
    """
    Return when customers would fetch, were all stores always open; None: no pick-ups.

    Hours in which a store is closed show nothing of the wishes for them, so the
    profile of wishes rests for each hour on the stores open then: see `wishes`. An
    area's is drawn towards the city's, the more the fewer its pick-ups:
    see `prior_pickups`. What 24-hour opening would add is the part of an area's
    wishes that falls into hours in which the stores it fetches from are closed, times
    its parcels a day. Opening longer makes no further orders here: the same parcels
    are fetched sooner, or at a better time.

    Two limits: who wishes the night and fetches at a store that is always open for
    that reason makes the night look larger at such stores; and one who comes as soon
    as a closed store opens, instead of at a usual hour, makes that hour look larger.

    Parameters
    ----------
    inputs
        Tables; picked_up_at is UTC. Stores count with their opening_hours.
    parcels_day
        Parcels a day of each area of ``inputs.areas`` (n,), nan where unknown.
    time_zone
        Zone of the hours, such as Asia/Taipei.
    """
    if inputs.pickups is None or inputs.pickups.is_empty():
        return None
    area_ids = inputs.areas["area_id"].to_list()
    fetched = _fetched(_with_hours(inputs.pickups, inputs.stores, time_zone), area_ids)
    everything = fetched.by_pattern(len(area_ids), np.full(HOURS, True))
    seen = seen_hours(everything[-1], fetched.open_share)
    if not fetched.by_hour(len(area_ids))[-1, seen].any():
        seen = np.full(HOURS, False)  # nobody came in them: nothing can be told
    in_hour = fetched.by_hour(len(area_ids))[:, seen]
    pickups = fetched.by_pattern(len(area_ids), seen)
    opened = fetched.open_share[:, seen]
    wish = np.zeros((len(area_ids) + 1, int(seen.sum())))
    prior = 0.0
    if seen.any():
        city = wishes(in_hour[-1:], pickups[-1:], opened)[0]
        prior = prior_pickups(in_hour[:-1], pickups[:-1], opened, city)
        areas = wishes(in_hour[:-1], pickups[:-1], opened, city, prior)
        wish = np.vstack([areas, city])
    share = np.full((len(wish), HOURS), np.nan)
    share[:, seen] = wish
    names = [*area_ids, _CITY]
    return PickupHours(
        hours=pl.DataFrame(
            {
                "area_id": np.repeat(np.array(names, dtype=object), HOURS),
                "hour": np.tile(np.arange(HOURS), len(names)),
                "share": share.ravel(),
            },
            schema={"area_id": pl.String, "hour": pl.Int64, "share": pl.Float64},
        ).with_columns(pl.col("share").fill_nan(None)),
        gain=_gain(names, fetched, everything, seen, wish, pickups, parcels_day),
        prior_pickups=prior,
        notes=(*fetched.notes, *_unseen(seen)),
    )


def _with_hours(
    pickups: pl.DataFrame, stores: pl.DataFrame | None, time_zone: str
) -> pl.DataFrame:
    """Return area_id, hour and opening_hours of each pick-up, null where unknown."""
    local = pickups.with_columns(
        hour=pl.col("picked_up_at").dt.convert_time_zone(time_zone).dt.hour()
    )
    if (
        stores is None
        or "store_id" not in pickups.columns
        or "opening_hours" not in stores.columns
    ):
        hours = pl.lit(None, dtype=pl.String)
        return local.select("area_id", "hour", opening_hours=hours)
    known = stores.select("store_id", "opening_hours")
    return local.select("area_id", "hour", "store_id").join(
        known, on="store_id", how="left", maintain_order="left"
    )


def _fetched(pickups: pl.DataFrame, area_ids: list[str]) -> _Fetched:
    notes = []
    known = pickups.drop_nulls("opening_hours")
    why_no_gain = None
    if known.is_empty():
        why_no_gain = "opening hours of the stores fetched from are not known"
        known = pickups.with_columns(opening_hours=pl.lit(_ALWAYS))
    elif len(known) < len(pickups):
        notes.append(
            f"{len(pickups) - len(known):,} pick-ups are left out: the opening hours "
            "of their stores are not known."
        )
    texts = known["opening_hours"].unique().sort().to_list()
    opened = np.array([open_share(text) for text in texts])
    pattern_of = {text: number for number, text in enumerate(texts)}
    place_of = {area_id: number for number, area_id in enumerate(area_ids)}
    patterns = np.array([pattern_of[text] for text in known["opening_hours"]])
    places = np.array([place_of.get(area_id, -1) for area_id in known["area_id"]])
    hours = known["hour"].cast(pl.Int64).to_numpy()
    if (places < 0).any():
        notes.append(
            f"{int((places < 0).sum()):,} pick-ups of areas that are not in the table "
            "count for the city only."
        )
    kept = opened[patterns, hours] > 0
    if not kept.all():
        notes.append(
            f"{int((~kept).sum()):,} pick-ups are left out: their stores were closed "
            "in that hour by their opening hours."
        )
    places, patterns, hours = places[kept], patterns[kept], hours[kept]
    return _Fetched(places, patterns, hours, opened, why_no_gain, tuple(notes))


def _unseen(seen: Bools) -> list[str]:
    if seen.all():
        return []
    untold = (
        f"Nothing can be told of {_clocks(~seen)}: fewer than {LEAST_SEEN} pick-ups "
        "are from stores open then, or none of these is open when others are."
    )
    return [untold]


def _gain(
    names: list[str],
    fetched: _Fetched,
    everything: Floats,
    seen: Bools,
    wish: Floats,
    pickups: Floats,
    parcels_day: Floats,
) -> pl.DataFrame:
    opened = fetched.open_share
    behind = customers(wish, pickups, opened[:, seen])
    total = behind.sum(axis=1)
    missed = (behind * (wish @ (1 - opened[:, seen]).T)).sum(axis=1)
    share = np.full(len(names), np.nan)
    np.divide(missed, total, out=share, where=total > 0)
    # Hours of which nothing is told, closed at stores in use.
    closed = (opened < _OPEN) & ~seen
    reasons = [
        fetched.why_no_gain or _why_null(everything[place], closed, total[place])
        for place in range(len(names))
    ]
    share[[reason is not None for reason in reasons]] = np.nan
    parcels = share[:-1] * parcels_day
    told = np.isfinite(parcels)
    whole_city = parcels[told].sum() if told.any() else np.nan
    return pl.DataFrame(
        {
            "area_id": names,
            "pickups": everything.sum(axis=1).astype(np.int64),
            "share_closed_hours": share,
            "parcels_day_closed_hours": np.append(parcels, whole_city),
            "reason": reasons,
        },
        schema_overrides={"area_id": pl.String, "reason": pl.String},
    ).with_columns(
        pl.col("share_closed_hours", "parcels_day_closed_hours").fill_nan(None),
    )


def _why_null(pickups: Floats, closed: Bools, customers: float) -> str | None:
    used = pickups > 0
    if not used.any():
        return "no pick-ups"
    untold: Bools = np.any(closed[used], axis=0)
    if untold.any():
        return f"nothing can be told of {_clocks(untold)}, when stores are closed"
    return None if customers else "too few pick-ups"


def _clocks(hours: Bools) -> str:
    """Return the hours as "00:00-06:00, 23:00-24:00"."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hours.astype(int), [0]])))
    spans = edges.reshape(-1, 2).tolist()
    return ", ".join(f"{first:02}:00-{last:02}:00" for first, last in spans)
