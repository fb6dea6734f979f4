"""Tests of weights from judgements: Saaty's own examples, and what is refused."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.partners.rank.ahp import principal, weigh
from cstore_cli.settings.partners_rank import Judgement

DRINKS = {
    "coffee": (1, 9, 5, 2, 1, 1, 1 / 2),
    "wine": (1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9),
    "tea": (1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9),
    "beer": (1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3),
    "sodas": (1, 9, 4, 2, 1, 2, 1 / 2),
    "milk": (1, 9, 3, 1, 1 / 2, 1, 1 / 3),
    "water": (2, 9, 9, 3, 2, 3, 1),
}
"""Which drink is consumed more in the USA: Saaty (2008), table 2."""
HOUSE = {
    "size": (1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4),
    "transport": (1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7),
    "neighbourhood": (1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5),
    "age": (1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8),
    "yard": (1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6),
    "modern": (1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6),
    "condition": (3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2),
    "financing": (4, 7, 5, 8, 6, 6, 2, 1),
}
"""Buying a house: Saaty (1990), doi:10.1016/0377-2217(90)90057-I, table 3."""


def judgements(table):
    """The judgements of a published matrix, the criterion that matters more first."""
    names = list(table)
    for i, j in combinations(range(len(names)), 2):
        times = table[names[i]][j]
        of, over = (i, j) if times >= 1 else (j, i)
        yield Judgement(of=names[of], over=names[over], times=max(times, 1 / times))


def judged(**pairs):
    """of__over=times."""
    return [
        Judgement(of=pair.split("__")[0], over=pair.split("__")[1], times=times)
        for pair, times in pairs.items()
    ]


def test_saaty_s_drinks_have_his_weights_and_ratio():
    """He derives .177 ... .327, with a consistency ratio of .022."""
    found = weigh(list(DRINKS), list(judgements(DRINKS)))

    published = (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327)
    assert [round(weight, 3) for weight in found.weights] == list(published)
    assert round(found.ratio, 3) == 0.022


def test_saaty_s_house_has_his_weights_eigenvalue_and_ratio():
    """Priorities .173 ... .333, lambda 9.669, ratio .169: he goes on all the same."""
    weights, largest = principal(np.array(list(HOUSE.values())))

    published = (0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333)
    assert [round(weight, 3) for weight in weights] == list(published)
    assert round(largest, 3) == 9.669
    with pytest.raises(InputError, match=r"ratio 0\.169, 0\.1 at most"):
        weigh(list(HOUSE), list(judgements(HOUSE)))


def test_refusal_names_the_judgement_furthest_from_the_others():
    """
    In the house it is neighbourhood over condition 6 times.

    With weights .188 and .167 all together say 1.1 times: a factor of 5.3; the next,
    size over neighbourhood, is off by 3.3.
    """
    with pytest.raises(
        InputError,
        match=r"neighbourhood over condition 6 times, where all together say "
        r"neighbourhood over condition 1\.1 times",
    ):
        weigh(list(HOUSE), list(judgements(HOUSE)))


def test_refusal_turns_round_what_the_others_say():
    """Three alike, two of them 5 times the fourth, yet that 3 times the third."""
    told = judged(a__b=1, a__c=1, b__c=1, a__d=5, b__d=5, d__c=3)

    with pytest.raises(
        InputError,
        match=r"d over c 3 times, where all together say c over d 1\.\d times",
    ):
        weigh(["a", "b", "c", "d"], told)


def test_perfect_judgements_give_their_ratios():
    """Twice b, which is three times c: 6/10, 3/10, 1/10; nothing contradicts."""
    found = weigh(["a", "b", "c"], judged(a__b=2, b__c=3, a__c=6))

    assert found.weights == pytest.approx((0.6, 0.3, 0.1))
    assert found.lambda_max == pytest.approx(3)
    assert found.ratio == pytest.approx(0, abs=1e-12)


def test_two_criteria_never_contradict():
    found = weigh(["a", "b"], judged(b__a=9))

    assert found.weights == pytest.approx((0.1, 0.9))
    assert found.ratio == 0


def test_one_criterion_weighs_all():
    assert weigh(["a"], []).weights == (1.0,)


@given(st.lists(st.integers(1, 3), min_size=2, max_size=6))
def test_order_of_the_judgements_changes_nothing(parts):
    """Consistent ones, told from the last to the first."""
    names = [f"c{k}" for k in range(len(parts))]
    told = [
        Judgement(
            of=names[i if parts[i] >= parts[j] else j],
            over=names[j if parts[i] >= parts[j] else i],
            times=max(parts[i] / parts[j], parts[j] / parts[i]),
        )
        for i, j in combinations(range(len(parts)), 2)
    ]

    found = weigh(names, told[::-1])

    assert found.weights == pytest.approx([part / sum(parts) for part in parts])
