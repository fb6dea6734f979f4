"""track verify: standings that are not what the events say are found and mended."""

import sqlite3

import pytest
from partner_files import row


@pytest.fixture
def tampered(track):
    track.told(row("1", "P1", "ready", 3, location_id="S1"), row("2", "P2", "ready", 3))
    change(track, "UPDATE parcel_state SET state = 'lost' WHERE parcel_id = 'P1'")
    return track


def change(track, statement):
    connection = sqlite3.connect(track.folder / "ledger.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_honest_ledger_is_0(track):
    track.told(row("1", "P1", "ready", 3))

    done = track("verify")

    assert done.code == 0
    assert "1 parcels, 1 events" in done.out


def test_a_tampered_standing_is_1_with_the_remedy(tampered):
    done = tampered("verify")

    assert done.code == 1
    assert "lost" in done.out
    assert "--rebuild" in done.err


def test_a_difference_is_told_as_json(tampered):
    told = tampered.json("verify")

    assert told["differences"] == 1
    assert told["shown"] == [
        {"parcel_id": "P1", "field": "state", "kept": "lost", "folded": "ready"}
    ]


def test_rebuilding_mends_it(tampered):
    assert tampered("verify", "--rebuild").code == 0

    assert tampered("verify").code == 0
    assert tampered.ask("SELECT state FROM parcel_state") == [("ready",), ("ready",)]
    assert tampered.ask("SELECT command FROM run")[-1] == ("track verify",)


def test_rebuilding_an_honest_ledger_leaves_it_alone(track):
    track.told(row("1", "P1", "ready", 3))
    before = (track.folder / "ledger.db").read_bytes()

    assert track("verify", "--rebuild").code == 0
    assert (track.folder / "ledger.db").read_bytes() == before


def test_a_damaged_file_is_not_mended_but_told(track):
    track.told(*(row(str(k), f"P{k}", "ready", 3) for k in range(2000)))
    path = track.folder / "ledger.db"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = bytes(4096)
    path.write_bytes(data)

    done = track("verify", "--rebuild")

    assert done.code in (1, 3)
    assert "backup" in done.err
    assert path.read_bytes() == bytes(data)


def test_quiet_says_nothing_of_an_honest_ledger(track):
    track.told(row("1", "P1", "ready", 3))

    done = track("verify", "-q")

    assert (done.code, done.out, done.err) == (0, "", "")
