"""Small volumes with random terms of every kind, and the split of them."""

import datetime as dt
import random

from small_agreements import rate, settings, version, volumes

from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.allocate import split_of
from cstore_cli.partners.allocate.terms import terms_of
from cstore_cli.partners.allocate.volumes import classes_of

AUTUMN = dt.date(2026, 10, 1)
"""Notice of 45 days given on it is over before December, not before November."""
MONTHS = ("2026-11", "2026-12")
PARTNERS = ("ant", "bee", "cat")
ROOM = 4
"""Parcels of a class at most."""


def solved(rows, folder, wanted, day=AUTUMN, gap=0.0):
    """The terms and the cheapest split."""
    terms = terms_of(classes_of(volumes(*rows)), folder, wanted, day)
    return terms, split_of(terms, folder, Limits(gap=gap))


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
