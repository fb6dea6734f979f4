"""What a run of expire-holds leaves in the ledger, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from cstore_cli.errors import InputError
from cstore_cli.ledger.many import insert_many
from cstore_cli.ledger.record import record_own
from cstore_cli.ledger.schema import event, notice, parcel_state, run
from cstore_cli.ledger.transitions import ENDED_HOLD
from cstore_cli.settings.parcel_states import OURS


def record_with_notices(
    connection: sa.Connection,
    run_id: str,
    events: pl.DataFrame,
    holds: pl.DataFrame,
    kind: str,
    hours: pl.Series | None = None,
) -> None:
    """
    Record events and, for each, the notice to the customer, on one connection.

    Parameters
    ----------
    connection, run_id, events
        As for `record_own`.
    holds
        The hold of each event, with ready_at and deadline, UTC.
    kind
        ``expired`` or ``reminder``.
    hours
        Hours before the deadline, of reminders.
    """
    record_own(connection, run_id, events)
    rows = events.select(
        "source_event_id",
        "parcel_id",
        pl.lit(run_id).alias("run_id"),
        pl.lit(OURS).alias("partner"),
        pl.lit(kind).alias("kind"),
        holds["ready_at"].dt.epoch("us").alias("ready_at_us"),
        holds["deadline"].dt.epoch("us").alias("deadline_us"),
        pl.lit(None).alias("hours") if hours is None else hours.alias("hours"),
    )
    insert_many(connection, notice, rows.columns, rows.iter_rows())


@dataclass(frozen=True, eq=False)
class Revertible:
    """
    The expiries of a run, split by whether they can be taken back.

    ``standing`` still hold: parcel_id, store_id, mark (the event), reason. ``ended``
    do not, since the goods have moved or the expiry was taken back before: parcel_id,
    state.
    """

    standing: pl.DataFrame
    ended: pl.DataFrame


def revertible(connection: sa.Connection, run_id: str) -> Revertible:
    """
    What of a run of expire-holds can be taken back.

    Raises
    ------
    InputError
        When there is no such run.
    """
    command = connection.execute(
        sa.select(run.c.command).where(run.c.run_id == run_id)
    ).scalar()
    if command != "expire-holds":
        raise InputError(_no_such_run(connection, run_id))
    rows = connection.execute(
        sa.select(
            event.c.parcel_id,
            event.c.location_id,
            event.c.source_event_id,
            parcel_state.c.state,
            parcel_state.c.state_partner,
            parcel_state.c.state_event_id,
        )
        .join_from(event, parcel_state, parcel_state.c.parcel_id == event.c.parcel_id)
        .where(
            event.c.run_id == run_id,
            event.c.code.in_(ENDED_HOLD),
        )
        .order_by(event.c.parcel_id)
    ).all()
    standing, ended = [], []
    for parcel, store, mark, state, partner, holds in rows:
        if (partner, holds) == (OURS, mark):
            standing.append((parcel, store, mark, f"run {run_id} reverted"))
        else:
            ended.append((parcel, state))
    return Revertible(
        _strings(standing, ("parcel_id", "store_id", "mark", "reason")),
        _strings(ended, ("parcel_id", "state")),
    )


def _no_such_run(connection: sa.Connection, run_id: str) -> str:
    """What to say of a run that expire-holds did not make, with the latest ones."""
    chosen = (
        sa.select(run.c.run_id)
        .where(run.c.command == "expire-holds")
        .order_by(run.c.recorded_us.desc())
        .limit(5)
    )
    latest = ", ".join(connection.execute(chosen).scalars())
    return f"{run_id}: no run of expire-holds. The latest are: {latest or 'none'}."


def _strings(
    rows: Sequence[tuple[str | None, ...]], names: Sequence[str]
) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
