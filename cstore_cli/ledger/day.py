"""What plan-day asks of the ledger: shelves, returns, what is planned or gone."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
import sqlalchemy as sa

from cstore_cli.ledger.instants import instant_of, us_of
from cstore_cli.ledger.many import among, table_of
from cstore_cli.ledger.record import chunks
from cstore_cli.ledger.schema import parcel_state, run
from cstore_cli.ledger.transitions import FINAL, TO_FETCH
from cstore_cli.settings.parcel_states import State

_ASKED = 10_000
"""Ids per question; both databases take so many parameters."""
_BEFORE_LEAVING: tuple[State, ...] = (
    "created",
    "at_dc",
    "store_blocked",
    "redirected",
)
_OVER: tuple[State, ...] = ("refused", "cancelled", *FINAL)
_INSTANT = pl.Datetime("us", "UTC")
_state = parcel_state.c


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
    return table_of(connection, chosen, schema).with_columns(
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
    return table_of(connection, chosen, schema).select(
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
                    _state.state.in_(_OVER),
                ),
            )
        )
        found |= set(connection.execute(chosen).scalars())
    return frozenset(found)


def at_dc_since(connection: sa.Connection, ids: Sequence[str]) -> pl.DataFrame:
    """Which of ``ids`` are at the distribution centre: order_id, at_dc_from (UTC)."""
    schema = {"order_id": pl.String, "at_dc_from": pl.Int64}
    parts = [
        table_of(
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


def plans(connection: sa.Connection, home: str) -> list[tuple[str, str]]:
    """Date and name of each plan recorded of an output folder, the last one first."""
    chosen = (
        sa.select(run.c.plan_date, run.c.plan_name)
        .where(run.c.plan_home == home)
        .order_by(run.c.recorded_us.desc(), run.c.run_id.desc())
    )
    return [(row.plan_date, row.plan_name) for row in connection.execute(chosen)]


def names_of(connection: sa.Connection, date: dt.date) -> list[str]:
    """Names of the plans recorded for the date, of whatever folder."""
    chosen = sa.select(run.c.plan_name).where(run.c.plan_date == date.isoformat())
    return list(connection.execute(chosen).scalars())


def after_earlier_plans(
    connection: sa.Connection, date: dt.date, now: dt.datetime
) -> dt.datetime:
    """
    ``now``, or just after the last plan of the date where that was not before it.

    So that a plan supersedes those recorded before it, whatever instant they were made
    for.
    """
    last = connection.execute(
        sa.select(sa.func.max(run.c.now_us)).where(run.c.plan_date == date.isoformat())
    ).scalar()
    return now if last is None or last < us_of(now) else instant_of(last + 1)


def planned_for(connection: sa.Connection, date: dt.date, home: str) -> list[str]:
    """Parcels that plans of the date, from an output folder, gave a store or a van."""
    chosen = (
        sa.select(_state.parcel_id)
        .join_from(parcel_state, run, run.c.run_id == _state.planned_run)
        .where(run.c.plan_date == date.isoformat(), run.c.plan_home == home)
        .order_by(_state.parcel_id)
    )
    return list(connection.execute(chosen).scalars())
