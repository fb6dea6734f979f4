"""Tests of the feed: whole, in parts, and for one partner's eyes alone."""

import pytest
from histories import histories, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recording import tell

from cstore_cli.errors import UsageError
from cstore_cli.ledger import feed as module
from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.feed import Cursor, Sight, feed, newest_arrival

ALL = Sight()
SHOP = Sight(platforms=frozenset({"shop"}))
FOX = Sight(stores=frozenset({"S1"}))
BOTH = Sight(platforms=frozenset({"shop"}), stores=frozenset({"S1"}))


def rows(ledger, since="0", sight=ALL):
    with ledger.reading() as connection:
        until = newest_arrival(connection)
    return [
        row for part in feed(ledger, Cursor.of(since), until, sight) for row in part
    ]


def ids(found):
    return [row.event.source_event_id for row in found]


def test_events_come_as_they_arrived(ledger):
    tell(ledger, told("late", "ready", 9), told("early", "created", 0))

    assert ids(rows(ledger)) == ["late", "early"]


def test_the_last_cursor_is_where_the_next_feed_begins(ledger):
    tell(ledger, told("a", "created", 0))
    cursor = str(rows(ledger)[-1].cursor)
    tell(ledger, told("b", "ready", 1))

    assert ids(rows(ledger, cursor)) == ["b"]


def test_the_state_is_that_of_now(ledger):
    tell(ledger, told("a", "created", 0), told("b", "ready", 1))

    assert {row.state for row in rows(ledger)} == {"ready"}


def test_a_withdrawal_names_the_event_it_takes_back(ledger):
    tell(ledger, told("a", "ready", 0), told("b", "withdrawn", 1, corrects="a"))

    first, second = rows(ledger)

    assert (first.corrected, second.corrected) == (None, first.event_id)


def test_a_platform_sees_only_its_own_parcels(ledger):
    tell(
        ledger,
        told("a", "created", 0, platform="shop"),
        told("b", "created", 0, parcel_id="P2", platform="mart"),
        told("c", "ready", 1),
        told("d", "ready", 1, parcel_id="P2"),
    )

    assert ids(rows(ledger, sight=SHOP)) == ["a", "c"]


def test_nobody_claims_a_parcel_that_another_has(ledger):
    tell(
        ledger,
        told("a", "created", 0, platform="mart"),
        told("b", "at_dc", 1, platform="shop", partner="shop"),
    )

    assert ids(rows(ledger, sight=SHOP)) == []


def test_what_was_told_before_the_platform_comes_with_it(ledger):
    tell(ledger, told("a", "at_dc", 1), told("x", "at_dc", 1, parcel_id="P2"))
    assert ids(rows(ledger, sight=SHOP)) == []
    tell(ledger, told("b", "created", 0, platform="shop"), told("c", "ready", 2))

    found = rows(ledger, "2", SHOP)

    assert ids(found) == ["a", "b", "c"]
    assert [str(row.cursor) for row in found] == ["3b1", "3", "4"]


def test_a_chain_sees_a_parcel_from_its_own_store_on(ledger):
    tell(
        ledger,
        told("a", "created", 0),
        told("x", "ready", 1, parcel_id="P2", location_id="S2"),
        told("b", "ready", 1, location_id="S1"),
        told("c", "collected", 2),
    )

    assert ids(rows(ledger, sight=FOX)) == ["a", "b", "c"]


def test_a_platform_in_a_chain_sees_what_is_both(ledger):
    tell(
        ledger,
        told("a", "created", 0, platform="shop"),
        told("b", "created", 0, platform="shop", parcel_id="P2"),
        told("c", "created", 0, platform="mart", parcel_id="P3"),
        told("d", "ready", 1, location_id="S1"),
        told("e", "ready", 1, location_id="S2", parcel_id="P2"),
        told("f", "ready", 1, location_id="S1", parcel_id="P3"),
    )

    assert ids(rows(ledger, sight=BOTH)) == ["a", "d"]


def test_a_chain_without_stores_sees_nothing(ledger):
    tell(ledger, told("a", "ready", 0, location_id="S1"))

    assert rows(ledger, sight=Sight(stores=frozenset())) == []


@pytest.mark.parametrize("text", ["", "-1", "x", "1b", "b1", "1.5", "9" * 30])
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(UsageError, match="is no cursor"):
        Cursor.of(text)


def test_a_cursor_beyond_the_end_gives_nothing(ledger):
    tell(ledger, told("a", "ready", 0))

    assert rows(ledger, "99") == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    histories(parcels=("P1", "P2", "P3"), longest=14),
    st.data(),
    st.sampled_from([1, 3, 100]),
)
def test_a_feed_read_in_parts_is_the_feed_read_at_once(
    tmp_path_factory, events, data, size
):
    """From every cursor, whatever came in between, whoever reads."""
    folder = tmp_path_factory.mktemp("feed")
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", create=True)
    platforms = st.sampled_from([None, None, "shop", "mart"])
    events = [one._replace(platform=data.draw(platforms)) for one in events]
    cut = data.draw(st.integers(0, len(events)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_PART", size)
        tell(ledger, *events[:cut])
        before = {sight: rows(ledger, sight=sight) for sight in (ALL, SHOP, FOX, BOTH)}
        tell(ledger, *events[cut:])

        for sight, first in before.items():
            whole = [(str(r.cursor), r.event_id) for r in rows(ledger, sight=sight)]
            told_first = [(str(row.cursor), row.event_id) for row in first]
            assert whole[: len(told_first)] == told_first
            assert len(set(whole)) == len(whole)
            for k, (cursor, _) in enumerate(whole):
                rest = rows(ledger, cursor, sight)
                assert [(str(r.cursor), r.event_id) for r in rest] == whole[k + 1 :]
