"""
Checking the standings kept against a fold of all events, and mending them.

Parcels are taken in the order of their ids, some thousands at a time, each part in a
reading of its own: a standing depends on its own events alone, and writers need not
wait for a million parcels.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from cstore_cli.ledger.database import Ledger
from cstore_cli.ledger.fold import STANDING_COLUMNS, Event, Standing, fold
from cstore_cli.ledger.many import among
from cstore_cli.ledger.record import EVENT_COLUMNS, write_standings
from cstore_cli.ledger.schema import event, parcel_state
from cstore_cli.tables.records import collector_at_rest

_PART = 20_000
"""Parcels taken at a time."""
_SHOWN = 20
_MAPPED_BYTES = 448 * 1024 * 1024
"""Of the file in memory: events of a parcel lie far apart."""
_values_of = attrgetter(*STANDING_COLUMNS)
_parcel_of = itemgetter(Event._fields.index("parcel_id"))


class Difference(NamedTuple):
    """A field of a standing that is not what the events add up to."""

    parcel_id: str
    field: str
    kept: Any
    folded: Any


@dataclass(frozen=True)
class Verified:
    """
    What was found; ``shown`` are the first of ``differences``.

    ``damage`` is what the database says of its own file, empty for nothing.
    """

    damage: tuple[str, ...]
    parcels: int
    events: int
    differing_parcels: int
    differences: int
    shown: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.damage and not self.differences


class _Part(NamedTuple):
    """Standings kept and standings folded of one part, by parcel."""

    kept: Mapping[str, Sequence[Any]]
    folded: Mapping[str, Standing]


@collector_at_rest()
def verify(ledger: Ledger) -> Verified:
    """Ask the database whether its file is whole, and compare every standing."""
    parcels = events = differing = differences = 0
    shown: list[Difference] = []
    # The database looks through its file without holding up the fold.
    with ThreadPoolExecutor(1) as beside:
        damage = beside.submit(_damage, ledger)
        for part in _parts(ledger):
            parcels += len(part.folded)
            events += sum(standing.events for standing in part.folded.values())
            for parcel_id in _differing(part):
                found = _differences(part, parcel_id)
                differing += 1
                differences += len(found)
                shown += found[: _SHOWN - len(shown)]
    return Verified(
        damage.result(), parcels, events, differing, differences, tuple(shown)
    )


@collector_at_rest()
def rebuild(connection: sa.Connection) -> int:
    """
    Write the folded standings where they differ, on one connection; how many did.

    A standing without any event goes.
    """
    mended = 0
    after: str | None = ""
    while after is not None:
        part, after = _read(connection, after)
        wrong = _differing(part)
        gone = [key for key in wrong if key not in part.folded]
        connection.execute(
            sa.delete(parcel_state).where(among(parcel_state.c.parcel_id, gone))
        )
        right = [part.folded[key] for key in wrong if key in part.folded]
        known = [s for s in right if s.parcel_id in part.kept]
        write_standings(connection, known, new=False)
        unknown = [s for s in right if s.parcel_id not in part.kept]
        write_standings(connection, unknown, new=True)
        mended += len(wrong)
    return mended


def _damage(ledger: Ledger) -> tuple[str, ...]:
    """What the file's own checks find; PostgreSQL keeps its files itself."""
    if ledger.url.get_backend_name() != "sqlite":
        return ()
    with ledger.reading() as connection:
        found = connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})")
        damage = [row[0] for row in found if row[0] != "ok"]
        strays = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(
            _SHOWN
        )
    damage += [f"{table} row {row} names no {other}" for table, row, other, _ in strays]
    return tuple(damage)


def _parts(ledger: Ledger) -> Iterator[_Part]:
    after: str | None = ""
    while after is not None:
        with ledger.reading() as connection:
            part, after = _read(connection, after)
        yield part


def _read(connection: sa.Connection, after: str) -> tuple[_Part, str | None]:
    """The parcels that come next, and the last of them; None when there is no more."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    ends = [
        end
        for ids in (parcel_state.c.parcel_id, event.c.parcel_id)
        if (end := _end_of_part(connection, ids, after)) is not None
    ]
    last = min(ends, default=None)
    states = _between(parcel_state.c.parcel_id, after, last)
    columns = [parcel_state.c[name] for name in STANDING_COLUMNS]
    rows = connection.execute(sa.select(*columns).where(*states))
    kept = {row[0]: tuple(row) for row in rows}
    told = (
        sa.select(*EVENT_COLUMNS)
        .where(*_between(event.c.parcel_id, after, last))
        .order_by(event.c.parcel_id)
    )
    events = connection.execute(told)
    folded = {
        key: fold(key, map(Event._make, of_parcel))
        for key, of_parcel in groupby(events, key=_parcel_of)
    }
    return _Part(kept, folded), last


def _end_of_part(
    connection: sa.Connection, ids: sa.Column[str], after: str
) -> str | None:
    """The parcel that ends a whole part; None when fewer are left."""
    chosen = sa.select(ids).distinct().where(ids > after).order_by(ids)
    return connection.execute(chosen.offset(_PART - 1).limit(1)).scalar()


def _between(
    ids: sa.Column[str], after: str, last: str | None
) -> tuple[sa.ColumnElement[bool], ...]:
    return (ids > after,) if last is None else (ids > after, ids <= last)


def _differing(part: _Part) -> list[str]:
    keys = part.kept.keys() | part.folded.keys()
    folded = {key: _values_of(standing) for key, standing in part.folded.items()}
    return sorted(key for key in keys if part.kept.get(key) != folded.get(key))


def _differences(part: _Part, parcel_id: str) -> list[Difference]:
    kept, folded = part.kept.get(parcel_id), part.folded.get(parcel_id)
    if kept is None or folded is None:
        had, should = (kept and "kept") or None, (folded and "folded") or None
        return [Difference(parcel_id, "standing", had, should)]
    return [
        Difference(parcel_id, name, was, is_now)
        for name, was, is_now in zip(
            STANDING_COLUMNS, kept, _values_of(folded), strict=True
        )
        if was != is_now
    ]
