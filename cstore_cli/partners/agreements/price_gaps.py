"""Whether each parcel that a version is for has a price, and one only."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import inf

from cstore_cli.errors import Fault
from cstore_cli.partners.rates import rates_of, size_classes
from cstore_cli.settings.agreement import AgreementVersion, NotCarried, Rate
from cstore_cli.settings.agreement_folder import Written


@dataclass(frozen=True)
class _Band:
    """Parcels of a service and zone, heavier than ``over_kg``, up to ``to_kg``."""

    service: str
    zone: str
    over_kg: float
    to_kg: float

    def __str__(self) -> str:
        weight = f"over {self.over_kg:g} kg" if self.over_kg else ""
        if self.to_kg < inf:
            weight += f"{' and ' if weight else ''}up to {self.to_kg:g} kg"
        return f"{self.service} in {self.zone}, {weight or 'of any weight'}"


def price_faults(version: Written[AgreementVersion]) -> Iterator[Fault]:
    """
    Yield parcels without a price, and such that two rates price with equal precedence.

    Each service is expected to have a price in all zones, for all weights and of all
    sizes that any of its rates speaks of, except for what is `not_carried`.
    """
    told: set[tuple[str, ...]] = set()
    for service in sorted(
        {name for rate in version.terms.rates for name in rate.services}
    ):
        for band, sizes in _bands(version.terms, service):
            yield from _band_faults(version, band, sizes, told)


def _bands(
    terms: AgreementVersion, service: str
) -> Iterator[tuple[_Band, Sequence[str]]]:
    """Yield the bands of a service between all weights told, with its size classes."""
    rates = [rate for rate in terms.rates if service in rate.services]
    low = min(rate.over_kg for rate in rates)
    high = max(_top(rate) for rate in rates)
    said: list[Rate | NotCarried] = [*rates, *terms.not_carried]
    marks = {mark for it in said for mark in (it.over_kg, _top(it))}
    edges = sorted(mark for mark in marks if low <= mark <= high)
    sizes = [
        name
        for name, _ in size_classes(terms)
        if any(not rate.sizes or name in rate.sizes for rate in rates)
    ]
    zones = dict.fromkeys(zone for rate in rates for zone in rate.zones)
    for zone, (over_kg, to_kg) in product(zones, pairwise(edges)):
        yield _Band(service, zone, over_kg, to_kg), sizes


def _band_faults(
    version: Written[AgreementVersion],
    band: _Band,
    sizes: Sequence[str],
    told: set[tuple[str, ...]],
) -> Iterator[Fault]:
    """Yield what is wrong in a band; rates that meet each other are told once."""
    terms = version.terms
    # No weight of the tables divides a band: any weight in it stands for all.
    weight_kg = band.to_kg if band.to_kg < inf else band.over_kg + 1
    without: list[str] = []
    for size in sizes:
        met = rates_of(terms, band.service, band.zone, weight_kg, size)
        left_out = any(_leaves_out(it, band, size) for it in terms.not_carried)
        if not met and not left_out:
            without.append(size)
        names = tuple(rate.name for rate in met)
        if len(met) > 1 and names not in told:
            told.add(names)
            at = terms.rates.index(met[-1])
            what = f"{' and '.join(names)} both price {band}{_of(size, terms)}"
            mend = "give one of them the higher precedence"
            yield version.fault(("rates", at, "name"), what, mend)
        if met and left_out and ("not_carried", met[0].name) not in told:
            told.add(("not_carried", met[0].name))
            what = f"{met[0].name} prices {band}{_of(size, terms)}"
            yield version.fault(("not_carried",), what, "take one of them out")
    if without:
        of = _of(", ".join(without), terms) if len(without) < len(sizes) else ""
        what = f"no rate prices {band}{of}"
        mend = "add a rate, or name it under not_carried"
        yield version.fault(("rates",), what, mend)


def _of(sizes: str, terms: AgreementVersion) -> str:
    return f", {sizes}" if terms.sizes else ""


def _top(band: Rate | NotCarried) -> float:
    return inf if band.to_kg is None else band.to_kg


def _leaves_out(left_out: NotCarried, band: _Band, size: str) -> bool:
    return (
        _among(band.service, left_out.services)
        and _among(band.zone, left_out.zones)
        and _among(size, left_out.sizes)
        and left_out.over_kg <= band.over_kg
        and band.to_kg <= _top(left_out)
    )


def _among(name: str, named: Collection[str]) -> bool:
    """Whether a name is meant; none named: all are."""
    return not named or name in named
