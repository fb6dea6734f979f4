"""routes.geojson and gpx/ROUTE.gpx, read by others than their writer."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import gpxpy
import numpy as np
import polars as pl
import pytest
from days import LAT, LON, collection, day, order, planned, settings, store
from jsonschema import Draft202012Validator

from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.report.tracks.geojson import geojson
from cstore_cli.report.tracks.gpx import gpx
from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.ways import ways_of

POSITION = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
    "minItems": 2,
    "items": {"type": "number"},
    "maxItems": 3,
}
GEOMETRY = {
    "oneOf": [
        {
            "properties": {"type": {"const": "Point"}, "coordinates": POSITION},
            "required": ["type", "coordinates"],
        },
        {
            "properties": {
                "type": {"const": "LineString"},
                "coordinates": {"type": "array", "items": POSITION, "minItems": 2},
            },
            "required": ["type", "coordinates"],
        },
    ]
}
RFC_7946 = {
    "type": "object",
    "properties": {
        "type": {"const": "FeatureCollection"},
        "bbox": {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 4,
            "maxItems": 4,
        },
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"const": "Feature"},
                    "geometry": GEOMETRY,
                    "properties": {"type": ["object", "null"]},
                },
                "required": ["type", "geometry", "properties"],
                "not": {
                    "anyOf": [
                        {"required": ["coordinates"]},
                        {"required": ["features"]},
                    ]
                },
            },
        },
    },
    "required": ["type", "features"],
    "not": {
        "anyOf": [
            {"required": [name]}
            for name in ("crs", "coordinates", "geometries", "geometry", "properties")
        ]
    },
}
"""What RFC 7946 says of the types we write: sections 1.4, 3, 5 and 7."""
GPX = "{http://www.topografix.com/GPX/1/1}"
IN_ORDER = {
    "gpx": "metadata wpt rte trk extensions",
    "metadata": "name desc author copyright link time keywords bounds extensions",
    "wpt": "ele time magvar geoidheight name cmt desc src link sym type",
    "trk": "name cmt desc src link number type extensions trkseg",
    "trkseg": "trkpt extensions",
}
"""Children in the order of the schema of GPX 1.1."""
HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'so' ]]> <!--",
    "../../etc/passwd",
    "🚚 שלום \u202egnirts",
    "bell\x07 and \x1b[31m",
]


def features(shown, kind):
    collection = json.loads(geojson(shown))
    return [
        feature
        for feature in collection["features"]
        if feature["properties"]["feature"] == kind
    ]


def parsed(shown):
    return {name: gpxpy.parse(data.decode()) for name, data in gpx(shown).items()}


def shown_of(plan, inputs, chosen, travel):
    return ShownPlan(
        tables=plan.tables,
        parcels=plan.tables.parcels,
        unserved=plan.tables.parcels.clear(),
        summary={},
        moved=None,
        ways=ways_of(plan.tables.stops, travel),
        inputs=inputs,
        settings=chosen,
    )


@pytest.fixture(scope="module")
def shown_roads():
    """A plan on a street grid of 250 m whose links bend, stores a few metres off it."""
    size = range(-12, 13)
    step = 0.25 / 111.195
    at = {(r, c): (LAT + r * step, LON + c * step * 1.1) for r in size for c in size}
    name = {spot: f"{spot[0]}/{spot[1]}" for spot in at}
    rows = []
    for (r, c), here in at.items():
        for other in ((r + 1, c), (r, c + 1), (r - 1, c), (r, c - 1)):
            if other not in at:
                continue
            a, b = np.array(here), np.array(at[other])
            bend = (a + b) / 2 + np.abs(b - a)[::-1] / 4
            line = np.array([a, bend, b])
            km = straight_km(*line[:-1].T, *line[1:].T).sum()
            shape = " ".join(f"{lon:.6f},{lat:.6f}" for lat, lon in line)
            rows.append((name[r, c], name[other], round(km, 4), 2 * km, shape))
    links = pl.DataFrame(
        rows,
        schema=["from_node", "to_node", "length_km", "freeflow_min", "geom_lonlat"],
        orient="row",
    )
    nodes = pl.DataFrame(
        [(name[spot], lat, lon) for spot, (lat, lon) in at.items()],
        schema=["node", "lat", "lon"],
        orient="row",
    )
    spots = [(-11, 4), (7, -9), (10, 10), (3, -2), (-6, -8), (0, 9)]
    stores = [
        store(f"S{k}", lat=at[s][0] + 2e-5, lon=at[s][1]) for k, s in enumerate(spots)
    ]
    orders = [
        order(f"o{k}", store_id=f"S{k % 6}", length_cm=40.0, customer_lat=LAT)
        | {"customer_lat": stores[k % 6]["lat"], "customer_lon": stores[k % 6]["lon"]}
        for k in range(12)
    ]
    inputs = replace(day(orders, stores=stores), road_nodes=nodes, road_links=links)
    chosen = settings(travel={"source": "roads"})
    plan, travel = planned(inputs, chosen)
    return shown_of(plan, inputs, chosen, travel)


def test_geojson_is_geojson(shown_sample, shown_roads):
    """By the rules of RFC 7946."""
    for shown in (shown_sample, shown_roads):
        collection = json.loads(geojson(shown))
        Draft202012Validator(RFC_7946).validate(collection)
        assert len(collection["features"]) > len(shown.tables.routes)


def test_every_route_has_its_trips_and_stops_on_the_map(shown_sample):
    """With the figures of the tables."""
    routes, stops = shown_sample.tables.routes, shown_sample.tables.stops
    trips = [feature["properties"] for feature in features(shown_sample, "trip")]
    keys = ("parcels", "stops", "litres", "kg", "cod_twd", "km")

    for route in routes.iter_rows(named=True):
        own = [t for t in trips if t["route_id"] == route["route_id"]]
        assert [t["trip"] for t in own] == list(range(1, route["trips"] + 1))
        for key in keys:
            assert sum(t[key] for t in own) == pytest.approx(route[key], abs=0.01)

    told = [feature["properties"] for feature in features(shown_sample, "stop")]
    at_store = stops.filter(pl.col("kind").is_in(["deliver", "collect"]))
    for key in ("route_id", "trip", "sequence", "location_id", "dropped_parcels", "kg"):
        assert [row[key] for row in told] == at_store[key].to_list()


def test_longitude_comes_first_and_the_box_holds_all(shown_sample):
    """West, south, east, north; six decimals."""
    collection = json.loads(geojson(shown_sample))
    stores = shown_sample.inputs.stores.rows_by_key("store_id", named=True, unique=True)
    for stop in features(shown_sample, "stop"):
        place = stores[stop["properties"]["location_id"]]
        expected = [round(place["lon"], 6), round(place["lat"], 6)]
        assert stop["geometry"]["coordinates"] == expected
    [dc, *_] = features(shown_sample, "dc")
    first = shown_sample.inputs.distribution_centers.row(0, named=True)
    assert dc["geometry"]["coordinates"] == [first["lon"], first["lat"]]
    west, south, east, north = collection["bbox"]
    for trip in features(shown_sample, "trip"):
        for lon, lat in trip["geometry"]["coordinates"]:
            assert west <= lon <= east
            assert south <= lat <= north
            assert (round(lon, 6), round(lat, 6)) == (lon, lat)


def test_a_reload_ends_one_trip_and_begins_the_next(shown_sample):
    """Lines begin and end at the DC."""
    again = [
        feature
        for feature in features(shown_sample, "trip")
        if feature["properties"]["trip"] == 2
    ]
    assert again
    stops = shown_sample.tables.stops
    for feature in again:
        own = feature["properties"]
        line = feature["geometry"]["coordinates"]
        assert line[0] == line[-1]
        [reload] = stops.filter(
            pl.col("route_id") == own["route_id"], pl.col("kind") == "reload"
        ).iter_rows(named=True)
        assert (
            own["departs"] == f"{reload['leaves'] // 60:02}:{reload['leaves'] % 60:02}"
        )
        assert own["batch"] == reload["batch"]


def test_gpx_is_read_by_others(shown_sample):
    """A file a route, a waypoint each visit and each time at the DC, a track a trip."""
    files = parsed(shown_sample)
    routes = shown_sample.tables.routes
    assert set(files) == {f"gpx/{route}.gpx" for route in routes["route_id"]}
    for route in routes.iter_rows(named=True):
        file = files[f"gpx/{route['route_id']}.gpx"]
        assert file.version == "1.1"
        assert file.creator == "cstore"
        assert file.time == shown_sample.planned_at
        assert len(file.waypoints) == route["stops"] + route["trips"] + 1
        assert len(file.tracks) == route["trips"]
        first, last = file.waypoints[0], file.waypoints[-1]
        assert first.name.split()[:2] == ["0", route["dc_id"]]
        assert f"depart at {route['departs'] // 60:02}:" in first.description
        assert last.description.startswith("back at")
        for point in file.walk(only_points=True):
            assert file.bounds.min_latitude <= point.latitude
            assert point.longitude <= file.bounds.max_longitude


def test_gpx_elements_stand_in_the_order_of_the_schema(shown_sample):
    for data in gpx(shown_sample).values():
        for element in ET.fromstring(data).iter():  # noqa: S314
            children = [child.tag.removeprefix(GPX) for child in element]
            order_of = IN_ORDER.get(element.tag.removeprefix(GPX), "").split()
            places = [order_of.index(child) for child in children]
            assert places == sorted(places)


def test_a_visit_tells_what_is_delivered_and_collected():
    """One waypoint where the van does both, two points on the map as in stops.csv."""
    inputs = day([order("o1")], collections=[collection("r1", "S1", litres=2.0)])
    chosen = settings()
    plan, travel = planned(inputs, chosen)
    shown = shown_of(plan, inputs, chosen, travel)

    [file] = parsed(shown).values()
    _, visit, _ = file.waypoints
    assert visit.name == "1 S1"
    told = "deliver 1 parcel, 4.0 litres; collect 1 parcel, 2.0 litres"
    assert visit.description.endswith(told)
    kinds = [feature["properties"]["kind"] for feature in features(shown, "stop")]
    assert kinds == ["deliver", "collect"]
    [trip] = features(shown, "trip")
    counts = ("stops", "parcels", "collected_parcels", "litres")
    assert [trip["properties"][key] for key in counts] == [1, 1, 1, 4.0]


def test_a_track_on_roads_is_as_long_as_the_route(shown_roads):
    """Within 2 % of its km, where the network's links are as long as they are drawn."""
    files = parsed(shown_roads)
    routes = shown_roads.tables.routes
    assert routes["km"].sum() > 10
    for route, km in routes.select("route_id", "km").iter_rows():
        metres = files[f"gpx/{route}.gpx"].length_2d()
        assert metres == pytest.approx(1000 * km, rel=0.02)
        points = files[f"gpx/{route}.gpx"].get_points_data()
        assert len(points) > 3 * km


def test_a_straight_track_is_shorter_by_the_circuity_and_says_so(shown_sample):
    circuity = shown_sample.settings.travel.circuity
    files = parsed(shown_sample)
    for route, km in shown_sample.tables.routes.select("route_id", "km").iter_rows():
        file = files[f"gpx/{route}.gpx"]
        assert file.length_2d() * circuity == pytest.approx(1000 * km, rel=0.02)
        assert f"counts {circuity:g} km for each km" in file.description


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_are_text(shown_sample, hostile):
    """In both files; characters that XML cannot hold are shown as unknown."""
    old = shown_sample.tables.routes["route_id"][0]
    place = shown_sample.tables.stops.row(1, named=True)["location_id"]

    def renamed(frame, column, name):
        return frame.with_columns(pl.col(column).replace(name, hostile))

    tables = replace(
        shown_sample.tables,
        routes=renamed(shown_sample.tables.routes, "route_id", old),
        stops=renamed(
            renamed(shown_sample.tables.stops, "route_id", old), "location_id", place
        ),
    )
    shown = replace(
        shown_sample,
        tables=tables,
        ways={hostile if r == old else r: w for r, w in shown_sample.ways.items()},
        inputs=replace(
            shown_sample.inputs,
            stores=renamed(shown_sample.inputs.stores, "store_id", place),
        ),
    )

    trip = features(shown, "trip")[0]["properties"]
    assert trip["route_id"] == hostile
    [name] = gpx(shown).keys() - gpx(shown_sample).keys()
    assert name.count("/") == 1
    assert "<" not in name
    file = parsed(shown)[name]
    text = hostile.replace("\x07", "\ufffd").replace("\x1b", "\ufffd")
    assert file.name == f"{text} {shown.inputs.date}"
    assert text in file.waypoints[1].name


def test_a_plan_without_routes_has_its_dcs_only():
    inputs, chosen = day([]), settings()
    plan, travel = planned(inputs, chosen)
    shown = shown_of(plan, inputs, chosen, travel)

    collection = json.loads(geojson(shown))

    Draft202012Validator(RFC_7946).validate(collection)
    assert [f["properties"]["feature"] for f in collection["features"]] == ["dc"]
    assert gpx(shown) == {}


def test_the_east_of_the_world_is_west_in_gpx(shown_sample):
    """The schema of GPX knows no 180 degrees east."""
    dcs = shown_sample.inputs.distribution_centers.with_columns(lon=pl.lit(180.0))
    ways = {
        route: tuple(
            np.column_stack((way[:, 0], np.full(len(way), 180.0))) for way in own
        )
        for route, own in shown_sample.ways.items()
    }
    shown = replace(
        shown_sample,
        ways=ways,
        inputs=replace(shown_sample.inputs, distribution_centers=dcs),
    )
    for data in gpx(shown).values():
        assert b'"180' not in data
        assert b'lon="-180.000000"' in data


def test_same_plan_same_bytes(shown_sample):
    assert geojson(shown_sample) == geojson(shown_sample)
    assert gpx(shown_sample) == gpx(shown_sample)
