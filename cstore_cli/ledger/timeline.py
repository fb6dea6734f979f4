"""All that is known of one parcel, and which events do not count."""

import difflib
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sqlalchemy as sa

from cstore_cli.ledger.fold import Event, Standing, step
from cstore_cli.ledger.record import EVENT_COLUMNS
from cstore_cli.ledger.schema import contact, event, notice, run, unknown_code

Mark = Literal["", "withdrawn", "contradicts"]
_NEIGHBOURS = 500
_LIKE = 0.7


class Told(NamedTuple):
    """
    An event of the timeline, and why it does not count, if it does not.

    ``notice`` is what the customer is to be told of it: expired, reminder or nothing.
    """

    event_id: int
    event: Event
    mark: Mark
    notice: str | None


class Unread(NamedTuple):
    """What a partner said of the parcel in a code that nobody knows."""

    partner: str
    code: str
    event_time_us: int
    location_id: str | None


@dataclass(frozen=True)
class Timeline:
    """
    A parcel's events in the order of the fold, and what they add up to.

    ``plan_date`` is the day of the run that planned it.
    """

    parcel_id: str
    told: tuple[Told, ...]
    unread: tuple[Unread, ...]
    standing: Standing
    plan_date: str | None
    recipient: str | None
    phone: str | None


def timeline(connection: sa.Connection, parcel_id: str) -> Timeline | None:
    """What is known of the parcel; None when nothing is."""
    notices = (
        sa.select(notice.c.kind)
        .where(
            notice.c.partner == event.c.partner,
            notice.c.source_event_id == event.c.source_event_id,
        )
        .limit(1)
        .scalar_subquery()
    )
    chosen = sa.select(event.c.event_id, notices, *EVENT_COLUMNS).where(
        event.c.parcel_id == parcel_id
    )
    rows = [
        (event_id, kind, Event._make(values))
        for event_id, kind, *values in connection.execute(chosen)
    ]
    asked = sa.select(
        unknown_code.c.partner,
        unknown_code.c.code,
        unknown_code.c.event_time_us,
        unknown_code.c.location_id,
    ).where(unknown_code.c.parcel_id == parcel_id)
    unread = tuple(
        Unread._make(row)
        for row in connection.execute(asked.order_by(unknown_code.c.event_time_us))
    )
    if not rows and not unread:
        return None
    standing = Standing(parcel_id)
    gone = {(e.partner, e.corrects) for _, _, e in rows if e.code == "withdrawn"}
    told = tuple(
        Told(event_id, one, _taken(standing, one, gone), kind)
        for event_id, kind, one in sorted(rows, key=lambda row: row[2].key)
    )
    planned = sa.select(run.c.plan_date).where(run.c.run_id == standing.planned_run)
    known = sa.select(contact.c.recipient, contact.c.phone).where(
        contact.c.parcel_id == parcel_id
    )
    recipient, phone = connection.execute(known).first() or (None, None)
    return Timeline(
        parcel_id=parcel_id,
        told=told,
        unread=unread,
        standing=standing,
        plan_date=connection.execute(planned).scalar(),
        recipient=recipient,
        phone=phone,
    )


def _taken(standing: Standing, one: Event, gone: set[tuple[str, str | None]]) -> Mark:
    """Fold one more event, and say whether it counted."""
    if (one.partner, one.source_event_id) in gone:
        standing.events += 1
        return "withdrawn"
    contradictions = standing.contradictions
    step(standing, one)
    return "contradicts" if standing.contradictions > contradictions else ""


def near_miss(connection: sa.Connection, parcel_id: str) -> str | None:
    """
    The known parcel most like the one asked for, if one is.

    Sought among its neighbours in the order of ids and among those that end alike, so
    that a million parcels take no time.
    """
    ids = event.c.parcel_id
    before = sa.select(ids).distinct().where(ids < parcel_id).order_by(ids.desc())
    after = sa.select(ids).distinct().where(ids > parcel_id).order_by(ids)
    ending = parcel_id[-max(4, len(parcel_id) // 2) :]
    alike = sa.select(ids).distinct().where(ids.endswith(ending, autoescape=True))
    same = sa.select(ids).distinct().where(sa.func.lower(ids) == parcel_id.lower())
    found = {
        candidate
        for chosen in (same, before, after, alike)
        for candidate in connection.execute(chosen.limit(_NEIGHBOURS)).scalars()
    }
    near = difflib.get_close_matches(parcel_id, sorted(found), 1, _LIKE)
    return near[0] if near else None
