"""The page of shelves counts what stands on them."""

import datetime as dt
import json
import re

import pytest
from page_rows import table, tables
from shelved import HOSTILE, NOW, ZONE, ago, frame, on_shelf, shelves, shown

from cstore_cli.report.board_page import page as of_page
from cstore_cli.report.board_page.ageing import AGES, aged, by_day, counts_of_stores


def ends(days=0, hours=0):
    return ago(-days, -hours)


def only(*rows):
    return aged(frame(*rows), NOW, ZONE).row(0, named=True)


def test_a_day_of_waiting_is_24_hours():
    assert only(on_shelf("P", "S", ago(hours=23)))["days"] == 0
    assert only(on_shelf("P", "S", ago(days=1)))["days"] == 1


def test_days_of_waiting_are_told_from_those_of_the_policy():
    row = on_shelf("P", "S", ago(1), ends(days=6))
    counted, meant = "by whole days of 24 hours", "A hold ends by days of the policy"
    made = shown(row).decode()
    assert counted in made
    assert meant in made
    unknown = shown(row, known=False).decode()
    assert counted in unknown
    assert meant not in unknown


def test_a_hold_to_come_has_waited_no_day():
    assert only(on_shelf("P", "S", ends(days=2)))["days"] == 0


def test_a_hold_that_ends_at_midnight_ends_today():
    """At 09:00 the day's end is 15 hours off; a minute later is tomorrow."""
    row = only(on_shelf("P", "S", ago(7), ends(hours=15)))
    assert (row["due_today"], row["overdue"]) == (True, False)
    later = ends(hours=15) + dt.timedelta(minutes=1)
    assert not only(on_shelf("P", "S", ago(7), later))["due_today"]


def test_a_hold_whose_end_is_over_is_overdue_until_it_is_expired():
    late = on_shelf("P", "S", ago(9), ago(1))
    assert only(late)["overdue"]
    assert not only(late | {"waits": False})["overdue"]


def test_a_hold_without_an_end_is_never_due():
    row = only(on_shelf("P", "S", ago(40)))
    assert (row["due_today"], row["overdue"]) == (False, False)


def test_ages_leave_no_day_out():
    last = -1
    for first, end in AGES:
        assert first == last + 1
        last = end
    assert last is None


def test_counts_of_stores_and_of_days_are_of_the_same_parcels():
    rows = [on_shelf(f"P{k}", f"S{k % 3}", ago(k)) for k in range(40)]
    parcels = aged(frame(*rows, on_shelf("X", "S1", None)), NOW, ZONE)

    stores, days = counts_of_stores(parcels), by_day(parcels)

    assert days["parcels"].sum() == 40
    assert (
        stores.select(f"age_{k}" for k in range(len(AGES))).sum_horizontal().sum() == 40
    )
    assert stores["not_begun"].sum() == 1


def test_a_store_s_row_tells_how_full_it_is_and_what_is_due():
    made = shown(
        on_shelf("P1", "S1", ago(9), ago(1), waits=False),
        on_shelf("P2", "S1", ago(7), ends(hours=3), extension_days=2),
        on_shelf("P3", "S2", ago(1), ends(days=6)),
        shelf_litres={"S1": 4.0, "S2": 100.0},
    )

    first, second, last = table(made, "Stores")

    told = ["S1", "FoxMart", "1", "1", "1", "0", "1", "9.0", "5.0", "125.0"]
    assert first[:10] == told
    assert second[2:10] == ["1", "0", "0", "0", "0", "1.0", "2.5", "2.5"]
    assert last[:9] == ["all", "", "2", "1", "1", "0", "1", "9.0", "7.5"]
    assert [sum(map(int, filter(None, row[10:]))) for row in (first, second, last)] == [
        2,
        1,
        3,
    ]


def test_unknown_shelves_and_ends_are_left_out():
    made = shown(on_shelf("P1", "S1", ago(1)), known=False).decode()
    assert "holds end today" not in made
    assert "Over-" not in made


def listed(made):
    text = re.search(r'id="listed">(.*?)</script>', made.decode(), re.DOTALL)[1]
    return json.loads(text)


def test_parcels_are_listed_the_oldest_first_in_the_network_s_time():
    made = shown(
        on_shelf("P1", "S1", ago(1), ends(hours=15)),
        on_shelf("P2", "S1", ago(2)),
        on_shelf("P3", "S1", None),
    )

    told = listed(made)

    assert told["parcel"] == ["P2", "P1", "P3"]
    assert told["ready"] == ["2026-11-21 09:00", "2026-11-22 09:00", ""]
    assert told["deadline"] == ["", "2026-11-23 24:00", ""]


def test_what_a_page_has_no_room_for_is_named(monkeypatch):
    monkeypatch.setattr(of_page, "MOST_PARCELS", 2)
    monkeypatch.setattr(of_page, "MOST_STORES", 1)
    rows = [on_shelf(f"P{k}", f"S{k}", ago(k)) for k in range(3)]

    made = shown(*rows)

    captions = [name for name in tables(made) if "the CSV has all" in name]
    assert ["The first 1 of 3" in captions[0], "The first 2 of 3" in captions[1]] == [
        True,
        True,
    ]
    assert listed(made)["parcel"] == ["P2", "P1"]
    assert table(made, "Stores")[-1][2] == "3"


def test_many_days_of_waiting_end_in_one_row():
    made = shown(*(on_shelf(f"P{k}", "S", ago(k)) for k in range(70)))

    rows = table(made, "Parcels waiting")

    assert rows[-1][:2] == ["60 or more", "10"]
    assert sum(int(row[1]) for row in rows) == 70


@pytest.mark.parametrize("known", [True, False])
def test_an_empty_network_has_a_page(known):
    made = shown(known=known)
    assert b"0 parcels stand on the shelves of 0 stores" in made


def test_ids_are_text():
    made = shown(
        on_shelf(HOSTILE, HOSTILE, ago(1), standing=HOSTILE, rule=HOSTILE),
        tables=[{"caption": "X", "columns": [("a", 0)], "rows": [(HOSTILE,)]}],
    )
    assert b"<script>alert" not in made
    assert listed(made)["parcel"] == [HOSTILE]


def test_the_same_shelves_are_the_same_page_whatever_the_order():
    rows = [on_shelf(f"P{k}", f"S{k % 2}", ago(1)) for k in range(5)]
    assert shown(*rows) == shown(*reversed(rows))
    assert shelves(*rows).parcels.height == 5
