"""
Agreements, stages and rules as the numbers of a split.

A month is priced whole by the version in force on its first day: the signed one, else
the latest offer. What a plan does not cover of a contract's quarter or year is left
out, and its steps, quantities and rebates then count in proportion to days; what was
carried before the plan begins does not count. Parcels of a month come evenly over its
days; those of an incremental rate month by month and, within a month, class by class.
Service credits, compensation and deposits are no part of the cost.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cstore_cli.partners.allocate.months import (
    Window,
    days_of,
    first_day,
    months_from,
    windows_of,
)
from cstore_cli.partners.allocate.prices import suspended, unit_prices
from cstore_cli.partners.allocate.problem import (
    Block,
    Contract,
    Floor,
    Limit,
    Order,
    Problem,
    Promise,
    Rebate,
    Tier,
)
from cstore_cli.partners.allocate.rules import limits_of, spreads_of, switches_of
from cstore_cli.partners.allocate.volumes import VolumeClass
from cstore_cli.partners.amounts import UNITS, in_proportion, units_of
from cstore_cli.partners.rates import rates_of, size_for
from cstore_cli.settings.agreement import AgreementVersion, Commitment, Rate
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.partners import PartnersSettings

_100 = Decimal(100)


GIVEN = (
    (
        "A month is priced by the version in force on its first day; its parcels come "
        "evenly over its days."
    ),
    (
        "Not in the cost: service credits, compensation, deposits, and what was "
        "carried before the plan begins."
    ),
)
"""What is taken as given in every split."""


@dataclass(frozen=True, eq=False)
class Terms:
    """
    A split as numbers, and what its indices mean.

    ``versions[c]`` is the version of contract c, ``promise_names[f]`` the agreement and
    commitment of promise f, ``today[k]`` the parcels of pair k that its partner carries
    today. ``notes`` say what was taken as given.
    """

    problem: Problem
    classes: tuple[VolumeClass, ...]
    months: tuple[str, ...]
    partners: tuple[str, ...]
    versions: tuple[AgreementVersion, ...]
    promise_names: tuple[tuple[str, str], ...]
    today: tuple[int, ...]
    notes: tuple[str, ...]


def terms_of(
    classes: Sequence[VolumeClass],
    agreements: Agreements,
    settings: PartnersSettings,
    day: dt.date,
) -> Terms:
    """
    Put what is asked into numbers.

    Parameters
    ----------
    classes
        The volumes to come, one class at least.
    agreements, settings
        The terms, the partners, and the rules of the split.
    day
        When notice would be given.
    """
    named = sorted({item.month for item in classes})
    months = months_from(named[0], named[-1])
    partners = tuple(settings.carriers)
    made = _Made(classes, months, agreements, settings)
    for partner in partners:
        made.sign(partner)
    problem = Problem(
        volumes=tuple(item.parcels for item in classes),
        months=tuple(months.index(item.month) for item in classes),
        pairs=tuple(made.pairs),
        contracts=tuple(
            Contract(
                partner=partners.index(version.partner),
                signed=version.signed is not None,
                early=_early(version, pay_early=settings.allocate.pay_early),
                pairs=tuple(made.pairs_of[c]),
            )
            for c, version in enumerate(made.versions)
        ),
        tiers=tuple(made.tiers),
        floors=tuple(made.floors),
        promises=tuple(made.promises),
        orders=tuple(made.orders),
        rebates=tuple(made.rebates),
        limits=(
            *made.limits,
            *limits_of(classes, made.pairs, months, settings, day),
        ),
        spreads=tuple(spreads_of(classes, made.pairs, settings)),
        switches=tuple(switches_of(classes, made.pairs, months, settings)),
    )
    today = []
    for i, p in made.pairs:
        today.append(dict(classes[i].today).get(partners[p], 0))
    return Terms(
        problem=problem,
        classes=tuple(classes),
        months=tuple(months),
        partners=partners,
        versions=tuple(made.versions),
        promise_names=tuple(made.promise_names),
        today=tuple(today),
        notes=(*made.notes, *_kept(problem, partners, months, day), *GIVEN),
    )


def _kept(
    problem: Problem, partners: Sequence[str], months: Sequence[str], day: dt.date
) -> Iterator[str]:
    """Yield who keeps today's parcels, because notice would not be over."""
    kept: dict[int, list[str]] = {}
    for limit in problem.limits:
        if limit.kind == "notice":
            i, p = problem.pairs[limit.pairs[0]]
            kept.setdefault(p, []).append(months[problem.months[i]])
    for p, names in kept.items():
        yield (
            f"{partners[p]} keeps as many parcels as today in {', '.join(names)}: "
            f"notice given on {day} would not be over."
        )


def _early(version: AgreementVersion, *, pay_early: bool) -> Decimal:
    early = version.payment.early
    return early.percent / _100 if pay_early and early else Decimal(0)


def version_for(
    agreements: Agreements, partner: str, month: str
) -> AgreementVersion | None:
    """Return the version that prices a month: the signed one, else the latest offer."""
    first = first_day(month)
    offers = [
        version
        for version in agreements.versions
        if version.partner == partner
        and version.signed is None
        and version.valid_from <= first <= version.valid_to
    ]
    latest = max(offers, key=lambda it: (it.valid_from, it.version), default=None)
    return agreements.in_force(partner, first) or latest


class _Made:
    """The numbers as they come together, contract by contract."""

    def __init__(
        self,
        classes: Sequence[VolumeClass],
        months: Sequence[str],
        agreements: Agreements,
        settings: PartnersSettings,
    ) -> None:
        self._classes = classes
        self._months = months
        self._agreements = agreements
        self._settings = settings
        self.pairs: list[tuple[int, int]] = []
        self.pairs_of: list[list[int]] = []
        self.versions: list[AgreementVersion] = []
        self.tiers: list[Tier] = []
        self.floors: list[Floor] = []
        self.promises: list[Promise] = []
        self.promise_names: list[tuple[str, str]] = []
        self.orders: list[Order] = []
        self.rebates: list[Rebate] = []
        self.limits: list[Limit] = []
        self.notes: list[str] = []

    def sign(self, partner: str) -> None:
        """Add the contracts of a partner."""
        own: dict[tuple[str, int], list[int]] = {}
        versions: dict[tuple[str, int], AgreementVersion] = {}
        for m, month in enumerate(self._months):
            version = version_for(self._agreements, partner, month)
            if version is None:
                continue
            name = version.agreement, version.version
            versions[name] = version
            own.setdefault(name, []).append(m)
            last = days_of(month)[-1]
            if version.valid_to < last:
                self.notes.append(
                    f"{partner}: {version.agreement} version {version.version} ends "
                    f"on {version.valid_to} and is taken for all of {month}."
                )
        for name, inside in own.items():
            self._add(versions[name], inside)

    def _add(self, version: AgreementVersion, own: Sequence[int]) -> None:
        c = len(self.versions)
        self.versions.append(version)
        self.pairs_of.append([])
        rate_of = self._priced(c, version, own)
        for rate in version.rates:
            pairs = [k for k, priced_by in rate_of.items() if priced_by is rate]
            for window in windows_of(version, self._months, own, rate.prices.per):
                inside = self._inside(pairs, window)
                if inside:
                    self.tiers.append(self._tier(c, version, rate, window, inside))
        self._floors(c, version, own)
        for commitment in version.commitments:
            self._promise(c, version, own, commitment)
        quantities = version.quantities
        for window in windows_of(version, self._months, own, quantities.per):
            inside = self._inside(self.pairs_of[c], window)
            least = window.whole_part(quantities.minimum)
            if least and inside:
                self.orders.append(Order(tuple(inside), least))
            if quantities.maximum is not None:
                most = window.whole_part(quantities.maximum)
                name = f"{version.partner}, {window.name}: most parcels agreed"
                self.limits.append(Limit("capacity", name, tuple(inside), 0, most))
        for rebate in version.rebates:
            for window in windows_of(version, self._months, own, rebate.per):
                first = window.first_part(rebate.from_parcels)
                share = rebate.percent / _100
                self.rebates.append(Rebate(c, window.months, first, share))
        self._note_parts(version, own)

    def _inside(self, pairs: Iterable[int], window: Window) -> list[int]:
        months = {self._months[m] for m in window.months}
        return [k for k in pairs if self._classes[self.pairs[k][0]].month in months]

    def _priced(
        self, c: int, version: AgreementVersion, own: Sequence[int]
    ) -> Mapping[int, Rate]:
        """Add the pairs of a contract; the rate that prices each."""
        partner = list(self._settings.carriers).index(version.partner)
        months = {self._months[m] for m in own}
        rate_of = {}
        unclear = 0
        for i, item in enumerate(self._classes):
            if item.month not in months:
                continue
            size = size_for(version, item.size)
            rates = rates_of(version, item.service, item.zone, item.weight_kg, size)
            if len(rates) == 1:
                k = len(self.pairs)
                self.pairs.append((i, partner))
                self.pairs_of[c].append(k)
                rate_of[k] = rates[0]
            unclear += len(rates) > 1
        if unclear:
            self.notes.append(
                f"{version.partner}: {version.agreement} version {version.version} has "
                f"two rates of equal precedence for {unclear} of the volumes; they are "
                "not given to it."
            )
        return rate_of

    def _tier(
        self,
        c: int,
        version: AgreementVersion,
        rate: Rate,
        window: Window,
        pairs: Sequence[int],
    ) -> Tier:
        firsts = [window.first_part(step.from_parcel) for step in rate.prices.steps]
        # Steps that begin together in so small a part: the last of them counts.
        kept = [s for s, first in enumerate(firsts) if first not in firsts[s + 1 :]]
        clauses = self._agreements.clauses_of(version.agreement)
        blocks: list[Block] = []
        for k in sorted(pairs, key=self._month_of):
            item = self._classes[self.pairs[k][0]]
            prices, extras = unit_prices(
                version,
                clauses,
                rate,
                item.zone,
                item.service,
                days_of(item.month),
                self._settings.allocate.expected,
            )
            block = Block(
                month=self._month_of(k),
                pairs=(k,),
                prices=tuple(prices[s] for s in kept),
                extras=tuple(extras[s] for s in kept),
            )
            if blocks and replace(blocks[-1], pairs=(k,)) == block:
                block = replace(block, pairs=(*blocks.pop().pairs, k))
            blocks.append(block)
        return Tier(
            contract=c,
            incremental=rate.prices.kind == "incremental",
            firsts=tuple(firsts[s] for s in kept),
            blocks=tuple(blocks),
        )

    def _month_of(self, k: int) -> int:
        return self._months.index(self._classes[self.pairs[k][0]].month)

    def _left(self, version: AgreementVersion, what: str, month: int) -> int:
        """Return the days of a month on which such terms hold."""
        clauses = self._agreements.clauses_of(version.agreement)
        days = days_of(self._months[month])
        return sum(not suspended(clauses, what, day) for day in days)

    def _floors(self, c: int, version: AgreementVersion, own: Sequence[int]) -> None:
        minimum = version.payment.minimum_charge
        if not minimum:
            return
        for m in own:
            left, days = self._left(version, "minimum_charge", m), self._days(m)
            owed = in_proportion(units_of(minimum), left, days, version.rounding)
            self.floors.append(Floor(c, m, Decimal(owed) / UNITS))

    def _days(self, month: int) -> int:
        return len(days_of(self._months[month]))

    def _promise(
        self, c: int, version: AgreementVersion, own: Sequence[int], of: Commitment
    ) -> None:
        pairs = [k for k in self.pairs_of[c] if self._counts(of, k)]
        for window in windows_of(version, self._months, own, of.per):
            left = sum(self._left(version, "commitments", m) for m in window.months)
            self.promises.append(
                Promise(
                    contract=c,
                    month=window.months[-1],
                    pairs=tuple(self._inside(pairs, window)),
                    parcels=of.parcels * left // window.period_days,
                    fee=of.shortfall_fee,
                )
            )
            self.promise_names.append((version.agreement, of.name))

    def _counts(self, of: Commitment, k: int) -> bool:
        """Whether parcels of a pair count for a commitment."""
        item = self._classes[self.pairs[k][0]]
        its_service = not of.services or item.service in of.services
        return its_service and (not of.zones or item.zone in of.zones)

    def _note_parts(self, version: AgreementVersion, own: Sequence[int]) -> None:
        """Say which quarters and years the plan covers in part."""
        pers = {
            *(rate.prices.per for rate in version.rates if len(rate.prices.steps) > 1),
            *(commitment.per for commitment in version.commitments),
            *(rebate.per for rebate in version.rebates),
            *([version.quantities.per] if version.quantities.maximum else []),
        }
        parts = {
            window.name: window.part
            for per in pers
            for window in windows_of(version, self._months, own, per)
            if window.part < 1
        }
        if parts:
            told = ", ".join(
                f"{float(part):.0%} of {name}".replace("%", " %")
                for name, part in sorted(parts.items())
            )
            self.notes.append(
                f"{version.partner}: the plan covers {told}; what is counted by these "
                "periods is taken in that proportion."
            )
