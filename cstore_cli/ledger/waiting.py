"""What the ledger knows of parcels on shelves and on their way, as tables."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
import sqlalchemy as sa

from cstore_cli.ledger.fold import OURS
from cstore_cli.ledger.instants import instant_of, us_of
from cstore_cli.ledger.many import among
from cstore_cli.ledger.record import chunks
from cstore_cli.ledger.schema import event, notice, parcel_state, run
from cstore_cli.ledger.transitions import ENDED_HOLD, TO_FETCH
from cstore_cli.settings.parcel_states import State
from cstore_cli.tables.records import collector_at_rest

_BATCH = 50_000
_ASKED = 10_000
"""Ids per question; both databases take so many parameters."""
_RUNNING: tuple[State, ...] = ("ready", "return_ready")
_BEFORE_LEAVING: tuple[State, ...] = (
    "created",
    "at_dc",
    "store_blocked",
    "redirected",
)
_INSTANT = pl.Datetime("us", "UTC")
_state = parcel_state.c


def num_held(connection: sa.Connection) -> int:
    """How many holds run or were ended by cstore, the parcel still on its shelf."""
    chosen = sa.select(sa.func.count()).select_from(parcel_state).where(*_is_held())
    return connection.execute(chosen).scalar_one()


def held(connection: sa.Connection, ready_by: dt.datetime) -> pl.DataFrame:
    """
    Holds that run and began by ``ready_by``, and all that cstore has ended.

    A row per parcel, which is still on its shelf.

    Columns: parcel_id, store_id, ready_at and extended_at (UTC), litres (0 where nobody
    said), cod_twd, extension_days, platform, channel, goods_class; ``return_hold``, at
    the sender's store; ``marked``, expired by cstore; ``mark``, the event that says so;
    ``reminded_h``, hours of the last reminder of this hold, null for none.

    A hold that a partner's own scan or code ended is none any more.
    """
    reminders = (
        sa.select(
            notice.c.parcel_id,
            notice.c.ready_at_us,
            sa.func.min(notice.c.hours).label("reminded_h"),
        )
        .where(notice.c.kind == "reminder")
        .group_by(notice.c.parcel_id, notice.c.ready_at_us)
        .subquery()
    )
    chosen = (
        sa.select(
            _state.parcel_id,
            _state.shelf_store.label("store_id"),
            _state.ready_at_us.label("ready_at"),
            _state.extended_at_us.label("extended_at"),
            _state.litres,
            _state.cod_twd,
            _state.extension_days,
            _state.platform,
            _state.channel,
            _state.goods_class,
            (_state.scanned == "return_ready").label("return_hold"),
            _state.state,
            _state.state_event_id.label("mark"),
            reminders.c.reminded_h,
        )
        .join_from(
            parcel_state,
            reminders,
            sa.and_(
                reminders.c.parcel_id == _state.parcel_id,
                reminders.c.ready_at_us == _state.ready_at_us,
            ),
            isouter=True,
        )
        .where(
            *_is_held(),
            sa.or_(_state.ready_at_us <= us_of(ready_by), _state.state.in_(ENDED_HOLD)),
        )
        .order_by(_state.parcel_id)
    )
    schema = {
        "parcel_id": pl.String,
        "store_id": pl.String,
        "ready_at": pl.Int64,
        "extended_at": pl.Int64,
        "litres": pl.Float64,
        "cod_twd": pl.Float64,
        "extension_days": pl.Int64,
        "platform": pl.String,
        "channel": pl.String,
        "goods_class": pl.String,
        "return_hold": pl.Boolean,
        "state": pl.String,
        "mark": pl.String,
        "reminded_h": pl.Float64,
    }
    frame = _frame(connection, chosen, schema)
    marked = pl.col("state").is_in(ENDED_HOLD)
    return frame.with_columns(
        pl.col("ready_at", "extended_at").cast(_INSTANT),
        pl.col("litres", "cod_twd").fill_null(0.0),
        pl.col("return_hold").fill_null(value=False),
        marked.alias("marked"),
        pl.when(marked).then(pl.col("mark")).alias("mark"),
    ).drop("state")


def _is_held() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _state.ready_at_us.is_not(None),
        _state.shelf_store.is_not(None),
        sa.or_(
            _state.state.in_(_RUNNING),
            sa.and_(_state.state.in_(ENDED_HOLD), _state.state_partner == OURS),
        ),
    )


def newest_event(
    connection: sa.Connection, now: dt.datetime, enough: dt.datetime
) -> dt.datetime | None:
    """
    The latest instant, not after ``now``, of which any partner has told.

    Data as new as ``enough`` are new enough: one such instant, looked for among what
    arrived last, saves reading all events.
    """
    told = event.c.event_time_us
    of_partners = (event.c.partner != OURS, told <= us_of(now))
    recent = (
        sa.select(told)
        .where(*of_partners, told >= us_of(enough))
        .order_by(event.c.event_id.desc())
        .limit(1)
    )
    newest = connection.execute(recent).scalar()
    if newest is None:
        every = sa.select(sa.func.max(told)).where(*of_partners)
        newest = connection.execute(every).scalar()
    return None if newest is None else instant_of(newest)


def on_shelves(connection: sa.Connection, now: dt.datetime) -> pl.DataFrame:
    """
    Parcels that take up shelf room, a row each: parcel_id, store_id, ready_at, litres.

    Also those on a van to a store: they arrive before or with today's; their ready_at
    is ``now``, so that nobody is taken to fetch them before.
    """
    coming = _state.scanned == "out_to_store"
    store = sa.case((coming, _state.planned_store), else_=_state.shelf_store)
    chosen = (
        sa.select(
            _state.parcel_id,
            store.label("store_id"),
            sa.func.coalesce(_state.ready_at_us, us_of(now)).label("ready_at"),
            _state.litres,
        )
        .where(store.is_not(None))
        .order_by(_state.parcel_id)
    )
    schema = {
        "parcel_id": pl.String,
        "store_id": pl.String,
        "ready_at": pl.Int64,
        "litres": pl.Float64,
    }
    return _frame(connection, chosen, schema).with_columns(
        pl.col("ready_at").cast(_INSTANT), pl.col("litres").fill_null(0.0)
    )


def returns(connection: sa.Connection) -> pl.DataFrame:
    """
    Parcels on a shelf that go back: the return tasks, in the columns of `Collections`.

    A task is no record of its own: it is there as long as the parcel waits to be
    fetched, and can be neither lost nor doubled.
    """
    chosen = (
        sa.select(
            _state.parcel_id,
            _state.shelf_store.label("location_id"),
            _state.litres,
            _state.weight_kg,
            _state.since_us.label("ready_at"),
            _state.state.label("reason"),
        )
        .where(_state.state.in_(TO_FETCH), _state.shelf_store.is_not(None))
        .order_by(_state.parcel_id)
    )
    schema = {
        "parcel_id": pl.String,
        "location_id": pl.String,
        "litres": pl.Float64,
        "weight_kg": pl.Float64,
        "ready_at": pl.Int64,
        "reason": pl.String,
    }
    return _frame(connection, chosen, schema).select(
        "parcel_id",
        "location_id",
        pl.lit("return").alias("kind"),
        pl.col("litres").fill_null(0.0),
        "weight_kg",
        pl.col("ready_at").cast(_INSTANT),
        "reason",
    )


def planned_or_gone(
    connection: sa.Connection, date: dt.date, ids: Sequence[str]
) -> frozenset[str]:
    """Which of ``ids`` were planned for a day before ``date``, or have left the DC."""
    found: set[str] = set()
    for part in chunks(ids, _ASKED):
        chosen = (
            sa.select(_state.parcel_id)
            .join_from(
                parcel_state, run, run.c.run_id == _state.planned_run, isouter=True
            )
            .where(
                among(_state.parcel_id, part),
                sa.or_(
                    run.c.plan_date < date.isoformat(),
                    _state.scanned.not_in(_BEFORE_LEAVING),
                ),
            )
        )
        found |= set(connection.execute(chosen).scalars())
    return frozenset(found)


def at_dc_since(connection: sa.Connection, ids: Sequence[str]) -> pl.DataFrame:
    """Which of ``ids`` are at the distribution centre: order_id, at_dc_from (UTC)."""
    schema = {"order_id": pl.String, "at_dc_from": pl.Int64}
    parts = [
        _frame(
            connection,
            sa.select(_state.parcel_id, _state.at_dc_us).where(
                among(_state.parcel_id, part), _state.state == "at_dc"
            ),
            schema,
        )
        for part in chunks(ids, _ASKED)
    ]
    return pl.concat([pl.DataFrame(schema=schema), *parts]).with_columns(
        pl.col("at_dc_from").cast(_INSTANT)
    )


def plans(connection: sa.Connection) -> list[tuple[str, str]]:
    """Date and name of each plan recorded, the last one first."""
    chosen = (
        sa.select(run.c.plan_date, run.c.plan_name)
        .where(run.c.plan_name.is_not(None))
        .order_by(run.c.recorded_us.desc(), run.c.run_id.desc())
    )
    return [(row.plan_date, row.plan_name) for row in connection.execute(chosen)]


@collector_at_rest()
def _frame(
    connection: sa.Connection,
    chosen: sa.Select[tuple[object, ...]],
    schema: dict[str, type[pl.DataType]],
) -> pl.DataFrame:
    """The rows as a table, in parts, so that a million of them fit."""
    result = connection.execution_options(yield_per=_BATCH).execute(chosen)
    parts = [_part(rows, schema) for rows in result.partitions()]
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _part(
    rows: Sequence[sa.Row[tuple[object, ...]]], schema: dict[str, type[pl.DataType]]
) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True))
    return pl.DataFrame(
        [
            pl.Series(name, values, dtype=kind, strict=False)
            for (name, kind), values in zip(schema.items(), columns, strict=True)
        ]
    )
