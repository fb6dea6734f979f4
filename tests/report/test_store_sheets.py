"""Stores' sheets: what comes when, what goes on to doors, what vans take along."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
from page_rows import table, tables
from sheet_day import STOPS, TO_DOOR, TO_SHOP, UNMASKED, small_day, stop, takes
from shown_variants import HOSTILE, hostile, renamed, with_tables

from cstore_cli.dayplan.files import plan_files
from cstore_cli.report.sheets.driver import driver_sheets
from cstore_cli.report.sheets.round import round_sheets
from cstore_cli.report.sheets.store import store_sheets
from cstore_cli.tables.file_name import file_names


def sheet(shown, store_id="S1"):
    name = file_names([store_id])[store_id]
    return store_sheets(shown)[f"store_lists/{name}.html"]


def test_vans_are_told_with_what_they_bring_and_take():
    assert table(sheet(small_day()), "What vans bring") == [
        ["09:55", "10:06", "van_cool no. 4", "R1", "3", "0", "30.2"],
        ["09:55", "10:09", "van_cool no. 4", "R1", "0", "1", "5.0"],
    ]


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
    assert times == ["09:55", "09:55", "10:20", "12:20"]
    fetched = [(row[0], row[2]) for row in table(html, "Returns and hand-ins")]
    assert fetched == [("10:20", "C2"), ("12:20", "C1")]


def test_parcels_are_told_with_round_and_cash_and_address_of_doors_alone():
    html = sheet(small_day())
    assert table(html, "3 parcels, 1,200 TWD cash on delivery") == [
        ["10:06", "A1", "pick-up", "R1", "Ann", "09****78", "", "749.50", ""],
        ["10:06", "A2", "S1-01, door 2", "R1", "Bo", "09****78", TO_DOOR, "", ""],
        [
            *("10:06", "A3", "S1-01, door 1", "R1", "", "09****78"),
            *("3 Third Street", "450.50", "chilled"),
        ],
    ]
    assert TO_SHOP.encode() not in html


def test_rounds_that_leave_from_a_store_are_told():
    assert table(sheet(small_day()), "Rounds to doors") == [
        ["10:30", "11:00", "S1-01", "2", "2", "22.2", "450.50"]
    ]


def test_returns_are_told_with_the_van_to_hand_them_to():
    assert table(sheet(small_day()), "Returns and hand-ins") == [
        ["09:55", "R1", "C1", "return", "5.0", "expired"]
    ]


def test_store_that_only_hands_over_has_a_sheet_without_parcels():
    html = sheet(small_day(), "S3")
    assert table(html, "Returns and hand-ins") == [
        ["10:20", "R1", "C2", "hand-in", "4.0", ""]
    ]
    assert b"Parcels</h2>" not in html


def test_columns_that_no_order_fills_are_left_out():
    head = re.findall(
        r'<th scope="col"[^>]*>(.*?)</th>', sheet(small_day(own={})).decode()
    )
    assert not {"Recipient", "Phone", "Address"} & set(head)
    assert "Note" in head


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
        [parcels] = [part for caption, part in found.items() if "soonest" in caption]
        assert [row[:2] for row in parcels[1:]] == [
            [row["ready_by"], row["order_id"]] for row in rows
        ]
        cash = sum(float(row["cod_twd"]) for row in rows)
        assert any(f", {cash:,.0f} TWD" in caption for caption in found)


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
    assert len(table(sheet(again), "3 parcels")) == 3
    assert len(table(sheet(again, "S3"), "Returns and hand-ins")) == 1
