"""Tests of the split of volumes: against trying every one, and by hand."""

import datetime as dt
import random
from decimal import Decimal
from itertools import product

import pytest
from small_agreements import (
    agreements,
    allowed,
    bill,
    rate,
    settings,
    version,
    volumes,
)

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.partners.allocate import allocate, split_of
from cstore_cli.partners.allocate_terms import terms_of
from cstore_cli.partners.allocate_volumes import classes_of
from cstore_cli.settings.agreement_clause import AgreementClause

TODAY = dt.date(2026, 10, 1)
MONTHS = ("2026-11", "2026-12")
PARTNERS = ("ant", "bee", "cat")
ROOM = 4
"""Parcels of a class at most where every split is tried."""


def solved(rows, folder, wanted, day=TODAY):
    """The terms and the cheapest split."""
    terms = terms_of(classes_of(volumes(*rows)), folder, wanted, day)
    return terms, split_of(terms, folder, Limits())


def carried(terms, split):
    """Parcels by (month, zone, service, partner), without zeros."""
    found = {}
    for (i, p), number in zip(terms.problem.pairs, split.parcels, strict=True):
        item = terms.classes[i]
        if number:
            place = item.month, item.zone, item.service, terms.partners[p]
            found[place] = number
    return found


# Every split of small volumes, priced parcel by parcel.


def random_terms(draw, partner):
    """Terms of a partner: each kind is in a third or so of the instances."""
    chance = draw.random
    per = lambda: draw.choice(["month", "quarter", "year"])  # noqa: E731

    def prices(**more):
        firsts = [1, *sorted(draw.sample(range(2, 7), draw.randint(0, 2)))]
        if chance() < 0.8:
            some = sorted((draw.randint(1, 20) for _ in firsts), reverse=True)
        else:
            some = [draw.randint(1, 20) for _ in firsts]
        kind = draw.choice(["all_units", "incremental"])
        return rate(*zip(firsts, some, strict=True), kind=kind, per=per(), **more)

    rates = [prices()]
    if chance() < 0.4:
        rates = [prices(name=zone, zones=[zone]) for zone in ("east", "west")]
    terms = {}
    if chance() < 0.4:
        promised = {"name": "c", "parcels": draw.randint(1, 12), "per": per()}
        promised["shortfall_fee"] = draw.randint(1, 15)
        if chance() < 0.3:
            promised["zones"] = ["west"]
        terms["commitments"] = [promised]
    if chance() < 0.4:
        most = draw.choice([None, None, 3, 5, 8])
        least = draw.choice([0, 2, 3])
        terms["quantities"] = {"minimum": least, "maximum": most, "per": per()}
    if chance() < 0.4:
        terms["rebates"] = [
            {"name": f"r{n}", "from_parcels": draw.randint(1, 7), "per": per()}
            | {"percent": draw.choice([5, 12.5, 30])}
            for n in range(draw.randint(1, 2))
        ]
    if chance() < 0.3:
        terms["promotions"] = [
            {"name": "p", "valid_from": "2026-11-01", "valid_to": "2026-11-30"}
            | {"percent": 20, "zones": draw.choice([[], ["west"]])}
        ]
    if chance() < 0.4:
        terms["surcharges"] = [
            draw.choice(
                [
                    {"name": "s", "when": "always", "percent_of_price": 7.5},
                    {"name": "s", "when": "cod", "amount": 3},
                    {"name": "s", "when": "cod", "percent_of_cod": 1.2},
                    {"name": "s", "when": "always", "amount": 2.5}
                    | {"valid_from": "2026-12-01", "valid_to": "2026-12-31"},
                ]
            )
        ]
    payment = {}
    if chance() < 0.3:
        payment["minimum_charge"] = draw.randint(5, 40)
    if chance() < 0.3:
        payment["early"] = {"within_days": 5, "percent": 2}
    terms["payment"] = payment
    terms |= {"valid_from": "2026-11-01", "valid_to": "2026-12-31"}
    return version(partner, rates, signed=chance() < 0.7, **terms)


def random_instance(seed):
    """Versions, settings and rows of volumes."""
    draw = random.Random(seed)
    partners = PARTNERS[: draw.randint(2, 3)]
    versions = {partner: random_terms(draw, partner) for partner in partners}
    zones = draw.sample([("east",), ("west",), ("east", "west")], 2)
    places = [
        (month, zone, "store_delivery")
        for month, some in zip(MONTHS, zones, strict=True)
        for zone in some
    ]
    rows = []
    for place in places:
        number, of = draw.randint(1, ROOM), draw.choice(partners)
        moved = draw.randint(0, number)
        rows += [(*place, moved, of), (*place, number - moved, draw.choice(partners))]
    stage, asked = {}, {}
    if draw.random() < 0.4:
        stage |= {"switching_cost": draw.randint(1, 30), "switching_cost_per_year": 2}
    if draw.random() < 0.2:
        stage["most_parcels_per_month"] = draw.randint(3, 6)
    if draw.random() < 0.2:
        stage["notice_days"] = 45  # over before December begins
    if draw.random() < 0.3:
        asked["shares"] = [
            {"partner": draw.choice([None, "ant"]), "zone": draw.choice([None, "west"])}
            | draw.choice([{"most_percent": 60}, {"least_percent": 25}])
        ]
    if draw.random() < 0.3:
        asked["numbers"] = [
            {"zone": draw.choice([None, "west"]), "partners": 2}
            | {"from_percent": draw.choice([0, 30])}
        ]
    asked["pay_early"] = draw.random() < 0.5
    asked["expected"] = {"cod_share": 0.25, "cod_twd": 200}
    return versions, settings(*partners, stage=stage, **asked), rows


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
            if best is None or value < best:
                if spread_enough(by_partner, places, total, wanted):
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
        if stage.notice_days and month == MONTHS[0]:
            if came < (was if most is None else min(was, most)):
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
        assert float(split.cost) == pytest.approx(float(best), abs=1e-6), seed
        assert split.bound == pytest.approx(float(best), abs=1e-4), seed
