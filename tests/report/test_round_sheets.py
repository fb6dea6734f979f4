"""Couriers' sheets: doors in order, who opens them, the cash to come back with."""

import re

from sheet_day import DOORS, TO_DOOR, small_day
from shown_variants import renamed
from test_driver_sheets import head, stops_of

from cstore_cli.report.sheets.round import round_sheets
from cstore_cli.tables.file_name import file_names


def test_doors_are_told_in_order_with_address_order_and_masked_phone():
    [(name, html)] = round_sheets(small_day()).items()
    assert name == "rounds/S1-01.html"
    assert stops_of(html) == [
        [
            *("1", "10:35chilled", "A33 Third Street 09****78"),
            *("450.50 TWD10.2 L", ""),
        ],
        ["2", "10:45", f"Bo{TO_DOOR} A2 09****78", "no cash12.0 L", ""],
    ]


def test_head_tells_the_round_and_all_its_cash():
    doors = [DOORS[0], DOORS[1] | {"cod_twd": 49.75}]
    [html] = round_sheets(small_day(doors=doors)).values()
    assert head(html) == {
        "Departs": "10:30",
        "Returns": "11:00",
        "Doors": "2",
        "Litres": "22.2",
        "Kg": "4.0",
        "Cash to collect": "500.25 TWD",
    }
    assert b"<bdi>Courier 2</bdi>" in html
    assert b"<bdi>from Shop S1, S1, 1 Main</bdi>" in html


def test_way_leads_to_the_door_south_and_west_too():
    [html] = round_sheets(small_day()).values()
    ways = re.findall(r"destination=([^\"]*)", html.decode())
    assert ways == ["-0.50000,-70.25000", "25.12346,121.50000"]
    assert html.count(b'<img class="qr"') == 2


def test_order_alone_is_told_where_orders_carry_no_more():
    [html] = round_sheets(small_day(own={})).values()
    assert [row[2] for row in stops_of(html)] == ["A3", "A2"]


def test_figures_equal_the_table(shown_sample):
    sheets = round_sheets(shown_sample)
    rounds = shown_sample.tables.rounds
    assert len(sheets) == rounds["round_id"].n_unique() > 0
    for (round_id,), doors in rounds.group_by("round_id"):
        html = sheets[f"rounds/{round_id}.html"]
        assert [int(row[0]) for row in stops_of(html)] == doors["sequence"].to_list()
        assert all(f"<bdi>{o}</bdi>" in html.decode() for o in doors["order_id"])
        cash = f"{doors['cod_twd'].sum():,.0f} TWD"
        assert head(html)["Cash to collect"] == cash


def test_hostile_ids_are_text():
    bad = "</style><script>x</script>\u202e../\U0001f6b2"
    [(name, html)] = round_sheets(renamed(small_day(), {"S1-01": bad})).items()
    assert name == f"rounds/{file_names([bad])[bad]}.html"
    assert b"<script" not in html
    assert b"&lt;/style&gt;&lt;script&gt;" in html
