"""Why volumes cannot be split as asked: in numbers, before the search and after it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.model import cheapest_split
from cstore_cli.partners.allocate.problem import Problem
from cstore_cli.partners.allocate.terms import Terms, version_for
from cstore_cli.partners.rates import rates_of, size_for
from cstore_cli.settings.agreement_folder import Agreements

_MOST = 10
REFUSED = "The volumes cannot be split as asked."


def refusals(terms: Terms, agreements: Agreements) -> list[str]:
    """
    Return what no split can do, with the totals that show it.

    Finding nothing does not mean that there is a split: terms that each alone can be
    kept may not be together.
    """
    found = list(_carried_by_nobody(terms, agreements))
    if not found:
        found = [*_beyond_capacity(terms), *_limits(terms), *_spreads(terms)]
    more = f"... and {len(found) - _MOST} more." if len(found) > _MOST else ""
    return [*found[:_MOST], *([more] if more else [])]


def _carried_by_nobody(terms: Terms, agreements: Agreements) -> Iterator[str]:
    carried = {i for i, _ in terms.problem.pairs}
    for i, item in enumerate(terms.classes):
        if i in carried:
            continue
        whys = []
        for partner in terms.partners:
            version = version_for(agreements, partner, item.month)
            if version is None:
                whys.append(f"{partner} has no agreement in force")
                continue
            size = size_for(version, item.size)
            rates = rates_of(version, item.service, item.zone, item.weight_kg, size)
            why = "has two equal rates" if rates else "has no rate"
            whys.append(f"{partner} {why} for them")
        yield (
            f"{item.what}: nobody carries these {item.parcels:,} parcels ("
            f"{'; '.join(whys)})."
        )


def _beyond_capacity(terms: Terms) -> Iterator[str]:
    """Yield volumes above what partners may carry of them: the smallest sets told."""
    problem = terms.problem
    kinds: list[Callable[[int], tuple[str, ...]]] = [
        lambda i: (
            terms.classes[i].month,
            terms.classes[i].zone,
            terms.classes[i].service,
        ),
        lambda i: (terms.classes[i].month, terms.classes[i].zone),
        lambda i: (terms.classes[i].month,),
        lambda i: ("all months", terms.classes[i].zone),
        lambda _: ("all months",),
    ]
    for kind in kinds:
        sets: dict[tuple[str, ...], set[int]] = {}
        for i in range(len(problem.volumes)):
            sets.setdefault(kind(i), set()).add(i)
        told = False
        for name, inside in sets.items():
            volume = sum(problem.volumes[i] for i in inside)
            rooms = [
                (partner, _room(problem, p, inside))
                for p, partner in enumerate(terms.partners)
            ]
            room = sum(number for _, number in rooms)
            if room < volume:
                told = True
                each = ", ".join(f"{partner} {number:,}" for partner, number in rooms)
                yield (
                    f"{', '.join(name)}: {volume:,} parcels, but the partners together "
                    f"may carry {room:,} of them ({each})."
                )
        if told:
            return


def _room(problem: Problem, partner: int, inside: set[int]) -> int:
    """Return how many parcels of these classes a partner may carry at most."""
    mine = [k for k, (i, p) in enumerate(problem.pairs) if p == partner and i in inside]
    by_month: dict[int, set[int]] = {}
    for k in mine:
        by_month.setdefault(problem.months[problem.pairs[k][0]], set()).add(k)
    limits = [(set(it.pairs), it.most) for it in problem.limits if it.most is not None]

    def most(pairs: set[int]) -> int:
        volume = sum(problem.volumes[problem.pairs[k][0]] for k in pairs)
        return min([volume, *(limit for within, limit in limits if pairs <= within)])

    return min(most(set(mine)), sum(most(pairs) for pairs in by_month.values()))


def _limits(terms: Terms) -> Iterator[str]:
    """Yield what partners must carry above what they may."""
    problem = terms.problem
    for limit in problem.limits:
        partners = {problem.pairs[k][1] for k in limit.pairs}
        inside = {problem.pairs[k][0] for k in limit.pairs}
        room = sum(_room(problem, p, inside) for p in partners)
        if limit.least > room:
            yield (
                f"{limit.name}: that is {limit.least:,} parcels at least, but it may "
                f"carry {room:,}."
            )


def _spreads(terms: Terms) -> Iterator[str]:
    problem = terms.problem
    for spread in problem.spreads:
        able = []
        for pairs in spread.groups:
            partner = problem.pairs[pairs[0]][1]
            room = _room(problem, partner, {problem.pairs[k][0] for k in pairs})
            able += [terms.partners[partner]] if room >= spread.least else []
        if len(able) < spread.number:
            yield (
                f"{spread.name}, each with {spread.least:,} parcels or more: "
                f"{len(able)} can ({', '.join(able) or 'none'})."
            )
        volume = sum(
            problem.volumes[i]
            for i in {problem.pairs[k][0] for pairs in spread.groups for k in pairs}
        )
        if spread.number * spread.least > volume:
            yield (
                f"{spread.name}, each with {spread.least:,} parcels or more: that is "
                f"{spread.number * spread.least:,} of {volume:,} parcels."
            )


def told_together(problem: Problem, limits: Limits) -> list[str]:
    """Return which group of terms, left out, leaves a split: after none was found."""
    said = ["Each term alone could be kept, all of them together cannot."]
    for name, lighter in _lighter(problem):
        if lighter == problem:
            continue
        try:
            cheapest_split(lighter, replace(limits, gap=1.0))
        except (InfeasibleError, NoPlanError):
            continue
        said.append(f"Without {name} there is a split.")
    return said


def _lighter(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """Yield the problem without one group of terms."""
    for kind, name in (
        ("share", "the shares of the YAML (allocate.shares)"),
        ("notice", "the notice that partners of today are owed"),
        ("capacity", "quantities.maximum and most_parcels_per_month"),
    ):
        kept = tuple(limit for limit in problem.limits if limit.kind != kind)
        yield name, replace(problem, limits=kept)
    yield "the numbers of partners (allocate.numbers)", replace(problem, spreads=())
    yield "the smallest orders (quantities.minimum)", replace(problem, orders=())
