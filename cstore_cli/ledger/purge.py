"""Deleting the names and phones that nobody needs any more."""

from typing import NamedTuple

import sqlalchemy as sa

from cstore_cli.ledger.schema import contact, parcel_state
from cstore_cli.ledger.transitions import OVER


class Purgeable(NamedTuple):
    """A parcel whose name and phone may go: its last state and last event."""

    parcel_id: str
    state: str
    last_us: int


def purgeable(connection: sa.Connection, before_us: int) -> list[Purgeable]:
    """Parcels that no customer waits for, of which nothing was told since then."""
    chosen = (
        sa.select(
            parcel_state.c.parcel_id, parcel_state.c.state, parcel_state.c.last_us
        )
        .join_from(
            parcel_state, contact, contact.c.parcel_id == parcel_state.c.parcel_id
        )
        .where(_ended(before_us))
        .order_by(parcel_state.c.parcel_id)
    )
    return [Purgeable._make(row) for row in connection.execute(chosen)]


def purge(connection: sa.Connection, before_us: int) -> int:
    """
    Delete the names and phones of these parcels, and nothing else; how many.

    The connection's secure_delete takes their text out of the file as well.
    """
    ended = sa.select(parcel_state.c.parcel_id).where(_ended(before_us))
    gone = connection.execute(sa.delete(contact).where(contact.c.parcel_id.in_(ended)))
    return gone.rowcount


def _ended(before_us: int) -> sa.ColumnElement[bool]:
    return sa.and_(parcel_state.c.state.in_(OVER), parcel_state.c.last_us < before_us)
