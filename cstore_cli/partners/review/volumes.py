"""Parcels that came against parcels promised, allowed and asked for, by period."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cstore_cli.partners.periods import cut, named, owed_days
from cstore_cli.partners.review.result import ReviewRow
from cstore_cli.partners.settle.settlement import SettledMonth, Settlement
from cstore_cli.settings.agreement import AgreementVersion, Commitment, Period
from cstore_cli.settings.agreement_folder import Agreements


def volume_rows(settlement: Settlement, agreements: Agreements) -> Iterator[ReviewRow]:
    """
    Yield what came in each month, and each period that is settled whole.

    Promised parcels are in proportion to the days that the commitment holds, as they
    are charged; what the partner takes at least and at most is not.
    """
    for month in settlement.months:
        yield ReviewRow(
            *_of(month.version),
            "volume",
            "parcels",
            named(month.last, "month"),
            actual=month.sums.num_parcels,
            amount=_charged(settlement, month),
        )
    for version in _versions(settlement):
        for commitment in version.commitments:
            for months in _periods(settlement, version, commitment.per):
                yield _promised(version, commitment, months, agreements)
        for months in _periods(settlement, version, version.quantities.per):
            yield from _allowed(version, months)


def _versions(settlement: Settlement) -> list[AgreementVersion]:
    found = {
        (it.version.agreement, it.version.version): it.version
        for it in settlement.months
    }
    return list(found.values())


def _periods(
    settlement: Settlement, version: AgreementVersion, per: Period
) -> Iterator[list[SettledMonth]]:
    """Yield the months of each period of a version that lies within the settlement."""
    mine = [it for it in settlement.months if it.version is version]
    by_period: dict[tuple[dt.date, dt.date], list[SettledMonth]] = {}
    for month in mine:
        by_period.setdefault(cut(version, month.last, per), []).append(month)
    for (first, last), months in by_period.items():
        if settlement.first <= first and last <= settlement.last:
            yield months


def _promised(
    version: AgreementVersion,
    commitment: Commitment,
    months: Sequence[SettledMonth],
    agreements: Agreements,
) -> ReviewRow:
    last = months[-1].last
    clauses = agreements.clauses_of(version.agreement)
    off = [it for it in clauses if "commitments" in it.suspends]
    part, days = owed_days(version, last, commitment.per, off)
    promised = commitment.parcels * part // days
    services, zones = commitment.services, commitment.zones
    came = sum(month.sums.num_of(services, zones) for month in months)
    fees = (
        line.amount
        for line in months[-1].lines
        if line.kind == "shortfall" and line.charge == commitment.name
    )
    counted = " in ".join(", ".join(some) for some in (services, zones) if some)
    told = [f"counts only {counted}"] if counted else []
    told += [f"owed for {part} of {days} days"] if part != days else []
    return ReviewRow(
        *_of(version),
        "commitment",
        commitment.name,
        named(last, commitment.per),
        promised=promised,
        actual=came,
        amount=sum(fees),
        told="; ".join(told),
    )


def _allowed(
    version: AgreementVersion, months: Sequence[SettledMonth]
) -> Iterator[ReviewRow]:
    """Yield parcels of a period that are fewer or more than the partner takes."""
    quantities = version.quantities
    period = named(months[-1].last, quantities.per)
    came = sum(month.sums.num_parcels for month in months)
    limits: list[tuple[str, int, str]] = []
    if 0 < came < quantities.minimum:
        limits.append(("minimum", quantities.minimum, "fewer than its smallest order"))
    if quantities.maximum is not None and came > quantities.maximum:
        limits.append(("maximum", quantities.maximum, "more than it takes"))
    for name, limit, told in limits:
        yield ReviewRow(
            *_of(version),
            "quantity",
            name,
            period,
            promised=limit,
            actual=came,
            told=told,
        )


def _of(version: AgreementVersion) -> tuple[str, str, int]:
    return version.partner, version.agreement, version.version


def _charged(settlement: Settlement, month: SettledMonth) -> int:
    """All that is charged for a month of a version, less credits."""
    version = month.version
    keys = (version.agreement, version.version, named(month.last, "month"))
    totals = settlement.totals
    mine = totals.select("agreement", "version", "month", "amount").iter_rows()
    return sum(amount for *of, amount in mine if tuple(of) == keys)
