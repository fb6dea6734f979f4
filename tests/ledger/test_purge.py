"""Tests of purge: who ended long ago has no name and no phone in the ledger."""

import polars as pl
import pytest
import sqlalchemy as sa
from histories import HOUR_US, START_US, told
from recording import tell

from cstore_cli.ledger.purge import purge, purgeable
from cstore_cli.ledger.record import record_contacts
from cstore_cli.ledger.schema import contact, event
from cstore_cli.ledger.transitions import OVER, TRANSITIONS

LATER = START_US + 10 * HOUR_US


def name(ledger, parcel_id, phone):
    with ledger.writing() as connection:
        record_contacts(
            connection,
            pl.DataFrame(
                {"parcel_id": [parcel_id], "recipient": ["A"], "phone": [phone]}
            ),
        )


def phones(ledger):
    with ledger.reading() as connection:
        chosen = sa.select(contact.c.phone).order_by(contact.c.parcel_id)
        return connection.execute(chosen).scalars().all()


@pytest.mark.parametrize("state", TRANSITIONS)
def test_only_what_has_ended_goes(ledger, state):
    tell(ledger, told("a", state, 0))
    name(ledger, "P1", "0912345678")

    with ledger.writing() as connection:
        gone = purge(connection, LATER)

    assert gone == (state in OVER)
    assert phones(ledger) == ([] if state in OVER else ["0912345678"])


def test_what_ended_lately_stays(ledger):
    tell(ledger, told("a", "collected", 10))
    name(ledger, "P1", "1")

    with ledger.writing() as connection:
        assert purge(connection, LATER) == 0
        assert purge(connection, LATER + 1) == 1


def test_the_list_is_of_what_would_go(ledger):
    tell(ledger, told("a", "collected", 1), told("b", "collected", 1, parcel_id="P2"))
    name(ledger, "P1", "1")

    with ledger.reading() as connection:
        listed = purgeable(connection, LATER)

    assert [(row.parcel_id, row.state) for row in listed] == [("P1", "collected")]
    assert phones(ledger) == ["1"]


def test_no_byte_of_a_phone_is_left(ledger):
    """Neither of one that was purged nor of one that was replaced before."""
    for k in range(300):
        tell(ledger, told(f"a{k}", "collected", 1, parcel_id=f"P{k}"))
    for turn in range(2):
        names = [(f"P{k}", f"phone-{turn}-{k:04d}") for k in range(300)]
        with ledger.writing() as connection:
            record_contacts(
                connection,
                pl.DataFrame(
                    [(key, "王小明", phone) for key, phone in names],
                    schema=["parcel_id", "recipient", "phone"],
                    orient="row",
                ),
            )
    assert b"phone-1-" in ledger.path.read_bytes()

    with ledger.writing() as connection:
        assert purge(connection, LATER) == 300

    kept = ledger.path.read_bytes()
    assert b"phone-" not in kept
    assert "王小明".encode() not in kept


def test_events_are_untouched(ledger):
    tell(ledger, told("a", "collected", 1))
    name(ledger, "P1", "1")
    with ledger.writing() as connection:
        purge(connection, LATER)

    with ledger.reading() as connection:
        assert connection.execute(sa.select(sa.func.count(event.c.code))).scalar() == 1
