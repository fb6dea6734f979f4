"""Which other price of a partner's agreements an invoiced price is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cstore_cli.partners.amounts import rounded, step_of, units_of
from cstore_cli.partners.rates import holds_weight, rate_of, size_of
from cstore_cli.settings.agreement import AgreementVersion, Rate, Step

Cause = tuple[str, str]
"""What went wrong, and which tier, version or rate it is, in words."""


@dataclass(frozen=True)
class Charged:
    """What a price was invoiced for; money in units."""

    version: AgreementVersion
    rate: Rate
    service: str
    zone: str
    weight_kg: float
    cm: float | None
    size: str
    step: int
    unit_price: int
    named: str
    invoiced: int


def price_causes(asked: Charged, versions: Sequence[AgreementVersion]) -> list[Cause]:
    """
    Return what explains the price invoiced, the likeliest first.

    It is ours but for the rounding, or by another step of the rate, by another version,
    or by a rate for another zone, weight, size or service.
    """
    rounding = ("rounding", "the price as agreed, rounded in another way")
    if asked.invoiced == asked.unit_price:
        return [rounding]
    found = [*_tiers(asked), *_versions(asked, versions), *_rates(asked)]
    if asked.named != asked.rate.name:
        found.sort(key=lambda it: it[0] == "tier")
    step = step_of(asked.version.rounding)
    near = abs(asked.invoiced - asked.unit_price) < step
    return found or [rounding] * near


def _steps_of(version: AgreementVersion, rate: Rate, amount: int) -> Iterator[Step]:
    for step in rate.prices.steps:
        if rounded(units_of(step.price), version.rounding) == amount:
            yield step


def _tiers(asked: Charged) -> Iterator[Cause]:
    for step in _steps_of(asked.version, asked.rate, asked.invoiced):
        told = f"the price from parcel {step.from_parcel} on"
        yield "tier", f"{asked.rate.name}: {told}; due: from {asked.step} on"


def _versions(asked: Charged, versions: Sequence[AgreementVersion]) -> Iterator[Cause]:
    for version in versions:
        ours = version.agreement, version.version
        if ours == (asked.version.agreement, asked.version.version):
            continue
        size = size_of(version, asked.cm)
        rate = rate_of(version, asked.service, asked.zone, asked.weight_kg, size)
        if rate is None:
            continue
        for step in _steps_of(version, rate, asked.invoiced):
            days = f"{version.valid_from} to {version.valid_to}"
            told = f"{rate.name} from parcel {step.from_parcel} on"
            name = f"{version.agreement} version {version.version}"
            yield "version", f"{name}, {days}: {told}"


def _rates(asked: Charged) -> Iterator[Cause]:
    others = [it for it in asked.version.rates if it.name != asked.rate.name]
    # The rate that the invoice names is likelier than one that costs the same.
    for rate in sorted(others, key=lambda it: it.name != asked.named):
        for step in _steps_of(asked.version, rate, asked.invoiced):
            wrong = list(_misfits(asked, rate)) or ["precedence"]
            told = f"the price of {rate.name} from parcel {step.from_parcel} on"
            yield "_and_".join(wrong), f"{told}; due: {asked.rate.name}"


def _misfits(asked: Charged, rate: Rate) -> Iterator[str]:
    if asked.service not in rate.services:
        yield "service"
    if asked.zone not in rate.zones:
        yield "zone"
    if not holds_weight(rate, asked.weight_kg):
        yield "weight_band"
    if rate.sizes and asked.size not in rate.sizes:
        yield "size"
