"""expire-holds on the ledger: what it promises a cron job, and what it leaves there."""

import datetime as dt
import json
import subprocess
import sys
import textwrap

import pytest
import sqlalchemy as sa
from histories import frame, histories
from holding import (
    NOW,
    changes,
    config_of,
    fingerprint,
    ready,
    tell,
)
from holding import (
    cstore as run_apart,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mornings import ROOT

from cstore_cli.commands.expire_holds_judge import judge_of
from cstore_cli.commands.expire_holds_ledger import expire_in_ledger
from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.day import returns
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.ledger.schema import event, notice, parcel_state, run
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings

OLD, NEW = "2026-11-13T10:00:00+08:00", "2026-11-22T10:00:00+08:00"
DEADLINE = "2026-11-21T00:00:00+08:00"


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def expire(cstore, tmp_path):
    """Run on the ledger in this process."""

    def run(*arguments, now=NOW, policy=""):
        config = config_of(tmp_path / "config", policy, tmp_path / "ledger.db")
        return cstore("expire-holds", "--config", config, "--now", now, *arguments)

    return run


@pytest.fixture
def two(url):
    """One hold that has lapsed, one that has not."""
    tell(url, "day", ready("A", OLD), ready("B", NEW, "S2"))
    return url


def states(url):
    with open_ledger(url).reading() as connection:
        chosen = sa.select(parcel_state.c.parcel_id, parcel_state.c.state)
        return dict(tuple(row) for row in connection.execute(chosen))


def rows_of(url, table):
    with open_ledger(url).reading() as connection:
        return connection.execute(sa.select(table)).mappings().all()


def tasks(url):
    with open_ledger(url).reading() as connection:
        return returns(connection)["parcel_id"].to_list()


def test_no_ledger_is_10(expire):
    done = expire()

    assert done.code == 10
    assert "there is no ledger" in done.err


def test_an_out_beside_the_ledger_is_refused(expire, two, tmp_path):
    """There is one memory, and no second one to differ from it."""
    done = expire("--out", tmp_path / "out")

    assert done.code == 2
    assert "the ledger keeps" in done.err


def test_what_lapsed_is_marked_with_its_return_and_notice(expire, two):
    done = expire("--json")

    assert done.code == 0, done.err
    assert states(two) == {"A": "hold_expired", "B": "ready"}
    assert tasks(two) == ["A"]
    (told,) = rows_of(two, notice)
    assert (told["parcel_id"], told["kind"]) == ("A", "expired")
    assert json.loads(done.out)["run"] == told["run_id"] == "expire-20261123T010000Z-01"


def test_the_event_stands_at_the_deadline_and_says_why(expire, two):
    """Not at the run: so it does not matter when that was."""
    expire()

    (marked,) = [row for row in rows_of(two, event) if row["code"] == "hold_expired"]
    assert marked["event_time_us"] == 1_763_654_400_000_000 + 365 * 86_400_000_000
    for part in ("2026-11-13", "7 days", "2026-11-20 24:00", "default"):
        assert part in marked["reason"]


def test_a_second_run_changes_no_byte(expire, two, tmp_path):
    expire()
    before = fingerprint(tmp_path)["ledger.db"][0]

    done = expire("--json")

    assert changes(done.out) == []
    assert fingerprint(tmp_path)["ledger.db"][0] == before


def test_a_dry_run_writes_nothing_and_lists_what_a_run_does(expire, two, tmp_path):
    expire("--dry-run")  # writes the config of the test
    before = fingerprint(tmp_path)
    dry = expire("--dry-run", "--json")
    after = fingerprint(tmp_path)
    for files in (before, after):
        files.pop("config/network.yaml")
        files.pop("config/expire_holds.yaml")
    assert after == before

    assert changes(dry.out) == changes(expire("--json").out) == [("expired", "A")]


def test_a_collection_in_time_that_is_told_late_takes_the_expiry_back(expire, two):
    expire()
    tell(two, "late", ("A", "collected", "2026-11-20T22:00:00+08:00", {}))

    assert states(two)["A"] == "collected"
    assert tasks(two) == []
    assert changes(expire("--json").out) == []


def test_an_extension_told_late_takes_the_expiry_back(expire, two):
    """As if it had been known from the start."""
    expire()
    tell(
        two,
        "late",
        ("A", "extended", "2026-11-19T12:00:00+08:00", {"extension_days": 9}),
    )

    done = expire("--json")

    assert changes(done.out) == [("reinstated", "A")]
    assert states(two)["A"] == "ready"
    assert tasks(two) == []


def test_an_extension_asked_for_too_late_changes_nothing(expire, two):
    tell(
        two,
        "late",
        ("A", "extended", "2026-11-21T12:00:00+08:00", {"extension_days": 9}),
    )

    assert changes(expire("--json").out) == [("expired", "A")]


def test_a_return_not_fetched_by_its_sender_is_unclaimed(expire, url):
    tell(
        url,
        "day",
        ready("A", "2026-11-01T10:00:00+08:00"),
        ("A", "return_in_transit", "2026-11-09T10:00:00+08:00", {}),
        ("A", "return_ready", "2026-11-11T10:00:00+08:00", {"location_id": "S9"}),
        ready("B", NEW),
    )

    done = expire(policy="policy: {return_hold: {length: 7}}\n")

    assert done.code == 0, done.err
    assert states(url)["A"] == "unclaimed"
    assert tasks(url) == ["A"]


def test_overrides_follow_what_the_ledger_knows(expire, url):
    tell(
        url,
        "day",
        ready("A", "2026-11-21T10:00:00+08:00", goods_class="chilled"),
        ready("B", "2026-11-21T10:00:00+08:00"),
    )
    policy = "overrides: [{name: cold, goods_class: [chilled], policy: {length: 1}}]\n"

    done = expire("--json", policy=policy)

    (parcel,) = json.loads(done.out)["parcels"]
    assert (parcel["parcel_id"], parcel["rule"]) == ("A", "cold")


def test_the_guard_leaves_the_ledger_as_it_was(expire, url, tmp_path):
    tell(url, "day", *(ready(f"A{k}", OLD) for k in range(60)), ready("B", NEW))
    before = fingerprint(tmp_path)["ledger.db"]

    done = expire()

    assert done.code == 12
    assert fingerprint(tmp_path)["ledger.db"] == before
    assert expire("--allow-mass", "stores were shut").code == 0
    assert "stores were shut" in rows_of(url, run)[-1]["detail"]


def test_old_data_stop_the_run(expire, two):
    done = expire(now="2026-12-23T09:00:00+08:00")

    assert done.code == 13
    assert states(two)["A"] == "ready"


def test_an_event_from_the_future_does_not_make_data_new(expire, two):
    tell(two, "wrong", ("C", "created", "2099-01-01T00:00:00+08:00", {}))

    assert expire(now="2026-12-23T09:00:00+08:00").code == 13


def test_a_run_is_taken_back_where_the_goods_stand(expire, url):
    tell(url, "day", ready("A", OLD), ready("C", OLD), ready("D", OLD), ready("B", NEW))
    done = json.loads(expire("--json").out)
    tell(url, "van", ("C", "return_in_transit", "2026-11-23T08:00:00+08:00", {}))
    tell(url, "late", ("D", "collected", "2026-11-23T08:00:00+08:00", {}))

    back = expire("--revert", done["run"], "--json")

    assert back.code == 6
    assert json.loads(back.out)["reverted"] == ["A"]
    assert json.loads(back.out)["not_reverted"] == {
        "C": "return_in_transit",
        "D": "collected",
    }
    assert states(url)["A"] == "ready"
    assert tasks(url) == []


def test_taking_back_twice_changes_nothing(expire, two):
    made = json.loads(expire("--json").out)["run"]
    assert expire("--revert", made).code == 0

    again = expire("--revert", made, "--json")

    assert again.code == 6
    assert json.loads(again.out)["not_reverted"] == {"A": "ready"}


def test_an_unknown_run_is_refused_with_the_latest(expire, two):
    expire()

    done = expire("--revert", "expire-1")

    assert done.code == 3
    assert "expire-20261123T010000Z-01" in done.err


def test_another_runner_is_turned_away_at_once(expire, two, tmp_path):
    script = textwrap.dedent("""
        import pathlib, sys
        from cstore_cli.tables.lock import locked
        with locked(pathlib.Path(sys.argv[1] + "/ledger.db.expire-holds.lock"), ""):
            print("held", flush=True); input()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        done = expire()
        dry = expire("--dry-run")
        holder.communicate("\n")

    assert (done.code, dry.code) == (11, 0)
    assert states(two)["A"] == "ready"


def test_two_at_once_mark_once(two, tmp_path):
    """One does the work, or both find their turn; never twice."""
    config = config_of(tmp_path / "config", "", tmp_path / "ledger.db")
    call = [sys.executable, "-m", "cstore_cli", "expire-holds", "--config", str(config)]
    both = [
        subprocess.Popen([*call, "--now", NOW, "-q"], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in both:
        one.communicate()

    assert {one.returncode for one in both} <= {0, 11}
    assert 0 in {one.returncode for one in both}
    assert len(rows_of(two, notice)) == 1


def test_a_full_disk_leaves_the_ledger_as_it_was(two, tmp_path):
    """The limit lets the journal begin and stops it."""
    config = config_of(tmp_path / "config", "", tmp_path / "ledger.db")
    size = (tmp_path / "ledger.db").stat().st_size

    done = run_apart(
        *("expire-holds", "--config", config, "--now", NOW, "-q"),
        wrapper=("prlimit", f"--fsize={size // 2}"),
    )

    assert done.returncode == 7, done.stderr
    assert states(two) == {"A": "ready", "B": "ready"}


def test_a_reminder_is_given_once_with_its_notice(expire, two):
    policy = "policy: {reminders: [200]}\n"

    first = expire("--json", policy=policy)
    second = expire("--json", policy=policy)

    assert ("reminded", "B") in changes(first.out)
    assert changes(second.out) == []
    kinds = [
        (row["parcel_id"], row["kind"], row["hours"]) for row in rows_of(two, notice)
    ]
    assert sorted(kinds) == [("A", "expired", None), ("B", "reminder", 200.0)]


@st.composite
def nights(draw):
    """Events of a few parcels over two weeks, and the nights on which runs come."""
    events = []
    for parcel in "ABC":
        day = draw(st.integers(1, 8))
        events.append(
            (
                ready(parcel, f"2026-11-{day:02d}T10:00:00+08:00"),
                draw(st.integers(0, 3)),
            )
        )
        for _ in range(draw(st.integers(0, 3))):
            code = draw(
                st.sampled_from(
                    ["collected", "extended", "return_in_transit", "ready", "withdrawn"]
                )
            )
            at = f"2026-11-{draw(st.integers(day, 20)):02d}T15:00:00+08:00"
            more = (
                {"extension_days": 2} if code == "extended" else {"location_id": "S1"}
            )
            if code == "withdrawn":
                more = {"corrects": f"0/{'ABC'.index(parcel)}"}
            events.append(((parcel, code, at, more), draw(st.integers(0, 6))))
    return events, draw(st.sets(st.integers(8, 24), min_size=1, max_size=3))


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(nights())
def test_runs_missed_late_or_doubled_end_in_the_same_state(tmp_path_factory, drawn):
    """Events arrive days late; one ledger sees several runs, one only the last."""
    events, run_days = drawn
    folder = tmp_path_factory.mktemp("nights")
    policy = "stale: {max_age_h: null}\nguard: {count: 100}\n"
    given = read_config(config_of(folder, policy), ExpireHoldsSettings)
    ends = []
    for name, days in (("often", run_days), ("once", set())):
        url = f"sqlite:///{folder / name}.db"
        open_ledger(url, create=True)
        arrivals = [(int(told[2][8:10]) + late, told) for told, late in events]
        for day in sorted({*(day for day, _ in arrivals), *days}):
            for number, (arrives, told) in enumerate(arrivals):
                if arrives == day:
                    tell(url, f"{number}", told)
            if day in days:
                expire_in_ledger(url, judge_on(given, day), dry_run=False)
        for _ in range(2):
            expire_in_ledger(url, judge_on(given, 28), dry_run=False)
        ends.append(
            [
                {name: row[name] for name in STANDING_SHOWN}
                for row in rows_of(url, parcel_state)
            ]
        )

    assert ends[0] == ends[1]


STANDING_SHOWN = (
    *("parcel_id", "state", "since_us", "ready_at_us", "shelf_store"),
    "extension_days",
)


def judge_on(given, day):
    """Who judges at the end of a day of November."""
    now = dt.datetime(2026, 11, day, 15, tzinfo=dt.UTC)
    return judge_of(given, now.date(), now, None)


def test_a_mistaken_collection_does_not_make_runs_mark_for_ever(expire, url):
    """A program thought it collected; a scan after the deadline saw it on the shelf."""
    gone = {"evidence": "inference"}
    tell(
        url,
        "day",
        ready("A", "2026-11-01T10:00:00+08:00"),
        ("A", "collected", "2026-11-10T10:00:00+08:00", gone),
        ready("A", "2026-11-11T10:00:00+08:00"),
        ready("B", NEW),
    )

    first, second = expire("--json"), expire("--json")

    assert changes(first.out) == [("expired", "A")]
    assert changes(second.out) == []
    assert states(url)["A"] == "hold_expired"


def test_an_expiry_moves_with_a_deadline_that_becomes_known_late(expire, two):
    """So the end is the one that a run after it would have found."""
    expire()
    late = ("A", "extended", "2026-11-19T12:00:00+08:00", {"extension_days": 1})
    tell(two, "late", late)

    expire()

    (row,) = [row for row in rows_of(two, parcel_state) if row["parcel_id"] == "A"]
    assert row["state"] == "hold_expired"
    assert row["since_us"] == row["ready_at_us"] + (8 * 24 + 14) * 3_600_000_000


def test_each_extension_is_judged_by_the_hold_it_found(expire, two):
    """The second is asked for inside the hold that the first made longer."""
    tell(
        two,
        "asked",
        ("A", "extended", "2026-11-19T12:00:00+08:00", {"extension_days": 2}),
        ("A", "extended", "2026-11-22T12:00:00+08:00", {"extension_days": 3}),
    )

    assert changes(expire("--json").out) == []


def test_an_extension_makes_another_reminder_due(expire, two):
    policy = "policy: {reminders: [24]}\n"
    tell(two, "c", ready("C", "2026-11-16T10:00:00+08:00"))
    assert ("reminded", "C") in changes(expire("--json", policy=policy).out)
    longer = ("C", "extended", "2026-11-23T12:00:00+08:00", {"extension_days": 1})
    tell(two, "late", longer)

    done = expire("--json", policy=policy, now="2026-11-24T09:00:00+08:00")

    assert changes(done.out) == [("reminded", "C")]


@pytest.mark.parametrize("code", ["redirected", "store_blocked", "damaged"])
def test_what_may_not_wait_on_its_shelf_is_fetched(expire, two, code):
    tell(two, "moved", ("B", code, "2026-11-22T12:00:00+08:00", {}))

    expire()

    assert tasks(two) == ["A", "B"]


def test_a_run_before_the_last_one_is_refused(expire, two):
    """It would take back what the last one marked."""
    expire()

    done = expire(now="2026-11-20T09:00:00+08:00")

    assert done.code == 13
    assert states(two)["A"] == "hold_expired"


def test_a_blank_reason_is_none(expire, two):
    assert expire("--allow-mass", " ").code == 2


def test_an_emptied_ledger_is_no_ledger(expire, two, tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"")

    done = expire()

    assert done.code == 3
    assert "is empty" in done.err


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories(longest=10))
def test_a_second_run_never_finds_anything(tmp_path_factory, events):
    """Whatever contradictory things were told: what a run decides, it settles."""
    folder = tmp_path_factory.mktemp("settled")
    policy = "stale: {max_age_h: null}\npolicy: {return_hold: {length: 1}}\n"
    given = read_config(config_of(folder, policy), ExpireHoldsSettings)
    url = f"sqlite:///{folder}/ledger.db"
    with open_ledger(url, create=True).writing() as connection:
        begin_run(connection, Run("told", "test", 0, "{}"))
        for partner in ("carrier", "chain"):
            own = [told for told in events if told.partner == partner]
            record(connection, "told", partner, frame(own))

    expire_in_ledger(url, judge_on(given, 28), dry_run=False)
    again, run_id = expire_in_ledger(url, judge_on(given, 28), dry_run=False)

    assert (again.changes, run_id) == (0, None)
