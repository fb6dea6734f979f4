"""Tests of the settings of a ranking: what makes no sense is refused with its place."""

import pytest
from pydantic import ValidationError

from cstore_cli.settings.partners_rank import Gate, RankedKind

PRICE = {"name": "price", "direction": "min"}
RATING = {"name": "rating", "direction": "max"}
LOST = {"name": "lost", "direction": "min"}
FAULTS = {
    "a name twice": ({"criteria": [PRICE, PRICE]}, "'price' stands twice"),
    "no criterion": ({"criteria": []}, "at least 1 item"),
    "no weight": ({"criteria": [PRICE | {"weight": 0}]}, "all weights are 0"),
    "a judgement of no criterion": (
        {
            "criteria": [PRICE, RATING],
            "judgements": [{"of": "prise", "over": "rating", "times": 3}],
        },
        "'prise' is none of the criteria (did you mean \"price\"?)",
    ),
    "a judgement against itself": (
        {
            "criteria": [PRICE, RATING],
            "judgements": [{"of": "price", "over": "price", "times": 3}],
        },
        "is judged against itself",
    ),
    "a pair twice": (
        {
            "criteria": [PRICE, RATING],
            "judgements": [
                {"of": "price", "over": "rating", "times": 3},
                {"of": "rating", "over": "price", "times": 3},
            ],
        },
        "price and rating are judged twice",
    ),
    "pairs left out": (
        {
            "criteria": [PRICE, RATING, LOST],
            "judgements": [{"of": "price", "over": "rating", "times": 3}],
        },
        "not judged yet: price and lost; rating and lost",
    ),
    "weights beside judgements": (
        {
            "criteria": [PRICE | {"weight": 2}, RATING],
            "judgements": [{"of": "price", "over": "rating", "times": 3}],
        },
        "judgements give the weights",
    ),
    "more than Saaty's scale": (
        {
            "criteria": [PRICE, RATING],
            "judgements": [{"of": "price", "over": "rating", "times": 10}],
        },
        "less than or equal to 9",
    ),
    "more criteria than there are random indices": (
        {
            "criteria": [RATING | {"name": f"c{k}"} for k in range(16)],
            "judgements": [{"of": "c0", "over": "c1", "times": 3}],
        },
        "15 criteria at most",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_makes_no_sense_is_refused(case):
    values, said = FAULTS[case]

    with pytest.raises(ValidationError) as refused:
        RankedKind(**values)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "needs one of equals, at_least and at_most"),
        ({"at_least": 1, "at_most": 2}, "needs one of equals, at_least and at_most"),
    ],
)
def test_gate_asks_one_thing(values, said):
    with pytest.raises(ValidationError, match=said):
        Gate(of="cities", **values)


def test_measured_gate_is_no_equality():
    with pytest.raises(ValidationError, match="is measured: write at_least or at_most"):
        Gate(of="lost", equals=0)
