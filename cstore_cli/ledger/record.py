"""Recording events: each once, and the parcels' standings with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

import polars as pl
import sqlalchemy as sa

from cstore_cli.ledger.fold import (
    STANDING_COLUMNS,
    Event,
    Standing,
    fold,
    follows,
    standing_of,
    step,
)
from cstore_cli.ledger.many import among, insert_many, update_many
from cstore_cli.ledger.schema import contact, event, parcel_state, unknown_code
from cstore_cli.settings.parcel_states import OURS
from cstore_cli.tables.records import collector_at_rest

_CHUNK = 10_000
"""Rows per statement; both databases take so many parameters."""
EVENT_COLUMNS = tuple(event.c[name] for name in Event._fields)
_values_of = attrgetter(*STANDING_COLUMNS)
T = TypeVar("T")


@dataclass(frozen=True)
class Recorded:
    """
    How many events were new, were known, and were known with other content.

    ``parcels`` are those of the new events.
    """

    new: int = 0
    known: int = 0
    altered: int = 0
    parcels: frozenset[str] = frozenset()


@collector_at_rest()
def record(
    connection: sa.Connection, run_id: str, partner: str, events: pl.DataFrame
) -> Recorded:
    """
    Record events and fold them into the parcels' standings.

    Parameters
    ----------
    connection
        One of `Ledger.writing`.
    run_id
        Of a run begun on the same connection.
    partner
        Who told the events.
    events
        Under the contract `ParcelEvents`. An event whose id the partner has used before
        is not recorded again, whatever it says.
    """
    rows = _rows(events, run_id, partner)
    new, altered = _new_of(connection, partner, rows)
    _record(connection, partner, new)
    return _recorded(rows, new, altered)


@collector_at_rest()
def record_own(connection: sa.Connection, run_id: str, events: pl.DataFrame) -> None:
    """
    Record our own conclusions, whose ids begin with the run's and so are new.

    As `record`, but no event is looked up.
    """
    _record(connection, OURS, _rows(events, run_id, OURS))


def _record(connection: sa.Connection, partner: str, new: Sequence[Event]) -> None:
    insert_many(connection, event, Event._fields, new)
    _forget_unknown(connection, partner, [row.source_event_id for row in new])
    _fold_in(connection, sorted(new, key=lambda row: (row.parcel_id, row.key)))


@dataclass(frozen=True)
class Foreseen:
    """What recording would do, and how many codes nobody knows are new."""

    recorded: Recorded
    unknown: int


def foresee(
    connection: sa.Connection, partner: str, events: pl.DataFrame, unknown: pl.DataFrame
) -> Foreseen:
    """What `record` and `record_unknown` would do; nothing is written."""
    rows = _rows(events, "", partner)
    new, altered = _new_of(connection, partner, rows)
    return Foreseen(
        _recorded(rows, new, altered),
        len(_new_unknown(connection, partner, unknown)),
    )


def _recorded(rows: Sequence[Event], new: Sequence[Event], altered: int) -> Recorded:
    parcels = frozenset(row.parcel_id for row in new)
    return Recorded(len(new), len(rows) - len(new), altered, parcels)


def record_unknown(
    connection: sa.Connection, run_id: str, partner: str, rows: pl.DataFrame
) -> int:
    """
    Keep what was said in unknown codes, once each; how many are new.

    ``rows`` has the columns source_event_id, parcel_id, code, event_time (UTC) and
    location_id.
    """
    new = [{**row, "run_id": run_id} for row in _new_unknown(connection, partner, rows)]
    for part in chunks(new, _CHUNK):
        connection.execute(sa.insert(unknown_code), part)
    return len(new)


def record_contacts(connection: sa.Connection, contacts: pl.DataFrame) -> None:
    """Keep the newest name and phone of each parcel, as under `Contacts`."""
    rows = contacts.unique("parcel_id", keep="last", maintain_order=True).to_dicts()
    for part in chunks(rows, _CHUNK):
        ids = [row["parcel_id"] for row in part]
        connection.execute(sa.delete(contact).where(among(contact.c.parcel_id, ids)))
        connection.execute(sa.insert(contact), part)


def chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Split ``rows`` into parts of ``size``, the last one shorter."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _rows(events: pl.DataFrame, run_id: str, partner: str) -> list[Event]:
    named = events.with_columns(
        pl.lit(run_id).alias("run_id"),
        pl.lit(partner).alias("partner"),
        pl.col("event_time").dt.epoch("us").alias("event_time_us"),
    ).select(Event._fields)
    return [Event(*row) for row in named.iter_rows()]


def _new_of(
    connection: sa.Connection, partner: str, rows: Sequence[Event]
) -> tuple[list[Event], int]:
    """The events not told before, and how many others say something else now."""
    new, altered = [], 0
    told: dict[str, Event] = {}
    for part in chunks(rows, _CHUNK):
        told_before = _known(connection, partner, [row.source_event_id for row in part])
        for row in part:
            before = told_before.get(row.source_event_id) or told.get(
                row.source_event_id
            )
            if before is None:
                told[row.source_event_id] = row
                new.append(row)
            else:
                altered += _content(before) != _content(row)
    return new, altered


def _new_unknown(
    connection: sa.Connection, partner: str, rows: pl.DataFrame
) -> list[dict[str, Any]]:
    """What was not told before of the rows in unknown codes, once each."""
    values = rows.select(
        "source_event_id",
        "parcel_id",
        "code",
        pl.col("event_time").dt.epoch("us").alias("event_time_us"),
        "location_id",
        pl.lit(partner).alias("partner"),
    ).unique("source_event_id", keep="first", maintain_order=True)
    new: list[dict[str, Any]] = []
    for part in chunks(values.to_dicts(), _CHUNK):
        ids = [row["source_event_id"] for row in part]
        chosen = sa.select(unknown_code.c.source_event_id).where(
            unknown_code.c.partner == partner,
            among(unknown_code.c.source_event_id, ids),
        )
        known = set(connection.execute(chosen).scalars())
        new += [row for row in part if row["source_event_id"] not in known]
    return new


def _known(
    connection: sa.Connection, partner: str, ids: Sequence[str]
) -> dict[str, Event]:
    chosen = sa.select(*EVENT_COLUMNS).where(
        event.c.partner == partner, among(event.c.source_event_id, ids)
    )
    return {row.source_event_id: Event(*row) for row in connection.execute(chosen)}


def _content(told: Event) -> tuple[Any, ...]:
    """What an event says, whoever recorded it when."""
    return told._replace(run_id="")


def _forget_unknown(
    connection: sa.Connection, partner: str, ids: Sequence[str]
) -> None:
    """What was said in unknown codes and is understood now is unknown no more."""
    of_partner = unknown_code.c.partner == partner
    any_unknown = sa.select(sa.exists().where(of_partner))
    if not connection.execute(any_unknown).scalar():
        return
    for part in chunks(ids, _CHUNK):
        told = among(unknown_code.c.source_event_id, part)
        connection.execute(sa.delete(unknown_code).where(of_partner, told))


def _fold_in(connection: sa.Connection, events: Sequence[Event]) -> None:
    """Bring standings up to date; events come sorted by parcel and key."""
    grouped = [
        (parcel_id, list(rows))
        for parcel_id, rows in groupby(events, key=lambda row: row.parcel_id)
    ]
    for part in chunks(grouped, _CHUNK):
        ids = [parcel_id for parcel_id, _ in part]
        before = _standings(connection, ids)
        kept, again = [], []
        for parcel_id, rows in part:
            standing = before.get(parcel_id, Standing(parcel_id))
            if follows(standing, rows):
                for row in rows:
                    step(standing, row)
                kept.append(standing)
            else:
                again.append(parcel_id)
        kept += _folded(connection, again)
        write_standings(
            connection, [s for s in kept if s.parcel_id not in before], new=True
        )
        write_standings(
            connection, [s for s in kept if s.parcel_id in before], new=False
        )


def _standings(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Standing]:
    chosen = sa.select(*(parcel_state.c[name] for name in STANDING_COLUMNS)).where(
        among(parcel_state.c.parcel_id, ids)
    )
    return {row[0]: standing_of(row) for row in connection.execute(chosen)}


def _folded(connection: sa.Connection, ids: Sequence[str]) -> list[Standing]:
    """The standings of parcels from all of their events."""
    if not ids:
        return []
    chosen = (
        sa.select(*EVENT_COLUMNS)
        .where(among(event.c.parcel_id, ids))
        .order_by(event.c.parcel_id)
    )
    rows = (Event(*row) for row in connection.execute(chosen))
    return [fold(key, told) for key, told in groupby(rows, lambda row: row.parcel_id)]


def write_standings(
    connection: sa.Connection, standings: Sequence[Standing], *, new: bool
) -> None:
    """Write standings of parcels that are all new, or all known, to the ledger."""
    values = map(_values_of, standings)
    if new:
        insert_many(connection, parcel_state, STANDING_COLUMNS, values)
    else:
        update_many(connection, parcel_state, "parcel_id", STANDING_COLUMNS, values)
