"""
Events in the order of their arrival, for a partner that reads on from a cursor.

A parcel is a partner's from the first event on that shows it to be so: the first that
names a platform, if it is the partner's, and the first at a store of its chains, or
bound for one. Events told before that one come right before it. What an event shows
never changes, so a feed read in parts gives the rows of the feed read at once.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import sqlalchemy as sa

from cstore_cli.errors import UsageError
from cstore_cli.ledger.database import Ledger
from cstore_cli.ledger.fold import Event
from cstore_cli.ledger.many import among
from cstore_cli.ledger.record import EVENT_COLUMNS, chunks
from cstore_cli.ledger.schema import event, notice, parcel_state

_PART = 20_000
"""Events read at a time, each part in a reading of its own."""
_ASKED = 10_000


class Cursor(NamedTuple):
    """
    How far a feed has been read: all events to ``arrival``.

    With ``before``: of those told before event ``arrival`` made the parcel the
    partner's, to event ``before``; the event itself is still to come.
    """

    arrival: int
    before: int | None = None

    def __str__(self) -> str:
        tail = "" if self.before is None else f"b{self.before}"
        return f"{self.arrival}{tail}"

    @classmethod
    def of(cls, text: str) -> Self:
        """
        The cursor as a feed's row tells it.

        Raises
        ------
        UsageError
            When it is none.
        """
        match = re.fullmatch(r"(\d{1,18})(?:b(\d{1,18}))?", text.strip())
        if not match:
            raise UsageError(
                f"--since {text!r} is no cursor; give the last row's `cursor` of the "
                "feed before, or 0 for all."
            )
        return cls(int(match[1]), int(match[2]) if match[2] else None)


@dataclass(frozen=True)
class Sight:
    """Whose parcels a partner may see: those that meet both; none named: all."""

    platforms: frozenset[str] = frozenset()
    stores: frozenset[str] | None = None
    """Stores of its chains; None when no chain is named."""

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return not self.platforms and self.stores is None


class FeedRow(NamedTuple):
    """
    An event as a partner is told it.

    ``corrected`` is the event that a withdrawal takes back; ``notice`` what the
    customer is to be told; ``state`` the parcel's standing now.
    """

    cursor: Cursor
    event_id: int
    event: Event
    corrected: int | None
    notice: str | None
    state: str | None


def newest_arrival(connection: sa.Connection) -> int:
    """The last event's number; 0 when there is none."""
    return connection.execute(sa.select(sa.func.max(event.c.event_id))).scalar() or 0


def feed(
    ledger: Ledger, since: Cursor, until: int, sight: Sight
) -> Iterator[list[FeedRow]]:
    """Rows after the cursor, of events up to ``until``, some thousands at a time."""
    start = since.arrival if since.before is None else since.arrival - 1
    while start < until:
        with ledger.reading() as connection:
            arrived = _arrived(connection, start, until)
            rows = list(_rows(connection, arrived, sight))
        yield [row for row in rows if _later(row.cursor, since)]
        start = arrived[-1].event_id if arrived else until


def _later(cursor: Cursor, since: Cursor) -> bool:
    """Rows told before an event come before it."""
    last = (since.arrival, since.before is None, since.before or 0)
    return (cursor.arrival, cursor.before is None, cursor.before or 0) > last


def _rows(
    connection: sa.Connection, arrived: Sequence[FeedRow], sight: Sight
) -> Iterator[FeedRow]:
    if sight.everything:
        yield from arrived
        return
    parcels = list(dict.fromkeys(row.event.parcel_id for row in arrived))
    shown_by: dict[str, int] = {}
    for part in chunks(parcels, _ASKED):
        shown_by |= _shown_by(connection, part, sight)
    numbers = {row.event_id for row in arrived}
    firsts = [key for key, number in shown_by.items() if number in numbers]
    told_before: dict[str, list[FeedRow]] = {}
    for part in chunks(firsts, _ASKED):
        told = _selected(connection, among(event.c.parcel_id, part))
        for row in sorted(told, key=lambda row: row.event_id):
            key = row.event.parcel_id
            if row.event_id < shown_by[key]:
                cursor = Cursor(shown_by[key], row.event_id)
                told_before.setdefault(key, []).append(row._replace(cursor=cursor))
    for row in arrived:
        shown = shown_by.get(row.event.parcel_id)
        if shown is None or row.event_id < shown:
            continue
        if row.event_id == shown:
            yield from told_before.get(row.event.parcel_id, ())
        yield row


def _shown_by(
    connection: sa.Connection, parcels: Sequence[str], sight: Sight
) -> dict[str, int]:
    """Parcel: the event that made it the partner's, for those that are."""
    conditions = []
    if sight.platforms:
        conditions.append(_of_platforms(connection, parcels, sight.platforms))
    if sight.stores is not None:
        conditions.append(_at_stores(connection, parcels, sight.stores))
    all_met = set(conditions[0]).intersection(*conditions[1:])
    return {key: max(met[key] for met in conditions) for key in all_met}


def _of_platforms(
    connection: sa.Connection, parcels: Sequence[str], platforms: Collection[str]
) -> dict[str, int]:
    """Parcel: the first event that names a platform, where it is one of these."""
    named = (
        sa.select(sa.func.min(event.c.event_id).label("event_id"))
        .where(among(event.c.parcel_id, parcels), event.c.platform.is_not(None))
        .group_by(event.c.parcel_id)
        .subquery()
    )
    chosen = (
        sa.select(event.c.parcel_id, event.c.event_id)
        .join_from(event, named, named.c.event_id == event.c.event_id)
        .where(event.c.platform.in_(platforms))
    )
    return {row.parcel_id: row.event_id for row in connection.execute(chosen)}


def _at_stores(
    connection: sa.Connection, parcels: Sequence[str], stores: Collection[str]
) -> dict[str, int]:
    """Parcel: the first event at one of these stores, or bound for it."""
    chosen = (
        sa.select(event.c.parcel_id, event.c.event_id, event.c.location_id)
        .where(among(event.c.parcel_id, parcels), event.c.location_id.is_not(None))
        .order_by(event.c.event_id)
    )
    found: dict[str, int] = {}
    for parcel_id, number, place in connection.execute(chosen):
        if place in stores:
            found.setdefault(parcel_id, number)
    return found


def _arrived(connection: sa.Connection, after: int, until: int) -> list[FeedRow]:
    return _selected(
        connection, event.c.event_id > after, event.c.event_id <= until, limit=_PART
    )


def _selected(
    connection: sa.Connection,
    *which: sa.ColumnElement[bool],
    limit: int | None = None,
) -> list[FeedRow]:
    taken_back = event.alias("taken_back")
    chosen = (
        sa.select(
            event.c.event_id,
            taken_back.c.event_id,
            notice.c.kind,
            parcel_state.c.state,
            *EVENT_COLUMNS,
        )
        .select_from(event)
        .outerjoin(
            taken_back,
            sa.and_(
                taken_back.c.partner == event.c.partner,
                taken_back.c.source_event_id == event.c.corrects,
            ),
        )
        .outerjoin(
            notice,
            sa.and_(
                notice.c.partner == event.c.partner,
                notice.c.source_event_id == event.c.source_event_id,
            ),
        )
        .outerjoin(parcel_state, parcel_state.c.parcel_id == event.c.parcel_id)
        .where(*which)
        .order_by(event.c.event_id)
    )
    return [
        FeedRow(Cursor(number), number, Event._make(told), corrected, kind, state)
        for number, corrected, kind, state, *told in connection.execute(
            chosen.limit(limit)
        )
    ]
