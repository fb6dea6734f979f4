"""
What partners did for us, read out of the events that they told.

A row per parcel, partner and service, under the contract `PartnerParcels`:

- The partner is who told a scan of it: out_to_store, at_store or ready are of a parcel
  brought to a store, out_to_door, attempt_failed or delivered of one brought to a door
  (with which the way to the store it left from is included), return_in_transit,
  return_at_dc, return_ready or returned of one fetched back.
- It is done when the partner first told it at its end: at_store or ready, delivered,
  return_at_dc (or return_ready, returned). A service that did not come to its end is no
  row, unless the parcel was lost or damaged in it.
- A parcel that is lost, or was damaged, is so in the service whose scan was the last
  before. One that lapsed at its store and was never collected is uncollected.
- Due is the end of the day for which the last plan before it was done had planned it;
  empty where no plan of ours had.
- Told is the instant of the run that recorded the event.
- Events that were withdrawn do not count.
"""

import datetime as dt
from collections.abc import Collection

import polars as pl
import sqlalchemy as sa

from cstore_cli.ledger.many import table_of
from cstore_cli.ledger.schema import event, parcel_state, run

_INSTANT = pl.Datetime("us", "UTC")
_BEGINS = {
    "store_delivery": ("out_to_store", "at_store", "ready"),
    "door_delivery": ("out_to_door", "attempt_failed", "delivered"),
    "return": ("return_in_transit", "return_at_dc", "return_ready", "returned"),
}
"""Service: scans that tell of it."""
_ENDS = {
    "store_delivery": ("at_store", "ready"),
    "door_delivery": ("delivered",),
    "return": ("return_at_dc", "return_ready", "returned"),
}
"""Service: scans that it is done with."""
_CARRIED = tuple(code for codes in _BEGINS.values() for code in codes)
_LAPSED = ("hold_expired", "unclaimed")
_GONE = ("collected", "delivered", "return_in_transit", "returned")
"""What ends the days on a store's shelf."""


def partner_parcels(
    connection: sa.Connection,
    partners: Collection[str],
    first: dt.date,
    last: dt.date,
    time_zone: str,
) -> pl.DataFrame:
    """
    Return what ``partners`` did from the first to the last day, both included.

    A row is of the day, in ``time_zone``, on which it was done or the parcel last seen.
    ``weight_kg`` is null where nobody told it. Rows are in the order of charged_on,
    parcel_id, partner and service.
    """
    scans = _scans(connection, partners)
    rows = pl.concat([_services(scans, service) for service in _BEGINS])
    # A parcel brought to a door is that alone, on all of its way there.
    to_door = rows.filter(pl.col("service") == "door_delivery")
    rows = pl.concat(
        [
            rows.filter(pl.col("service") != "store_delivery"),
            rows.filter(pl.col("service") == "store_delivery").join(
                to_door, on=["parcel_id", "partner"], how="anti"
            ),
        ]
    )
    facts = _facts(connection)
    rows = _with_outcome(rows.join(facts, on="parcel_id", how="left"))
    rows = rows.filter(
        pl.col("done_us").is_not_null() | pl.col("outcome").is_in(["lost", "damaged"])
    )
    rows = rows.with_columns(
        charged_on=_local(pl.coalesce("done_us", "seen_us"), time_zone).dt.date()
    ).filter(pl.col("charged_on").is_between(first, last))
    rows = _with_due(rows, _planned(connection), time_zone)
    return _finished(rows, time_zone)


def _scans(connection: sa.Connection, partners: Collection[str]) -> pl.DataFrame:
    """Return what partners scanned on the way, and when that was told."""
    chosen = (
        sa.select(
            event.c.parcel_id,
            event.c.partner,
            event.c.code,
            event.c.event_time_us.label("at_us"),
            run.c.now_us.label("told_us"),
            event.c.location_id,
        )
        .join_from(event, run, run.c.run_id == event.c.run_id)
        .where(
            event.c.partner.in_(sorted(partners)),
            event.c.code.in_(_CARRIED),
            event.c.evidence == "scan",
            _counts(),
        )
    )
    schema: dict[str, type[pl.DataType]] = {
        "parcel_id": pl.String,
        "partner": pl.String,
        "code": pl.String,
        "at_us": pl.Int64,
        "told_us": pl.Int64,
        "location_id": pl.String,
    }
    return table_of(connection, chosen, schema)


def _services(scans: pl.DataFrame, service: str) -> pl.DataFrame:
    """Return when each partner's scans told of a service, and that it was done."""
    ends = pl.col("code").is_in(_ENDS[service])
    return (
        scans.filter(pl.col("code").is_in(_BEGINS[service]))
        .group_by("parcel_id", "partner")
        .agg(
            seen_us=pl.col("at_us").max(),
            done_us=pl.col("at_us").filter(ends).min(),
            told_us=pl.col("told_us").filter(ends).min(),
            location_id=pl.col("location_id").max(),
        )
        .with_columns(service=pl.lit(service))
    )


def _counts() -> sa.ColumnElement[bool]:
    """Whether an event was never withdrawn."""
    withdrawn = sa.select(event.c.partner, event.c.corrects).where(
        event.c.code == "withdrawn", event.c.corrects.is_not(None)
    )
    return sa.tuple_(event.c.partner, event.c.source_event_id).not_in(withdrawn)


def _facts(connection: sa.Connection) -> pl.DataFrame:
    """Return what became of each parcel, whoever told it."""
    codes = (*_GONE, *_LAPSED, "redirected", "lost", "damaged")
    chosen = sa.select(
        event.c.parcel_id, event.c.code, event.c.event_time_us.label("at_us")
    ).where(event.c.code.in_(codes), _counts())
    schema: dict[str, type[pl.DataType]] = {
        "parcel_id": pl.String,
        "code": pl.String,
        "at_us": pl.Int64,
    }
    at = pl.col("at_us")
    told = (
        table_of(connection, chosen, schema)
        .group_by("parcel_id")
        .agg(
            gone_us=at.filter(pl.col("code").is_in(_GONE)).min(),
            collected_us=at.filter(pl.col("code") == "collected").min(),
            lapsed_us=at.filter(pl.col("code").is_in(_LAPSED)).min(),
            redirected_us=at.filter(pl.col("code") == "redirected").min(),
            lost_us=at.filter(pl.col("code") == "lost").max(),
            damaged_us=at.filter(pl.col("code") == "damaged").min(),
        )
    )
    state = parcel_state.c
    standing = table_of(
        connection,
        sa.select(state.parcel_id, state.state, state.weight_kg, state.cod_twd),
        {
            "parcel_id": pl.String,
            "state": pl.String,
            "weight_kg": pl.Float64,
            "cod_twd": pl.Float64,
        },
    )
    return standing.join(told, on="parcel_id", how="left")


def _with_outcome(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what became of the parcel in each partner's hands."""
    # A parcel that was lost and found again is not lost.
    lost = pl.when(pl.col("state") == "lost").then("lost_us")
    trouble = pl.coalesce(lost, "damaged_us")
    before = pl.when(pl.col("seen_us") <= trouble).then("seen_us")
    latest = before.max().over("parcel_id")
    had_it = before.is_not_null() & (before == latest)
    to_store = pl.col("service") == "store_delivery"
    lapsed = pl.col("lapsed_us").is_not_null() & pl.col("collected_us").is_null()
    return rows.with_columns(
        outcome=pl.when(had_it & lost.is_not_null())
        .then(pl.lit("lost"))
        .when(had_it)
        .then(pl.lit("damaged"))
        .when(to_store & lapsed)
        .then(pl.lit("uncollected"))
        .otherwise(pl.lit("delivered"))
    )


def _planned(connection: sa.Connection) -> pl.DataFrame:
    """Return each plan's day and store for a parcel, in the order of the plans."""
    chosen = (
        sa.select(
            event.c.parcel_id,
            event.c.event_time_us.label("planned_us"),
            run.c.plan_date,
            event.c.location_id.label("planned_store"),
        )
        .join_from(event, run, run.c.run_id == event.c.run_id)
        .where(event.c.code == "planned", run.c.plan_date.is_not(None), _counts())
        .order_by(event.c.event_time_us, run.c.run_id)
    )
    schema: dict[str, type[pl.DataType]] = {
        "parcel_id": pl.String,
        "planned_us": pl.Int64,
        "plan_date": pl.String,
        "planned_store": pl.String,
    }
    return table_of(connection, chosen, schema)


def _with_due(
    rows: pl.DataFrame, planned: pl.DataFrame, time_zone: str
) -> pl.DataFrame:
    """Add when a delivery was due by the last plan made before it was done."""
    joined = (
        rows.with_columns(at_us=pl.coalesce("done_us", "seen_us"))
        .sort("at_us", "parcel_id", "partner", "service")
        .join_asof(
            planned.sort("planned_us", maintain_order=True),
            left_on="at_us",
            right_on="planned_us",
            by="parcel_id",
            strategy="backward",
            check_sortedness=False,
        )
    )
    # A day that has no midnight (a clock put forward) ends with its first instant.
    ends = (
        pl.col("plan_date")
        .str.to_date()
        .dt.offset_by("1d")
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    is_return = pl.col("service") == "return"  # which our plans do not tell the ledger
    return joined.with_columns(
        due_at=pl.when(~is_return).then(ends),
        location_id=pl.coalesce(
            "location_id", pl.when(~is_return).then("planned_store")
        ),
    )


def _finished(rows: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """Return the rows under the contract, in their order."""
    arrived = _local(pl.col("done_us"), time_zone).dt.date()
    left = _local(pl.col("gone_us"), time_zone).dt.date()
    stored = pl.when(pl.col("service") == "store_delivery").then(
        (left - arrived).dt.total_days()
    )
    return rows.select(
        "parcel_id",
        "partner",
        "service",
        "charged_on",
        zone=pl.lit(None, dtype=pl.String),
        location_id="location_id",
        weight_kg="weight_kg",
        length_cm=pl.lit(None, dtype=pl.Float64),
        width_cm=pl.lit(None, dtype=pl.Float64),
        height_cm=pl.lit(None, dtype=pl.Float64),
        value_twd=pl.lit(None, dtype=pl.Float64),
        cod_twd=pl.col("cod_twd").fill_null(0.0),
        redirected=pl.col("redirected_us").is_not_null(),
        storage_days=stored.fill_null(0).clip(lower_bound=0),
        outcome="outcome",
        due_at="due_at",
        done_at=pl.col("done_us").cast(_INSTANT),
        told_at=pl.col("told_us").cast(_INSTANT),
    ).sort("charged_on", "parcel_id", "partner", "service")


def _local(us: pl.Expr, time_zone: str) -> pl.Expr:
    return us.cast(_INSTANT).dt.convert_time_zone(time_zone)
