"""Tests of verify: it finds every standing that is not the fold, and mends it."""

import sqlite3

import pytest
from histories import histories, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording import tell

from cstore_cli.ledger import verify as module
from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.fold import STANDING_COLUMNS
from cstore_cli.ledger.schema import parcel_state
from cstore_cli.ledger.verify import Difference, rebuild, verify

TAMPERING = {
    "another state": "UPDATE parcel_state SET state = 'lost' WHERE parcel_id = 'P1'",
    "a state gone": "UPDATE parcel_state SET state = NULL WHERE parcel_id = 'P3'",
    "litres": "UPDATE parcel_state SET litres = 9.5 WHERE parcel_id = 'P2'",
    "a row gone": "DELETE FROM parcel_state WHERE parcel_id = 'P2'",
    "a row too many": "INSERT INTO parcel_state (parcel_id) VALUES ('P2b')",
    "a row after the last": "INSERT INTO parcel_state (parcel_id) VALUES ('Z')",
    "all rows gone": "DELETE FROM parcel_state",
}


@pytest.fixture
def three(ledger):
    """A ledger of three parcels."""
    tell(
        ledger,
        *(
            told(f"{parcel}-{code}", code, hour, parcel_id=parcel, location_id="S1")
            for parcel in ("P1", "P2", "P3")
            for hour, code in enumerate(["created", "at_dc", "ready"])
        ),
    )
    return ledger


def tamper(ledger, change):
    with ledger.writing() as connection:
        connection.exec_driver_sql(change)


def mended(ledger):
    with ledger.writing() as connection:
        return rebuild(connection)


def test_an_honest_ledger_is_equal(three):
    found = verify(three)

    assert found.equal
    assert (found.parcels, found.events) == (3, 9)


def test_an_empty_ledger_is_equal(ledger):
    assert verify(ledger).equal


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("change", TAMPERING.values(), ids=TAMPERING)
def test_tampering_is_found_and_mended(three, change, size, monkeypatch):
    """However many parcels are taken at a time."""
    monkeypatch.setattr(module, "_PART", size)
    tamper(three, change)

    found = verify(three)

    assert found.differing_parcels == (3 if change[-17:] == "FROM parcel_state" else 1)
    assert mended(three) == found.differing_parcels
    assert verify(three).equal


def test_a_difference_names_field_and_both_values(three):
    tamper(three, TAMPERING["another state"])

    assert verify(three).shown == (Difference("P1", "state", "lost", "ready"),)


@pytest.mark.parametrize("name", [n for n in STANDING_COLUMNS if n != "parcel_id"])
def test_every_field_is_compared(three, name):
    value = "'x'" if str(parcel_state.c[name].type) == "TEXT" else "77"
    tamper(three, f"UPDATE parcel_state SET {name} = {value} WHERE parcel_id = 'P2'")  # noqa: S608

    assert [d.field for d in verify(three).shown] == [name]


def test_all_differences_are_counted_and_the_first_shown(three, monkeypatch):
    monkeypatch.setattr(module, "_SHOWN", 4)
    tamper(three, "UPDATE parcel_state SET state = 'lost', litres = 1.0")

    found = verify(three)

    assert (found.differences, len(found.shown)) == (6, 4)


def test_nothing_is_mended_where_nothing_is_wrong(three):
    assert mended(three) == 0


def test_a_stray_row_is_damage(three):
    """SQLite itself let it in, its checks being off."""
    connection = sqlite3.connect(three.path)
    connection.execute("PRAGMA foreign_keys = OFF")
    stray = ("carrier", "e", "no such run", "P1", "X", 1, None)
    connection.execute("INSERT INTO unknown_code VALUES (?, ?, ?, ?, ?, ?, ?)", stray)
    connection.commit()
    connection.close()

    found = verify(three)

    assert not found.equal
    assert "unknown_code" in found.damage[0]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_any_history_verifies(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", create=True)
    tell(ledger, *data.draw(histories(parcels=("P1", "P2", "P3"), longest=16)))

    assert verify(ledger).equal
