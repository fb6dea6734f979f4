"""A plan's files by name; nasty store ids stay in their folder."""

import json
from pathlib import PurePosixPath, PureWindowsPath

import polars as pl
import pytest
from days import at, day, door, legal, order, store
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cstore_cli.dayplan.explained import Group, Remedy, unserved_rows
from cstore_cli.dayplan.files import plan_files, with_clocks
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.tables.write import json_bytes

NASTY = [
    "../x",
    "a/b",
    "a\\b",
    "/etc/passwd",
    "C:\\x",
    "",
    ".",
    "..",
    "...",
    ".x",
    "x",
    "x.",
    "x ",
    " x",
    "%2E",
    "a%2Fb",
    "CON",
    "con.txt",
    "a\nb",
    "a\0b",
    "A1",
    "a1",
    "Ab",
    "aB",
    "門市",
    "x" * 300,
    "x" * 301,
    "門" * 300,
    "~",
    "-rf",
    "*",
]


def store_lists(ids):
    """Names of the files with a list each for these stores."""
    shown = pl.DataFrame(
        {
            "order_id": [f"O{i}" for i in range(len(ids))],
            "task": "deliver",
            "status": "planned",
            "channel": "store_pickup",
            "store_id": ids,
            "ready_by": "10:00",
        }
    )
    tables = legal(day()).tables
    files = plan_files(tables, shown, {}, {})
    return {name: files[name] for name in files if name.startswith("store_lists")}


def assert_safe(names, count):
    """One plain file each, in the folder, on Linux, Windows and macOS."""
    assert len({name.casefold() for name in names}) == count
    for name in names:
        for path in (PurePosixPath(name), PureWindowsPath(name)):
            assert path.parts[:-1] == ("store_lists",)
            assert path.parts[-1].endswith(".csv")
            assert path.stem not in {"", ".", ".."}
            assert not path.stem.startswith((".", " "))
            assert not path.stem.endswith((".", " "))
        assert not PureWindowsPath(name).stem.upper().startswith(("CON", "NUL"))
        assert len(PurePosixPath(name).name.encode()) <= 130
        assert not set(name) & set('\0\n\r:*?"<>|\\')


def test_store_ids_cannot_leave_their_folder_or_collide():
    assert_safe(store_lists(NASTY), len(NASTY))


@pytest.fixture(scope="module")
def lists():
    """Store ids to their lists, with the rest of the plan made once."""
    tables = legal(day()).tables

    def of(ids):
        shown = pl.DataFrame(
            {
                "order_id": "O",
                "task": "deliver",
                "status": "planned",
                "channel": "store_pickup",
                "store_id": ids,
                "ready_by": "10:00",
            }
        )
        names = plan_files(tables, shown, {}, {})
        return [name for name in names if name.startswith("store_lists")]

    return of


@hypothesis_settings(max_examples=150, deadline=None)
@given(ids=st.lists(st.text("aA.~%/ \\0é", max_size=5), unique=True, min_size=1))
def test_no_ids_share_a_file(lists, ids):
    assert_safe(lists(ids), len(ids))


def test_plain_ids_stay_as_they_are():
    names = store_lists(["S1", "AL-1020", "門市 3", "a.b"])
    assert set(names) == {
        "store_lists/S1.csv",
        "store_lists/AL-1020.csv",
        "store_lists/門市 3.csv",
        "store_lists/a.b.csv",
    }


def test_a_store_gets_a_list_of_what_comes_to_it():
    orders = [order("B", store_id="S1"), door("A"), order("C", needs_installation=True)]
    plan = legal(day(orders, [store("S1"), store("S2", 1.1)]))
    shown = with_clocks(plan.tables.parcels, "parcels")
    files = plan_files(plan.tables, shown, {}, {})
    lines = files["store_lists/S1.csv"].decode("utf-8-sig").splitlines()
    assert lines[0] == "order_id,channel,ready_by,route_id,recipient,phone,reason"
    assert [line.split(",")[0] for line in lines[1:]] == ["A", "B"]
    assert [name for name in files if name.startswith("store_lists")] == [
        "store_lists/S1.csv"
    ]


def test_every_promised_file_is_there():
    late = order("late", placed_at=at("09:01"))
    gone = order("gone", 50.0)
    handed = order("handed", needs_installation=True)
    plan = legal(day([order("A"), late, gone, handed]))
    shown = with_clocks(plan.tables.parcels, "parcels")
    counts = {"read": 4, "carried_in": 0, "rejected": 0}
    rejected = {"orders": pl.DataFrame({"line": [7], "reason": ["x"]})}
    files = plan_files(plan.tables, shown, rejected, summary_of(plan, counts))
    assert set(files) == {
        "parcels.csv",
        "routes.csv",
        "stops.csv",
        "rounds.csv",
        "regions.csv",
        "assignment.csv",
        "store_arrivals.csv",
        "store_lists/S1.csv",
        "unserved.csv",
        "handover.csv",
        "rejected_orders.csv",
        "summary.json",
    }
    ids = {
        name: [
            line.split(",")[0]
            for line in files[name].decode("utf-8-sig").splitlines()[1:]
        ]
        for name in ("parcels.csv", "unserved.csv", "handover.csv")
    }
    assert ids == {
        "parcels.csv": ["A", "late", "gone", "handed"],
        "unserved.csv": ["gone"],
        "handover.csv": ["handed"],
    }
    balance = json.loads(files["summary.json"])["balance"]
    assert balance == {
        "read": 4,
        "carried_in": 0,
        "rejected": 0,
        "planned": 2,
        "deferred": 1,
        "unserved": 1,
        "already_planned": 0,
    }


def test_unserved_rows_say_what_would_serve_them():
    """After the plan's columns; an own column of such a name is kept apart."""
    plan = legal(
        day(
            [order("A"), order("far", 90.0, remedy="ours"), order("B")],
            own_columns=("recipient", "remedy"),
        )
    )
    van = Remedy("vans", "van", "DC", 1, "one van more", 1, 900.0, verified=True)
    group = Group("vans_full", "DC", None, (1,), van, searched=True)
    rows = unserved_rows(plan.tables.parcels, (group,))
    assert rows["order_id"].to_list() == ["far"]
    assert rows.columns[-6:] == [
        *("reason", "remedy", "remedy_serves", "verified"),
        *("recipient", "order_remedy"),
    ]
    assert rows.row(0)[-5:] == ("one van more", 1, "yes", None, "ours")


def test_times_are_hours_and_minutes():
    plan = legal(day([order("A", store_id="S1")]))
    stops = with_clocks(plan.tables.stops, "stops")
    assert stops["arrives"][1] == "10:00" or stops["starts"][1] == "10:00"


def test_json_is_readable_and_strict():
    assert json_bytes({"名": "門市"}).decode() == '{\n  "名": "門市"\n}\n'
    with pytest.raises(ValueError, match="JSON compliant"):
        json_bytes({"gap": float("nan")})
