"""
Charging parcels by the agreements in force, month by month.

A month of a version is settled by itself, so that settling a range gives the lines that
settling its months one by one gives. Lines of a longer period are charged in the month
that holds its last day.

Prices by the count of a whole quarter or year (all_units) are charged month by month by
the count known at the month's end. Once the period is over, what its parcels, and all
that hangs on their prices (promotions, percentages, minimum charges, rebates, credits),
would have come to by the count of all of it is charged as corrections: lines of their
own on the period's last day.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from cstore_cli.partners.periods import DAY, cut, first_day, last_day, months_of, named
from cstore_cli.partners.settle.matching import Terms
from cstore_cli.partners.settle.month_sums import NOTHING, sums_by_month
from cstore_cli.partners.settle.parcel_charges import surcharge_columns, with_charges
from cstore_cli.partners.settle.period_lines import PeriodLine, not_over, period_lines
from cstore_cli.partners.settle.pricing import ORDER, priced
from cstore_cli.partners.settle.settlement import CORRECTION, SettledMonth, Settlement
from cstore_cli.partners.settle.totals import totals_of
from cstore_cli.settings.agreement import AgreementVersion, Period
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.agreement_folder import Agreements

Amounts = Counter[tuple[str, str]]


def settle(
    parcels: pl.DataFrame,
    terms: Terms,
    agreements: Agreements,
    first: dt.date,
    last: dt.date,
) -> Settlement:
    """
    Charge the parcels of the whole months from the first to the last day.

    Parameters
    ----------
    parcels
        As `matched` returns them, those with a fault put aside, from the first of
        January of ``first`` on: steps, rebates and promises count all of a period.
    terms, agreements
        What they were matched with, and the clauses.
    first, last
        First day of a month and last day of one.
    """
    parcels = parcels.filter(pl.col("charged_on") <= last).sort(*ORDER)
    months: list[SettledMonth] = []
    later: list[tuple[str, str]] = []
    notes: list[str] = []
    for place, version in enumerate(terms.versions):
        clauses = agreements.clauses_of(version.agreement)
        mine = parcels.filter(pl.col("version") == place)
        settled = [
            _month(version, clauses, mine, begins, ends)
            for begins, ends in months_of(version, first, last)
        ]
        if settled:
            ends = settled[-1].last
            later += [(version.partner, told) for told in not_over(version, ends)]
            notes += _notes(version, mine, settled)
            months += settled
    return Settlement(
        first=first,
        last=last,
        months=tuple(months),
        totals=totals_of(months),
        later=tuple(dict.fromkeys(later)),
        notes=tuple(notes),
    )


def _month(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    parcels: pl.DataFrame,
    begins: dt.date,
    ends: dt.date,
) -> SettledMonth:
    """Settle a month of a version with the parcels of its year so far."""
    year = cut(version, ends, "year")[0]
    parcels = parcels.filter(pl.col("charged_on").is_between(year, ends))
    charged = with_charges(version, clauses, priced(version, parcels, ends))
    sums = sums_by_month(version, clauses, charged)
    lines = period_lines(version, clauses, sums, ends)
    if begins > year and _any_closes(version, ends):
        before = begins - DAY
        known = priced(version, parcels, before)
        lines += _corrections(
            version,
            ends,
            _all_until(version, clauses, known, before),
            _all_until(version, clauses, priced(version, parcels, ends), before),
        )
    return SettledMonth(
        version=version,
        first=begins,
        last=ends,
        parcels=charged.filter(pl.col("charged_on") >= begins),
        lines=tuple(lines),
        sums=sums.get(first_day(ends, "month"), NOTHING),
    )


def _any_closes(version: AgreementVersion, ends: dt.date) -> bool:
    """Whether a quarter or year by whose count all its parcels are priced ends."""
    return any(
        cut(version, ends, rate.prices.per)[1] == ends
        for rate in version.rates
        if rate.prices.kind == "all_units"
        and rate.prices.per != "month"
        and len(rate.prices.steps) > 1
    )


def _all_until(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    parcels: pl.DataFrame,
    last: dt.date,
) -> Amounts:
    """What the year's months up to ``last`` come to, by kind and charge, in units."""
    rows = with_charges(version, clauses, parcels.filter(pl.col("charged_on") <= last))
    amounts: Amounts = Counter()
    for place, amount in rows.group_by("rate").agg(pl.col("price").sum()).iter_rows():
        amounts["price", version.rates[place].name] += amount
    promoted = rows.drop_nulls("promotion").group_by("promotion")
    for place, amount in promoted.agg(pl.col("promoted").sum()).iter_rows():
        amounts["promotion", version.promotions[place].name] += amount
    for column in surcharge_columns(version):
        amounts["surcharge", column.partition(":")[2]] += int(rows[column].sum())
    sums = sums_by_month(version, clauses, rows)
    year = cut(version, last, "year")[0]
    for _, ends in months_of(version, year, last):
        for line in period_lines(version, clauses, sums, ends):
            amounts[line.kind, line.charge] += line.amount
    return amounts


def _corrections(
    version: AgreementVersion, ends: dt.date, before: Amounts, after: Amounts
) -> Iterator[PeriodLine]:
    pers = {
        rate.prices.per
        for rate in version.rates
        if rate.prices.per != "month" and cut(version, ends, rate.prices.per)[1] == ends
    }
    periods = " and ".join(named(ends, per) for per in sorted(pers))
    for kind, charge in sorted({*before, *after}):
        amount = after[kind, charge] - before[kind, charge]
        if amount:
            yield PeriodLine(
                kind=CORRECTION,
                charge=charge,
                quantity=1,
                unit_price=None,
                amount=amount,
                charged_on=ends,
                why=f"{kind} of earlier months by the count of all of {periods}",
            )


def _notes(
    version: AgreementVersion, parcels: pl.DataFrame, settled: Sequence[SettledMonth]
) -> Iterator[str]:
    """Yield what of the tables may be missing."""
    year = cut(version, settled[0].first, "year")[0]
    longer: list[Period] = [
        *(it.per for it in version.rebates),
        *(it.per for it in version.commitments),
        *(it.prices.per for it in version.rates),
    ]
    counted = parcels.filter(pl.col("charged_on") <= last_day(year, "month"))
    if set(longer) != {"month"} and settled[0].first > year and counted.is_empty():
        yield (
            f"{version.partner}: the table has no parcel of {year:%Y-%m}, since when "
            f"{version.agreement} counts; its quarters and years may be short of some."
        )
    for month in settled:
        harmed = (
            pl.col("outcome").is_in(["lost", "damaged"]) & pl.col("value").is_null()
        )
        unknown = int(month.parcels.select(harmed.sum()).item())
        if unknown and version.risk is not None:
            yield (
                f"{version.partner}: {unknown} lost or damaged parcels of "
                f"{month.last:%Y-%m} have no value_twd; nothing is paid for them."
            )
