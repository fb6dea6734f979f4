"""What a parcel to come costs on average: price, promotions, surcharges expected."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cstore_cli.partners.amounts import (
    UNITS,
    percent_of,
    percent_units,
    rounded,
    units_of,
)
from cstore_cli.settings.agreement import (
    AgreementVersion,
    Rate,
    Surcharge,
)
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.partners_allocate import ExpectedSettings

_0 = Decimal(0)


def suspended(clauses: Iterable[AgreementClause], what: str, day: dt.date) -> bool:
    """Whether a clause suspends such terms on a day."""
    return any(
        what in clause.suspends and clause.valid_from <= day <= clause.valid_to
        for clause in clauses
    )


@dataclass(frozen=True)
class _DayKind:
    """What days of one kind have in common."""

    percent_off: Decimal
    surcharges: tuple[int, ...]


def unit_prices(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    rate: Rate,
    zone: str,
    service: str,
    days: Sequence[dt.date],
    expected: ExpectedSettings,
) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    """
    Return a parcel's price after promotions, and its surcharges, by step of its rate.

    Parcels come evenly on the days of the month. Each line is rounded as the version
    says before it is weighted with its share of parcels; cash on delivery, returns,
    redirections and storage are those of brought parcels, and one fetched back counts
    as returned.

    Parameters
    ----------
    version, clauses
        The terms, and the exceptions to them.
    rate
        The rate that prices it.
    zone, service
        Where it goes and how.
    days
        The days of the month.
    expected
        What parcels to come will be like.
    """
    kinds = Counter(_kind(version, clauses, zone, service, day) for day in days)
    prices, extras = [], []
    for step in rate.prices.steps:
        price, extra = _0, _0
        for kind, count in kinds.items():
            after = rounded(units_of(step.price), version.rounding)
            percent = percent_units(kind.percent_off)
            after -= percent_of(after, percent, version.rounding)
            price += after * count
            extra += count * sum(
                (
                    _expected_of(version.surcharges[n], service, expected)
                    * _amount_of(version.surcharges[n], after, version, expected)
                    for n in kind.surcharges
                ),
                _0,
            )
        prices.append(price / (len(days) * UNITS))
        extras.append(extra / (len(days) * UNITS))
    return tuple(prices), tuple(extras)


def _kind(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    zone: str,
    service: str,
    day: dt.date,
) -> _DayKind:
    met = [
        promotion
        for promotion in version.promotions
        if promotion.valid_from <= day <= promotion.valid_to
        and (not promotion.services or service in promotion.services)
        and (not promotion.zones or zone in promotion.zones)
    ]
    surcharges = tuple(
        number
        for number, surcharge in enumerate(version.surcharges)
        if (surcharge.valid_from or version.valid_from) <= day
        and day <= (surcharge.valid_to or version.valid_to)
        and (not surcharge.services or service in surcharge.services)
        and not suspended(clauses, "surcharges", day)
    )
    best = max(met, key=lambda promotion: promotion.precedence, default=None)
    return _DayKind(best.percent if best else _0, surcharges)


def _expected_of(
    surcharge: Surcharge, service: str, expected: ExpectedSettings
) -> Decimal:
    """Return how often a parcel meets a surcharge, or for how many days."""
    fetched_back = service == "return"
    often = {
        "always": 1.0,
        "cod": 0.0 if fetched_back else expected.cod_share,
        "returned": 1.0 if fetched_back else expected.returned_share,
        "redirected": 0.0 if fetched_back else expected.redirected_share,
        "storage": 0.0 if fetched_back else expected.storage_days,
    }
    return Decimal(str(often[surcharge.when]))


def _amount_of(
    surcharge: Surcharge,
    price: int,
    version: AgreementVersion,
    expected: ExpectedSettings,
) -> int:
    """Return the units of a parcel that meets a surcharge; of storage: a day's."""
    if surcharge.amount is not None:
        return rounded(units_of(surcharge.amount), version.rounding)
    if surcharge.percent_of_price is not None:
        percent, of = surcharge.percent_of_price, price
    else:
        percent, of = surcharge.percent_of_cod or _0, units_of(expected.cod_twd)
    return percent_of(of, percent_units(percent), version.rounding)
