"""Tests of what moved, as a dispatcher reads it."""

import io

import polars as pl
import pytest
from hand_made_day import COUNTS, changed, day, shown
from rich.console import Console

from cstore_cli.dayplan.files import plan_files, with_clocks
from cstore_cli.dayplan.moved import Moved, OfOnePlan, moved_between
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.report.moved import print_moved
from cstore_cli.report.terminal import print_plan

BEFORE = OfOnePlan(1, 30, 32, 1234.0, 5, 123456.7, 7370.1)
AFTER = OfOnePlan(0, 12, 45, 1234.0, 4, 123456.7, 7609.9)
ROWS = [
    *(("van", f"S{k}", "DC A 1", "DC A 3", None) for k in range(12)),
    ("van", "T1", "DC A 2", "DC A 3", None),
    ("store", "O-1", "全家-永和中正", "SE-2", None),
    ("arrival", "S0", "10:00", "10:31", 31),
    ("arrival", "S3", "15:00", "12:55", -125),
    ("arrival", "S4", "15:00", None, None),
]


def moved(rows=ROWS):
    columns = ["what", "id", "before", "after"]
    schema = dict.fromkeys(columns, pl.String) | {"minutes": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Moved("2026-11-23-01", frame, BEFORE, AFTER)


def printed(what, width=140):
    console = Console(file=io.StringIO(), width=width)
    print_moved(console, what, "TWD")
    return console.file.getvalue()


def line(text, start):
    return next(row for row in text.splitlines() if row.startswith(start))


def test_the_commonest_changes_are_told_first():
    text = printed(moved())

    assert "What moves against 2026-11-23-01" in text
    vans = line(text, "stores that change van")
    assert "13" in vans
    assert "12 from DC A 1 to DC A 3; T1 from DC A 2 to DC A 3" in vans
    assert "O-1 from 全家-永和中正 to SE-2" in line(text, "customers whose store")


def test_the_farthest_arrivals_are_told_first_either_way():
    arrivals = line(printed(moved()), "arrivals moved over 30 minutes")

    assert "S3 from 15:00 to 12:55; S0 from 10:00 to 10:31" in arrivals


def test_a_visit_that_is_gone_goes_to_none():
    gone = [("arrival", "S4", "15:00", None, None)]

    assert "S4 from 15:00 to none" in printed(moved(gone))


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("stores visited in one", "1 0"),
        ("parcels planned in one", "30 12"),
        ("unserved parcels", "32 45 +13"),
        ("late minutes x parcels", "1,234 1,234 0"),
        ("parcels redirected", "5 4 -1"),
        ("cost of routes, TWD", "7,370 7,610 +240"),
    ],
)
def test_both_plans_stand_side_by_side(level, told):
    """The money beside the levels without which it says nothing."""
    assert " ".join(line(printed(moved()), level).split()).endswith(f" {told}")


def test_a_plan_without_a_previous_one_says_nothing_of_moves():
    assert "What moves" not in shown(day())
    console = Console(file=io.StringIO(), width=80)
    plan = day()
    print_plan(plan, summary_of(plan, COUNTS), None, "TWD", console, moved())
    assert "What moves" in console.file.getvalue()


def test_the_summary_has_counts_and_the_difference_of_money():
    plan = day()
    cheaper = changed(plan, "routes", cost=100.0)

    found = moved_between("2026-11-23-01", plan.tables, cheaper.tables)
    told = summary_of(cheaper, COUNTS, found)["moved"]

    assert told["previous"] == "2026-11-23-01"
    assert [told[what] for what in ("van", "region", "store", "arrival")] == [0] * 4
    assert told["before"]["money"] == 7370.1
    assert told["after"]["money"] == 300.0
    assert told["money_difference"] == -7070.1
    assert "moved" not in summary_of(plan, COUNTS)


def test_the_file_of_moves_is_safe_in_a_spreadsheet():
    """And written only where there is a previous plan."""
    plan = day()
    rows = [("store", "=1+1", "@SUM(A1)", "S2", None), ("arrival", "S1", "", "", -40)]
    shown_parcels = with_clocks(plan.tables.parcels, "parcels")

    files = plan_files(plan.tables, shown_parcels, {}, {}, moved(rows))

    assert files["moved.csv"].decode("utf-8-sig").splitlines() == [
        "what,id,before,after,minutes",
        "store,'=1+1,'@SUM(A1),S2,",
        'arrival,S1,"","",-40',
    ]
    assert "moved.csv" not in plan_files(plan.tables, shown_parcels, {}, {})
