"""What a version's parcels add up to, month by month: all that period lines need."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cstore_cli.partners.periods import period_start
from cstore_cli.partners.settle.levels_missed import COUNTS, level_counts
from cstore_cli.partners.settle.parcel_charges import (
    after_promotion,
    surcharge_columns,
    suspended,
)
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause


@dataclass(frozen=True)
class MonthSums:
    """
    A month of a version; money in units.

    ``prices`` are after promotion; ``parcels`` counts by (service, zone); ``levels`` is
    what service levels are measured from.
    """

    prices: int
    surcharges: int
    parcels: Mapping[tuple[str, str], int]
    levels: Mapping[str, int]

    @property
    def num_parcels(self) -> int:
        """All parcels of the month."""
        return sum(self.parcels.values())

    def num_of(self, services: Sequence[str], zones: Sequence[str]) -> int:
        """Return the parcels of some services and zones; none named: all."""
        return sum(
            number
            for (service, zone), number in self.parcels.items()
            if (not services or service in services) and (not zones or zone in zones)
        )


NOTHING = MonthSums(0, 0, {}, dict.fromkeys(COUNTS, 0))


def sums_by_month(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    rows: pl.DataFrame,
) -> dict[dt.date, MonthSums]:
    """Return the sums of charged parcels by the first day of their calendar month."""
    month = period_start(pl.col("charged_on"), "month").alias("month")
    surcharges = [
        pl.col(name).fill_null(0).sum() for name in surcharge_columns(version)
    ]
    money = rows.group_by(month).agg(
        after_promotion().sum().alias("prices"),
        pl.sum_horizontal(pl.lit(0, dtype=pl.Int64), *surcharges).alias("surcharges"),
        *level_counts(~suspended(clauses, "service_levels")),
    )
    counts = rows.group_by(month, "service", "zone").len()
    parcels: dict[dt.date, dict[tuple[str, str], int]] = {}
    for day, service, zone, number in counts.iter_rows():
        parcels.setdefault(day, {})[service, zone] = number
    return {
        row["month"]: MonthSums(
            prices=row["prices"],
            surcharges=row["surcharges"],
            parcels=parcels[row["month"]],
            levels={name: row[name] or 0 for name in COUNTS},
        )
        for row in money.iter_rows(named=True)
    }
