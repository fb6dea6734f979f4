"""Tests of the settings of site-stores."""

from pathlib import Path

import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.site_stores import SiteStoresSettings

LEAST = """\
network: network.yaml
score:
  criteria:
    - {name: rent_twd_month, weight: 1, direction: min}
  fetch_share_by_hour: [0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
new_store: {capacity_parcels_day: 60}
choose: {stores: 1}
"""
NETWORK = "time_zone: Asia/Taipei\ncurrency: TWD\nown_chains: [Amberlight]\n"


@pytest.fixture
def config(tmp_path):
    """Read the smallest settings there are, one text in them replaced."""

    def of(old="", new=""):
        assert old in LEAST
        (tmp_path / "network.yaml").write_text(NETWORK, encoding="utf-8")
        path = tmp_path / "site_stores.yaml"
        path.write_text(LEAST.replace(old, new) if old else LEAST, encoding="utf-8")
        return read_config(path, SiteStoresSettings)

    return of


def test_smallest_settings_read(config):
    """New stores are of the first own chain."""
    settings = config()

    assert settings.score.names == ("rent_twd_month",)
    assert settings.new_chain == "Amberlight"
    assert settings.dc is None


def test_replay_stands_beside_the_yaml(config, tmp_path):
    settings = config("choose:", "replay: plan_day.yaml\nchoose:")

    assert settings.replay == str(tmp_path / "plan_day.yaml")


CHOOSE = "choose: {stores: 1}"
RENT = "{name: rent_twd_month, weight: 1, direction: min}"


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("weight: 1", "weight: 0", "3: column 3: score.criteria", "no weight is above"),
        ("weight: 1", "weight: -1", "4: column 38", "greater than or equal to 0"),
        (RENT, f"{RENT}\n    - {RENT}", "5: column 8: score.criteria.1", "twice"),
        ("rent_twd_month", "rant", "4: column 14: score.criteria.0.name", "huff_share"),
        ("[0.5,", "[0.4,", "5: column 3: score.fetch_share", "sum to 0.9, not to 1"),
        ("[0.5,", "[", "5: column 24: score.fetch_share", "at least 24"),
        ("[0.5,", "[-0.5,", "5: column 25: score.fetch_share_by_hour.0", "or equal"),
        (
            "{capacity_parcels_day: 60}",
            "{capacity_parcels_day: 60, opening_hours: 6-23}",
            "7: column 54: new_store.opening_hours",
            "'6-23' says no opening hours; write 24/7 or HH:MM-HH:MM",
        ),
        (
            "{capacity_parcels_day: 60}",
            "{capacity_parcels_day: 60, receive_from: 18:00}",
            "7: column 12: new_store",
            "receive_by is before receive_from",
        ),
        (
            "{capacity_parcels_day: 60}",
            "{capacity_parcels_day: 60, chain: FoxMart}",
            "7: column 39: new_store.chain",
            "'FoxMart' is not one of own_chains (Amberlight)",
        ),
        (
            CHOOSE,
            f"{CHOOSE}\ntravel: {{source: roads, base: network_periods}}",
            "9: column 25: travel.base",
            "take base out",
        ),
        (
            CHOOSE,
            "choose: {model: covering, stores: 1}",
            "8: column 10: choose.model",
            "covering needs radius_km",
        ),
        (
            CHOOSE,
            "choose: {must_keep: [A, B], must_not: [C, A], stores: 3}",
            "8: column 43: choose.must_not.1",
            "'A' is in must_keep as well",
        ),
        (
            CHOOSE,
            "choose: {must_keep: [A, A], stores: 3}",
            "8: column 25: choose.must_keep.1",
            "'A' is named twice",
        ),
        (
            CHOOSE,
            "choose: {must_keep: [A, B], stores: 1}",
            "8: column 10: choose.must_keep",
            "2 sites must open, but stores is 1",
        ),
    ],
)
def test_fault_is_told_where_it_stands(config, old, new, place, said):
    """By line, column and key."""
    with pytest.raises(InputError) as told:
        config(old, new)

    [fault] = told.value.faults
    text = str(fault).replace(str(Path(fault.file).parent), "")
    assert said in text
    assert f"site_stores.yaml:{place}" in text
