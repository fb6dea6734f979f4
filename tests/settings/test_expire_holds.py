"""Tests of the settings of expire-holds: what stands, what changes, what is refused."""

import datetime as dt
import subprocess
import sys

import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings


@pytest.fixture
def read(tmp_path):
    def of(text="", more_network=""):
        network = f"time_zone: Asia/Taipei\ncurrency: TWD\n{more_network}"
        (tmp_path / "network.yaml").write_text(network, encoding="utf-8")
        path = tmp_path / "expire_holds.yaml"
        path.write_text(f"network: network.yaml\n{text}", encoding="utf-8")
        return read_config(path, ExpireHoldsSettings)

    return of


# The smallest config has one line, so that what a test adds begins in line 2.
FAULTS = {
    "unknown key": (
        "policy: {lenght: 3}",
        (
            "2: column 10: policy.lenght: 'lenght' is not a setting here "
            '(did you mean "length"?)'
        ),
    ),
    "unknown key of an override's policy": (
        "overrides:\n  - name: a\n    policy: {inclusiv: true}",
        (
            "4: column 14: overrides.0.policy.inclusiv: 'inclusiv' is not a setting "
            'here (did you mean "inclusive"?)'
        ),
    ),
    "wrong type in an override's policy": (
        "overrides:\n  - name: a\n    policy: {length: long}",
        (
            "4: column 22: overrides.0.policy.length: Input should be a valid integer, "
            "unable to parse string as an integer; got 'long'"
        ),
    ),
    "no length": (
        "policy: {length: 0}",
        (
            "2: column 18: policy.length: Input should be greater than or equal to 1; "
            "got 0"
        ),
    ),
    "wrong unit": (
        "policy: {unit: weeks}",
        (
            "2: column 16: policy.unit: Input should be 'days', 'open_days' or "
            "'hours'; got 'weeks'"
        ),
    ),
    "wrong clock": (
        "policy: {end_of_day: 25:00}",
        (
            "2: column 22: policy.end_of_day: '25:00' is not a time of day; write "
            "HH:MM, such as 09:30"
        ),
    ),
    "a day that ends as it begins": (
        "policy: {end_of_day: 00:00}",
        "2: column 10: policy.end_of_day: a day does not end as it begins; write 24:00",
    ),
    "wrong zone": (
        "policy: {time_zone: Asia/Tapei}",
        (
            "2: column 21: policy.time_zone: 'Asia/Tapei' is not a time zone; did you "
            'mean "Asia/Taipei"?'
        ),
    ),
    "wrong weekday": (
        "policy:\n  skipped:\n    weekdays: [sat, sunday]",
        (
            "4: column 21: policy.skipped.weekdays.1: Input should be 'mon', 'tue', "
            "'wed', 'thu', 'fri', 'sat' or 'sun'; got 'sunday'"
        ),
    ),
    "all weekdays": (
        "policy:\n  skipped:\n    weekdays: [mon, tue, wed, thu, fri, sat, sun]",
        (
            "4: column 5: policy.skipped.weekdays: all seven are skipped: no hold "
            "would end"
        ),
    ),
    "no such date": (
        "policy: {skipped: {dates: [2026-11-23, 2026-02-30]}}",
        (
            "2: column 40: policy.skipped.dates.1: '2026-02-30' is not a date; write "
            "YYYY-MM-DD, such as 2026-11-23"
        ),
    ),
    "number for a date": (
        "policy: {skipped: {dates: [20261123]}}",
        (
            "2: column 28: policy.skipped.dates.0: 20261123 is not a date; write "
            "YYYY-MM-DD, such as 2026-11-23"
        ),
    ),
    "unknown country": (
        "policy: {skipped: {public_holidays: {country: XX}}}",
        (
            "2: column 38: policy.skipped.public_holidays.country: no holidays are "
            "known for country 'XX' (write a code such as DE)"
        ),
    ),
    "unknown subdivision": (
        "policy: {skipped: {public_holidays: {country: SK, subdivision: BE}}}",
        (
            "2: column 51: policy.skipped.public_holidays.subdivision: SK has no "
            "subdivision 'BE' (known: none)"
        ),
    ),
    "reminder after the deadline": (
        "policy: {reminders: [24, -1]}",
        "2: column 26: policy.reminders.1: must be above 0; got -1",
    ),
    "negative extension": (
        "policy: {extension: {max_days: -1}}",
        (
            "2: column 32: policy.extension.max_days: Input should be greater than or "
            "equal to 0; got -1"
        ),
    ),
    "calendar keys with hours": (
        "policy: {unit: hours, inclusive: true}",
        (
            "2: column 23: policy.inclusive: inclusive says nothing where unit is "
            "hours; take it out"
        ),
    ),
    "calendar keys over hours": (
        (
            "policy: {unit: hours}\n"
            "overrides:\n  - name: a\n    policy: {skipped: {weekdays: [sun]}}"
        ),
        (
            "5: column 14: overrides.0.policy.skipped: skipped says nothing where unit "
            "is hours; take it out"
        ),
    ),
    "calendar keys with hours of a return": (
        "policy:\n  return_hold: {unit: hours, end_of_day: 20:00}",
        (
            "3: column 30: policy.return_hold.end_of_day: end_of_day says nothing "
            "where unit is hours; take it out"
        ),
    ),
    "calendar keys of a return by default in hours": (
        (
            "overrides:\n  - name: a\n    policy:\n      unit: hours\n"
            "      return_hold: {inclusive: true}"
        ),
        (
            "6: column 21: overrides.0.policy.return_hold.inclusive: inclusive says "
            "nothing where unit is hours; take it out"
        ),
    ),
    "a return of a return": (
        "policy: {return_hold: {return_hold: {length: 1}}}",
        (
            "2: column 24: policy.return_hold.return_hold: 'return_hold' is not a "
            "setting here (known: end_of_day, extension, grace_min, inclusive, length, "
            "reminders, skipped, time_zone, unit)"
        ),
    ),
    "no policy": (
        "overrides:\n  - name: a",
        "3: column 5: overrides.0.policy: is missing (add `policy:`)",
    ),
    "name twice": (
        "overrides:\n  - {name: a, policy: {}}\n  - {name: a, policy: {}}",
        "4: column 6: overrides.1.name: override 'a' is named twice",
    ),
    "name of the default": (
        "overrides:\n  - {name: default, policy: {}}",
        (
            "3: column 6: overrides.0.name: override 'default' is the rule without an "
            "override"
        ),
    ),
    "unknown channel": (
        "overrides:\n  - {name: a, channel: [pickup], policy: {}}",
        (
            "3: column 25: overrides.0.channel.0: Input should be 'store_pickup', "
            "'store_door', 'seller_direct' or 'express_station'; got 'pickup'"
        ),
    ),
    "share above all": (
        "guard: {share: 10}",
        "2: column 16: guard.share: Input should be less than or equal to 1; got 10",
    ),
    "age below nothing": (
        "stale: {max_age_h: 0}",
        "2: column 20: stale.max_age_h: Input should be greater than 0; got 0",
    ),
    "no instant": (
        "stale: {as_of: yesterday}",
        (
            "2: column 16: stale.as_of: 'yesterday' is not an instant; write ISO 8601, "
            "such as 2026-11-23T09:00:00+08:00"
        ),
    ),
    "number for an instant": (
        "stale: {as_of: 1700000000}",
        (
            "2: column 16: stale.as_of: 1700000000 is not an instant; write ISO 8601, "
            "such as 2026-11-23T09:00:00+08:00"
        ),
    ),
}


@pytest.mark.parametrize(("text", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_by_line_and_column(read, text, told):
    with pytest.raises(InputError) as error:
        read(text)

    (line,) = str(error.value).splitlines()[1:]
    assert line.rpartition("/expire_holds.yaml:")[2] == told


def test_a_chain_is_one_of_ours(read):
    text = "overrides:\n  - {name: a, chain: [Amber, FoxMrt], policy: {}}"
    with pytest.raises(InputError) as error:
        read(text, "own_chains: [Amber, FoxMart]\n")

    assert str(error.value).endswith(
        "expire_holds.yaml:3: column 30: overrides.0.chain.1: 'FoxMrt' is not one of "
        'the network\'s own_chains (did you mean "FoxMart"?)'
    )


def test_any_chain_will_do_where_all_are_ours(read):
    settings = read("overrides:\n  - {name: a, chain: [FoxMrt], policy: {}}")

    assert settings.overrides[0].chain == ["FoxMrt"]


def test_the_policy_as_it_stands(read):
    policy = read().policy

    assert (policy.length, policy.unit, policy.inclusive) == (7, "days", False)
    assert policy.end_of_day == 24 * 60
    assert policy.extension.max_days is None
    assert policy.return_hold is None


def test_rules_are_whole_policies_in_order(read):
    text = """
policy:
  length: 5
  skipped: {weekdays: [sun], dates: [2027-02-06]}
  extension: {max_days: 1}
overrides:
  - {name: a, policy: {skipped: {weekdays: []}}}
  - {name: b, policy: {length: 9, extension: {from_h: 3}, reminders: [4]}}
"""
    rules = read(text).policies()

    assert list(rules) == ["a", "b", "default"]
    assert [rule.length for rule in rules.values()] == [5, 9, 5]
    assert [rule.skipped.weekdays for rule in rules.values()] == [[], ["sun"], ["sun"]]
    assert rules["a"].skipped.dates == [dt.date(2027, 2, 6)]
    assert (rules["b"].extension.max_days, rules["b"].extension.from_h) == (1, 3)
    assert [rule.reminders for rule in rules.values()] == [[], [4], []]


def test_an_override_may_set_a_key_back_to_its_default(read):
    text = """
policy: {length: 5, inclusive: true}
overrides: [{name: a, policy: {length: 7, inclusive: false}}]
"""
    rule = read(text).policies()["a"]

    assert (rule.length, rule.inclusive) == (7, False)


def test_another_country_s_holidays_leave_no_state_behind(read):
    text = """
policy: {skipped: {public_holidays: {country: DE, subdivision: BE}}}
overrides: [{name: a, policy: {skipped: {public_holidays: {country: AT}}}}]
"""
    holidays = read(text).policies()["a"].skipped.public_holidays

    assert (holidays.country, holidays.subdivision) == ("AT", None)


def test_an_override_may_turn_to_hours_over_a_calendar(read):
    text = """
policy: {inclusive: true, end_of_day: 20:00, skipped: {weekdays: [sun]}}
overrides: [{name: a, policy: {unit: hours, length: 48}}]
"""
    assert read(text).policies()["a"].unit == "hours"


def test_a_return_s_terms_are_the_policy_s_with_changes(read):
    text = """
policy: {length: 5, inclusive: true, return_hold: {length: 9}}
overrides: [{name: a, policy: {return_hold: {inclusive: false}}}]
"""
    rules = read(text).policies()

    returns = [rules[name].of_return() for name in ("a", "default")]

    assert [terms.length for terms in returns] == [9, 9]
    assert [terms.inclusive for terms in returns] == [False, True]


def test_calendars_of_all_countries_are_loaded_only_when_one_is_named():
    code = (
        "import sys, cstore_cli.holds.decide, cstore_cli.holds.reasons;"
        "print('holidays' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
