"""
What a run does to the holds that were decided on.

    expired      lapsed and not marked yet, or marked at another instant
    reinstated   marked, but by what is known now not lapsed, or at another instant
    reminded     runs on, and a reminder is due that was not given

So the holds that are marked afterwards are those that have lapsed, whenever and however
often a run came before: the outcome of data, policy and instant alone.
"""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from cstore_cli.tables.events import as_events


@dataclass(frozen=True, eq=False)
class Outcome:
    """
    The holds that change, each with its ``reason``; the others run on as they were.

    ``lapsed`` are all that are marked afterwards, ``expired`` those among them that
    were not before; ``warned`` those that run on with a reminder given now or before;
    ``held`` counts the holds there are. The frames have the columns of the holds
    decided on.
    """

    lapsed: pl.DataFrame
    warned: pl.DataFrame
    expired: pl.DataFrame
    reinstated: pl.DataFrame
    reminded: pl.DataFrame
    held: int

    @property
    def changes(self) -> int:
        """How many holds change."""
        return len(self.expired) + len(self.reinstated) + len(self.reminded)


def concerned() -> pl.Expr:
    """Which of the holds decided on a run has to look at; the others just run on."""
    reminded = pl.col("reminded_h").is_not_null()
    return pl.col("lapsed") | pl.col("marked") | reminded | _due()


def outcome(decided: pl.DataFrame, held: int) -> Outcome:
    """
    What becomes of holds that were decided on.

    Parameters
    ----------
    decided
        What `decide` gives, of `concerned` holds at least, with ``reason``; ``marked``,
        whether cstore has expired the hold before, and ``marked_at``, at which instant;
        ``resumed_at``, when the hold went on after an end that was a mistake;
        ``reminded_h``, how many hours before this deadline a reminder was given.
    held
        How many holds there are.
    """
    marked, lapsed = pl.col("marked"), pl.col("lapsed")
    moved = marked & lapsed & (pl.col("marked_at") != _ends_at()).fill_null(value=False)
    ended = decided.filter(lapsed)
    reminded = pl.col("reminded_h").is_not_null() | _due()
    return Outcome(
        lapsed=ended,
        warned=decided.filter(reminded & ~lapsed),
        expired=ended.filter(~marked | moved),
        reinstated=decided.filter((marked & ~lapsed) | moved),
        reminded=decided.filter(_due() & ~lapsed & ~marked),
        held=held,
    )


def _ends_at() -> pl.Expr:
    """
    The instant of an expiry: the deadline, not the run.

    After it only where the hold was thought ended then, and seen to run on later.
    """
    return pl.max_horizontal("deadline", "resumed_at")


def _due() -> pl.Expr:
    """Whether a reminder is due that is later than any given."""
    due, given = pl.col("reminder_h"), pl.col("reminded_h")
    return due.is_not_null() & (given.is_null() | (due < given))


def expiry_events(expired: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """
    Expired holds as events, under `ParcelEvents`: at the deadline, not at the run.

    The second hold of a returned parcel ends unclaimed.
    """
    at_sender = pl.col("return_hold")
    code = (
        pl.when(at_sender).then(pl.lit("unclaimed")).otherwise(pl.lit("hold_expired"))
    )
    return _events(expired, run_id, "expired", code, _ends_at())


def reminder_events(reminded: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Reminders as events: at the instant they were due."""
    due = pl.col("deadline") - pl.duration(
        minutes=(pl.col("reminder_h") * 60).cast(pl.Int64)
    )
    return _events(reminded, run_id, "reminded", pl.lit("reminded"), due)


def withdrawal_events(
    marked: pl.DataFrame, run_id: str, now: dt.datetime
) -> pl.DataFrame:
    """Expiries taken back, as events; ``mark`` names the event of each."""
    return _events(
        marked,
        run_id,
        "withdrawn",
        pl.lit("withdrawn"),
        pl.lit(now.astimezone(dt.UTC)),
        corrects=pl.col("mark"),
    )


def _events(
    holds: pl.DataFrame,
    run_id: str,
    act: str,
    code: pl.Expr,
    at: pl.Expr,
    corrects: pl.Expr | None = None,
) -> pl.DataFrame:
    said = holds.select(
        pl.format("{}/{}/{}", pl.lit(run_id), pl.lit(act), "parcel_id").alias(
            "source_event_id"
        ),
        "parcel_id",
        code.alias("code"),
        at.alias("event_time"),
        pl.lit("inference").alias("evidence"),
        pl.col("store_id").alias("location_id"),
        (pl.lit(None) if corrects is None else corrects).alias("corrects"),
        "reason",
    )
    return as_events(said)
