"""Tests of the partners' settings: places and stages are told without doubt."""

import pytest
from pydantic import ValidationError

from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.partners import PartnersSettings

RULES = {"notice_days": 30, "switching_cost": 0, "switching_cost_per_year": 0}
SOUND = {
    "network": NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
    "zones": {"west": {"dc": ["D1"]}, "hills": {"store": ["S1"]}},
    "stages": {"trial": RULES},
    "partners": {"heron": {"stage": "trial", "since": "2026-01-01"}},
}


def test_a_store_may_be_in_another_zone_than_its_dc():
    assert PartnersSettings(**SOUND).zones["hills"].store == ["S1"]


@pytest.mark.parametrize(
    ("changes", "told", "at"),
    [
        (
            {"zones": {"west": {"dc": ["D1"]}, "east": {"dc": ["D2", "D1"]}}},
            "'D1' is in zone west already",
            ("zones", "east", "dc", 1),
        ),
        (
            {"zones": {"west": {"store": ["S1", "S1"]}}},
            "'S1' is in zone west already",
            ("zones", "west", "store", 1),
        ),
        (
            {"partners": {"gull": {"stage": "alliance", "since": "2026-01-01"}}},
            "stage alliance is not among `stages`",
            ("partners", "gull", "stage"),
        ),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_at_its_place(changes, told, at):
    with pytest.raises(ValidationError) as refused:
        PartnersSettings(**{**SOUND, **changes})

    (fault,) = refused.value.errors()
    assert fault["msg"] == told
    assert fault["ctx"]["at"] == at
