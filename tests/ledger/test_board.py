"""Tests of the board: each figure counted by hand."""

import polars as pl
import pytest
from histories import HOUR_US, START_US, frame, told
from recording import tell

from cstore_cli.ledger.board import AtStore, OddCode, board
from cstore_cli.ledger.record import record_unknown
from cstore_cli.ledger.runs import Run, begin_run

DAY_H = 24


@pytest.fixture
def network(ledger):
    """Store S1 holds P1 and P2 (expired), S2 holds P3; P4 is fetched, P5 planned."""
    tell(
        ledger,
        told("1", "ready", 0, parcel_id="P1", location_id="S1", litres=2.0),
        told("2", "ready", 30, parcel_id="P2", location_id="S1", litres=3.0),
        told("3", "ready", 5 * DAY_H, parcel_id="P3", location_id="S2"),
        told("4", "ready", 0, parcel_id="P4", location_id="S2"),
        told("5", "collected", 9, parcel_id="P4"),
        told("6", "planned", 9, "inference", parcel_id="P5", location_id="S2"),
        told("7", "hold_expired", 99, "inference", parcel_id="P2", partner="cstore"),
        told("8", "out_to_door", 10, parcel_id="P4"),
    )
    with ledger.writing() as connection:
        begin_run(connection, Run("u", "test", 0, "{}"))
        odd = frame([told("x", "ready", 0), told("y", "ready", 1)])
        odd = odd.with_columns(code=pl.lit("X17"))
        record_unknown(connection, "u", "carrier", odd)
    return ledger


def at(ledger, days):
    with ledger.reading() as connection:
        return board(connection, START_US + int(days * DAY_H * HOUR_US))


def test_parcels_are_counted_by_state(network):
    states = {"ready": 2, "hold_expired": 1, "collected": 1, None: 1}

    assert at(network, 6).states == states


def test_shelves_are_counted_by_store(network):
    assert at(network, 6).stores == (
        AtStore("S1", 1, 1, START_US, 5.0),
        AtStore("S2", 1, 0, START_US + 5 * DAY_H * HOUR_US, 0.0),
    )


def test_waiting_is_counted_in_whole_days(network):
    assert at(network, 6).waiting_days == {1: 1, 4: 1, 6: 1}


def test_a_hold_of_tomorrow_has_waited_no_day(network):
    assert at(network, 4).waiting_days == {0: 1, 2: 1, 4: 1}


def test_unknown_codes_are_counted_by_partner(network):
    assert at(network, 6).odd_codes == (OddCode("carrier", "X17", 2, 1),)


def test_contradictions_are_counted(network):
    """P4 went to a door after it was fetched."""
    found = at(network, 6)

    assert (found.contradictions, found.contradicted) == (1, 1)


def test_an_empty_ledger_has_an_empty_board(ledger):
    found = at(ledger, 0)

    assert (found.states, found.stores, found.contradictions) == ({}, (), 0)
