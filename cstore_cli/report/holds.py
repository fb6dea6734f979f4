"""What a run of expire-holds does, for people and for programs."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from rich.console import Console

from cstore_cli.holds.outcome import Outcome
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_ACTS = ("expired", "reinstated", "reminded")


def print_outcome(
    console: Console,
    found: Outcome,
    time_zone: str,
    run_id: str | None,
    *,
    listed: bool,
) -> None:
    """
    Print what changes: by rule, then each parcel with its reason where ``listed``.

    Instants are shown in ``time_zone``; a deadline at midnight ends the day before it.
    """
    print_sentence(console, counts_told(found), "bold")
    print_grid(
        console,
        "By rule",
        (*words("what", "rule"), *figures("parcels", "stores")),
        ((a, r, whole(n), whole(s)) for a, r, n, s in by_rule(found)),
    )
    if listed:
        _print_parcels(console, found, ZoneInfo(time_zone))
    said = f"Recorded as {run_id}." if run_id else "Nothing was written."
    print_sentence(console, said, "bold")


def counts_told(found: Outcome) -> str:
    """Return how many holds there are, and how many change in which way."""
    counts = ", ".join(f"{whole(len(rows))} {act}" for act, rows in _parts(found))
    return f"{whole(found.held)} holds: {counts}."


def by_rule(found: Outcome) -> list[tuple[str, str, int, int]]:
    """Return what changes by what and rule: parcels, and stores."""
    return (
        pl.concat(
            rows.select("rule", "store_id", pl.lit(act).alias("act"))
            for act, rows in _parts(found)
        )
        .group_by("act", "rule")
        .agg(pl.len(), pl.col("store_id").n_unique())
        .sort("act", "rule")
        .rows()
    )


def print_reverted(
    console: Console, run_id: str, reverted: pl.DataFrame, kept: pl.DataFrame
) -> None:
    """Print which parcels of a run wait again, and which could not be taken back."""
    counts = f"{whole(len(reverted))} parcels wait again"
    print_sentence(console, f"{run_id}: {counts}, {whole(len(kept))} do not.", "bold")
    said = "They lapse again at the next run, unless data or policy have changed."
    if len(reverted):
        print_sentence(console, said)
    print_grid(
        console,
        "Not taken back",
        words("parcel", "is now"),
        kept.select("parcel_id", "state").iter_rows(),
    )


def as_json(found: Outcome, time_zone: str) -> dict[str, Any]:
    """Counts and every parcel that changes, with its reason."""
    counts = {"held": found.held, **{act: len(rows) for act, rows in _parts(found)}}
    return {**counts, "parcels": list(_changes(found, ZoneInfo(time_zone)))}


def _parts(found: Outcome) -> Iterator[tuple[str, pl.DataFrame]]:
    return ((act, getattr(found, act)) for act in _ACTS)


def _changes(found: Outcome, zone: ZoneInfo) -> Iterator[Mapping[str, Any]]:
    for act, rows in _parts(found):
        shown = rows.select("parcel_id", "store_id", "ready_at", "deadline", "rule")
        for row, reason in zip(
            shown.iter_rows(named=True), rows["reason"], strict=True
        ):
            instants = {
                name: row[name].astimezone(zone).isoformat()
                for name in ("ready_at", "deadline")
            }
            yield {"act": act, **row, **instants, "reason": reason}


def _print_parcels(console: Console, found: Outcome, zone: ZoneInfo) -> None:
    print_grid(
        console,
        "Each parcel",
        words("what", "parcel", "store", "why"),
        (
            (row["act"], row["parcel_id"], row["store_id"], row["reason"])
            for row in _changes(found, zone)
        ),
    )


def ending_told(deadline: str) -> str:
    """A deadline as people say it: the end of a day is 24:00 of that day."""
    instant = dt.datetime.fromisoformat(deadline)
    if (instant.hour, instant.minute, instant.second) != (0, 0, 0):
        return instant.strftime("%Y-%m-%d %H:%M")
    return f"{instant.date() - dt.timedelta(days=1)} 24:00"
