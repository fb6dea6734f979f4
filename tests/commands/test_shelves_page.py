"""--page of track board and expire-holds: what they tell, and never in the way."""

import json
import re

import pytest
from holding import CONFIG, NOW, SAMPLE, fingerprint
from page_rows import table
from partner_files import row

from cstore_cli.commands import expire_holds_page

BOARD_NOW = ("--now", "2026-11-10T12:00:00+08:00")


@pytest.fixture
def expire(cstore, tmp_path):
    """Expire the sample's holds in OUT, with more options."""

    def run(*more):
        return cstore(
            *("expire-holds", "--config", CONFIG, "--now", NOW, "--holds", SAMPLE),
            *("--out", tmp_path / "out", *more),
        )

    return run


def standings(path):
    text = re.search(r'id="listed">(.*?)</script>', path.read_text(), re.DOTALL)[1]
    told = json.loads(text)
    return dict(zip(told["parcel"], told["standing"], strict=True))


def test_page_of_a_run_equals_what_it_tells(expire, tmp_path):
    page = tmp_path / "holds.html"

    told = json.loads(expire("--json", "--page", page).out)

    last = table(page.read_bytes(), "Stores")[-1]
    assert int(last[2]) + int(last[3]) == told["held"] == 600
    assert int(last[3]) == told["expired"]
    expired = {it["parcel_id"] for it in told["parcels"] if it["act"] == "expired"}
    now = {name for name, is_now in standings(page).items() if is_now == "expired now"}
    assert now == expired


def test_page_of_the_next_run_tells_who_was_expired_before(expire, tmp_path):
    page = tmp_path / "holds.html"
    expire("-q")

    told = json.loads(expire("--json", "--page", page).out)

    assert told["expired"] == 0
    assert list(standings(page).values()).count("expired before") == 51


def test_a_dry_run_writes_the_page_and_nothing_else(expire, tmp_path):
    expire("-q")
    before = fingerprint(tmp_path / "out")

    done = expire("--dry-run", "-q", "--page", tmp_path / "holds.html")

    assert done.code == 0
    assert fingerprint(tmp_path / "out") == before
    assert "What a run would do" in (tmp_path / "holds.html").read_text()


def test_a_page_that_cannot_be_written_is_a_warning_and_the_holds_are_done(
    expire, tmp_path
):
    done = expire("-q", "--page", tmp_path / "nowhere/holds.html")

    assert done.code == 0
    assert "nowhere/holds.html" in done.err
    assert "The holds are done" in done.err
    assert json.loads(expire("--json").out)["expired"] == 0


def test_a_page_that_fails_leaves_no_doubt_in_the_holds(expire, tmp_path, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(expire_holds_page, "board_page", fails)

    done = expire("-q", "--page", tmp_path / "holds.html")

    assert (done.code, done.out) == (0, "")
    assert "Warning: the page was not written: ZeroDivisionError" in done.err
    assert not (tmp_path / "holds.html").exists()
    assert json.loads(expire("--json").out)["expired"] == 0


def test_without_a_page_no_jinja2_is_loaded(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from cstore_cli.app import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('jinja2' in sys.modules)"
    )
    asked = ["expire-holds", "--config", CONFIG, "--now", NOW, "--holds", SAMPLE]
    done = subprocess.run(
        [sys.executable, "-c", code, *asked, "--out", tmp_path / "out", "-q"],
        check=False,
    )
    assert done.returncode == 0
    assert (tmp_path / "out/expired.csv").exists()


def test_a_run_taken_back_has_no_page(expire, tmp_path):
    done = expire("--revert", "expire-1", "--page", tmp_path / "x.html")
    assert done.code == 2
    assert "--page" in done.err


def test_page_of_the_ledger_s_run_has_young_holds_too(track, tmp_path):
    track.told(
        row("1", "P1", "ready", 1, location_id="S1", litres=20),
        row("2", "P2", "ready", 10, location_id="S1", litres=5),
    )
    policy = track.folder / "expire_holds.yaml"
    policy.write_text("network: network.yaml\n")
    page = tmp_path / "holds.html"

    done = track._cstore(
        *("expire-holds", "--config", policy, "--page", page, "--json", *BOARD_NOW)
    )

    assert json.loads(done.out)["held"] == 2
    assert standings(page) == {"P1": "expired now", "P2": "waits"}
    assert table(page.read_bytes(), "Stores")[0][:10] == [
        *("S1", "FoxMart", "1", "1", "0", "0", "0", "9.0", "25.0", "25.0"),
    ]


def test_page_of_the_board_equals_its_counts(track, tmp_path):
    track.told(
        row("1", "P1", "ready", 3, location_id="S1", litres=20, recipient="Ann Lee"),
        row("2", "P2", "ready", 5, location_id="S1", litres=5, phone="0912345678"),
        row("3", "P2", "hold_expired", 9),
        row("4", "P3", "ready", 9, location_id="S2", litres=1),
        row("5", "P5", "X17", 9),
        row("6", "P6", "at_store", 9, location_id="S2"),
    )
    page = tmp_path / "board.html"

    told = json.loads(track("board", *BOARD_NOW, "--json", "--page", page).out)

    made = page.read_bytes()
    *stores, last = table(made, "Stores")
    assert [(r[0], int(r[2]), int(r[3]), float(r[6])) for r in stores] == [
        (it["store_id"], it["held"], it["to_fetch"], it["litres"])
        for it in told["stores"]
    ]
    assert [int(last[2]), int(last[3])] == [3, 1]
    days = {r[0]: int(r[1]) for r in table(made, "Parcels waiting")}
    assert days == told["waiting_days"]
    assert {r[0]: int(r[1]) for r in table(made, "Parcels by state")} == told["states"]
    assert table(made, "Unknown codes") == [["carrier", "X17", "1", "1"]]
    assert b"Ann Lee" not in made
    assert b"0912345678" not in made


def test_the_board_knows_deadlines_where_a_policy_is_named(track, tmp_path):
    track.told(
        row("1", "P1", "ready", 1, location_id="S1"),
        row("2", "P2", "ready", 3, location_id="S1"),
        row("3", "P3", "ready", 9, location_id="S1"),
    )
    (track.folder / "expire_holds.yaml").write_text("network: network.yaml\n")
    text = track.config.read_text()
    track.config.write_text(f"hold_policy: expire_holds.yaml\n{text}")
    page = tmp_path / "board.html"

    track("board", *BOARD_NOW, "-q", "--page", page)

    first = table(page.read_bytes(), "Stores")[0]
    assert first[:7] == ["S1", "FoxMart", "3", "0", "1", "1", "0"]


def test_a_faulty_policy_is_told_after_the_board(track, tmp_path):
    track.told(row("1", "P1", "ready", 1, location_id="S1"))
    (track.folder / "expire_holds.yaml").write_text("network: network.yaml\nnon: 1\n")
    text = track.config.read_text()
    track.config.write_text(f"hold_policy: expire_holds.yaml\n{text}")

    done = track("board", *BOARD_NOW, "--page", tmp_path / "board.html")

    assert done.code == 3
    assert "1 parcels" in done.out
    assert "non" in done.err
    assert not (tmp_path / "board.html").exists()
