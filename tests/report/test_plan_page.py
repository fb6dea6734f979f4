"""plan.html says what the plan's files say, without a browser."""

import csv
import json
import math
import re
from collections import Counter
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_rows import table, tables
from shown_variants import collecting, hostile, loading, with_tables

from cstore_cli.dayplan.moved import moved_between
from cstore_cli.report.page.flat import Flat
from cstore_cli.report.plan_page.cause_words import CAUSES
from cstore_cli.report.plan_page.dock_times import lanes
from cstore_cli.report.plan_page.held import Limits
from cstore_cli.report.plan_page.lines import hull, one_way, thinned
from cstore_cli.report.plan_page.page import plan_page
from cstore_cli.report.plan_page.told import by_channel, gaps, rounds
from cstore_cli.report.plan_page.van_times import Hours, blocks_by_route
from cstore_cli.report.sheets.driver import driver_sheets


@pytest.fixture(scope="module")
def made(shown_sample):
    return plan_page(shown_sample)


def read(plan, name):
    with (plan / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def script(made, name):
    """The JSON that the page's script reads."""
    begins = f'<script type="application/json" id="{name}">'
    return json.loads(made.decode().split(begins)[1].split("</script>")[0])


def test_same_plan_makes_the_same_page(shown_sample, made):
    assert plan_page(shown_sample) == made


def test_lead_tells_the_sums_of_the_files(sample_plan, made):
    parcels = [
        row for row in read(sample_plan, "parcels.csv") if row["task"] == "deliver"
    ]
    routes = read(sample_plan, "routes.csv")
    planned = sum(row["status"] == "planned" for row in parcels)
    km = sum(float(row["km"]) for row in routes)
    lead = f"{planned:,} of {len(parcels):,} parcels planned"
    assert lead in made.decode()
    assert f"{len(routes)} routes, {km:,.1f} km" in made.decode()


def test_table_of_routes_is_that_of_the_file(sample_plan, made):
    expected = [
        [
            row["route_id"],
            row["departs"],
            row["returns"],
            row["stops"],
            f"{int(row['parcels']):,}",
            f"{float(row['km']):,.1f}",
            f"{float(row['cost']):,.0f}",
        ]
        for row in read(sample_plan, "routes.csv")
    ]
    rows = table(made, "Routes, as in routes.csv")
    assert [[row[k] for k in (0, 4, 5, 7, 8, 11, 13)] for row in rows] == expected


def test_unserved_are_grouped_by_cause_and_remedy(shown_sample):
    rows = shown_sample.unserved.clear().select(
        pl.all().exclude("remedy", "remedy_serves", "verified")
    )
    told = [
        ("a", "no_van", "2 vans more", 2, "yes"),
        ("b", "no_van", "2 vans more", 2, "yes"),
        ("c", "no_van", "no time to look", None, "no"),
    ]
    order, code, remedy, serves, verified = zip(*told, strict=True)
    unserved = pl.DataFrame(
        {
            **{name: [None] * 3 for name in rows.columns},
            "order_id": order,
            "reason_code": code,
            "reason": ["All vans are <full>."] * 3,
            "remedy": remedy,
            "remedy_serves": serves,
            "verified": verified,
        },
        schema_overrides=rows.schema,
    )
    made = plan_page(replace(shown_sample, unserved=unserved))
    assert table(made, "By cause, and what would serve them") == [
        ["no_van", "2", "All vans are <full>.", "2 vans more", "2", "yes"],
        ["no_van", "1", "All vans are <full>.", "no time to look", "", ""],
    ]
    assert [row[0] for row in table(made, "As in unserved.csv")] == ["a", "b", "c"]


def test_every_planned_parcel_is_told_by_channel(shown_sample, sample_plan):
    told = by_channel(shown_sample)
    counts = Counter(
        row["channel"]
        for row in read(sample_plan, "parcels.csv")
        if row["status"] == "planned" and row["task"] == "deliver"
    )
    assert all(f"({channel})" in told for channel in counts)
    of_each = re.findall(r"([\d,]+) [a-z -]+ \((?:store|express|seller)_", told)
    assert sorted(int(n.replace(",", "")) for n in of_each) == sorted(counts.values())
    handed = len(read(sample_plan, "handover.csv"))
    assert handed > 0
    assert f"{handed:,} handed over (handover.csv)" in told
    assert f"{counts.total() - handed:,} by vans" in told


def test_rounds_are_counted(shown_sample, sample_plan):
    rows = read(sample_plan, "rounds.csv")
    count = len({row["round_id"] for row in rows})
    told = f"{count} couriers' rounds from {len({r['store_id'] for r in rows})} stores"
    assert f"{told} with {len(rows)} parcels" in rounds(shown_sample)


def test_gap_says_to_what_it_is(shown_sample):
    searches = [{"dc_id": "DC-X", "gap_columns": 0.0402, "gap_all_routes": None}]
    assert gaps(replace(shown_sample, summary={"searches": searches})) == (
        "Gap of the cost of routes: DC-X 4.02 % to the best of the routes found, "
        "unproven to all routes."
    )


def test_links_lead_to_the_drivers_sheets(shown_sample):
    shown = hostile(shown_sample)
    plan = script(plan_page(shown), "plan")
    sheets = [unquote(link) for link in plan["routes"]["sheet"]]
    assert sheets == list(driver_sheets(shown))


def test_causes_of_the_sample_have_words(shown_sample):
    codes = shown_sample.tables.parcels["reason_code"].drop_nulls()
    assert set(codes) - {"redirected"} <= set(CAUSES)


def test_more_unserved_than_listed_name_the_file(shown_sample):
    rows = [shown_sample.tables.parcels.head(1)] * 250
    unserved = pl.concat(rows).with_columns(
        pl.lit("no_van").alias("reason_code"),
        pl.lit(None, pl.String).alias("remedy"),
        pl.lit(None, pl.Int64).alias("remedy_serves"),
        pl.lit(None, pl.String).alias("verified"),
    )
    made = plan_page(replace(shown_sample, unserved=unserved))
    assert len(table(made, "The first 200 of 250; unserved.csv has all")) == 200


def test_what_changed_is_counted_and_listed(shown_sample):
    before = shown_sample.tables
    later = before.stops.with_columns(
        pl.col("arrives", "starts", "leaves") + pl.lit(45)
    )
    after = with_tables(shown_sample, stops=later)
    moved = moved_between("2026-11-23-01", before, after.tables)
    made = plan_page(replace(after, moved=moved))
    arrivals = moved.rows.filter(what="arrival")
    assert len(arrivals) > 0
    assert f"<b>{len(arrivals)}</b> arrivals moved over 30 minutes" in made.decode()
    listed = [
        row
        for name, rows in tables(made).items()
        if name == "As in moved.csv"
        for row in rows[1:]
    ]
    assert {tuple(row) for row in listed} == {
        (store, was, now, "45")
        for store, was, now in arrivals.select("id", "before", "after").iter_rows()
    }
    levels = {row[0]: row[1:] for row in table(made, "Both plans side by side")}
    money = f"{round(before.routes['cost'].sum()):,}"
    assert levels["cost of routes, TWD"] == [money, money, "0"]


def test_names_are_text_wherever_they_stand(shown_sample):
    made = plan_page(hostile(shown_sample)).decode()
    own = made[made.index("</head>") :]
    assert "<script>alert" not in own
    assert "<img" not in own
    assert "DC <b>" not in own
    assert "&lt;img src=x onerror=alert(2)&gt;" in own


def test_past_its_limits_the_page_sums_and_says_so(shown_sample):
    limits = Limits(routes=3, stops=10, stores=5, way_points=4)
    made = plan_page(shown_sample, limits)
    routes = shown_sample.tables.routes
    text = made.decode()
    assert f"The {len(routes)} routes are summed by region" in text
    stores = len(shown_sample.tables.store_arrivals)
    assert f"The {stores} stores are summed by region" in text
    rows = table(made, "Routes, summed by region")
    assert len(rows) == routes["region_id"].n_unique()
    parcels = sum(int(row[8].replace(",", "")) for row in rows)
    assert parcels == routes["parcels"].sum()


def test_stops_past_their_limit_are_left_to_their_file(shown_sample):
    made = plan_page(shown_sample, Limits(stops=10)).decode()
    assert "rows of stops are left out (a page shows 10 at most): see stops.csv" in made


def test_ways_of_too_many_points_are_drawn_straight(shown_sample):
    made = plan_page(shown_sample, Limits(way_points=4)).decode()
    assert "Ways are drawn straight from stop to stop" in made


def test_plan_without_routes_makes_a_page(shown_sample):
    empty = with_tables(
        shown_sample,
        routes=shown_sample.tables.routes.clear(),
        stops=shown_sample.tables.stops.clear(),
    )
    assert "0 routes, 0.0 km" in plan_page(empty).decode()


def test_each_trip_loads_at_one_door_and_doors_take_turns(shown_sample):
    shown = loading(shown_sample, 12)
    stops = shown.tables.stops
    found = lanes(shown)
    trips = stops.filter(pl.col("kind").is_in(["depart", "reload"]))
    assert sum(len(lane.blocks) for lane in found) == len(trips)
    for lane in found:
        if lane.door == "no door free":
            continue
        times = sorted((b.begins, b.begins + b.minutes) for _, b in lane.blocks)
        ends = [end for _, end in times]
        assert all(
            begins >= end for (begins, _), end in zip(times[1:], ends, strict=False)
        )


def test_trip_that_finds_no_door_stands_apart(shown_sample):
    shown = loading(shown_sample, 10)
    doors = shown.inputs.distribution_centers.filter(dc_id="DC-HE")["dock_doors"].item()
    route = shown.tables.routes.filter(dc_id="DC-HE")["route_id"][0]
    depart = shown.tables.stops.filter(route_id=route, kind="depart")
    crowd = with_tables(shown, stops=pl.concat([depart] * (doors + 1)))
    found = lanes(crowd)
    over = [lane for lane in found if lane.door == "no door free"]
    assert [len(lane.blocks) for lane in over] == [1]


def test_what_is_collected_at_a_delivery_leaves_it_in_sight(shown_sample):
    routes = shown_sample.tables.routes["route_id"]
    stops = collecting(shown_sample).tables.stops
    found = blocks_by_route(stops, 10)
    kinds = Counter(block.kind for route in found.values() for block in route)
    assert kinds["collect too"] == len(routes)
    assert kinds["collect"] == 0
    assert kinds["deliver"] == len(stops.filter(kind="deliver"))
    alone = stops.filter(~((pl.col("kind") == "deliver") & (pl.col("sequence") == 1)))
    assert {"collect"} <= {b.kind for b in blocks_by_route(alone, 10)[routes[0]]}


def test_hours_of_a_time_line_stand_at_equal_distances():
    assert Hours(540, 780).marks == [
        (0, "09:00"),
        (25, "10:00"),
        (50, "11:00"),
        (75, "12:00"),
    ]


def _km(a, b):
    """Great-circle distance (haversine) on the same sphere."""
    (la, lo), (lb, lp) = np.radians(a), np.radians(b)
    h = (
        math.sin((lb - la) / 2) ** 2
        + math.cos(la) * math.cos(lb) * math.sin((lp - lo) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


near = st.tuples(st.floats(24.8, 25.3), st.floats(121.2, 121.9))


@given(st.lists(near, min_size=2, max_size=2, unique=True))
def test_map_keeps_distances(pair):
    a, b = Flat([24.8, 25.3], [121.2, 121.9]).at(np.array(pair))
    assert np.hypot(*(a - b)) == pytest.approx(_km(*pair), rel=3e-3, abs=1e-3)


def _away(point, way):
    """The least distance from a point to a way, all in km."""
    a, b = way[:-1], way[1:]
    along = b - a
    length2 = np.maximum((along**2).sum(axis=1), 1e-18)
    share = np.clip(((point - a) * along).sum(axis=1) / length2, 0, 1)
    return np.hypot(*(point - a - share[:, None] * along).T).min()


steps = st.lists(
    st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)), min_size=2, max_size=60
)


@given(steps)
def test_way_of_fewer_points_passes_within_metres_of_all(walk):
    points = np.cumsum(np.array(walk), axis=0)
    keep = np.zeros(len(points), bool)
    keep[[0, len(points) // 2, -1]] = True
    thin = thinned(points, keep)
    assert max(_away(point, thin) for point in points) <= 0.006 + 1e-9
    assert all((thin == points[k]).all(axis=1).any() for k in np.flatnonzero(keep))


def test_fine_arc_keeps_its_bend():
    turn = np.linspace(0, np.pi, 2001)
    arc = np.column_stack((np.cos(turn), np.sin(turn)))
    keep = np.isin(np.arange(2001), [0, 2000])
    thin = thinned(arc, keep)
    assert len(thin) < 500
    assert max(_away(point, thin) for point in arc[::50]) <= 0.006


def test_legs_join_at_their_ends():
    legs = [np.array([[0.0, 0], [1, 0], [2, 0]]), np.array([[2.0, 0], [2, 1]])]
    points, is_end = one_way(legs)
    assert points.tolist() == [[0, 0], [1, 0], [2, 0], [2, 1]]
    assert is_end.tolist() == [True, False, True, True]


grid = st.tuples(st.integers(-20, 20), st.integers(-20, 20))


@given(st.lists(grid, min_size=3, max_size=40))
def test_hull_is_made_of_its_points_and_has_all_on_its_left(points):
    corners = hull(np.array(points, float))
    assert {tuple(corner) for corner in corners.tolist()} <= set(points)
    if len(corners) > 2:
        for (ax, ay), (bx, by) in zip(
            corners, np.roll(corners, -1, axis=0), strict=True
        ):
            assert all((bx - ax) * (y - ay) >= (by - ay) * (x - ax) for x, y in points)
