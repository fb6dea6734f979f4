"""track purge: names and phones go, and nothing else does."""

import pytest
from partner_files import network, row

LATE = ("--now", "2027-03-01T00:00:00+08:00")
PHONE, NAME = "0912345678", "王小明"


@pytest.fixture
def ended(track):
    """P1 ended in November, P2 waits still."""
    track.told(
        row("1", "P1", "created", 1, recipient=NAME, phone=PHONE),
        row("2", "P2", "created", 1, recipient="A", phone="0987654321"),
        row("3", "P1", "POD", 4),
    )
    return track


def test_no_byte_of_who_it_was_is_left(ended):
    path = ended.folder / "ledger.db"
    assert PHONE.encode() in path.read_bytes()

    done = ended("purge", *LATE)

    assert done.code == 0
    assert "1 parcels deleted" in done.out
    assert PHONE.encode() not in path.read_bytes()
    assert NAME.encode() not in path.read_bytes()


def test_a_parcel_that_waits_keeps_its_name(ended):
    ended("purge", *LATE)

    assert ended.ask("SELECT parcel_id FROM contact") == [("P2",)]


def test_events_and_standings_stay(ended):
    before = ended.ask("SELECT * FROM event"), ended.ask("SELECT * FROM parcel_state")

    ended("purge", *LATE)

    after = ended.ask("SELECT * FROM event"), ended.ask("SELECT * FROM parcel_state")
    assert after == before
    assert ended("verify", "-q").code == 0


def test_within_the_retention_nothing_goes(ended):
    ended.config = network(ended.folder, more="retention_days: 200\n")

    ended("purge", *LATE)

    assert ended.count("contact") == 2


def test_a_dry_run_lists_and_deletes_nothing(ended):
    before = (ended.folder / "ledger.db").read_bytes()

    done = ended("purge", *LATE, "--dry-run")

    assert "P1" in done.out
    assert "P2" not in done.out
    assert (ended.folder / "ledger.db").read_bytes() == before


def test_it_is_recorded_as_a_run(ended):
    told = ended.json("purge", *LATE)

    assert told == {"dry_run": False, "purged": 1}
    command, detail = ended.ask("SELECT command, detail FROM run")[-1]
    assert command == "track purge"
    assert '"purged": 1' in detail
