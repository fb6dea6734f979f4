"""Telling a ledger what a test needs it to know."""

from itertools import groupby

from histories import frame

from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run, next_run_id


def tell(ledger, *events):
    """Record events as they arrive, a run for each partner's turn."""
    for partner, told in groupby(events, key=lambda event: event.partner):
        with ledger.writing() as connection:
            run_id = next_run_id(connection, "test")
            begin_run(connection, Run(run_id, "test", 0, "{}"))
            record(connection, run_id, partner, frame(list(told)))
