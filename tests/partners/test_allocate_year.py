"""A year of a network of realistic size is split within two percent, and says so."""

import datetime as dt

from small_agreements import agreements
from year_of_volumes import year

from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.allocate import split_of
from cstore_cli.partners.allocate.cost import charges_of
from cstore_cli.partners.allocate.terms import terms_of
from cstore_cli.partners.allocate.volumes import classes_of


def test_a_year_is_split_to_the_gap_asked_for():
    """12 months, 3 zones, 2 services, 3 weights, 6 partners: 280,000 parcels."""
    versions, wanted, volumes = year()
    folder = agreements(*versions)
    terms = terms_of(classes_of(volumes), folder, wanted, dt.date(2025, 12, 1))

    split = split_of(terms, folder, Limits(gap=0.02))

    assert split.proven
    assert 0 <= split.gap <= 0.02
    assert split.cost == charges_of(terms.problem, split.parcels).total
    carried = [0] * len(terms.classes)
    for (i, _), number in zip(terms.problem.pairs, split.parcels, strict=True):
        carried[i] += number
    assert carried == [item.parcels for item in terms.classes]
    for limit in terms.problem.limits:
        number = sum(split.parcels[k] for k in limit.pairs)
        assert limit.least <= number <= (limit.most or number), limit.name
    for order in terms.problem.orders:
        number = sum(split.parcels[k] for k in order.pairs)
        assert number == 0 or number >= order.least
