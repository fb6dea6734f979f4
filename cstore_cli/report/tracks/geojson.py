"""
routes.geojson: DCs, trips and stops of a plan, for any map.

GeoJSON as in RFC 7946: longitude before latitude, in degrees of WGS84.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.report.tracks.trips import DrivenTrip, driven_trips
from cstore_cli.tables.write import clock_text
from cstore_cli.travel.ways import Way

_DECIMALS = 6
"""A tenth of a metre."""
_OF_ROUTE = ("route_id", "dc_id", "vehicle_type", "vehicle_no", "region_id")
_OF_STOP = (
    "route_id",
    "trip",
    "sequence",
    "batch",
    "kind",
    "location_id",
    "arrives",
    "starts",
    "leaves",
    "dropped_parcels",
    "collected_parcels",
    "litres",
    "kg",
    "cod_twd",
)
_ADDED = {"litres": 2, "kg": 3, "cod_twd": 2}
"""Decimals of the sums over a trip's deliveries, as in routes.csv."""
Feature = dict[str, Any]


def geojson(shown: ShownPlan) -> bytes:
    """
    Return a FeatureCollection: a Point a DC, a LineString a trip, a Point a stop.

    ``feature`` tells which; the other properties are the plan's columns of that name,
    clock times as HH:MM, a trip's being those of its own stops. A stop that delivers
    and collects is two Points, as in stops.csv. The collection tells which plan it is.
    """
    features = [*_dcs(shown), *_driven(shown)]
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "date": shown.inputs.date.isoformat(),
        "planned_at": shown.planned_at.isoformat(timespec="minutes"),
        "version": shown.version,
    }
    if features:
        collection["bbox"] = _bbox(features)
    collection["features"] = features
    text = json.dumps(
        collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return (text + "\n").encode()


def _dcs(shown: ShownPlan) -> Iterator[Feature]:
    """The DCs, open from and to."""
    times = (clock_text(pl.col(name)).alias(name) for name in ("opens", "closes"))
    dcs = shown.inputs.distribution_centers.select(
        "lat", "lon", "dc_id", "name", *times
    )
    for dc in dcs.iter_rows(named=True):
        yield _feature("dc", _point(dc.pop("lat"), dc.pop("lon")), dc)


def _driven(shown: ShownPlan) -> Iterator[Feature]:
    at = shown.inputs.stores.select("store_id", "lat", "lon", "name").rows_by_key(
        "store_id", unique=True
    )
    for trip in driven_trips(shown):
        yield _feature("trip", _line(trip.line), _of_trip(trip))
        for row in trip.stops:
            lat, lon, name = at[row["location_id"]]
            properties = {key: row[key] for key in _OF_STOP} | {"name": name}
            yield _feature("stop", _point(lat, lon), properties)


def _of_trip(trip: DrivenTrip) -> dict[str, Any]:
    delivered = [row for row in trip.stops if row["kind"] == "deliver"]
    sums = {key: round(sum(r[key] for r in delivered), n) for key, n in _ADDED.items()}
    return {
        **{key: trip.route[key] for key in _OF_ROUTE},
        "trip": trip.number,
        "batch": trip.rows[0]["batch"],
        "departs": trip.rows[0]["leaves"],
        "returns": trip.rows[-1]["arrives"],
        "stops": len(trip.visits),
        "parcels": sum(row["dropped_parcels"] for row in delivered),
        "collected_parcels": sum(row["collected_parcels"] for row in trip.stops),
        **sums,
        "km": round(sum(row["leg_km"] for row in trip.rows[1:]), 3),
        "minutes": trip.minutes,
    }


def _feature(kind: str, geometry: Feature, properties: Mapping[str, Any]) -> Feature:
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {"feature": kind, **properties},
    }


def _point(lat: float, lon: float) -> Feature:
    coordinates = [round(lon, _DECIMALS), round(lat, _DECIMALS)]
    return {"type": "Point", "coordinates": coordinates}


def _line(way: Way) -> Feature:
    coordinates = np.round(way[:, ::-1], _DECIMALS).tolist()
    return {"type": "LineString", "coordinates": coordinates}


def _bbox(features: list[Feature]) -> list[float]:
    """West, south, east, north."""
    points: list[list[float]] = []
    for feature in features:
        geometry = feature["geometry"]
        if geometry["type"] == "Point":
            points.append(geometry["coordinates"])
        else:
            points += geometry["coordinates"]
    lon, lat = zip(*points, strict=True)
    return [min(lon), min(lat), max(lon), max(lat)]
