"""What a settlement comes to."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cstore_cli.partners.settle.month_sums import MonthSums
from cstore_cli.partners.settle.period_lines import PeriodLine
from cstore_cli.settings.agreement import AgreementVersion

KINDS = (
    *("price", "promotion", "surcharge", "compensation"),
    *("minimum_charge", "shortfall", "rebate", "service_credit", "correction"),
)
"""Kinds of charges, in the order in which they are told."""
CORRECTION = "correction"


@dataclass(frozen=True, eq=False)
class SettledMonth:
    """
    A month of a version, cut off where the version begins or ends.

    ``parcels`` has a row per parcel, in order, with its charges in columns (see
    `parcel_charges`); ``lines`` are those of no single parcel.
    """

    version: AgreementVersion
    first: dt.date
    last: dt.date
    parcels: pl.DataFrame
    lines: tuple[PeriodLine, ...]
    sums: MonthSums


@dataclass(frozen=True, eq=False)
class Settlement:
    """
    All months that were settled, by partner, agreement, version and month.

    ``totals`` is the table of sums: partner, agreement, version, month, kind, charge,
    lines, quantity, and amount in units. ``later`` says what is charged only when its
    period is over, ``notes`` what the reader should know.
    """

    first: dt.date
    last: dt.date
    months: tuple[SettledMonth, ...]
    totals: pl.DataFrame
    later: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def partners(self) -> Iterator[str]:
        """Yield the partners settled with, each once, in order."""
        yield from dict.fromkeys(month.version.partner for month in self.months)

    def total_of(self, partner: str) -> int:
        """Return what a partner is owed, in units."""
        mine = self.totals.filter(pl.col("partner") == partner)
        return int(mine["amount"].sum())
