"""Whether the terms of one version make sense, each by itself and beside the others."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import TypeAlias, get_args

from cstore_cli.errors import Fault
from cstore_cli.partners.rates import size_classes
from cstore_cli.settings.agreement import AgreementVersion, Measure, Period, Promotion
from cstore_cli.settings.agreement_folder import Written
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.yaml_file import did_you_mean

Version: TypeAlias = Written[AgreementVersion]

PER_YEAR: dict[Period, int] = {"month": 12, "quarter": 4, "year": 1}
"""Periods in a year."""
_OWN_CHARGES = ("minimum_charge", "compensation", *get_args(Measure))
"""What lines are called that no term names: also credits, by their measure."""
_IN_HOURS = "data_delay_h"
_HUNDRED = 100


def term_faults(version: Version, settings: PartnersSettings) -> Iterator[Fault]:
    """Yield what is wrong with the terms of a version."""
    yield from _unknown_names(version, settings)
    yield from _repeated_names(version)
    yield from _size_faults(version)
    yield from _rate_faults(version)
    yield from _day_faults(version)
    yield from _promotion_faults(version)
    yield from _quantity_faults(version)
    yield from _rebate_faults(version)
    yield from _service_level_faults(version)


def _unknown_names(version: Version, settings: PartnersSettings) -> Iterator[Fault]:
    """Yield a partner, zones and size classes that are nowhere explained."""
    terms = version.terms
    partners, zones = list(settings.partners), list(settings.zones)
    sizes = [name for name, _ in size_classes(terms)]
    yield from _strange(version, ("partner",), terms.partner, "partner", partners)
    for key in ("rates", "not_carried", "promotions", "commitments"):
        for k, term in enumerate(getattr(terms, key)):
            for j, zone in enumerate(term.zones):
                yield from _strange(version, (key, k, "zones", j), zone, "zone", zones)
    for key in ("rates", "not_carried"):
        for k, term in enumerate(getattr(terms, key)):
            for j, size in enumerate(term.sizes):
                at = (key, k, "sizes", j)
                yield from _strange(version, at, size, "size class", sizes)


def _strange(
    version: Version,
    location: Sequence[str | int],
    name: str,
    kind: str,
    known: Sequence[str],
) -> Iterator[Fault]:
    if name not in known:
        mend = did_you_mean(name, known) or f"known: {', '.join(known)}"
        yield version.fault(location, f"{name!r} is no {kind}", mend)


def _repeated_names(version: Version) -> Iterator[Fault]:
    """Yield names that two terms have: a line of charges could not tell them apart."""
    seen = dict.fromkeys(_OWN_CHARGES, "a charge of its own")
    for key in ("rates", "surcharges", "promotions", "commitments", "rebates"):
        for k, term in enumerate(getattr(version.terms, key)):
            if term.name in seen:
                what = f"{term.name!r} is the name of {seen[term.name]} too"
                yield version.fault((key, k, "name"), what, "name it otherwise")
            seen.setdefault(term.name, f"{key}.{k}")


def _size_faults(version: Version) -> Iterator[Fault]:
    """Yield size classes that are not larger than the one before."""
    for (before, smaller), (name, larger) in pairwise(version.terms.sizes.items()):
        if larger <= smaller:
            what = f"{larger} cm is not more than the {smaller} of {before}"
            yield version.fault(("sizes", name), what, "write the smallest first")


def _rate_faults(version: Version) -> Iterator[Fault]:
    """Yield empty weight bands and steps out of order."""
    for key in ("rates", "not_carried"):
        for k, band in enumerate(getattr(version.terms, key)):
            if band.to_kg is not None and band.to_kg <= band.over_kg:
                what = f"{band.to_kg:g} is not more than over_kg, {band.over_kg:g}"
                yield version.fault((key, k, "to_kg"), what)
    for k, rate in enumerate(version.terms.rates):
        at = ("rates", k, "prices", "steps")
        first = rate.prices.steps[0].from_parcel
        if first != 1:
            what = f"the first step begins at parcel {first}; none before has a price"
            yield version.fault((*at, 0, "from_parcel"), what, "begin with 1")
        for j, (before, step) in enumerate(pairwise(rate.prices.steps)):
            if step.from_parcel <= before.from_parcel:
                what = f"{step.from_parcel} does not come after {before.from_parcel}"
                mend = "write the steps lowest first"
                yield version.fault((*at, j + 1, "from_parcel"), what, mend)


def _day_faults(version: Version) -> Iterator[Fault]:
    """Yield days of surcharges and promotions outside the version or out of order."""
    first, last = version.terms.valid_from, version.terms.valid_to
    for key in ("surcharges", "promotions"):
        for k, term in enumerate(getattr(version.terms, key)):
            begins, ends = term.valid_from or first, term.valid_to or last
            for name, day in (("valid_from", begins), ("valid_to", ends)):
                if not first <= day <= last:
                    what = f"{day} is outside the version, {first} to {last}"
                    yield version.fault((key, k, name), what)
            if ends < begins:
                what = f"{ends} is before valid_from, {begins}"
                yield version.fault((key, k, "valid_to"), what)


def _promotion_faults(version: Version) -> Iterator[Fault]:
    """Yield promotions of which the terms do not say which counts."""
    numbered = list(enumerate(version.terms.promotions))
    for (_, one), (k, other) in combinations(numbered, 2):
        if one.precedence == other.precedence and _meet(one, other):
            what = f"meets parcels that {one.name} meets, with the same precedence"
            mend = "give one of them the higher precedence"
            yield version.fault(("promotions", k), what, mend)


def _meet(one: Promotion, other: Promotion) -> bool:
    """Whether a parcel may be in both; no services or zones named: all."""
    days = one.valid_from <= other.valid_to and other.valid_from <= one.valid_to
    return days and all(
        not mine or not theirs or bool(set(mine) & set(theirs))
        for mine, theirs in (
            (one.services, other.services),
            (one.zones, other.zones),
        )
    )


def _quantity_faults(version: Version) -> Iterator[Fault]:
    """Yield quantities that nobody can keep to."""
    quantities = version.terms.quantities
    most = quantities.maximum
    if most is None:
        return
    if quantities.minimum > most:
        what = f"{quantities.minimum} is above the maximum, {most}"
        yield version.fault(("quantities", "minimum"), what)
    for k, promised in enumerate(version.terms.commitments):
        if promised.parcels * PER_YEAR[promised.per] > most * PER_YEAR[quantities.per]:
            what = (
                f"{promised.parcels} per {promised.per} are above the maximum, {most} "
                f"per {quantities.per}"
            )
            yield version.fault(("commitments", k, "parcels"), what)


def _rebate_faults(version: Version) -> Iterator[Fault]:
    """Yield rebates of one threshold, and such that give back more than was paid."""
    rebates = version.terms.rebates
    for (_, one), (k, other) in combinations(enumerate(rebates), 2):
        if (one.per, one.from_parcels) == (other.per, other.from_parcels):
            what = f"begins at {other.from_parcels} per {other.per}, as {one.name} does"
            yield version.fault(("rebates", k), what, "join them, or raise one")
    if sum(rebate.percent for rebate in rebates) > _HUNDRED:
        what = "come to more than 100 percent where all are reached"
        yield version.fault(("rebates",), what)


def _service_level_faults(version: Version) -> Iterator[Fault]:
    """Yield measures promised twice, and shares above 1."""
    seen: set[str] = set()
    for k, level in enumerate(version.terms.service_levels):
        if level.measure in seen:
            what = f"{level.measure} is promised twice"
            yield version.fault(("service_levels", k, "measure"), what, "keep one")
        seen.add(level.measure)
        if level.measure != _IN_HOURS and level.promised > 1:
            what = f"{level.promised:g} is no share of parcels"
            mend = f"write {level.promised / 100:g} for {level.promised:g} percent"
            yield version.fault(("service_levels", k, "promised"), what, mend)
