"""What expire-holds asks of the ledger: the holds, and how new its data are."""

import datetime as dt

import polars as pl
import sqlalchemy as sa

from cstore_cli.ledger.instants import instant_of, us_of
from cstore_cli.ledger.many import table_of
from cstore_cli.ledger.schema import event, notice, parcel_state
from cstore_cli.ledger.transitions import ENDED_HOLD
from cstore_cli.settings.parcel_states import OURS, State

_RUNNING: tuple[State, ...] = ("ready", "return_ready")
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
    said), cod_twd, extension_days (``extended_before`` the last was asked for),
    platform, channel, goods_class; ``return_hold``, at the sender's store; ``marked``,
    expired by cstore, by the event ``mark`` at the instant ``marked_at``;
    ``resumed_at``, when a hold went on after an end that was a mistake.

    A hold that a partner's own scan or code ended is none any more.
    """
    chosen = (
        sa.select(
            _state.parcel_id,
            _state.shelf_store.label("store_id"),
            _state.ready_at_us.label("ready_at"),
            _state.extended_at_us.label("extended_at"),
            _state.litres,
            _state.cod_twd,
            _state.extension_days,
            _state.extended_before,
            _state.platform,
            _state.channel,
            _state.goods_class,
            _state.state,
            _state.state_event_id.label("mark"),
            _state.since_us.label("marked_at"),
            _state.resumed_us.label("resumed_at"),
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
        "extended_before": pl.Int64,
        "platform": pl.String,
        "channel": pl.String,
        "goods_class": pl.String,
        "state": pl.String,
        "mark": pl.String,
        "marked_at": pl.Int64,
        "resumed_at": pl.Int64,
    }
    frame = table_of(connection, chosen, schema)
    marked = pl.col("state").is_in(ENDED_HOLD)
    return frame.with_columns(
        pl.col("ready_at", "extended_at", "resumed_at").cast(_INSTANT),
        pl.col("litres", "cod_twd").fill_null(0.0),
        pl.col("state").is_in(["return_ready", "unclaimed"]).alias("return_hold"),
        marked.alias("marked"),
        pl.when(marked).then("mark").alias("mark"),
        pl.when(marked).then("marked_at").cast(_INSTANT).alias("marked_at"),
    ).drop("state")


def given_reminders(connection: sa.Connection) -> pl.DataFrame:
    """
    Reminders given of holds that run: parcel_id, ready_at and deadline, reminded_h.

    A reminder is of one deadline: an extension makes another due.
    """
    chosen = (
        sa.select(
            notice.c.parcel_id,
            notice.c.ready_at_us.label("ready_at"),
            notice.c.deadline_us.label("deadline"),
            sa.func.min(notice.c.hours).label("reminded_h"),
        )
        .join_from(
            notice,
            parcel_state,
            sa.and_(
                notice.c.parcel_id == _state.parcel_id,
                notice.c.ready_at_us == _state.ready_at_us,
            ),
        )
        .where(notice.c.kind == "reminder")
        .group_by(notice.c.parcel_id, notice.c.ready_at_us, notice.c.deadline_us)
    )
    schema = {
        "parcel_id": pl.String,
        "ready_at": pl.Int64,
        "deadline": pl.Int64,
        "reminded_h": pl.Float64,
    }
    found = table_of(connection, chosen, schema)
    return found.with_columns(pl.col("ready_at", "deadline").cast(_INSTANT))


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
