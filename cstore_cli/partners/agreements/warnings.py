"""What is allowed in agreements and yet seldom meant; check tells it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from cstore_cli.errors import Fault
from cstore_cli.partners.agreements.term_faults import PER_YEAR, Version
from cstore_cli.settings.agreement_folder import AgreementFolder
from cstore_cli.settings.partners import PartnersSettings


def agreement_warnings(
    folder: AgreementFolder, settings: PartnersSettings
) -> Sequence[Fault]:
    """Return what to look at in agreements without faults, in file order."""
    told: list[Fault] = []
    signed = [it for it in folder.versions if it.terms.signed is not None]
    for _, versions in groupby(signed, lambda it: it.terms.agreement):
        told += _days_between(list(versions))
    for version in folder.versions:
        told += _dearer_steps(version)
        told += _out_of_reach(version)
        told += _above_stage(version, settings)
    return sorted(told)


def _days_between(versions: Sequence[Version]) -> Iterator[Fault]:
    """Yield days between two versions of an agreement, on which nothing has a price."""
    for before, after in pairwise(versions):
        first = before.terms.valid_to + timedelta(days=1)
        last = after.terms.valid_from - timedelta(days=1)
        if first <= last:
            days = f"on {first}" if first == last else f"from {first} to {last}"
            what = (
                f"no version of {after.terms.agreement} is in force {days}: parcels of "
                "these days have no price"
            )
            yield after.fault(("valid_from",), what)


def _dearer_steps(version: Version) -> Iterator[Fault]:
    """Yield steps at which a parcel becomes dearer."""
    for k, rate in enumerate(version.terms.rates):
        for j, (before, step) in enumerate(pairwise(rate.prices.steps)):
            if step.price > before.price:
                what = (
                    f"{rate.name}: from parcel {step.from_parcel} on {step.price} is "
                    f"dearer than {before.price}"
                )
                at = ("rates", k, "prices", "steps", j + 1, "price")
                yield version.fault(at, what)


def _out_of_reach(version: Version) -> Iterator[Fault]:
    """Yield rebates that begin above the most parcels there may be."""
    quantities = version.terms.quantities
    if quantities.maximum is None:
        return
    most = quantities.maximum * PER_YEAR[quantities.per]
    for k, rebate in enumerate(version.terms.rebates):
        if rebate.from_parcels * PER_YEAR[rebate.per] > most:
            what = (
                f"{rebate.name} begins at {rebate.from_parcels} per {rebate.per}; the "
                f"maximum is {quantities.maximum} per {quantities.per}"
            )
            yield version.fault(("rebates", k, "from_parcels"), what)


def _above_stage(version: Version, settings: PartnersSettings) -> Iterator[Fault]:
    """Yield commitments above what the partner's stage allows."""
    partner = settings.partners.get(version.terms.partner)
    rules = settings.stages.get(partner.stage) if partner else None
    if partner is None or rules is None or rules.most_parcels_per_month is None:
        return
    most = rules.most_parcels_per_month
    for k, promised in enumerate(version.terms.commitments):
        if promised.parcels * PER_YEAR[promised.per] > most * PER_YEAR["month"]:
            what = (
                f"{promised.parcels} per {promised.per} are promised; the stage "
                f"{partner.stage} allows {most} a month"
            )
            yield version.fault(("commitments", k, "parcels"), what)
