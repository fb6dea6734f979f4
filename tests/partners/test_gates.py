"""Tests of gates: who is kept out, and what is said of it."""

import pytest

from cstore_cli.partners.rank.gates import unmet
from cstore_cli.settings.partners import PartnerSettings
from cstore_cli.settings.partners_rank import Gate


def partner(**facts):
    return PartnerSettings(stage="regular", since="2024-01-01", facts=facts)


def why(gate, facts=None, measured=None, enough=30):
    return unmet([Gate(**gate)], partner(**(facts or {})), measured or {}, enough)


@pytest.mark.parametrize(
    ("gate", "facts", "reason"),
    [
        (
            {"of": "insured", "equals": True},
            {"insured": False},
            "insured is false, not true",
        ),
        ({"of": "insured", "equals": True}, {}, "insured is not told"),
        ({"of": "insured", "equals": True}, {"insured": 1}, "insured is 1, not true"),
        ({"of": "cities", "at_least": 2}, {"cities": 1}, "cities is 1, below 2"),
        ({"of": "claims", "at_most": 3}, {"claims": 4}, "claims is 4, above 3"),
        (
            {"of": "cities", "at_least": 2},
            {"cities": "two"},
            "cities is two, no figure",
        ),
        ({"of": "grade", "equals": "A"}, {"grade": "B"}, "grade is B, not A"),
    ],
)
def test_reason_names_what_is_and_what_is_asked(gate, facts, reason):
    assert why(gate, facts) == ([reason], [])


@pytest.mark.parametrize(
    ("gate", "facts"),
    [
        ({"of": "insured", "equals": True}, {"insured": True}),
        ({"of": "cities", "at_least": 2}, {"cities": 2}),
        ({"of": "claims", "at_most": 3}, {"claims": 3}),
        ({"of": "grade", "equals": "A"}, {"grade": "A"}),
        ({"of": "licences", "equals": 0}, {"licences": 0}),
    ],
)
def test_gate_that_is_met_says_nothing(gate, facts):
    assert why(gate, facts) == ([], [])


def test_measured_level_below_the_least_keeps_out():
    reasons, _ = why({"of": "on_time", "at_least": 0.95}, None, {"on_time": (0.9, 200)})

    assert reasons == ["on_time is 0.9 (of 200 parcels), below 0.95"]


def test_few_parcels_keep_nobody_out():
    """29 are not 30; the 30th judges."""
    gate = {"of": "lost", "at_most": 0.01}

    assert why(gate, None, {"lost": (0.1, 29)}) == ([], ["lost: 29 parcels, 30 needed"])
    assert why(gate, None, {"lost": (0.1, 30)})[0]
    assert why(gate) == ([], ["lost: 0 parcels, 30 needed"])


def test_all_reasons_are_told():
    gates = [Gate(of="insured", equals=True), Gate(of="cities", at_least=2)]

    reasons, _ = unmet(gates, partner(insured=False, cities=1), {}, 30)

    assert reasons == ["insured is false, not true", "cities is 1, below 2"]
