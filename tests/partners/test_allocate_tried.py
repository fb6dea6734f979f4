"""Tests of the split of volumes against trying every one, priced parcel by parcel."""

import random
from decimal import Decimal
from itertools import product

import pytest
from random_splits import MONTHS, random_instance, solved
from small_agreements import agreements, allowed, bill

from cstore_cli.errors import InfeasibleError
from cstore_cli.partners.allocate.cost import charges_of
from cstore_cli.settings.agreement import AgreementVersion


def cheapest_by_trying(versions, wanted, rows):
    """The least cost of all splits that keep to the terms; None: there is none."""
    partners = list(versions)
    places = sorted({row[:3] for row in rows})
    total = {place: sum(r[3] for r in rows if r[:3] == place) for place in places}
    today = {
        (place, partner): sum(r[3] for r in rows if r[:3] == place and r[4] == partner)
        for place in places
        for partner in partners
    }
    cost = {}
    for partner in partners:
        for numbers in product(*(range(total[place] + 1) for place in places)):
            own = [(*place, n) for place, n in zip(places, numbers, strict=True)]
            if alone_is_fine(partner, own, versions, wanted, today):
                cost[partner, numbers] = priced(partner, own, versions, wanted, today)
    best = None
    splits = [compositions(total[place], len(partners)) for place in places]
    for split in product(*splits):
        by_partner = list(zip(*split, strict=True))
        keys = list(zip(partners, by_partner, strict=True))
        if all(key in cost for key in keys):
            value = sum(cost[key] for key in keys)
            cheaper = best is None or value < best
            if cheaper and spread_enough(by_partner, places, total, wanted):
                best = value
    return best


def compositions(number, parts):
    """All ways to write a number as so many parts."""
    return [
        parts_of
        for parts_of in product(range(number + 1), repeat=parts)
        if sum(parts_of) == number
    ]


def alone_is_fine(partner, own, versions, wanted, today):
    """Whether a partner may carry this, whatever the others do."""
    if not allowed(versions[partner], MONTHS, own):
        return False
    stage = wanted.stages["regular"]
    most = stage.most_parcels_per_month
    for month in MONTHS:
        came = sum(row[3] for row in own if row[0] == month)
        if most is not None and came > most:
            return False
        was = sum(today.get((row[:3], partner), 0) for row in own if row[0] == month)
        kept = was if most is None else min(was, most)
        if stage.notice_days and month == MONTHS[0] and came < kept:
            return False
    return True


def priced(partner, own, versions, wanted, today):
    """What a partner's part costs, with what taking volume from it does."""
    expected = wanted.allocate.expected
    value = bill(
        versions[partner],
        MONTHS,
        own,
        early=wanted.allocate.pay_early,
        cod=(expected.cod_share, expected.cod_twd),
    )
    was = sum(number for (_, of), number in today.items() if of == partner)
    gone = max(0, was - sum(row[3] for row in own))
    stage = wanted.stages["regular"]
    leaving = stage.switching_cost + 2 * stage.switching_cost_per_year
    return value + (leaving * gone / was if was else 0)


def spread_enough(by_partner, places, total, wanted):
    """Whether shares and numbers of partners are as asked."""
    rules = wanted.allocate
    names = list(wanted.partners)
    for rule in (*rules.shares, *rules.numbers):
        inside = [n for n, at in enumerate(places) if rule.zone in (None, at[1])]
        all_of_it = sum(total[places[n]] for n in inside)
        if not all_of_it and hasattr(rule, "partners"):
            return False
        parts = [sum(numbers[n] for n in inside) for numbers in by_partner]
        if hasattr(rule, "partners"):
            least = max(1, all_of_it * rule.from_percent / 100)
            if sum(part >= least for part in parts) < rule.partners:
                return False
            continue
        for name, part in zip(names, parts, strict=True):
            low = all_of_it * rule.least_percent / 100
            high = all_of_it * rule.most_percent / 100
            if rule.partner in (None, name) and not low <= part <= high:
                return False
    return True


@pytest.mark.parametrize("block", range(10))
def test_no_split_is_cheaper(block):
    """Of 300 instances of all kinds of terms: the least cost, or no split at all."""
    for seed in range(30 * block, 30 * block + 30):
        versions, wanted, rows = random_instance(seed)
        best = cheapest_by_trying(versions, wanted, rows)
        folder = agreements(*versions.values())
        if best is None:
            with pytest.raises(InfeasibleError):
                solved(rows, folder, wanted)
            continue

        _, split = solved(rows, folder, wanted)

        assert split.proven, seed
        assert float(split.cost) == pytest.approx(float(best), abs=1e-3), seed
        assert split.bound == pytest.approx(float(best), abs=1e-3), seed


@pytest.mark.parametrize("seed", range(40))
def test_a_lower_price_never_costs_more(seed):
    """Whatever the other terms: one step's price lowered, the rest as it was."""
    versions, wanted, given = random_instance(seed)
    draw = random.Random(1_000 + seed)
    partner = draw.choice(list(versions))
    changed = versions[partner].model_copy(deep=True).model_dump(mode="json")
    steps = draw.choice(changed["rates"])["prices"]["steps"]
    step = draw.choice(steps)
    step["price"] = str(Decimal(step["price"]) * draw.randint(0, 9) / 10)
    lower = {**versions, partner: AgreementVersion(**changed)}
    try:
        _, before = solved(given, agreements(*versions.values()), wanted)
    except InfeasibleError:
        return

    _, after = solved(given, agreements(*lower.values()), wanted)

    assert float(after.cost) <= float(before.cost) + 1e-3


@pytest.mark.parametrize("seed", range(12))
def test_a_search_cut_short_is_not_dearer_than_today(seed):
    """Where the cheapest split is that of today, it is kept at any gap."""
    versions, wanted, given = random_instance(seed)
    folder = agreements(*versions.values())
    try:
        terms, split = solved(given, folder, wanted)
    except InfeasibleError:
        return
    today = [
        (item.month, item.zone, item.service, number, terms.partners[p])
        for (i, p), number in zip(terms.problem.pairs, split.parcels, strict=True)
        for item in [terms.classes[i]]
    ]

    hurried, short = solved(today, folder, wanted, gap=0.99)

    assert short.cost <= charges_of(hurried.problem, hurried.today).total
