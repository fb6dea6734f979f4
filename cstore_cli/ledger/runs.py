"""Runs: who changed the ledger, when, and what is to be known of it later."""

import datetime as dt
import json
import time
from typing import NamedTuple

import sqlalchemy as sa

from cstore_cli.ledger.instants import instant_of, us_of
from cstore_cli.ledger.schema import run


class Run(NamedTuple):
    """Who records, when, and what is to be known of it later."""

    run_id: str
    command: str
    now_us: int
    detail: str
    plan_date: str | None = None
    plan_name: str | None = None
    plan_home: str | None = None


def begin_run(connection: sa.Connection, done: Run) -> None:
    """Write the run's own row; events refer to it."""
    clock_us = time.time_ns() // 1000
    connection.execute(sa.insert(run).values(**done._asdict(), recorded_us=clock_us))


def next_run_id(connection: sa.Connection, stem: str) -> str:
    """``stem`` with the first number, from 01, that no run has."""
    taken = set(
        connection.execute(
            sa.select(run.c.run_id).where(
                run.c.run_id.startswith(stem, autoescape=True)
            )
        ).scalars()
    )
    number = 1
    while f"{stem}-{number:02d}" in taken:
        number += 1
    return f"{stem}-{number:02d}"


def last_run(connection: sa.Connection, command: str) -> dt.datetime | None:
    """The latest instant for which a command has changed the ledger."""
    chosen = sa.select(sa.func.max(run.c.now_us)).where(run.c.command == command)
    last = connection.execute(chosen).scalar()
    return None if last is None else instant_of(last)


def begin(
    connection: sa.Connection,
    command: str,
    stem: str,
    now: dt.datetime,
    detail: object,
) -> str:
    """Begin a run named after the stem and the instant, in UTC; its id."""
    instant = now.astimezone(dt.UTC)
    run_id = next_run_id(connection, f"{stem}-{instant:%Y%m%dT%H%M%SZ}")
    begin_run(connection, Run(run_id, command, us_of(now), json.dumps(detail)))
    return run_id
