"""
The lines of a month, quarter or year of a version, charged on the period's last day.

- minimum_charge: what a month's prices after promotion and surcharges lack of it.
- shortfall: fee for each parcel promised that did not come. What is promised, like the
  minimum charge, is in proportion to the calendar period's days that are in the version
  and not suspended; promised parcels are rounded down.
- rebate: percent of the period's prices after promotion, once enough parcels came.
- service credit: percent of the month's prices after promotion for each whole point
  missed, capped.

A top-up to the minimum charge stands in for prices, and rebates and credits are of it
too: else a lower price, topped up to the same minimum, would lower them and make the
total dearer.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cstore_cli.partners.amounts import (
    in_proportion,
    money_of,
    percent_of,
    percent_units,
    rounded,
    units_of,
)
from cstore_cli.partners.periods import (
    DAY,
    cut,
    first_day,
    named,
    owed_days,
)
from cstore_cli.partners.settle.levels_missed import measured, points_missed
from cstore_cli.partners.settle.month_sums import NOTHING, MonthSums
from cstore_cli.settings.agreement import (
    AgreementVersion,
    Commitment,
    Period,
    Rebate,
    ServiceLevel,
)
from cstore_cli.settings.agreement_clause import AgreementClause

Sums = Mapping[dt.date, MonthSums]


@dataclass(frozen=True)
class PeriodLine:
    """A charge of no single parcel; money in units, a credit below 0."""

    kind: str
    charge: str
    quantity: int
    unit_price: int | None
    amount: int
    charged_on: dt.date
    why: str


def period_lines(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    sums: Sums,
    last: dt.date,
) -> list[PeriodLine]:
    """
    Return the lines of the periods that end on ``last``, a month's end in the version.

    ``sums`` are those of all months of the year up to it, by first calendar day.
    """
    lines = [*_minimum_charge(version, clauses, sums, last)]
    for commitment in version.commitments:
        if cut(version, last, commitment.per)[1] == last:
            lines += _shortfall(version, commitment, clauses, sums, last)
    for rebate in version.rebates:
        if cut(version, last, rebate.per)[1] == last:
            lines += _rebate(version, rebate, clauses, sums, last)
    for level in version.service_levels:
        lines += _credit(version, level, clauses, sums, last)
    return lines


def not_over(version: AgreementVersion, last: dt.date) -> Iterator[str]:
    """Yield what of periods that are not over on ``last`` is charged later."""
    terms: list[tuple[str, Period]] = [
        *((f"shortfall {it.name}", it.per) for it in version.commitments),
        *((f"rebate {it.name}", it.per) for it in version.rebates),
        *(
            (f"correction of {it.name} by the count of all the period", it.prices.per)
            for it in version.rates
            if it.prices.kind == "all_units" and len(it.prices.steps) > 1
        ),
    ]
    for what, per in terms:
        ends = cut(version, last, per)[1]
        if ends > last:
            period = named(last, per)
            yield f"{what} of {period}: in the settlement of {ends:%Y-%m}"


def _months(version: AgreementVersion, last: dt.date, per: Period) -> Iterator[dt.date]:
    """Yield the first calendar days of the period's months up to ``last``."""
    day = cut(version, last, per)[0]
    while day <= last:
        yield first_day(day, "month")
        day = cut(version, day, "month")[1] + DAY


def _minimum_charge(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    sums: Sums,
    last: dt.date,
) -> Iterator[PeriodLine]:
    month = sums.get(first_day(last, "month"), NOTHING)
    short = _top_up(version, clauses, month, last)
    if short:
        least = _least(version, clauses, last)
        yield PeriodLine(
            kind="minimum_charge",
            charge="minimum_charge",
            quantity=1,
            unit_price=None,
            amount=short,
            charged_on=last,
            why=f"{named(last, 'month')}: prices and surcharges are "
            f"{money_of(month.prices + month.surcharges)} of at least "
            f"{money_of(least)}{_days_told(version, clauses, last, 'month')}",
        )


def _least(
    version: AgreementVersion, clauses: Sequence[AgreementClause], last: dt.date
) -> int:
    """The minimum charge of the month that ends on ``last``."""
    whole = units_of(version.payment.minimum_charge or 0)
    off = [it for it in clauses if "minimum_charge" in it.suspends]
    part, days = owed_days(version, last, "month", off)
    return in_proportion(whole, part, days, version.rounding)


def _top_up(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    month: MonthSums,
    last: dt.date,
) -> int:
    charged = month.prices + month.surcharges
    return max(0, _least(version, clauses, last) - charged)


def _days_told(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    last: dt.date,
    per: Period,
    term: str = "minimum_charge",
) -> str:
    off = [it for it in clauses if term in it.suspends]
    part, days = owed_days(version, last, per, off)
    if part == days:
        return ""
    first = cut(version, last, per)[0]
    names = [it.clause for it in off if it.valid_from <= last and it.valid_to >= first]
    by = f", {' and '.join(names)}" if names else ""
    return f" ({part} of {days} days{by})"


def _shortfall(
    version: AgreementVersion,
    commitment: Commitment,
    clauses: Sequence[AgreementClause],
    sums: Sums,
    last: dt.date,
) -> Iterator[PeriodLine]:
    off = [it for it in clauses if "commitments" in it.suspends]
    part, days = owed_days(version, last, commitment.per, off)
    promised = commitment.parcels * part // days
    came = sum(
        sums.get(month, NOTHING).num_of(commitment.services, commitment.zones)
        for month in _months(version, last, commitment.per)
    )
    missing = promised - came
    if missing > 0:
        fee = units_of(commitment.shortfall_fee)
        told = _days_told(version, clauses, last, commitment.per, "commitments")
        yield PeriodLine(
            kind="shortfall",
            charge=commitment.name,
            quantity=missing,
            unit_price=fee,
            amount=rounded(fee * missing, version.rounding),
            charged_on=last,
            why=f"{named(last, commitment.per)}: {came} parcels came of {promised} "
            f"promised{told}",
        )


def _base(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    sums: Sums,
    months: Sequence[dt.date],
) -> int:
    """Prices after promotion of some months, with what tops them up."""
    base = 0
    for month in months:
        ends = cut(version, max(month, version.valid_from), "month")[1]
        of_month = sums.get(month, NOTHING)
        base += of_month.prices + _top_up(version, clauses, of_month, ends)
    return base


def _rebate(
    version: AgreementVersion,
    rebate: Rebate,
    clauses: Sequence[AgreementClause],
    sums: Sums,
    last: dt.date,
) -> Iterator[PeriodLine]:
    months = list(_months(version, last, rebate.per))
    came = sum(sums.get(month, NOTHING).num_parcels for month in months)
    if came >= rebate.from_parcels:
        base = _base(version, clauses, sums, months)
        percent = percent_units(rebate.percent)
        yield PeriodLine(
            kind="rebate",
            charge=rebate.name,
            quantity=1,
            unit_price=None,
            amount=-percent_of(base, percent, version.rounding),
            charged_on=last,
            why=f"{named(last, rebate.per)}: {came} parcels came, from "
            f"{rebate.from_parcels} on {rebate.percent.normalize():f} % of "
            f"{money_of(base)}",
        )


def _credit(
    version: AgreementVersion,
    level: ServiceLevel,
    clauses: Sequence[AgreementClause],
    sums: Sums,
    last: dt.date,
) -> Iterator[PeriodLine]:
    month = first_day(last, "month")
    value = measured(level, sums.get(month, NOTHING).levels)
    points = 0 if value is None else points_missed(level, value)
    if value is not None and points:
        each, most = (
            percent_units(level.credit_percent),
            percent_units(level.most_percent),
        )
        base = _base(version, clauses, sums, [month])
        percent = min(points * each, most)
        yield PeriodLine(
            kind="service_credit",
            charge=level.measure,
            quantity=points,
            unit_price=None,
            amount=-percent_of(base, percent, version.rounding),
            charged_on=last,
            why=f"{named(last, 'month')}: {float(value):.4f} measured, "
            f"{level.promised:g} promised, {points} whole points missed: "
            f"{percent / 10_000:g} % of {money_of(base)}",
        )
