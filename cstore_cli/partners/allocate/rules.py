"""Stages, notice and the rules of a split as limits, spreads and switches."""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from cstore_cli.partners.allocate.months import first_day
from cstore_cli.partners.allocate.problem import Limit, Spread, Switch
from cstore_cli.partners.allocate.volumes import VolumeClass
from cstore_cli.partners.switching_cost import switching_cost
from cstore_cli.settings.partners import PartnersSettings

_100 = Decimal(100)
Pairs = Sequence[tuple[int, int]]


def limits_of(
    classes: Sequence[VolumeClass],
    pairs: Pairs,
    months: Sequence[str],
    settings: PartnersSettings,
    day: dt.date,
) -> list[Limit]:
    """
    Return what stages, notice and shares ask of a split.

    Before notice given on ``day`` is over, a partner keeps as many parcels a month as
    it has today, as far as it may carry them.
    """
    limits = list(_shares(classes, pairs, settings))
    for p, (partner, its) in enumerate(settings.carriers.items()):
        stage = settings.stages[its.stage]
        most = stage.most_parcels_per_month
        free_from = day + dt.timedelta(days=stage.notice_days)
        for month in months:
            inside = _in_month(classes, pairs, p, month)
            if not inside:
                continue
            name = f"{partner}, {month}"
            if most is not None:
                told = f"{name}: most parcels of stage {its.stage}"
                limits.append(Limit("capacity", told, inside, 0, most))
            today = sum(
                dict(classes[pairs[k][0]].today).get(partner, 0) for k in inside
            )
            if today and first_day(month) < free_from:
                told = f"{name}: notice of {stage.notice_days} days"
                kept = today if most is None else min(today, most)
                limits.append(Limit("notice", told, inside, kept, None))
    return limits


def _shares(
    classes: Sequence[VolumeClass], pairs: Pairs, settings: PartnersSettings
) -> Iterator[Limit]:
    for rule in settings.allocate.shares:
        total = _volume(classes, rule.zone)
        least = math.ceil(total * rule.least_percent / _100)
        most = math.floor(total * rule.most_percent / _100)
        for p, partner in enumerate(settings.carriers):
            if rule.partner not in (None, partner):
                continue
            inside = _in_zone(classes, pairs, p, rule.zone)
            where = "" if rule.zone is None else f" in {rule.zone}"
            if inside or rule.partner is not None:
                name = (
                    f"{partner}{where}: share of {rule.least_percent} to "
                    f"{rule.most_percent} %"
                )
                yield Limit("share", name, inside, least, most)


def spreads_of(
    classes: Sequence[VolumeClass], pairs: Pairs, settings: PartnersSettings
) -> Iterator[Spread]:
    """Yield how many partners are asked for."""
    for rule in settings.allocate.numbers:
        total = _volume(classes, rule.zone)
        groups = [
            _in_zone(classes, pairs, p, rule.zone)
            for p in range(len(settings.carriers))
        ]
        where = "all zones" if rule.zone is None else rule.zone
        yield Spread(
            name=f"{rule.partners} partners at least in {where}",
            groups=tuple(group for group in groups if group),
            number=rule.partners,
            least=max(1, math.ceil(total * rule.from_percent / _100)),
        )


def switches_of(
    classes: Sequence[VolumeClass],
    pairs: Pairs,
    months: Sequence[str],
    settings: PartnersSettings,
) -> Iterator[Switch]:
    """Yield what it costs to take today's volume away, by partner that has some."""
    first = first_day(months[0])
    for p, (partner, its) in enumerate(settings.carriers.items()):
        today = sum(dict(item.today).get(partner, 0) for item in classes)
        cost = switching_cost(settings.stages[its.stage], its, first)
        if today and cost:
            everything = _pairs(classes, pairs, p, lambda _: True)
            yield Switch(p, everything, today, cost)


def _volume(classes: Sequence[VolumeClass], zone: str | None) -> int:
    return sum(item.parcels for item in classes if zone in (None, item.zone))


def _in_zone(
    classes: Sequence[VolumeClass], pairs: Pairs, partner: int, zone: str | None
) -> tuple[int, ...]:
    return _pairs(classes, pairs, partner, lambda it: zone in (None, it.zone))


def _in_month(
    classes: Sequence[VolumeClass], pairs: Pairs, partner: int, month: str
) -> tuple[int, ...]:
    return _pairs(classes, pairs, partner, lambda it: it.month == month)


def _pairs(
    classes: Sequence[VolumeClass],
    pairs: Pairs,
    partner: int,
    holds: Callable[[VolumeClass], bool],
) -> tuple[int, ...]:
    return tuple(
        k for k, (i, p) in enumerate(pairs) if p == partner and holds(classes[i])
    )
