"""Drivers' sheets: what the plan says, in order, on two leaves at most."""

import re

import polars as pl
import pytest
from page_rows import tables
from sheet_day import STOPS, clock, long_day, small_day, stop, store, takes
from shown_variants import HOSTILE, hostile, with_tables

from cstore_cli.report.sheets.driver import driver_sheets
from cstore_cli.tables.file_name import file_names

DASH = "\u2013"


def sheet(shown, route_id="R1"):
    return driver_sheets(shown)[f"drivers/{file_names([route_id])[route_id]}.html"]


def stops_of(html):
    """Rows of stops of a sheet, over all its columns and leaves."""
    found = re.findall(rb"<table>.*?</table>", html, re.DOTALL)
    return [row for part in found for row in next(iter(tables(part).values()))[1:]]


def head(html):
    """The figures at the head by label."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html.decode())
    return dict(found)


def leaves(html):
    return re.findall(r"page (\d+) of (\d+)", html.decode())


def test_stops_are_told_as_planned_a_reload_and_the_end_among_them():
    """Delivering and collecting at S1 is one visit: rows 1 and 2 of stops.csv."""
    window = f"receives 10:00{DASH}16:00"
    assert stops_of(sheet(small_day())) == [
        ["", "09:35", "Depart from D1trip 1, morning: load 3 parcels"],
        [
            "1",
            f"09:5510:00{DASH}10:091 chilled",
            f"Shop S1collect C1: 5.0 L {window} S1 Amber 1 Main",
            "3 parcels30.2 Lcollect 1",
            "",
        ],
        [
            "2",
            f"10:2010:20{DASH}10:25",
            f"Shop S3collect C2: 4.0 L {window} S3 Amber",
            "collect 1",
            "",
        ],
        ["", "10:50leave 12:00", "Reload at D1trip 2, midday: load 1 parcel"],
        [
            "3",
            f"12:2012:20{DASH}12:24",
            f"Shop S2{window} S2 Amber",
            "1 parcel8.0 L",
            "",
        ],
        ["", "12:50", "Back at D1"],
    ]


def test_collecting_elsewhere_after_a_delivery_is_a_stop_of_its_own():
    there = stop(2, "collect", "S3", "10:20 10:20 10:25", **takes(1, 4.0))
    html = sheet(small_day(stops=[*STOPS[:2], there, STOPS[-1]]))
    assert [row[0] for row in stops_of(html)] == ["", "1", "2", ""]


def test_head_tells_the_route():
    html = sheet(small_day())
    assert head(html) == {
        "Departs": "09:35",
        "Returns": "12:50",
        "Trips": "2",
        "Stops": "3",
        "Parcels": "4",
        "To collect": "2",
        "Litres": "38.2",
        "Kg": "9.0",
        "Km": "41.2",
        "COD (stores collect it)": "1,200 TWD",
    }
    for text in ("van_cool no. 4", "from D1 Depot"):
        assert f"<bdi>{text}</bdi>" in html.decode()
    assert "D1-R01" not in html.decode(), "most of its stores lie there, not all"


def test_money_that_stores_collect_stands_at_no_stop():
    assert not any(
        "TWD" in cell for row in stops_of(sheet(small_day())) for cell in row
    )


def test_parcels_to_collect_are_named_where_they_are_few():
    shown = small_day()
    taken = shown.tables.parcels.filter(order_id="C1")
    more = [taken.with_columns(order_id=pl.lit(f"C{k}")) for k in (5, 4, 3)]
    three = pl.concat([shown.tables.parcels, *more[:2]])
    html = sheet(with_tables(shown, parcels=three))
    assert "collect C1, C4, C5: 5.0 L" in stops_of(html)[1][2]
    html = sheet(with_tables(shown, parcels=pl.concat([three, more[2]])))
    assert "collect parcels: 5.0 L" in stops_of(html)[1][2]


def test_way_back_to_the_dc_is_in_the_head_and_where_the_van_returns():
    way = "destination=25.00000,121.40000"
    html = sheet(small_day()).decode()
    first, rows = html.split("</header>")
    assert first.count(way) == 1
    assert "Back to <bdi>D1</bdi>" in first
    at_dc = [row for row in rows.split("<tr")[1:] if way in row]
    assert [re.search(r"<bdi>(.*?)</bdi>", row)[1] for row in at_dc] == [
        "Reload at D1",
        "Back at D1",
    ]


def test_each_leaf_tells_its_number_the_time_planned_and_the_version():
    shown = long_day(40)
    html = sheet(shown)
    assert leaves(html) == [("1", "2"), ("2", "2")]
    foot = f"planned 2026-11-23 09:00, plan version {shown.version}"
    assert html.decode().count(foot) == 2


@pytest.mark.parametrize(
    ("num", "size", "num_leaves"),
    [
        (12, "large", 1),
        (13, "large", 1),
        (26, "large", 2),
        (30, "close", 2),
        (62, "close", 2),
        (66, "small", 2),
        (77, "small", 2),
        (100, "small", 3),
    ],
)
def test_print_is_as_large_as_two_leaves_allow(num, size, num_leaves):
    html = sheet(long_day(num))
    assert f'class="leaf {size}"' in html.decode()
    assert len(leaves(html)) == num_leaves
    numbers = [row[0] for row in stops_of(html)]
    assert numbers == ["", *map(str, range(1, num + 1)), ""]


def test_name_higher_than_a_leaf_loses_no_line():
    shop = store("S2", name="x" * 2000)
    html = sheet(small_day(stores=[store("S1"), shop, store("S3")]))
    assert [row[0] for row in stops_of(html)] == ["", "1", "2", "", "3", ""]


def test_plan_without_routes_has_no_sheets():
    shown = small_day()
    empty = with_tables(shown, routes=shown.tables.routes.clear())
    none = with_tables(empty, stops=shown.tables.stops.clear())
    assert driver_sheets(none) == {}


def test_figures_equal_the_tables(shown_sample):
    sheets = driver_sheets(shown_sample)
    tables_ = shown_sample.tables
    assert len(sheets) == len(tables_.routes)
    for route in tables_.routes.iter_rows(named=True):
        html = sheets[f"drivers/{route['route_id']}.html"]
        rows = [row for row in stops_of(html) if row[0]]
        planned = tables_.stops.filter(route_id=route["route_id"], kind="deliver")
        assert [int(row[0]) for row in rows] == [*range(1, route["stops"] + 1)]
        arrives = [clock(row[1][:5]) for row in rows]
        assert arrives == planned["arrives"].to_list()
        parcels = [int(re.match(r"([\d,]+) parcel", row[3])[1]) for row in rows]
        assert parcels == planned["dropped_parcels"].to_list()
        assert head(html)["Parcels"] == f"{route['parcels']:,}"
        assert head(html)["Km"] == f"{route['km']:,.1f}"
        assert head(html)["COD (stores collect it)"] == f"{route['cod_twd']:,.0f} TWD"


def test_chilled_parcels_are_counted_by_their_goods_class(shown_sample):
    chilled = shown_sample.inputs.orders.filter(goods_class="chilled")["order_id"]
    on_vans = shown_sample.tables.parcels.filter(
        pl.col("order_id").is_in(chilled.implode()) & pl.col("route_id").is_not_null()
    )
    marks = re.findall(
        r"<mark>(\d+) chilled", b"".join(driver_sheets(shown_sample).values()).decode()
    )
    assert sum(map(int, marks)) == len(on_vans) > 0


def test_hostile_ids_are_text(shown_sample):
    sheets = driver_sheets(hostile(shown_sample))
    name = f"drivers/{file_names([HOSTILE['route']])[HOSTILE['route']]}.html"
    assert b"<img src=x" not in sheets[name]
    assert b"&lt;/script&gt;&lt;img src=x" in sheets[name]
    assert not any(b"<script" in html for html in sheets.values())
    assert all("/" not in name.removeprefix("drivers/") for name in sheets)


def test_same_plan_is_the_same_bytes():
    assert driver_sheets(small_day()) == driver_sheets(small_day())
