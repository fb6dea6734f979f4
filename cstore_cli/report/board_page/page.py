"""board.html: every shelf by age, how full it is, and the parcels on it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.report.board import WAITING
from cstore_cli.report.board_page.ageing import AGES, aged, by_day, counts_of_stores
from cstore_cli.report.figures import tenths
from cstore_cli.report.holds import ending_told
from cstore_cli.report.page.page import page

MOST_PARCELS = 10_000
"""Parcels that a page lists at most, the oldest."""
MOST_STORES = 2_000
"""Stores that a page lists at most, those with the oldest parcels."""
_MOST_DAYS = 60
_FULL = 100.0
_SUMMED = (
    *("held", "to_fetch", "overdue", "due_today", "extended", "not_begun"),
    *(f"age_{number}" for number in range(len(AGES))),
)


@dataclass(frozen=True, eq=False)
class Shelves:
    """
    What stands on shelves at ``now``.

    ``parcels`` are under `SHELVED`; ``stores`` is the board's table of them. ``known``
    says whether deadlines are.
    """

    parcels: pl.DataFrame
    stores: pl.DataFrame
    now: dt.datetime
    time_zone: str
    known: bool


def board_page(
    title: str,
    lead: Sequence[str],
    shelves: Shelves,
    tables: Sequence[Mapping[str, Any]],
    *,
    all_in: str,
) -> bytes:
    """
    Return the page of shelves.

    Parameters
    ----------
    title, lead
        What it is of, and the sentences that say most, first.
    shelves
        What is shown.
    tables
        What else the command tells: mappings of caption, columns (name, whether it
        has figures) and rows of text.
    all_in
        Where parcels and stores are that the page has no room for.
    """
    parcels = aged(shelves.parcels, shelves.now, shelves.time_zone)
    counts = counts_of_stores(parcels)
    stores = shelves.stores.join(counts, on="store_id", how="left").sort(
        "oldest_days", "store_id", descending=[True, False], nulls_last=True
    )
    shown = stores.head(MOST_STORES)
    most = max((max(row) for row in _ages(stores).iter_rows()), default=0)
    return page(
        "board.html",
        title=title,
        lead=lead,
        known=shelves.known,
        totals={name: int(stores[name].sum()) for name in _SUMMED},
        litres=tenths(float(parcels["litres"].sum())),
        num_parcels=len(parcels),
        num_stores=len(stores),
        oldest=stores["oldest_days"].max(),
        num_full=len(stores.filter(pl.col("shelf_used_percent") >= _FULL)),
        ages=[_age_told(first, last) for first, last in AGES],
        waiting=WAITING,
        days=list(_days(by_day(parcels))),
        stores=[_store(row, most) for row in shown.to_dicts()],
        chains=stores["chain"].drop_nulls().unique().sort().to_list(),
        listed=_listed(parcels.head(MOST_PARCELS), shelves.time_zone),
        most_stores=MOST_STORES,
        most_parcels=MOST_PARCELS,
        tables=tables,
        all_in=all_in,
    )


def _ages(stores: pl.DataFrame) -> pl.DataFrame:
    return stores.select(f"age_{number}" for number in range(len(AGES)))


def _age_told(first: int, last: int | None) -> str:
    if last is None:
        return f"{first} or more"
    return f"{first}" if first == last else f"{first} to {last}"


def _days(days: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield parcels by days waited; the many days at the end in one row."""
    most = max(days["parcels"].to_list(), default=1)
    for row in days.head(_MOST_DAYS).to_dicts():
        waits = row["parcels"] - row["to_fetch"]
        yield row | {"waits": waits / most, "goes": row["to_fetch"] / most}
    rest = days.slice(_MOST_DAYS)
    if len(rest):
        parcels, goes = int(rest["parcels"].sum()), int(rest["to_fetch"].sum())
        told = f"{rest['days'][0]} or more"
        yield {"days": told, "parcels": parcels, "to_fetch": goes} | {
            "waits": min(1.0, (parcels - goes) / most),
            "goes": 0.0,
        }


def _store(row: Mapping[str, Any], most: int) -> dict[str, Any]:
    used = row["shelf_used_percent"]
    return {
        **row,
        "litres": tenths(row["litres"]),
        "oldest": "" if row["oldest_days"] is None else tenths(row["oldest_days"]),
        "used": "" if used is None else tenths(used),
        "share": min(1.0, (used or 0.0) / _FULL),
        "full": used is not None and used >= _FULL,
        "heat": [
            (row[f"age_{number}"], row[f"age_{number}"] / (most or 1))
            for number in range(len(AGES))
        ],
    }


def _listed(parcels: pl.DataFrame, time_zone: str) -> dict[str, Any]:
    """Return the parcels as columns, for the page's script."""
    zone = ZoneInfo(time_zone)
    ready = [
        "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
        for at in parcels["ready_at"]
    ]
    ends = [
        "" if at is None else ending_told(at.astimezone(zone).isoformat())
        for at in parcels["deadline"]
    ]
    return {
        "parcel": parcels["parcel_id"].to_list(),
        "store": parcels["store_id"].to_list(),
        "ready": ready,
        "days": parcels["days"].to_list(),
        "litres": parcels["litres"].round(1).to_list(),
        "deadline": ends,
        "extension": parcels["extension_days"].fill_null(0).to_list(),
        "standing": parcels["standing"].to_list(),
        "rule": parcels["rule"].fill_null("").to_list(),
        "to_fetch": (~parcels["waits"]).to_list(),
        "overdue": parcels["overdue"].to_list(),
        "due_today": parcels["due_today"].to_list(),
        "extended": parcels["extended"].to_list(),
    }
