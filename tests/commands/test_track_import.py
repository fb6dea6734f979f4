"""track import: a partner's file into the ledger, once, whole, with its faults told."""

import json
import os
import subprocess
import sys

import pytest
from mornings import ROOT, rows
from partner_files import events_csv, network, row

EXCHANGE = ROOT.parent / "shared/data/exchange"
LIFE = (
    row("1", "P1", "created", 1, platform="shop", recipient="王", phone="0912345678"),
    row("2", "P1", "ARR", 2),
    row("3", "P1", "ready", 3, location_id="S1"),
)


def test_a_file_becomes_events_and_standings(track):
    done = track.told(*LIFE)

    assert done.code == 0, done.err
    assert track.ask("SELECT code FROM event") == [("created",), ("at_dc",), ("ready",)]
    assert track.ask("SELECT state, shelf_store FROM parcel_state") == [("ready", "S1")]
    assert track.ask("SELECT phone FROM contact") == [("0912345678",)]


def test_the_counts_are_told_in_one_line(track):
    track.told(LIFE[0])
    done = track.told(*LIFE, row("9", "P1", "X17", 3))

    assert done.err.splitlines()[-1] == (
        "Events: 2 new, 1 known before, 0 altered, 1 in unknown codes, 0 rejected."
    )


def test_the_same_file_twice_changes_nothing(track):
    track.told(*LIFE)
    before = (track.folder / "ledger.db").read_bytes()

    done = track.told(*LIFE)

    assert done.code == 0
    assert "0 new, 3 known before" in done.err
    assert (track.folder / "ledger.db").read_bytes() == before


def test_an_altered_event_is_counted_and_not_believed(track):
    track.told(LIFE[0])

    done = track.told(row("1", "P1", "lost", 1))

    assert "1 altered" in done.err
    assert track.ask("SELECT state FROM parcel_state") == [("created",)]


def test_bad_rows_are_told_by_line_and_good_ones_recorded(track):
    bad = {**row("8", "P2", "ready", 3), "event_time": "yesterday"}

    done = track.told(
        LIFE[0], bad, LIFE[1], more=("--rejected", track.folder / "r.csv")
    )

    assert done.code == 6
    assert "carrier.csv:3: event_time: 'yesterday' is not an instant" in done.err
    assert "1 rejected" in done.err
    assert track.count("event") == 2
    (rejected,) = rows(track.folder / "r.csv")
    assert (rejected["line"], rejected["parcel_id"]) == ("3", "P2")


def test_unknown_codes_are_kept_aside_and_told(track):
    done = track.told(LIFE[0], row("8", "P1", "X17", 3), row("9", "P2", "X17", 3))

    assert done.code == 6
    assert "Unknown codes, kept aside: X17 (2)." in done.err
    assert track.ask("SELECT parcel_id, code FROM unknown_code") == [
        ("P1", "X17"),
        ("P2", "X17"),
    ]


def test_a_code_that_becomes_known_is_read_on_the_next_import(track):
    track.told(row("8", "P1", "X17", 3))
    text = track.config.read_text()
    track.config.write_text(text.replace("{ARR: at_dc", "{X17: ready, ARR: at_dc"))

    track.told(row("8", "P1", "X17", 3))

    assert track.count("unknown_code") == 0
    assert track.ask("SELECT code FROM event") == [("ready",)]


@pytest.mark.parametrize("there", [False, True])
def test_a_dry_run_writes_nothing(track, there):
    if there:
        track.told(LIFE[0])
    before = {path: path.read_bytes() for path in track.folder.glob("ledger*")}

    done = track.told(*LIFE, more=("--dry-run",))

    assert done.code == 0
    assert f"{2 if there else 3} new, {int(there)} known before" in done.err
    assert "nothing was written" in done.err
    assert {p: p.read_bytes() for p in track.folder.glob("ledger*")} == before


def test_json_has_every_fault(track):
    bad = {**row("8", "P2", "ready", 3), "event_time": "yesterday"}
    path = events_csv(track.folder / "f.csv", LIFE[0], bad)

    told = track.json("import", "carrier", path, "-q")

    assert (told["new"], told["rejected"]) == (1, 1)
    assert told["faults"][0]["line"] == 3
    assert told["run"].startswith("import-")


def test_a_purged_name_does_not_come_back(track):
    done = row("4", "P1", "POD", 4, recipient="王", phone="0912345678")
    track.told(*LIFE, done)
    track("purge", "--now", "2027-06-01T00:00:00+08:00")
    assert track.count("contact") == 0

    track.told(*LIFE, done)

    assert track.count("contact") == 0


def test_the_run_is_recorded_with_its_partner(track):
    track.told(LIFE[0], more=("--now", "2026-11-23T09:00:00+08:00"))

    ((run_id, command, detail),) = track.ask("SELECT run_id, command, detail FROM run")
    assert (run_id, command) == ("import-20261123T010000Z-01", "track import")
    assert json.loads(detail)["partner"] == "carrier"


def test_an_unknown_partner_gets_a_near_miss(track):
    done = track("import", "carier", "x.csv")

    assert done.code == 2
    assert 'did you mean "carrier"?' in done.err


def test_without_a_ledger_named_it_says_how_to_name_one(cstore, tmp_path):
    config = network(tmp_path, ledger=None)
    path = events_csv(tmp_path / "f.csv", *LIFE)

    done = cstore("track", "import", "carrier", path, "--config", config)

    assert done.code == 10
    assert "`ledger: sqlite:///ledger.db`" in done.err


@pytest.mark.parametrize("what", [("show", "P1"), ("board",), ("verify",), ("purge",)])
def test_where_no_ledger_is_yet_nothing_begins_one(track, what):
    done = track(*what)

    assert done.code == 10
    assert not (track.folder / "ledger.db").exists()


def test_quiet_success_says_nothing(track):
    done = track.told(*LIFE, more=("-q",))

    assert (done.code, done.out, done.err) == (0, "", "")


def test_epcis_without_the_schema_is_refused_with_where_to_get_it(track):
    document = track.folder / "e.json"
    document.write_text("{}")

    done = track("import", "gs1", document)

    assert done.code == 3
    assert "ref.gs1.org/standards/epcis" in done.err


@pytest.fixture
def epcis(track):
    """A track whose config names the standard's schema."""
    schema = EXCHANGE / "epcis_schema/epcis-json-schema.json"
    if not schema.is_file():
        pytest.skip("the schema in ../shared is absent")
    track.config = network(track.folder, more=f"epcis_schema: {schema}\n")
    return track


def test_epcis_is_imported(epcis):
    done = epcis("import", "gs1", EXCHANGE / "epcis_valid/ObjectEvent.json")

    assert done.code == 0, done.err
    assert epcis.count("event") + epcis.count("unknown_code") > 0


def test_epcis_that_breaks_the_standard_is_refused_by_field(epcis):
    done = epcis(
        "import", "gs1", EXCHANGE / "epcis_invalid/ObjectEvent_with_invalid_action.json"
    )

    assert done.code == 3
    assert "action" in done.err
    assert not (epcis.folder / "ledger.db").exists()


def run_apart(config, partner, path):
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "cstore_cli", "track", "import", partner),
            *(str(path), "--config", str(config), "-q"),
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_imports_at_once_lose_nothing(track):
    """One waits for the other, or says that the ledger is taken."""
    files = [
        events_csv(
            track.folder / f"{k}.csv",
            *(row(f"{k}-{n}", f"P{n}", "ready", 3) for n in range(3000)),
        )
        for k in range(2)
    ]

    both = [run_apart(track.config, "carrier", path) for path in files]
    codes = [process.wait(timeout=120) for process in both]
    for process in both:
        process.stderr.close()

    assert set(codes) <= {0, 11}
    assert track.count("event") == 3000 * codes.count(0)
    assert track("verify", "-q").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_ledger_that_may_not_be_written_is_told(track):
    track.told(LIFE[0])
    (track.folder / "ledger.db").chmod(0o444)

    done = track.told(*LIFE)

    assert done.code == 7


def test_a_full_disk_is_told_and_leaves_the_ledger_as_it_was(track, monkeypatch):
    """SQLite is kept from growing the file, which it tells as a full disk."""
    from cstore_cli.ledger import database

    track.told(LIFE[0])
    before = track.ask("SELECT * FROM event")
    careful = database._careful

    def full(connection, record):
        careful(connection, record)
        connection.execute("PRAGMA max_page_count = 1")

    monkeypatch.setattr(database, "_careful", full)
    done = track.told(*(row(f"n{k}", f"Q{k}", "ready", 3) for k in range(3000)))

    assert done.code == 7
    assert "disk is full" in done.err
    assert track.ask("SELECT * FROM event") == before


@pytest.mark.parametrize("of", [(), ("import",), ("feed",)])
def test_help_loads_nothing_heavy(of):
    """So that it is there at once."""
    asked = ["cstore", "track", *of, "--help"]
    code = (
        f"import sys; sys.argv = {asked!r}\n"
        "from cstore_cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'polars', 'sqlalchemy', 'jsonschema', 'pulp'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_an_event_of_no_year_of_ours_is_rejected(track):
    """It would stand in the way of every run of expire-holds, for ever."""
    done = track.told(
        LIFE[0], row("8", "P9", "ready", 3, event_time="0206-11-20T10:00")
    )

    assert done.code == 6
    assert "No event is of a year before 1900" in done.err
    assert track.ask("SELECT count(*) FROM event") == [(1,)]
