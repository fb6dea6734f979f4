"""expire-holds on the ledger: one transaction from reading holds to marking them."""

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from cstore_cli.commands.expire_holds_judge import Judge
from cstore_cli.holds.decide import LATEST
from cstore_cli.holds.outcome import (
    Outcome,
    expiry_events,
    reminder_events,
    withdrawal_events,
)
from cstore_cli.holds.soonest import ready_by
from cstore_cli.ledger.database import Ledger, open_ledger
from cstore_cli.ledger.holds import record_with_notices, revertible
from cstore_cli.ledger.record import record_own
from cstore_cli.ledger.runs import begin, last_run
from cstore_cli.ledger.waiting import given_reminders, held, newest_event, num_held
from cstore_cli.tables.lock import locked


def expire_in_ledger(
    url: str, judge: Judge, *, dry_run: bool
) -> tuple[Outcome, str | None]:
    """
    Mark what has lapsed, with its returns and notices: all of it or nothing.

    Returns
    -------
    tuple
        What became of the holds, and the run that it is recorded under; None where
        nothing changed or ``dry_run`` forbade it.

    Raises
    ------
    NoLedgerError, LockedError, GuardError, StaleInputError
        Before anything is written; of a dry run, the guard is not asked.
    """
    ledger = open_ledger(url, upgrade=not dry_run)
    now = judge.now
    with _alone(ledger, dry_run), _connection(ledger, dry_run) as connection:
        judge.follow(last_run(connection, "expire-holds"))
        holds = held(connection, _youngest(judge))
        newest = newest_event(connection, now, judge.new_enough)
        kept = [judge.look_at(holds, given_reminders(connection))]
        found = judge.conclude(kept, num_held(connection), newest)
        if dry_run:
            return found, None
        judge.guard(found)
        if not found.changes:
            return found, None
        detail = {"held": found.held, "allowed_mass": judge.allow_mass}
        run_id = begin(connection, "expire-holds", "expire", now, detail)
        _mark(connection, run_id, now, found)
        return found, run_id


def revert_in_ledger(
    url: str, run_id: str, now: dt.datetime, *, dry_run: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Take back what a run marked, where the goods still stand on their shelf.

    Returns
    -------
    tuple
        The parcels that wait again, and those (parcel_id, state) that do not.

    Raises
    ------
    InputError
        When expire-holds made no such run.
    """
    ledger = open_ledger(url, upgrade=not dry_run)
    with _alone(ledger, dry_run), _connection(ledger, dry_run) as connection:
        found = revertible(connection, run_id)
        if not dry_run and len(found.standing):
            detail = {"reverts": run_id}
            own_run = begin(connection, "expire-holds", "expire", now, detail)
            events = withdrawal_events(found.standing, own_run, now)
            record_own(connection, own_run, events)
        return found.standing, found.ended


def _youngest(judge: Judge) -> dt.datetime:
    """When the youngest hold began that is read: a page shows all there are."""
    if judge.seen is None:
        return ready_by(judge.settings, judge.now)
    return LATEST - dt.timedelta(microseconds=1)


def _mark(
    connection: sa.Connection, run_id: str, now: dt.datetime, found: Outcome
) -> None:
    undone = withdrawal_events(found.reinstated, run_id, now)
    record_own(connection, run_id, undone)
    record_with_notices(
        connection,
        run_id,
        expiry_events(found.expired, run_id),
        found.expired,
        "expired",
    )
    record_with_notices(
        connection,
        run_id,
        reminder_events(found.reminded, run_id),
        found.reminded,
        "reminder",
        found.reminded["reminder_h"],
    )


def _alone(ledger: Ledger, dry_run: bool) -> AbstractContextManager[None]:
    """Keep a second runner out; a dry run needs no lock."""
    if dry_run:
        return nullcontext()
    busy = f"{ledger.path}: another expire-holds is at work on it."
    return locked(Path(f"{ledger.path}.expire-holds.lock"), busy)


def _connection(ledger: Ledger, dry_run: bool) -> AbstractContextManager[sa.Connection]:
    return ledger.reading() if dry_run else ledger.writing()
