"""The past months held against the terms, and against the terms of other partners."""

import datetime as dt
from collections.abc import Iterator, Mapping

import polars as pl

from cstore_cli.partners.periods import DAY, first_day, named
from cstore_cli.partners.review.dates import due_days
from cstore_cli.partners.review.elsewhere import (
    Present,
    cheaper_zones,
    other_terms,
    present,
)
from cstore_cli.partners.review.levels import level_rows
from cstore_cli.partners.review.result import Review, ReviewRow, Revision
from cstore_cli.partners.review.revisions import PresentTerms, suggested
from cstore_cli.partners.review.terms import Looking, charged
from cstore_cli.partners.review.volumes import volume_rows
from cstore_cli.partners.settle.matching import FAULT, matched, terms_of
from cstore_cli.partners.settle.settle import settle
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.partners.version_on import version_on
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.partners import PartnersSettings


def months_before(day: dt.date, months: int) -> tuple[dt.date, dt.date]:
    """Return the first and last day of so many whole months before a day."""
    last = first_day(day, "month") - DAY
    first = last
    for _ in range(months - 1):
        first = first_day(first, "month") - DAY
    return first_day(first, "month"), last


def review(
    settings: PartnersSettings,
    agreements: Agreements,
    parcels: pl.DataFrame,
    zone_of: Mapping[str, str],
    day: dt.date,
) -> Review:
    """
    Hold the months before ``day`` against the terms, and suggest revisions.

    Volumes, fees and credits are those of the versions in force, as they are settled.
    Other terms and revisions are tried on the present version of each partner (an offer
    where none is signed), as if it had held all the time.

    Parameters
    ----------
    settings, agreements
        The partners, what their stages allow, and the terms.
    parcels
        Under `PartnerParcels`, with their ``line``, from the year's beginning on.
    zone_of
        The zone of each location.
    day
        The day of the review.
    """
    first, last = months_before(day, settings.review.months)
    zones = list(settings.zones)
    looking = Looking(first, last, zones, zone_of, agreements.clauses)
    within = parcels.filter(pl.col("charged_on").is_between(first, last))
    terms = terms_of(agreements, tuple(settings.partners), zones, zone_of)
    met = matched(parcels.filter(pl.col("charged_on") <= last), terms)
    faulty = met.filter(pl.col(FAULT).is_not_null())
    settlement = settle(
        met.filter(pl.col(FAULT).is_null()), terms, agreements, first, last
    )
    period = f"{named(first, 'month')} to {named(last, 'month')}"
    levels = list(level_rows(within, settlement, agreements, period))
    everybody = dict(_everybody(settings, agreements, within, looking, day))
    rows = (
        *_charges(settlement, period),
        *volume_rows(settlement, agreements),
        *levels,
        *other_terms(everybody, looking, period),
    )
    revisions = [
        *_suggested(settings, agreements, within, looking, day, levels),
        *cheaper_zones(everybody, zones, looking),
    ]
    return Review(
        day=day,
        first=first,
        last=last,
        num_parcels=len(within),
        num_refused=int(faulty["charged_on"].is_between(first, last).sum()),
        rows=rows,
        due=tuple(due_days(agreements, day, settings.review.warn_days)),
        revisions=tuple(sorted(revisions, key=lambda it: (-it.saving, it.partner))),
        notes=settlement.notes,
    )


def _charges(settlement: Settlement, period: str) -> Iterator[ReviewRow]:
    """Yield what each version's parcels came to, by kind of charge."""
    keys = ["partner", "agreement", "version", "kind"]
    sums = settlement.totals.group_by(keys, maintain_order=True).agg(
        pl.col("amount").sum()
    )
    for partner, agreement, version, kind, amount in sums.iter_rows():
        yield ReviewRow(
            partner, agreement, version, "charges", kind, period, amount=amount
        )


def _everybody(
    settings: PartnersSettings,
    agreements: Agreements,
    parcels: pl.DataFrame,
    looking: Looking,
    day: dt.date,
) -> Iterator[tuple[str, Present]]:
    for name, partner in settings.partners.items():
        version = version_on(agreements, name, day)
        if version is not None:
            most = settings.stages[partner.stage].most_parcels_per_month
            own = parcels.filter(pl.col("partner") == name)
            yield name, present(version, most, own, looking)


def _suggested(
    settings: PartnersSettings,
    agreements: Agreements,
    parcels: pl.DataFrame,
    looking: Looking,
    day: dt.date,
    levels: list[ReviewRow],
) -> Iterator[Revision]:
    for name in settings.partners:
        version = version_on(agreements, name, day)
        own = parcels.filter(pl.col("partner") == name)
        if version is None or own.is_empty():
            continue
        by_measure = {row.name: row for row in levels if row.partner == name}
        terms = PresentTerms(version, charged(version, own, looking), by_measure)
        yield from suggested(terms, looking, settings.review)
