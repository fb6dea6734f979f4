"""
Traffic and weather: factors on speed and on service, by area and time.

Each row is in force from ``from`` up to but without ``to``, in its area: ``*``, a
dc_id (the places of that DC), or an area_id (the places to whose position that
area's centre is the nearest). The factors of all rows in force multiply.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np
import polars as pl

from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.arrays import Bools, Floats
from cstore_cli.travel.faults import Rule, broken, refuse, refuse_columns_missing
from cstore_cli.travel.instants import in_force
from cstore_cli.travel.matrix import TravelMatrix, matrix_of
from cstore_cli.travel.near import nearest
from cstore_cli.travel.places import Places

TABLE = "conditions"
COLUMNS = ("from", "to", "area", "weather", "speed_factor", "service_factor")
EVERYWHERE = "*"


def check_conditions(
    conditions: pl.DataFrame,
    dc_ids: Collection[str],
    areas: pl.DataFrame | None,
    settings: TravelSettings,
) -> None:
    """
    Refuse rows that cannot be applied, and traffic counted twice.

    Traffic is a row whose weather is clear or empty and whose speed_factor is not 1;
    the minutes of the network's periods contain it already.

    Raises
    ------
    InputError
        Naming every row with an unknown area, a factor that is not above 0, a ``to``
        not after its ``from``, and, when base is network_periods, every traffic row.
    """
    rules = _rules({EVERYWHERE, *dc_ids, *_area_ids(areas)})
    if settings.base == "network_periods":
        is_clear = pl.col("weather").fill_null("").str.strip_chars().str.to_lowercase()
        rules.append(
            Rule(
                "speed_factor",
                ~is_clear.is_in(["", "clear"]) | (pl.col("speed_factor") == 1),
                "is traffic, which base: network_periods contains already",
                "leave it out, or set base: freeflow",
            )
        )
    refuse_columns_missing(TABLE, conditions, COLUMNS)
    refuse(TABLE, broken(TABLE, conditions, rules))


def factors_at(
    when: datetime,
    places: Places,
    dc_of_place: Sequence[str],
    conditions: pl.DataFrame,
    areas: pl.DataFrame | None,
    *,
    dc_ids: Collection[str] = (),
) -> tuple[Floats, Floats]:
    """
    Return speed and service factors (n,) of the places at an instant.

    Parameters
    ----------
    when
        The instant, with its offset.
    places, dc_of_place
        n places, and the dc_id of each.
    conditions
        Rows from, to (with offset), area, weather, speed_factor, service_factor.
    areas
        Rows area_id, lat, lon of the areas' centres, if there are any.
    dc_ids
        DCs that rows may name although no place here is theirs.

    Raises
    ------
    InputError
        As check_conditions, but for traffic counted twice.
    """
    refuse_columns_missing(TABLE, conditions, COLUMNS)
    known = {EVERYWHERE, *dc_of_place, *dc_ids, *_area_ids(areas)}
    refuse(TABLE, broken(TABLE, conditions, _rules(known)))
    speed, service = np.ones(len(places)), np.ones(len(places))
    rows = in_force(conditions, when)
    if rows.is_empty():
        return speed, service
    dc_of, area_of = np.array(dc_of_place, dtype=object), _area_of(places, areas)
    for area, speed_factor, service_factor in rows.select(
        "area", "speed_factor", "service_factor"
    ).iter_rows():
        here: Bools = (dc_of == area) | (area_of == area) | (area == EVERYWHERE)
        speed[here] *= speed_factor
        service[here] *= service_factor
    return speed, service


def changes_between(
    start: datetime, end: datetime, conditions: pl.DataFrame
) -> tuple[datetime, ...]:
    """Instants after ``start`` and before ``end`` at which factors may change."""
    edges = {*conditions["from"], *conditions["to"]}
    return tuple(sorted(edge for edge in edges if start < edge < end))


def under_conditions(matrix: TravelMatrix, speed_factor: Floats) -> TravelMatrix:
    """Return the matrix with the minutes from place i divided by its factor, (n,)."""
    return matrix_of(
        matrix.places,
        matrix.distance_km,
        matrix.duration_min / speed_factor[:, None],
        matrix.snap_report,
    )


def _rules(known_areas: Collection[str]) -> list[Rule]:
    return [
        Rule(
            "area",
            pl.col("area").is_in(sorted(known_areas)),
            "must be *, a dc_id or an area_id",
        ),
        Rule("to", pl.col("to") > pl.col("from"), "must be after from"),
        *(
            Rule(c, pl.col(c).is_finite() & (pl.col(c) > 0), "must be above 0")
            for c in ("speed_factor", "service_factor")
        ),
    ]


def _area_ids(areas: pl.DataFrame | None) -> list[str]:
    return [] if areas is None else areas["area_id"].cast(pl.String).to_list()


def _area_of(places: Places, areas: pl.DataFrame | None) -> np.ndarray:
    """Area id of each place, (n,): that of the nearest centre; None without areas."""
    if areas is None or areas.is_empty():
        return np.full(len(places), None, dtype=object)
    lat, lon = areas["lat"].to_numpy(), areas["lon"].to_numpy()
    index, _ = nearest(places.lat, places.lon, lat, lon)
    return np.array(_area_ids(areas), dtype=object)[index]
