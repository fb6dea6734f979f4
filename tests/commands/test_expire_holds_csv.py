"""expire-holds on a CSV alone: what it promises a cron job, and what it writes."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from holding import (
    CONFIG,
    NOW,
    SAMPLE,
    changes,
    config_of,
    fingerprint,
    holds_csv,
)
from holding import (
    cstore as run_apart,
)
from mornings import ROOT, rows

SHARED = ROOT.parent / "shared/data/taipei_day/held_parcels.csv"
OLD, NEW = "2026-11-13T10:00:00+08:00", "2026-11-22T10:00:00+08:00"


@pytest.fixture
def expire(cstore, tmp_path):
    """Run on a CSV in this process, with the memory in tmp_path/out."""

    def run(holds, *arguments, now=NOW, config=CONFIG, out=tmp_path / "out"):
        where = ("--out", out) if out else ()
        return cstore(
            *("expire-holds", "--config", config, "--holds", holds, "--now", now),
            *where,
            *arguments,
        )

    return run


@pytest.fixture
def two(tmp_path):
    """One hold that has lapsed, one that has not."""
    return holds_csv(tmp_path / "h.csv", [("A", "S1", OLD, 0), ("B", "S1", NEW, 0)])


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_the_real_day_expires_475_and_a_second_run_none(expire, tmp_path):
    first = expire(SHARED, "--json")
    second = expire(SHARED, "--json")

    assert first.code == second.code == 0, first.err
    told = json.loads(first.out)
    assert (told["held"], told["expired"]) == (14_000, 475)
    assert all(parcel["reason"] for parcel in told["parcels"])
    assert json.loads(second.out)["expired"] == 0
    remembered = rows(tmp_path / "out/holds_state.csv")
    assert sum(row["act"] == "expired" for row in remembered) == 475
    assert len(rows(tmp_path / "out/collections.csv")) == 475


def test_what_lapsed_is_listed_for_the_next_plan(expire, two, tmp_path):
    assert expire(two).code == 0

    (task,) = rows(tmp_path / "out/collections.csv")
    assert (task["parcel_id"], task["location_id"], task["kind"]) == (
        "A",
        "S1",
        "return",
    )
    assert task["ready_at"] == "2026-11-21T00:00:00+08:00"


def test_every_decision_is_explained(expire, two):
    """Anchor, rule, length, deadline."""
    done = expire(two, "--json")

    (parcel,) = json.loads(done.out)["parcels"]
    for part in ("2026-11-13", "7 days", "2026-11-20 24:00", "Asia/Taipei", "default"):
        assert part in parcel["reason"]


def test_on_80_columns_a_parcel_takes_two_lines(expire, two, monkeypatch):
    """Its reason says when it was ready and when it lapsed."""
    monkeypatch.setenv("COLUMNS", "80")
    done = expire(two, "--dry-run")

    told = done.out.split("Each parcel")[1].split("Nothing was written")[0]
    _, _, _, *lines = told.splitlines()
    assert len(lines) == 2
    assert max(map(len, lines)) <= 80
    assert "ready 2026-11-13 (day 0), 7 days: lapsed 2026-11-20" in lines[0]


def test_a_second_run_changes_no_byte(expire, two, tmp_path):
    expire(two)
    before = {k: v[0] for k, v in fingerprint(tmp_path / "out").items()}

    done = expire(two)

    assert done.code == 0
    assert {k: v[0] for k, v in fingerprint(tmp_path / "out").items()} == before


def test_the_memory_is_only_ever_added_to(expire, two, tmp_path):
    expire(two)
    memory = tmp_path / "out/holds_state.csv"
    before = memory.read_bytes()

    expire(
        two,
        now="2026-12-01T09:00:00+08:00",
        config=config_of(tmp_path / "c", "stale: {max_age_h: null}\n"),
    )

    assert memory.read_bytes().startswith(before)
    assert len(memory.read_bytes()) > len(before)


def test_a_dry_run_writes_nothing_and_lists_what_a_run_does(expire, two, tmp_path):
    before = fingerprint(tmp_path)
    dry = expire(two, "--dry-run", "--json")
    assert fingerprint(tmp_path) == before
    assert not (tmp_path / "out").exists()

    done = expire(two, "--json")

    assert changes(dry.out) == changes(done.out) == [("expired", "A")]


def test_a_dry_run_needs_no_out(expire, two):
    done = expire(two, "--dry-run", out=None)

    assert done.code == 0
    assert "A" in done.out


def test_a_run_without_out_is_refused(expire, two):
    done = expire(two, out=None)

    assert done.code == 2
    assert "--out is missing" in done.err


def test_an_extension_that_arrives_late_takes_the_expiry_back(expire, tmp_path):
    """As if it had been known from the start."""
    holds = tmp_path / "h.csv"
    expire(holds_csv(holds, [("A", "S1", OLD, 0), ("B", "S1", NEW, 0)]))
    holds_csv(holds, [("A", "S1", OLD, 5), ("B", "S1", NEW, 0)])

    done = expire(holds, "--json")

    assert changes(done.out) == [("reinstated", "A")]
    assert rows(tmp_path / "out/collections.csv") == []


def test_a_parcel_that_comes_back_to_a_shelf_has_a_new_hold(expire, tmp_path):
    holds = tmp_path / "h.csv"
    expire(holds_csv(holds, [("A", "S1", OLD, 0), ("B", "S1", NEW, 0)]))
    holds_csv(holds, [("A", "S2", NEW, 0), ("B", "S1", NEW, 0)])

    done = expire(holds, "--json")

    assert changes(done.out) == []
    assert rows(tmp_path / "out/collections.csv") == []


def many(path, old, new):
    stale = [(f"A{k}", "S1", OLD, 0) for k in range(old)]
    return holds_csv(path, stale + [(f"B{k}", "S1", NEW, 0) for k in range(new)])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(51, 458, 12), (51, 459, 0), (50, 10, 0), (500, 4500, 0), (501, 4499, 12)],
)
def test_the_guard_stops_more_than_a_tenth_and_more_than_fifty(
    expire, tmp_path, old, new, code
):
    """Both: 51 of 509 is too many, 51 of 510 is exactly a tenth, 50 are never."""
    done = expire(many(tmp_path / "h.csv", old, new), "-q")

    assert done.code == code, done.err
    assert (tmp_path / "out/holds_state.csv").exists() == (code == 0)


def test_the_guard_tells_the_numbers_and_the_way_on(expire, tmp_path):
    done = expire(many(tmp_path / "h.csv", 60, 1))

    assert "60" in done.err
    assert "--allow-mass" in done.err


def test_a_reason_lets_the_guard_pass(expire, tmp_path):
    holds = many(tmp_path / "h.csv", 60, 1)

    assert expire(holds, "--allow-mass", "stores were shut").code == 0
    memory = (tmp_path / "out/holds_state.csv").read_text()
    assert memory.count("stores were shut") == 60


def test_a_dry_run_lists_what_the_guard_would_stop_and_ends_as_it(expire, tmp_path):
    done = expire(many(tmp_path / "h.csv", 60, 1), "--dry-run", "--json")

    assert done.code == 12
    assert len(changes(done.out)) == 60


def test_old_data_stop_the_run(expire, two, tmp_path):
    done = expire(two, now="2026-12-23T09:00:00+08:00")

    assert done.code == 13
    assert "2026-11-22" in done.err
    assert not (tmp_path / "out/holds_state.csv").exists()


def test_data_taken_at_a_known_time_are_as_old_as_that(expire, two, tmp_path):
    policy = "stale: {as_of: 2026-12-23T00:00:00+08:00}\nguard: {count: 5}\n"
    config = config_of(tmp_path / "c", policy)

    done = expire(two, now="2026-12-23T09:00:00+08:00", config=config)

    assert done.code == 0, done.err


def test_bad_rows_are_put_aside_and_the_rest_is_judged(expire, tmp_path):
    holds = holds_csv(
        tmp_path / "h.csv",
        [("A", "S1", OLD, 0), ("X", "S1", "yesterday", 0), ("B", "S1", NEW, 0)],
    )

    done = expire(holds, "--json")

    assert done.code == 6
    assert changes(done.out) == [("expired", "A")]
    (rejected,) = rows(tmp_path / "out/rejected_held_parcels.csv")
    assert rejected["line"] == "3"
    assert expire(holds, "--strict").code == 3


@pytest.mark.parametrize(
    "zone",
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Pacific/Kiritimati",
        "Australia/Lord_Howe",
    ],
)
def test_the_host_s_time_zone_changes_nothing(zone, two, tmp_path):
    """The policy's days are the network's."""
    files = []
    for name, of_host in (("there", zone), ("here", "Asia/Taipei")):
        done = run_apart(
            *("expire-holds", "--config", CONFIG, "--holds", two, "--now", NOW),
            *("--out", tmp_path / name, "-q"),
            env={**os.environ, "TZ": of_host},
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        files.append({k: v[0] for k, v in fingerprint(tmp_path / name).items()})

    assert files[0] == files[1]


def test_another_runner_is_turned_away_at_once(expire, two, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    script = textwrap.dedent("""
        import pathlib, sys
        from cstore_cli.tables.lock import locked
        with locked(pathlib.Path(sys.argv[1]) / ".expire-holds.lock", ""):
            print("held", flush=True); input()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(out)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        done = expire(two)
        dry = expire(two, "--dry-run")
        holder.communicate("\n")

    assert done.code == 11
    assert "another expire-holds" in done.err
    assert dry.code == 0


def test_a_run_is_taken_back(expire, two, tmp_path):
    run = json.loads(expire(two, "--json").out)["run"]

    back = expire(two, "--revert", run, "--json")

    assert back.code == 0, back.err
    assert json.loads(back.out)["reverted"] == ["A"]
    assert rows(tmp_path / "out/collections.csv") == []
    assert rows(tmp_path / "out/expired.csv") == []
    assert expire(two, "--revert", run, "--json").code == 6
    # Data and policy are what they were, so the next run finds what the first found.
    assert changes(expire(two, "--json").out) == [("expired", "A")]


def test_what_has_left_is_not_taken_back(expire, two, tmp_path):
    run = json.loads(expire(two, "--json").out)["run"]
    holds_csv(two, [("B", "S1", NEW, 0)])

    done = expire(two, "--revert", run, "--json")

    assert done.code == 6
    assert list(json.loads(done.out)["not_reverted"]) == ["A"]


def test_an_export_without_rows_does_not_empty_the_lists(expire, two, tmp_path):
    expire(two)
    holds_csv(two, [])

    done = expire(two)

    assert done.code == 13
    assert len(rows(tmp_path / "out/collections.csv")) == 1


def test_an_unknown_run_is_named(expire, two):
    expire(two)

    done = expire(two, "--revert", "expire-20200101T000000Z-01")

    assert done.code == 3
    assert "expire-20261123T010000Z-01" in done.err


def test_a_missed_night_ends_where_a_run_each_night_does(expire, tmp_path):
    holds = holds_csv(
        tmp_path / "h.csv",
        [
            (f"P{k}", "S1", f"2026-11-{13 + k:02d}T10:00:00+08:00", k % 3)
            for k in range(9)
        ],
    )
    config = config_of(
        tmp_path / "c", "policy: {reminders: [24]}\nstale: {max_age_h: null}\n"
    )
    for day in range(21, 25):
        expire(
            holds,
            "-q",
            now=f"2026-11-{day}T03:00:00+08:00",
            config=config,
            out=tmp_path / "nightly",
        )
    expire(
        holds,
        "-q",
        now="2026-11-24T03:00:00+08:00",
        config=config,
        out=tmp_path / "once",
    )

    for name in ("expired.csv", "collections.csv"):
        nightly = (tmp_path / "nightly" / name).read_bytes()
        assert nightly == (tmp_path / "once" / name).read_bytes()
        assert len(nightly.splitlines()) > 3


STORES = """store_id,dc_id,chain,name,lat,lon,opening_hours,receive_from,receive_by,\
shelf_litres,chilled,door_couriers,service_min
S1,D,Quick,a,25,121,24/7,10:00,12:00,100,true,0,5
S2,D,Slow,b,25,121,24/7,10:00,12:00,100,true,0,5
"""


def test_a_chain_has_its_own_rule(expire, tmp_path):
    """The chain is the store's; a store that nobody lists has none."""
    (tmp_path / "stores.csv").write_text(STORES)
    policy = (
        f"tables: {{stores: {tmp_path}/stores.csv}}\n"
        "overrides: [{name: quick, chain: [Quick], policy: {length: 3}}]\n"
    )
    holds = holds_csv(
        tmp_path / "h.csv",
        [(s, s, "2026-11-18T10:00:00+08:00", 0) for s in ("S1", "S2", "S3")]
        + [("B", "S1", NEW, 0)],
    )

    done = expire(holds, "--json", config=config_of(tmp_path / "c", policy))

    (parcel,) = json.loads(done.out)["parcels"]
    assert (parcel["parcel_id"], parcel["rule"]) == ("S1", "quick")


def test_a_store_that_is_shut_at_the_end_keeps_its_parcels_longer(expire, tmp_path):
    """The closures are read where the policy skips days for them, only there."""
    closures = tmp_path / "closures.csv"
    closures.write_text(
        "location_id,from,to,reason\n"
        "S1,2026-11-20T08:00:00+08:00,2026-11-24T08:00:00+08:00,rebuilt\n"
    )
    holds = holds_csv(
        tmp_path / "h.csv",
        [("A", "S1", OLD, 0), ("C", "S2", OLD, 0), ("B", "S1", NEW, 0)],
    )
    tables = f"tables: {{closures: {closures}}}\n"
    skipping = "policy: {skipped: {store_closures: true}}\n"

    plain = expire(
        holds, "--json", "--dry-run", config=config_of(tmp_path / "p", tables)
    )
    kept = expire(
        holds,
        "--json",
        "--dry-run",
        config=config_of(tmp_path / "k", tables + skipping),
    )

    assert changes(plain.out) == [("expired", "A"), ("expired", "C")]
    assert changes(kept.out) == [("expired", "C")]


def test_a_reminder_is_given_once(expire, tmp_path):
    """24 hours before the deadline, and not again at the next run."""
    holds = holds_csv(tmp_path / "h.csv", [("A", "S1", "2026-11-16T10:00:00+08:00", 0)])
    config = config_of(
        tmp_path / "c", "policy: {reminders: [24]}\nstale: {max_age_h: null}\n"
    )

    before = expire(holds, "--json", now="2026-11-22T23:00:00+08:00", config=config)
    first = expire(holds, "--json", config=config)
    second = expire(holds, "--json", config=config)

    assert changes(before.out) == []
    assert changes(first.out) == [("reminded", "A")]
    assert changes(second.out) == []
    (shown,) = rows(tmp_path / "out/reminders.csv")
    assert shown["hours_before"] == "24.0"


def test_a_full_disk_is_said_and_leaves_the_memory_whole(two, tmp_path):
    out = tmp_path / "out"
    limited = ("prlimit", "--fsize=100")

    done = run_apart(
        *(
            "expire-holds",
            "--config",
            CONFIG,
            "--holds",
            two,
            "--now",
            NOW,
            "--out",
            out,
        ),
        wrapper=limited,
    )

    assert done.returncode == 7, done.stderr
    assert "the disk is full" in done.stderr
    again = run_apart(
        *(
            "expire-holds",
            "--config",
            CONFIG,
            "--holds",
            two,
            "--now",
            NOW,
            "--out",
            out,
        ),
        "--json",
    )
    assert changes(again.stdout) == [("expired", "A")]


def test_a_folder_that_cannot_be_written_is_said(two, tmp_path):
    """As any user but the superuser meets it: without the right to override."""
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    powerless = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")

    done = run_apart(
        *(
            "expire-holds",
            "--config",
            CONFIG,
            "--holds",
            two,
            "--now",
            NOW,
            "--out",
            out,
        ),
        wrapper=powerless if os.geteuid() == 0 else (),
    )

    assert done.returncode == 7, done.stderr
    assert "permission denied" in done.stderr
    assert list(out.iterdir()) == []


def test_nothing_heavy_is_imported():
    """No solver, no scikit-learn, no PyVRP, and no SQL without a ledger."""
    script = (
        "import sys\nfrom cstore_cli.app import app\n"
        "try: app(sys.argv[1:])\nexcept SystemExit: pass\n"
        "heavy = {'pulp', 'highspy', 'sklearn', 'pyvrp', 'scipy', 'bokeh'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", script, "expire-holds", "--config", str(CONFIG)),
            *("--holds", str(SAMPLE), "--now", NOW, "--dry-run", "-q"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
