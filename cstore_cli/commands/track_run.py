"""The row that a run of `cstore track` leaves in the ledger."""

import datetime as dt
import json

import sqlalchemy as sa

from cstore_cli.ledger.instants import us_of
from cstore_cli.ledger.record import Run, begin_run, next_run_id


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
