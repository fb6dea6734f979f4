"""
gpx/ROUTE.gpx: a route's stops and its way, for navigation.

GPX 1.1 (Topografix, 2004); its elements stand in the order of the schema.
"""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.report.tracks.trips import DrivenTrip, Row, driven_trips
from cstore_cli.tables.file_name import file_names

_NAMESPACE = "http://www.topografix.com/GPX/1/1"
# What XML 1.0 cannot hold, not even as a character reference.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AT_STORE = ("deliver", "collect")
_Places = dict[str, tuple[float, float, str | None]]
"""Id of a store or DC: latitude, longitude, name."""


def gpx(shown: ShownPlan) -> dict[str, bytes]:
    """
    Return gpx/ROUTE.gpx of each route, by that name.

    A waypoint a visit says what is done there and when; a track a trip leads along the
    way. Track points have no time: nobody has driven there yet.
    """
    places = _places(shown)
    names = file_names(shown.tables.routes["route_id"])
    files = {}
    for route_id, trips in groupby(
        driven_trips(shown), key=lambda trip: trip.route["route_id"]
    ):
        root = _route(shown, list(trips), places)
        data = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        files[f"gpx/{names[route_id]}.gpx"] = data
    return files


def _places(shown: ShownPlan) -> _Places:
    inputs = shown.inputs
    return {
        place: (lat, lon, name)
        for table, key in (
            (inputs.stores, "store_id"),
            (inputs.distribution_centers, "dc_id"),
        )
        for place, lat, lon, name in table.select(key, "lat", "lon", "name").iter_rows()
    }


def _route(shown: ShownPlan, trips: list[DrivenTrip], places: _Places) -> ET.Element:
    root = ET.Element("gpx", xmlns=_NAMESPACE, version="1.1", creator="cstore")
    route = trips[0].route
    title = f"{route['route_id']} {shown.inputs.date.isoformat()}"
    head = ET.SubElement(root, "metadata")
    _text(head, "name", title)
    _text(head, "desc", _told(shown, route))
    planned = shown.planned_at.astimezone(dt.UTC)
    _text(head, "time", planned.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _bounds(head, trips)
    for trip in trips:
        for rows in ((trip.rows[0],), *trip.visits):
            _waypoint(root, rows, places)
    _waypoint(root, (trips[-1].rows[-1],), places)
    for trip in trips:
        track = ET.SubElement(root, "trk")
        _text(track, "name", f"{title}, trip {trip.number}")
        _text(track, "number", str(trip.number))
        segment = ET.SubElement(track, "trkseg")
        for lat, lon in trip.line.tolist():
            ET.SubElement(segment, "trkpt", lat=_lat(lat), lon=_lon(lon))
    return root


def _told(shown: ShownPlan, route: Row) -> str:
    travel = shown.settings.travel
    told = (
        f"{route['vehicle_type']} {route['vehicle_no']} of {route['dc_id']}, "
        f"{route['departs']} to {route['returns']}, {route['km']:.1f} km; "
        f"plan {shown.version}."
    )
    if travel.source == "matrix":
        return f"{told} Lines are straight."
    return (
        f"{told} Off the known roads lines are straight; the plan counts "
        f"{travel.circuity:g} km for each km of them."
    )


def _bounds(head: ET.Element, trips: list[DrivenTrip]) -> None:
    lat, lon = (
        [degrees for trip in trips for degrees in trip.line[:, axis].tolist()]
        for axis in (0, 1)
    )
    ET.SubElement(
        head,
        "bounds",
        minlat=_lat(min(lat)),
        minlon=_lon(min(lon)),
        maxlat=_lat(max(lat)),
        maxlon=_lon(max(lon)),
    )


def _waypoint(root: ET.Element, rows: tuple[Row, ...], places: _Places) -> None:
    """A visit: what is delivered and collected there, or a departure or return."""
    first, last = rows[0], rows[-1]
    lat, lon, name = places[first["location_id"]]
    point = ET.SubElement(root, "wpt", lat=_lat(lat), lon=_lon(lon))
    words = (str(first["sequence"]), first["location_id"], name)
    _text(point, "name", " ".join(word for word in words if word))
    if first["kind"] == "end":
        told = f"back at {first['arrives']}"
    elif first["kind"] in ("depart", "reload"):
        told = f"{first['kind']} at {first['leaves']}, {first['batch']}"
    else:
        told = f"{first['arrives']} to {last['leaves']}: {'; '.join(_done(rows))}"
    _text(point, "desc", told)
    _text(point, "type", "store" if first["kind"] in _AT_STORE else "dc")


def _done(rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        number = row["dropped_parcels"] + row["collected_parcels"]
        parcels = "parcel" if number == 1 else "parcels"
        yield f"{row['kind']} {number} {parcels}, {row['litres']:.1f} litres"


def _text(parent: ET.Element, tag: str, text: str) -> None:
    """An element of text; a character that XML cannot hold becomes U+FFFD."""
    ET.SubElement(parent, tag).text = _UNFIT.sub("\ufffd", text)


def _lat(degrees: float) -> str:
    """Degrees to a tenth of a metre."""
    return f"{degrees:.6f}"


def _lon(degrees: float) -> str:
    """As _lat; GPX knows 180 degrees as -180 only."""
    text = f"{degrees:.6f}"
    return "-180.000000" if text == "180.000000" else text
