"""track board: counts a business centre can trust, and the table of stores."""

import json

import pytest
from mornings import rows
from partner_files import row

NOW = ("--now", "2026-11-10T12:00:00+08:00")


@pytest.fixture
def busy(track):
    track.told(
        row("1", "P1", "ready", 3, location_id="S1", litres=20),
        row("2", "P2", "ready", 5, location_id="S1", litres=5),
        row("3", "P2", "hold_expired", 9),
        row("4", "P3", "ready", 9, location_id="S2", litres=1),
        row("5", "P4", "POD", 9),
        row("6", "P4", "ready", 10, location_id="S2"),
        row("7", "P5", "X17", 9),
    )
    return track


def test_the_counts_as_json(busy):
    told = busy.json("board", *NOW)

    assert told["states"] == {"ready": 2, "collected": 1, "hold_expired": 1}
    assert told["parcels"] == 4
    assert told["waiting_days"] == {"1": 1, "5": 1, "7": 1}
    assert told["contradictions"] == {"events": 1, "parcels": 1}
    assert told["unknown_codes"] == [
        {"partner": "carrier", "code": "X17", "events": 1, "parcels": 1}
    ]


def test_a_store_shows_how_full_it_is(busy):
    first = busy.json("board", *NOW)["stores"][0]

    assert first == {
        "store_id": "S1",
        "chain": "FoxMart",
        "held": 1,
        "to_fetch": 1,
        "oldest_days": 7.0,
        "litres": 25.0,
        "shelf_litres": 100.0,
        "shelf_used_percent": 25.0,
    }


def test_the_table_of_stores_as_csv(busy, tmp_path):
    out = tmp_path / "stores.csv"

    done = busy("board", *NOW, "--out", out, "-q")

    assert (done.code, done.out) == (0, "")
    assert [(r["store_id"], r["held"], r["to_fetch"]) for r in rows(out)] == [
        ("S1", "1", "1"),
        ("S2", "1", "0"),
    ]


def test_the_terminal_shows_it_all(busy):
    shown = busy("board", *NOW).out

    for text in ("4 parcels", "hold_expired", "FoxMart", "25.0", "X17", "contradict"):
        assert text in shown


def test_without_a_stores_table_shelves_are_not_known(busy):
    text = (busy.folder / "network.yaml").read_text().partition("tables:")[0]
    (busy.folder / "network.yaml").write_text(text)

    first = busy.json("board", *NOW)["stores"][0]

    assert first["litres"] == 25.0
    assert first["shelf_used_percent"] is None


def test_an_empty_ledger_has_a_board(track):
    track.told(row("1", "P1", "X17", 1))

    done = track("board", "--json")

    assert json.loads(done.out)["parcels"] == 0
