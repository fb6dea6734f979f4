"""The network at a glance: what stands where, what waits how long, what is odd."""

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl
import sqlalchemy as sa

from cstore_cli.ledger.instants import DAY_US
from cstore_cli.ledger.many import table_of
from cstore_cli.ledger.schema import parcel_state, unknown_code
from cstore_cli.ledger.transitions import TO_FETCH

_state = parcel_state.c


class AtStore(NamedTuple):
    """
    What is on a store's shelf.

    ``held`` parcels wait for somebody, ``to_fetch`` go back with the next van;
    ``oldest_us`` is when the oldest of the holds began, null when none has.
    """

    store_id: str
    held: int
    to_fetch: int
    oldest_us: int | None
    litres: float


class OddCode(NamedTuple):
    """Events told in a code that no mapping knows."""

    partner: str
    code: str
    events: int
    parcels: int


@dataclass(frozen=True)
class Board:
    """
    Counts of all parcels; ``waiting_days`` maps whole days of waiting to parcels.

    ``contradictions`` are events that do not count, of ``contradicted`` parcels.
    """

    states: dict[str | None, int]
    stores: tuple[AtStore, ...]
    waiting_days: dict[int, int]
    odd_codes: tuple[OddCode, ...]
    contradictions: int
    contradicted: int


def board(connection: sa.Connection, now_us: int) -> Board:
    """All counts, of one moment of the ledger."""
    count = sa.func.count()
    states = sa.select(_state.state, count).group_by(_state.state)
    odd = (
        sa.select(
            unknown_code.c.partner,
            unknown_code.c.code,
            count,
            sa.func.count(unknown_code.c.parcel_id.distinct()),
        )
        .group_by(unknown_code.c.partner, unknown_code.c.code)
        .order_by(count.desc(), unknown_code.c.partner, unknown_code.c.code)
    )
    contradicted = sa.select(
        sa.func.coalesce(sa.func.sum(_state.contradictions), 0), count
    ).where(_state.contradictions > 0)
    contradictions, parcels = connection.execute(contradicted).one()
    return Board(
        states=dict(connection.execute(states).all()),
        stores=_stores(connection),
        waiting_days=_waiting_days(connection, now_us),
        odd_codes=tuple(OddCode._make(row) for row in connection.execute(odd)),
        contradictions=int(contradictions),
        contradicted=parcels,
    )


def _stores(connection: sa.Connection) -> tuple[AtStore, ...]:
    goes_back = _state.state.in_(TO_FETCH)
    chosen = (
        sa.select(
            _state.shelf_store,
            sa.func.sum(sa.case((goes_back, 0), else_=1)),
            sa.func.sum(sa.case((goes_back, 1), else_=0)),
            sa.func.min(_state.ready_at_us),
            sa.func.coalesce(sa.func.sum(_state.litres), 0.0),
        )
        .where(_state.shelf_store.is_not(None))
        .group_by(_state.shelf_store)
        .order_by(_state.shelf_store)
    )
    return tuple(AtStore._make(row) for row in connection.execute(chosen))


def _waiting_days(connection: sa.Connection, now_us: int) -> dict[int, int]:
    """Of holds that have begun; a hold that begins after now has waited no day."""
    begun = _state.ready_at_us
    days = sa.case((begun > now_us, 0), else_=(now_us - begun) // DAY_US).label("days")
    chosen = (
        sa.select(days, sa.func.count())
        .where(begun.is_not(None), _state.shelf_store.is_not(None))
        .group_by(days)
        .order_by(days)
    )
    return dict(connection.execute(chosen).all())


def on_shelves(connection: sa.Connection) -> pl.DataFrame:
    """
    Return the parcels on stores' shelves, a row each; no name, no phone.

    Columns: parcel_id, store_id, state, ready_at and extended_at (UTC; null: the hold
    has not begun, none was asked for), litres (0 where nobody said), extension_days
    (``extended_before`` the last was asked for), channel, goods_class; ``waits``, for
    somebody, or goes back with the next van; ``return_hold``, at the sender's store.
    """
    chosen = (
        sa.select(
            _state.parcel_id,
            _state.shelf_store.label("store_id"),
            _state.state,
            _state.ready_at_us.label("ready_at"),
            _state.extended_at_us.label("extended_at"),
            _state.litres,
            _state.extension_days,
            _state.extended_before,
            _state.channel,
            _state.goods_class,
        )
        .where(_state.shelf_store.is_not(None))
        .order_by(_state.parcel_id)
    )
    schema = {
        "parcel_id": pl.String,
        "store_id": pl.String,
        "state": pl.String,
        "ready_at": pl.Int64,
        "extended_at": pl.Int64,
        "litres": pl.Float64,
        "extension_days": pl.Int64,
        "extended_before": pl.Int64,
        "channel": pl.String,
        "goods_class": pl.String,
    }
    return table_of(connection, chosen, schema).with_columns(
        pl.col("ready_at", "extended_at").cast(pl.Datetime("us", "UTC")),
        pl.col("litres").fill_null(0.0),
        pl.col("state").is_in(TO_FETCH).not_().alias("waits"),
        pl.col("state").is_in(["return_ready", "unclaimed"]).alias("return_hold"),
    )
