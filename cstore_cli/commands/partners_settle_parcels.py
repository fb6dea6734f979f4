"""The parcels of a settlement: from the table bit by bit, or from the ledger."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cstore_cli.commands.partners_ledger import TABLE, parcels_in_ledger
from cstore_cli.errors import Fault
from cstore_cli.partners.settle.matching import FAULT, Terms, matched
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.first_rows import FirstRows
from cstore_cli.tables.partners import PartnerParcels
from cstore_cli.tables.read import Table, put_aside, read_batches
from cstore_cli.tables.reader import sources_of

_KEY = ("partner", "parcel_id", "service")


@dataclass(frozen=True, eq=False)
class Carried:
    """
    What partners carried from the year's beginning to the settlement's last day.

    ``rows`` are matched with their terms, without fault; ``known`` are all rows of the
    parcels asked for, whoever carried them: parcel_id, partner, service, charged_on.
    ``ends`` is the last day of any parcel that was read.
    """

    rows: pl.DataFrame
    rejected: pl.DataFrame
    faults: tuple[Fault, ...]
    known: pl.DataFrame
    num_read: int
    ends: dt.date | None


def carried(
    settings: PartnersSettings,
    terms: Terms,
    chosen: Collection[str],
    first: dt.date,
    last: dt.date,
    given: Mapping[str, Path],
    sought: pl.Series,
) -> Carried:
    """
    Read and match the parcels of the ``chosen`` partners.

    Rows of other partners of the settings, or before the year of ``first`` or after
    ``last``, are passed over. ``sought`` are ids of parcels to know more of.

    Raises
    ------
    InputError
        When there is neither a table nor a ledger, or the table cannot be read.
    """
    source = sources_of(settings.network.tables, settings.tables, given, last).get(
        TABLE
    )
    begins = dt.date(first.year, 1, 1)
    if source is not None:
        zone = settings.network.time_zone
        tables = read_batches(source, PartnerParcels, zone)
    else:
        source = TableSource(path=TABLE)
        tables = iter([_from_ledger(settings, begins, last)])
    parts: list[pl.DataFrame] = []
    known: list[pl.DataFrame] = []
    rejected: list[pl.DataFrame] = []
    faults: list[Fault] = []
    num_read = 0
    firsts = FirstRows()
    others = [name for name in settings.partners if name not in chosen]
    days: list[dt.date] = []
    for batch in tables:
        num_read += batch.num_read
        days += batch.frame["charged_on"].unique().drop_nulls().to_list()
        known.append(
            batch.frame.select("parcel_id", "partner", "service", "charged_on").filter(
                pl.col("parcel_id").is_in(sought.implode())
            )
        )
        theirs = ~pl.col("partner").is_in(others)
        mine = pl.col("charged_on").is_between(begins, last) & theirs
        # What was charged in an earlier year is not charged again.
        before = batch.frame.filter(theirs, pl.col("charged_on") < begins)
        firsts.repeated(_keys(before), before["line"])
        rows = matched(batch.frame.filter(mine), terms)
        bad = [*_faults(rows, source.path)]
        bad += _repeated(batch.frame.filter(mine), rows, firsts, source.path)
        table = put_aside(batch, bad) if bad else batch
        rejected.append(table.rejected)
        faults += table.faults
        wrong = {fault.line for fault in bad}
        parts.append(
            rows.filter(~pl.col("line").is_in(list(wrong))).drop(FAULT, "line")
        )
    return Carried(
        rows=pl.concat(parts),
        rejected=pl.concat(rejected, how="diagonal_relaxed"),
        faults=tuple(faults),
        known=pl.concat(known),
        num_read=num_read,
        ends=max(days, default=None),
    )


def _faults(rows: pl.DataFrame, path: str) -> Iterator[Fault]:
    wrong = rows.filter(pl.col(FAULT).is_not_null()).select("line", FAULT)
    for line, said in wrong.iter_rows():
        column, colon, what = said.partition(": ")
        yield Fault(path, line, column, what) if colon else Fault(path, line, "", said)


def _keys(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.concat_str(*_KEY, separator="\n")).to_series()


def _repeated(
    frame: pl.DataFrame, rows: pl.DataFrame, firsts: FirstRows, path: str
) -> list[Fault]:
    """Faults of good rows whose partner, parcel and service a good row above has."""
    good = rows[FAULT].is_null()
    sound = frame.filter(good)
    keys = _keys(sound)
    return [
        Fault(
            path,
            line,
            "parcel_id",
            f"{key.split(chr(10))[1]!r} is repeated for its partner and service (first "
            f"in line {first})",
            "the first is kept",
        )
        for key, line, first in firsts.repeated(keys, sound["line"]).iter_rows()
    ]


def _from_ledger(settings: PartnersSettings, first: dt.date, last: dt.date) -> Table:
    """Return what the ledger knows, as a table; a row's number stands for its line."""
    frame = parcels_in_ledger(settings, first, last)
    raw = frame.select(pl.all().cast(pl.String))
    rows = frame.insert_column(
        0, pl.int_range(1, len(frame) + 1, eager=True).alias("line")
    )
    rejected = pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String})
    return Table(rows, raw, rejected, ())


def set_aside(rejected: pl.DataFrame, sought: Sequence[str]) -> dict[str, str]:
    """Return why rows of the parcels sought were put aside."""
    if "parcel_id" not in rejected.columns:
        return {}
    mine = rejected.filter(pl.col("parcel_id").is_in(sought))
    return dict(mine.select("parcel_id", "reason").iter_rows())
