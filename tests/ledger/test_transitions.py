"""Tests of the transition table: it names every state, and the README shows it."""

from typing import get_args

from cstore_cli.ledger.transitions import (
    ACT_MEANINGS,
    FINAL,
    RANK,
    TRANSITIONS,
    allowed,
)
from cstore_cli.settings.parcel_states import ACTS, STATES, State


def test_every_state_has_its_row():
    assert set(TRANSITIONS) == set(STATES) == set(get_args(State))
    assert set(ACT_MEANINGS) == set(ACTS)


def test_no_state_follows_itself_or_stands_twice():
    for state, rule in TRANSITIONS.items():
        assert state not in rule.then
        assert len(set(rule.then)) == len(rule.then)


def test_what_the_customer_or_sender_has_is_final():
    assert set(FINAL) == {"collected", "delivered", "returned", "disposed"}


def test_a_parcel_may_be_seen_first_anywhere():
    assert all(allowed(None, state) for state in STATES)


def test_an_expired_hold_may_still_be_fetched_until_it_leaves():
    assert allowed("hold_expired", "collected")
    assert not allowed("return_in_transit", "collected")


def test_only_what_waits_can_expire():
    """Nothing gone, and nothing on its way back."""
    may = {state for state in STATES if allowed(state, "hold_expired")}

    assert not may & {
        *FINAL,
        "out_to_door",
        "return_in_transit",
        "return_at_dc",
        "return_ready",
        "unclaimed",
        "lost",
        "damaged",
        "refused",
        "cancelled",
    }


def test_the_end_of_a_way_comes_after_its_steps_in_one_instant():
    way = ["created", "at_dc", "out_to_store", "at_store", "ready", "collected"]

    assert sorted(way, key=RANK.__getitem__) == way
    assert RANK["collected"] < RANK["hold_expired"]
