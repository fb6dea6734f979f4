"""The volumes to come, split among partners at the least cost; what that hangs on."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.cost import charges_of
from cstore_cli.partners.allocate.model import Split, cheapest_split, values_of
from cstore_cli.partners.allocate.problem import Limit, Problem
from cstore_cli.partners.allocate.refusals import REFUSED, refusals, told_together
from cstore_cli.partners.allocate.terms import Terms, terms_of
from cstore_cli.partners.allocate.volumes import VolumeClass, classes_of
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.partners import PartnersSettings

Numbers = Callable[[Sequence[VolumeClass]], Problem]
"""Puts other volumes of the same classes into numbers."""
ONE_A_DAY = 30
"""Parcels a month that stand for one more a day."""
NO_TIME = "there was no time for it"
_FIRST_SHARE = 0.5
"""Share of the time that the split itself gets."""


@dataclass(frozen=True)
class Marginal:
    """
    What a commitment costs a month, or one more parcel to a partner, as an interval.

    The truth is in ``low`` to ``high``: each of the two solves has its gap. None where
    there is no second split; ``why`` says so.
    """

    kind: str
    name: str
    low: float | None
    high: float | None
    why: str = ""
    proven: bool = True
    """Whether the second solve closed its gap within its time."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """
    The split, under its terms, beside today's.

    ``today_cost`` is what today's split would cost under the same terms; None where
    it has no price, and ``today_why`` says so. ``marginals`` are in the order solved.
    """

    terms: Terms
    split: Split
    today_cost: Decimal | None
    today_why: str
    marginals: tuple[Marginal, ...]


def allocate(
    volumes: pl.DataFrame,
    agreements: Agreements,
    settings: PartnersSettings,
    day: dt.date,
    limits: Limits,
) -> Allocation | None:
    """
    Split the volumes among the partners; None where there are none.

    Parameters
    ----------
    volumes
        Under `Volumes`.
    agreements, settings
        The terms, the partners, and what is asked of the split.
    day
        When notice would be given.
    limits
        When to stop. The split gets half of the time, the rest is shared by what
        commitments and one more parcel a day cost.

    Raises
    ------
    InfeasibleError
        When no split keeps to the terms; with what shows it.
    NoPlanError
        When time ran out before the first split.
    """
    classes = classes_of(volumes)
    if not classes:
        return None
    terms = terms_of(classes, agreements, settings, day)
    half = limits.deadline.sooner(limits.deadline.left_s() * _FIRST_SHARE)
    split = split_of(terms, agreements, replace(limits, deadline=half))
    why = _why_unpriced(terms)
    today = None if why else charges_of(terms.problem, terms.today).total

    def numbers_of(changed: Sequence[VolumeClass]) -> Problem:
        return terms_of(changed, agreements, settings, day).problem

    marginals = _marginals(terms, split, limits, numbers_of)
    return Allocation(terms, split, today, why, marginals)


def split_of(terms: Terms, agreements: Agreements, limits: Limits) -> Split:
    """
    Return the cheapest split, or say what none can do.

    The search starts from today's split where that keeps to the terms, so that what it
    finds is not dearer, but for the gap.

    Raises
    ------
    InfeasibleError
        When no split keeps to the terms; with what shows it.
    NoPlanError
        When time ran out before the first split.
    """
    said = refusals(terms, agreements)
    if not said:
        start = None
        if not _why_unpriced(terms):
            start = values_of(terms.problem, terms.today, limits)
        try:
            return cheapest_split(terms.problem, limits, start)
        except InfeasibleError:
            said = told_together(terms.problem, limits)
    raise InfeasibleError("\n".join([REFUSED, *said]))


def _why_unpriced(terms: Terms) -> str:
    """Return why today's split has no cost under these terms; nothing: it has one."""
    total = sum(item.parcels for item in terms.classes)
    carried = sum(number for item in terms.classes for _, number in item.today)
    if carried < total:
        return f"{total - carried:,} of the {total:,} parcels have no partner today"
    priced = sum(terms.today)
    if priced < total:
        return (
            f"the partners of today have no price for {total - priced:,} of the "
            f"{total:,} parcels"
        )
    return ""


def _marginals(
    terms: Terms, split: Split, limits: Limits, numbers_of: Numbers
) -> tuple[Marginal, ...]:
    """Return what each commitment and one more parcel to each partner cost."""
    commitments = list(dict.fromkeys(terms.promise_names))
    partners = sorted({p for _, p in terms.problem.pairs})
    left = len(commitments) + len(partners)

    def hurry() -> Limits:
        nonlocal left
        seconds = limits.deadline.left_s() / left
        left -= 1
        return replace(limits, deadline=limits.deadline.sooner(seconds))

    found = [_commitment(terms, split, name, hurry()) for name in commitments]
    found += [_one_more(terms, split, p, hurry(), numbers_of) for p in partners]
    return tuple(found)


def _commitment(
    terms: Terms, split: Split, name: tuple[str, str], limits: Limits
) -> Marginal:
    """Solve without a commitment; without it nothing costs more."""
    promises = tuple(
        promise
        for promise, its in zip(
            terms.problem.promises, terms.promise_names, strict=True
        )
        if its != name
    )
    told = f"{name[0]}: {name[1]}"
    try:
        without = cheapest_split(
            replace(terms.problem, promises=promises), limits, _kept(terms, split, name)
        )
    except NoPlanError:
        return Marginal("commitment", told, None, None, NO_TIME, proven=False)
    months = len(terms.months)
    low = (split.bound - float(without.cost)) / months
    high = (float(split.cost) - without.bound) / months
    return Marginal(
        "commitment", told, max(0.0, low), max(0.0, high), proven=without.proven
    )


def _kept(terms: Terms, split: Split, name: tuple[str, str]) -> dict[str, float]:
    """Return the values of a split by the names that a model without has."""
    values = {
        key: value for key, value in split.values.items() if not key.startswith("n_")
    }
    kept = [n for n, its in enumerate(terms.promise_names) if its != name]
    values |= {f"n_{m}": split.values.get(f"n_{n}", 0.0) for m, n in enumerate(kept)}
    return values


def _one_more(
    terms: Terms, split: Split, partner: int, limits: Limits, numbers_of: Numbers
) -> Marginal:
    """Solve with one more parcel a day, under the same terms and rules."""
    name = terms.partners[partner]
    more_volume, asked = _with_one_more(terms, split.parcels, partner)
    problem = numbers_of(more_volume)
    problem = replace(problem, limits=(*problem.limits, *asked))
    added = ONE_A_DAY * len(asked)
    try:
        more = cheapest_split(problem, limits, split.values)
    except InfeasibleError:
        return Marginal(
            "one_more_parcel",
            name,
            None,
            None,
            "its capacity or the rules leave no room",
        )
    except NoPlanError:
        return Marginal("one_more_parcel", name, None, None, NO_TIME, proven=False)
    low = (more.bound - float(split.cost)) / added
    high = (float(more.cost) - split.bound) / added
    return Marginal("one_more_parcel", name, low, high, proven=more.proven)


def _with_one_more(
    terms: Terms, parcels: Sequence[int], partner: int
) -> tuple[list[VolumeClass], list[Limit]]:
    """
    Return the classes with 30 more parcels a month, and what the partner carries then.

    They are of the month's mix, and the partner carries 30 more than in ``parcels``;
    months in which it carries nothing for lack of an agreement stay as they are.
    """
    problem = terms.problem
    volumes = list(problem.volumes)
    asked = []
    for month in sorted(set(problem.months)):
        mine = tuple(
            k
            for k, (i, p) in enumerate(problem.pairs)
            if p == partner and problem.months[i] == month
        )
        if not mine:
            continue
        inside = [i for i, its in enumerate(problem.months) if its == month]
        for i, more in _mix(problem.volumes, inside):
            volumes[i] += more
        least = sum(parcels[k] for k in mine) + ONE_A_DAY
        asked.append(Limit("asked", "one more a day", mine, least, None))
    classes = [
        replace(item, parcels=number)
        for item, number in zip(terms.classes, volumes, strict=True)
    ]
    return classes, asked


def _mix(volumes: Sequence[int], inside: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield how many of 30 more parcels are of each class, by largest remainders."""
    total = sum(volumes[i] for i in inside)
    parts = {i: divmod(ONE_A_DAY * volumes[i], total) for i in inside}
    left = ONE_A_DAY - sum(whole for whole, _ in parts.values())
    largest = sorted(inside, key=lambda i: (-parts[i][1], i))[:left]
    yield from ((i, parts[i][0] + (i in largest)) for i in inside)
