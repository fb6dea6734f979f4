"""Stores' sheets: what comes when, what goes on to doors, what vans take along."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
from page_rows import table, tables
from sheet_day import (
    DOORS,
    STOPS,
    TO_DOOR,
    TO_SHOP,
    UNMASKED,
    clock,
    small_day,
    stop,
    takes,
)
from shown_variants import HOSTILE, hostile, renamed, with_tables

from cstore_cli.dayplan.files import plan_files
from cstore_cli.report.sheets.driver import driver_sheets
from cstore_cli.report.sheets.round import round_sheets
from cstore_cli.report.sheets.store import store_sheets
from cstore_cli.tables.file_name import file_names

DASH = "\u2013"
SHOPS = ("S1", "S2", "S3")


def sheet(shown, store_id="S1"):
    name = file_names([store_id])[store_id]
    return store_sheets(shown)[f"store_lists/{name}.html"]


def test_a_visit_is_one_row_with_what_it_brings_and_takes():
    visits = {store: table(sheet(small_day(), store), "What vans") for store in SHOPS}
    assert visits == {
        "S1": [["09:55", "10:09", "van_cool no. 4", "R1", "3", "30.2", "1", "5.0"]],
        "S2": [["12:20", "12:24", "van_cool no. 4", "R1", "1", "8.0", "", ""]],
        "S3": [["10:20", "10:25", "van_cool no. 4", "R1", "", "", "1", "4.0"]],
    }


def test_vans_and_what_to_hand_over_are_told_in_order_of_time():
    """A second trip, first in the table, comes to S1 at noon and takes C1 along."""
    late = stop(5, "collect", "S1", "12:20 12:20 12:24", trip=2, **takes(1, 5.0))
    shown = renamed(small_day(stops=[late, *STOPS[:5], STOPS[-1]]), {"S3": "S1"})
    at_noon = pl.when(order_id="C1")
    parcels = shown.tables.parcels.with_columns(
        at_noon.then(2).otherwise("trip").alias("trip"),
        at_noon.then(5).otherwise("stop_sequence").alias("stop_sequence"),
    )
    stores = shown.inputs.stores.unique("store_id", keep="first")
    shown = replace(shown, inputs=replace(shown.inputs, stores=stores))
    html = sheet(with_tables(shown, parcels=parcels))
    times = [row[0] for row in table(html, "What vans bring")]
    assert times == ["09:55", "10:20", "12:20"]
    fetched = [(row[0], row[2]) for row in table(html, "Returns and hand-ins")]
    assert fetched == [("10:20", "C2"), ("12:20", "C1")]


def test_pick_ups_stand_apart_without_the_address():
    html = sheet(small_day())
    assert table(html, "1 parcel, 749.50 TWD cash on delivery") == [
        ["10:06", "A1", "12.0", "Ann", "09****78", "749.50"]
    ]
    assert TO_SHOP.encode() not in html


def test_parcels_to_doors_stand_by_round_and_door():
    html = sheet(small_day())
    assert table(html, "2 parcels to doors, 450.50 TWD cash on delivery") == [
        [f"S1-01 · courier 2 · 10:30{DASH}11:00 · 2 doors · 22.2 L · 450.50 TWD"],
        [
            *("10:06", "A3", "1", "10.2", "", "09****78"),
            *("3 Third Street", "450.50", "chilled"),
        ],
        ["10:06", "A2", "2", "12.0", "Bo", "09****78", TO_DOOR, "", ""],
    ]


def test_rounds_are_in_order_of_time():
    first = DOORS[1] | {"round_id": "S1-02", "departs": clock("10:20"), "sequence": 1}
    rows = table(sheet(small_day(doors=[DOORS[0], first])), "2 parcels to doors")
    assert [row[0][:5] for row in rows if len(row) == 1] == ["S1-02", "S1-01"]
    assert [row[1] for row in rows if len(row) > 1] == ["A2", "A3"]


def test_parcel_sent_elsewhere_says_why():
    assert table(sheet(small_day(), "S2"), "1 parcel") == [
        ["12:24", "A4", "12.0", "Di", "S9 is full; sent to S2."]
    ]


def test_returns_are_told_with_the_van_to_hand_them_to():
    assert table(sheet(small_day()), "Returns and hand-ins") == [
        ["09:55", "R1", "C1", "return", "5.0", "hold expired"]
    ]


def test_store_that_only_hands_over_has_a_sheet_without_parcels():
    html = sheet(small_day(), "S3")
    assert table(html, "Returns and hand-ins") == [
        ["10:20", "R1", "C2", "hand-in", "4.0", ""]
    ]
    assert b"For pick-up" not in html
    assert b"For couriers" not in html


def test_columns_that_no_parcel_fills_are_left_out():
    html = sheet(small_day(own={}))
    [heads, _] = tables(html)["1 parcel, 749.50 TWD cash on delivery, soonest first"]
    assert heads == ["Ready by", "Order", "Litres", "Cash, TWD"]


def test_phone_is_told_masked_on_every_sheet():
    shown = small_day()
    assert UNMASKED in shown.inputs.orders["phone"].to_list()
    for made in (driver_sheets, store_sheets, round_sheets):
        assert UNMASKED.encode() not in b"".join(made(shown).values())


def _lists(shown):
    files = plan_files(shown.tables, shown.parcels, {}, {})
    return {
        Path(name).stem: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        for name, data in files.items()
        if name.startswith("store_lists/")
    }


def test_sheet_stands_beside_its_csv_and_holds_the_same_orders(shown_sample):
    lists = _lists(shown_sample)
    sheets = {Path(n).stem: html for n, html in store_sheets(shown_sample).items()}
    assert sheets.keys() == lists.keys()
    for name, rows in lists.items():
        found = tables(sheets[name])
        told = [
            row[:2]
            for caption, part in found.items()
            if "cash" in caption
            for row in part[1:]
            if len(row) > 1
        ]
        assert sorted(told) == sorted(
            [row["ready_by"], row["order_id"]] for row in rows
        )
        cash = sum(float(row["cod_twd"]) for row in rows)
        sums = re.findall(r"([\d,]+) TWD cash on delivery", " ".join(found))
        assert sum(int(part.replace(",", "")) for part in sums) == cash


def test_names_agree_with_the_csvs_where_ids_differ_in_case_alone():
    """S3 only hands a return over: its name gives way to that of the list's store."""
    shown = renamed(small_day(), {"S1": "a/b", "S3": "A/B"})
    lists, sheets = _lists(shown), store_sheets(shown)
    assert lists.keys() == {"a%2Fb", "S2"}
    assert {Path(name).stem for name in sheets} > lists.keys()
    assert b"1 Main" in sheets["store_lists/a%2Fb.html"]
    assert len(sheets) == 3


def test_hostile_ids_are_text_in_the_style_too(shown_sample):
    shown = hostile(shown_sample)
    html = sheet(shown, HOSTILE["store"])
    assert b"<script" not in html
    assert b"&lt;script&gt;alert(1)" in html
    content = re.search(r"@bottom-left \{ content: \"(.*?)\";", html.decode())[1]
    read = re.sub(r"\\([0-9a-f]+) ", lambda m: chr(int(m[1], 16)), content)
    assert read.startswith(f"{HOSTILE['store']}, planned 2026-11-23 09:00, plan ")


def test_parcel_handed_in_under_an_orders_id_is_told_once_each():
    shown = small_day()
    again = renamed(shown, {"C2": "A1"})
    collections = again.inputs.collections.with_columns(
        pl.col("parcel_id").replace({"C2": "A1"})
    )
    again = replace(again, inputs=replace(again.inputs, collections=collections))
    assert len(table(sheet(again), "1 parcel")) == 1
    assert len(table(sheet(again, "S3"), "Returns and hand-ins")) == 1
