"""plan-day and the ledger: what the day takes from it, and what it records in it."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Collection
from pathlib import Path

import polars as pl
from rich.console import Console

from cstore_cli.dayplan.plan_events import contacts, order_events, plan_events
from cstore_cli.errors import LockedError
from cstore_cli.ledger.database import Ledger, open_ledger
from cstore_cli.ledger.day import (
    after_earlier_plans,
    at_dc_since,
    names_of,
    on_shelves,
    planned_for,
    planned_or_gone,
    plans,
    returns,
)
from cstore_cli.ledger.instants import us_of
from cstore_cli.ledger.record import record, record_contacts
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.report.sentence import print_sentence
from cstore_cli.settings.parcel_states import OURS
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan_folder import finish
from cstore_cli.tables.read_day import DayRead


def ledger_of(settings: PlanDaySettings, *, writes: bool) -> Ledger | None:
    """
    The ledger that the network names; None when it names none.

    A run that writes begins one where there is none yet.

    Raises
    ------
    NoLedgerError
        When there is none yet and nothing is to be written.
    """
    url = settings.network.ledger
    return open_ledger(url, create=writes, upgrade=writes) if url else None


def finish_last(out: Path, ledger: Ledger) -> None:
    """Publish the plan whose events stand in the ledger but whose run was stopped."""
    with ledger.reading() as connection:
        recorded = plans(connection, _home(out))
    finished = finish(out, recorded)
    if finished:
        _say(f"{finished}: published now; its run was stopped before it could.")


def from_ledger(
    read: DayRead,
    ledger: Ledger,
    settings: PlanDaySettings,
    given: Collection[str],
) -> DayRead:
    """
    The day with what the ledger knows of it.

    Shelves and returns are the ledger's, unless a table was ``given`` on the command
    line; hand-ins and further returns come from the table of collections. An order
    that does not say when its goods are at the DC, and whose platform has no lead time,
    is there since the ledger's scan.
    """
    inputs = read.inputs
    ids = inputs.orders["order_id"].to_list()
    with ledger.reading() as connection:
        gone = planned_or_gone(connection, inputs.date, ids)
        arrived = at_dc_since(connection, ids)
        shelves = on_shelves(connection, inputs.now)
        to_fetch = returns(connection)
    stores = inputs.stores["store_id"].implode()
    here = shelves.filter(pl.col("store_id").is_in(stores))
    known = inputs.collections["parcel_id"].implode()
    more = to_fetch.filter(
        pl.col("location_id").is_in(stores), ~pl.col("parcel_id").is_in(known)
    )
    held, collections = inputs.held_parcels, inputs.collections
    if here.is_empty() and len(held) and "held_parcels" not in given:
        said = (
            "Warning: the ledger knows of no parcel on a shelf; the "
            f"{len(held)} rows of held_parcels are not used. Tell the ledger with "
            "`cstore track import`, or name the table with --holds."
        )
        _say(said)
    strange = to_fetch.filter(~pl.col("location_id").is_in(stores))
    if len(strange) and "collections" not in given:
        named = ", ".join(strange["location_id"].unique().sort().head(5))
        _say(
            f"Warning: {len(strange)} parcels to fetch stand at stores that the table "
            f"of stores does not have ({named}); they are not planned."
        )
    told = dataclasses.replace(
        inputs,
        already_planned=gone,
        orders=_arrived(inputs.orders, arrived, settings),
        held_parcels=held if "held_parcels" in given else _as(here, held),
        collections=collections
        if "collections" in given
        else pl.concat([_as(more, collections), collections]),
    )
    return dataclasses.replace(read, inputs=told)


def recorder(
    ledger: Ledger, out: Path, inputs: DayInputs, parcels: pl.DataFrame
) -> Callable[[str], None]:
    """What records a plan's parcels under the plan's name, all or nothing."""

    def record_plan(name: str) -> None:
        run_id, home = f"plan-{name}", _home(out)
        with ledger.writing() as connection:
            if name in names_of(connection, inputs.date):
                raise LockedError(
                    f"{ledger.path}: another plan-day has just recorded {name}. "
                    "Run again."
                )
            at = after_earlier_plans(connection, inputs.date, inputs.now)
            superseded = planned_for(connection, inputs.date, home)
            done = Run(
                run_id,
                "plan-day",
                us_of(at),
                json.dumps(_counts(parcels)),
                inputs.date.isoformat(),
                name,
                home,
            )
            begin_run(connection, done)
            created = record(connection, run_id, OURS, order_events(inputs.orders))
            decided = plan_events(parcels, superseded, name, at)
            record(connection, run_id, OURS, decided)
            record_contacts(connection, contacts(inputs.orders, created.parcels))

    return record_plan


def names_taken(ledger: Ledger, date: dt.date) -> list[str]:
    """Names of plans recorded for the date, also those of other folders."""
    with ledger.reading() as connection:
        return names_of(connection, date)


def _home(out: Path) -> str:
    """Whose plans they are, where several folders share a ledger."""
    return str(out.resolve())


def _say(said: str) -> None:
    print_sentence(Console(stderr=True), said)


def _counts(parcels: pl.DataFrame) -> dict[str, int]:
    counted = parcels["status"].value_counts().sort("status")
    return dict(counted.iter_rows())


def _arrived(
    orders: pl.DataFrame, arrived: pl.DataFrame, settings: PlanDaySettings
) -> pl.DataFrame:
    timed = pl.col("platform").is_in(list(settings.lead_time_min))
    return (
        orders.join(
            arrived.rename({"at_dc_from": "scanned"}),
            on="order_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.when(timed)
            .then("at_dc_from")
            .otherwise(pl.coalesce("at_dc_from", "scanned"))
            .alias("at_dc_from")
        )
        .drop("scanned")
    )


def _as(frame: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    """The frame in the columns of another: a line of no file, defaults where unsaid."""
    values = [
        pl.col(name).cast(kind)
        if name in frame.columns
        else pl.lit(0 if kind.is_numeric() else None).cast(kind).alias(name)
        for name, kind in like.schema.items()
    ]
    return frame.select(values)
