"""
The parcels that partners' prices are compared on, and what each would charge for them.

The price of a sort of parcels is that of its rate at the basket's volume (no more of it
than the version takes), with promotions and expected surcharges as they are on average
over the year to come, as far as the version reaches, less the rebates that such volumes
earn. Minimum charges and commitments are left out: they depend on who is given what.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from cstore_cli.partners.allocate.prices import unit_prices
from cstore_cli.partners.periods import MONTHS_IN
from cstore_cli.partners.rates import ANY_SIZE, rate_of, size_for
from cstore_cli.settings.agreement import AgreementVersion, Prices, Rate
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.partners_allocate import ExpectedSettings
from cstore_cli.settings.partners_rank import BasketRow

_YEAR = 365


@dataclass(frozen=True)
class Sort:
    """Parcels alike: so many of them in a month."""

    zone: str
    service: str
    weight_kg: float
    size: str
    parcels: float


@dataclass(frozen=True)
class Offer:
    """
    What a partner would charge: money per parcel of each sort, None: not carried.

    ``coverage`` is the share of the basket that it would take.
    """

    prices: tuple[float | None, ...]
    coverage: float


def basket_of(
    given: Sequence[BasketRow], volumes: pl.DataFrame | None
) -> tuple[Sort, ...]:
    """Return the basket that is given, else a month's mean of the volumes to come."""
    if given or volumes is None or volumes.is_empty():
        return tuple(
            Sort(
                row.zone, row.service, row.weight_kg, row.size or ANY_SIZE, row.parcels
            )
            for row in given
        )
    alike = ["zone", "service", "weight_kg", "size"]
    months = volumes["month"].n_unique()
    sums = (
        volumes.with_columns(pl.col("size").fill_null(ANY_SIZE))
        .group_by(alike)
        .agg(pl.col("parcels").sum() / months)
        .filter(pl.col("parcels") > 0)
        .sort(alike)
    )
    return tuple(Sort(*row) for row in sums.select(*alike, "parcels").iter_rows())


def offer_of(
    version: AgreementVersion,
    clauses: Sequence[AgreementClause],
    basket: Sequence[Sort],
    day: date,
    expected: ExpectedSettings,
    most_per_month: float | None = None,
) -> Offer:
    """Return what the version charges for the basket, or so many parcels of its mix."""
    rates = [_rate(version, sort) for sort in basket]
    carried = sum(s.parcels for s, rate in zip(basket, rates, strict=True) if rate)
    most = carried
    if version.quantities.maximum is not None:
        most = min(most, version.quantities.maximum / MONTHS_IN[version.quantities.per])
    if most_per_month is not None:
        most = min(most, most_per_month)
    of_rate: dict[str, float] = {}
    for sort, rate in zip(basket, rates, strict=True):
        if rate:
            parcels = sort.parcels * most / carried
            of_rate[rate.name] = of_rate.get(rate.name, 0.0) + parcels
    days = _days(version, day)
    rebate = _rebate(version, most)

    def price(sort: Sort, rate: Rate) -> float:
        prices, extras = unit_prices(
            version, clauses, rate, sort.zone, sort.service, days, expected
        )
        shares = _by_step(rate.prices, of_rate[rate.name] * MONTHS_IN[rate.prices.per])
        return sum(
            share * (float(prices[s]) * (1 - rebate) + float(extras[s]))
            for s, share in enumerate(shares)
        )

    total = sum(sort.parcels for sort in basket)
    return Offer(
        prices=tuple(
            None if rate is None else price(sort, rate)
            for sort, rate in zip(basket, rates, strict=True)
        ),
        coverage=most / total if total else 0.0,
    )


def _days(version: AgreementVersion, day: date) -> list[date]:
    """Return the days of the year to come that are in the version, one at least."""
    first = max(day, version.valid_from)
    last = min(first + timedelta(days=_YEAR - 1), version.valid_to)
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]


def mean_prices(
    basket: Sequence[Sort], offers: Mapping[str, Offer]
) -> dict[str, float | None]:
    """
    Return each partner's price of a parcel of the basket; None where it carries none.

    What it does not carry somebody else must: it is priced at the mean of those who do,
    so that nobody is cheap by leaving out what is dear. What nobody carries is left
    out.
    """
    others = [
        [p for offer in offers.values() if (p := offer.prices[k]) is not None]
        for k in range(len(basket))
    ]
    priced = [k for k, known in enumerate(others) if known]
    parcels = sum(basket[k].parcels for k in priced)
    found: dict[str, float | None] = {}
    for partner, offer in offers.items():
        if all(price is None for price in offer.prices):
            found[partner] = None
            continue
        cost = 0.0
        for k in priced:
            price = offer.prices[k]
            if price is None:
                price = sum(others[k]) / len(others[k])
            cost += price * basket[k].parcels
        found[partner] = cost / parcels
    return found


def _rate(version: AgreementVersion, sort: Sort) -> Rate | None:
    """Return the rate that prices a sort of parcels; None: not carried."""
    size = size_for(version, sort.size)
    return rate_of(version, sort.service, sort.zone, sort.weight_kg, size)


def _by_step(prices: Prices, parcels: float) -> list[float]:
    """Return the share of so many parcels of a period that each step prices."""
    firsts = [step.from_parcel for step in prices.steps]
    if prices.kind == "all_units":
        reached = sum(first <= max(parcels, 1) for first in firsts) - 1
        return [float(s == reached) for s in range(len(firsts))]
    ends = [*(first - 1 for first in firsts[1:]), math.inf]
    within = [
        max(0.0, min(end, parcels) - (first - 1))
        for first, end in zip(firsts, ends, strict=True)
    ]
    return [part / sum(within) for part in within]


def _rebate(version: AgreementVersion, per_month: float) -> float:
    """Return the share of prices that so many parcels a month get back."""
    return sum(
        float(rebate.percent) / 100
        for rebate in version.rebates
        if per_month * MONTHS_IN[rebate.per] >= rebate.from_parcels
    )
