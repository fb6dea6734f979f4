"""Tests of the timeline: every event in order, and which do not count."""

import pytest
from histories import histories, told
from hypothesis import given, settings
from recording import tell

from cstore_cli.ledger.fold import Standing, fold
from cstore_cli.ledger.timeline import _taken, near_miss, timeline


def shown(ledger, parcel_id="P1"):
    with ledger.reading() as connection:
        return timeline(connection, parcel_id)


def near(ledger, parcel_id):
    with ledger.reading() as connection:
        return near_miss(connection, parcel_id)


def test_events_come_in_their_order_of_time(ledger):
    tell(ledger, told("b", "ready", 5), told("a", "created", 0))

    assert [row.event.code for row in shown(ledger).told] == ["created", "ready"]


def test_what_does_not_count_is_marked(ledger):
    tell(
        ledger,
        told("a", "ready", 0),
        told("b", "collected", 1),
        told("c", "withdrawn", 2, corrects="b"),
        told("d", "return_in_transit", 3),
        told("e", "collected", 4),
    )

    marks = [row.mark for row in shown(ledger).told]

    assert marks == ["", "withdrawn", "", "", "contradicts"]


def test_an_unknown_parcel_has_no_timeline(ledger):
    assert shown(ledger) is None


@pytest.mark.parametrize(
    "asked", ["TW0000123", "TW00001243", "tw00001234", "XW00001234", "TW00001235"]
)
def test_a_near_miss_is_found(ledger, asked):
    tell(ledger, told("a", "created", 0, parcel_id="TW00001234"))

    assert near(ledger, asked) == "TW00001234"


def test_nothing_alike_is_no_near_miss(ledger):
    tell(ledger, told("a", "created", 0, parcel_id="TW00001234"))

    assert near(ledger, "hello") is None


@settings(max_examples=200, deadline=None)
@given(histories())
def test_marking_folds_as_the_ledger_does(events):
    """The marks of all events add up to the standing's counts."""
    standing = Standing("P1")
    gone = {(e.partner, e.corrects) for e in events if e.code == "withdrawn"}
    marks = [_taken(standing, one, gone) for one in sorted(events, key=lambda e: e.key)]

    assert standing == fold("P1", events)
    assert marks.count("contradicts") == standing.contradictions
