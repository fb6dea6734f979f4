"""track show: one parcel's story, for the desk."""

import pytest
from partner_files import network, row

POLICY = "network: network.yaml\npolicy:\n  length: 7\n"


@pytest.fixture
def told(track):
    track.told(
        row("1", "TW001", "created", 1, platform="shop", phone="0912345678"),
        row("2", "TW001", "ready", 3, location_id="S1"),
        row("3", "TW001", "POD", 4, reason="scanned at the till"),
        row("4", "TW001", "withdrawn", 5, corrects="3", reason="wrong parcel"),
        row("5", "TW001", "return_in_transit", 6),
        row("6", "TW001", "POD", 7),
        row("7", "TW001", "X17", 7),
    )
    return track


def test_every_event_is_there_with_its_local_time(told):
    shown = told("show", "TW001").out

    for text in ("2026-11-03 12:00", "S1", "carrier", "scanned at the till", "X17"):
        assert text in shown


def test_on_80_columns_no_time_is_broken(told, monkeypatch):
    """A reason has its column only where one was given."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = told("show", "TW001").out
    assert shown.count("2026-11-03 12:00") >= 1
    assert max(map(len, shown.split("Events")[1].splitlines())) <= 80
    told.told(row("8", "TW002", "created", 1, platform="shop"))
    assert "reason" in shown
    assert "reason" not in told("show", "TW002").out


def test_the_standing_comes_first(told):
    first = told("show", "TW001").out.splitlines()[0]

    assert first.startswith("TW001: return_in_transit at S1 since 2026-11-06 12:00")


def test_what_does_not_count_is_marked(told):
    events = told.json("show", "TW001")["events"]

    marks = {one["source_event_id"]: one["mark"] for one in events if one["mark"]}
    assert marks == {"3": "withdrawn", "6": "contradicts"}
    shown = told("show", "TW001").out
    assert "taken back" in shown
    assert "contradicts" in shown


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_the_phone_is_masked(told, how):
    shown = told("show", "TW001", *how).out

    assert "0912345678" not in shown
    assert "09****78" in shown


def test_an_unknown_parcel_gets_a_near_miss(told):
    done = told("show", "TW01")

    assert done.code == 3
    assert 'did you mean "TW001"?' in done.err


@pytest.fixture
def held(track):
    track.config = network(track.folder, more="hold_policy: expire_holds.yaml\n")
    (track.folder / "expire_holds.yaml").write_text(POLICY)
    track.told(row("1", "TW001", "ready", 3, location_id="S1"))
    return track


def test_the_deadline_is_told_with_its_reason(held):
    hold = held.json("show", "TW001", "--now", "2026-11-05T00:00:00+08:00")["hold"]

    assert hold["deadline"] == "2026-11-11T00:00:00+08:00"
    assert not hold["lapsed"]
    assert "7 days" in hold["reason"]


def test_a_deadline_that_has_passed_is_told_so(held):
    hold = held.json("show", "TW001", "--now", "2026-11-11T00:00:00+08:00")["hold"]

    assert hold["lapsed"]


def test_a_parcel_that_has_left_has_no_deadline(held):
    held.told(row("2", "TW001", "POD", 4))

    assert held.json("show", "TW001")["hold"] is None


def test_a_plan_is_named(track):
    """As plan-day records it: its run, the day and the store."""
    from histories import frame, told

    from cstore_cli.ledger.database import open_ledger
    from cstore_cli.ledger.record import record
    from cstore_cli.ledger.runs import Run, begin_run

    ledger = open_ledger(f"sqlite:///{track.folder}/ledger.db", create=True)
    run = Run("plan-2026-11-23-01", "plan-day", 0, "{}", "2026-11-23", "2026-11-23-01")
    with ledger.writing() as connection:
        begin_run(connection, run)
        plan = [told("a", "planned", 0, "inference", location_id="S1")]
        record(connection, run.run_id, "cstore", frame(plan))

    shown = track("show", "P1").out

    assert "Planned to S1 for 2026-11-23 by plan-2026-11-23-01." in shown
    assert shown.startswith("P1: nobody has seen it yet")
