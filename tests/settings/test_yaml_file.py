"""Tests of YAML faults: each named by file, line and column, all of them at once."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.yaml_file import did_you_mean, read_yaml

# The smallest config has 8 lines, so that what a test adds begins in line 9.
FAULTS = {
    "unknown key": (
        "seedz: 3",
        "9: column 1: seedz: 'seedz' is not a setting here (did you mean \"seeds\"?)",
    ),
    "unknown key far from all": (
        "dwell: {zzzzz: 3}",
        (
            "9: column 9: dwell.zzzzz: 'zzzzz' is not a setting here (known: "
            "collected_share, low_quantile)"
        ),
    ),
    "unknown key in a named mapping": (
        "goods_classes:\n  chilled: {chiled: true}",
        (
            "10: column 13: goods_classes.chilled.chiled: 'chiled' is not a setting "
            'here (did you mean "chilled"?)'
        ),
    ),
    "unknown key of a table": (
        "tables:\n  orders:\n    path: a.csv\n    delimeter: x",
        (
            "12: column 5: tables.orders.delimeter: 'delimeter' is not a setting here "
            '(did you mean "delimiter"?)'
        ),
    ),
    "unknown table": (
        "tables:\n  stores: b.csv\n  ordres: a.csv",
        (
            "11: column 3: tables.ordres: 'ordres' is not a table (did you mean "
            '"orders"?)'
        ),
    ),
    "wrong type": (
        "seeds: many",
        (
            "9: column 8: seeds: Input should be a valid integer, unable to parse "
            "string as an integer; got 'many'"
        ),
    ),
    "list for a mapping": (
        "dwell: [1]",
        (
            "9: column 8: dwell: Input should be a valid dictionary or instance of "
            "DwellSettings"
        ),
    ),
    "out of range": (
        "walk_limit_km: 0",
        "9: column 16: walk_limit_km: Input should be greater than 0; got 0",
    ),
    "infinite": (
        "walk_limit_km: inf",
        "9: column 16: walk_limit_km: Input should be a finite number; got 'inf'",
    ),
    "number for a name": (
        "lead_time_min: {711: 30}",
        (
            "9: column 17: lead_time_min.711: Input should be a valid string; got 711 "
            '(write it in quotes: "711")'
        ),
    ),
    "wrong clock": (
        "cut_off: 25:00",
        (
            "9: column 10: cut_off: '25:00' is not a time of day; write HH:MM, such as "
            "09:30"
        ),
    ),
    "number for a clock": (
        "cut_off: 930",
        "9: column 10: cut_off: 930 is not a time of day; write HH:MM, such as 09:30",
    ),
    "wrong choice, told once": (
        "solver: gurobi",
        "9: column 9: solver: Input should be 'highs' or 'cbc'; got 'gurobi'",
    ),
    "wrong encoding": (
        "tables:\n  orders:\n    path: a\n    encoding: big6",
        "12: column 5: tables.orders.encoding: encoding 'big6' is not known",
    ),
    "wrong delimiter": (
        "tables:\n  orders: {path: a, delimiter: '\"'}",
        "10: column 21: tables.orders.delimiter: '\"' cannot stand between cells",
    ),
    "wrong unit": (
        "tables:\n  orders:\n    path: a\n    units: {weight_kg: cm}",
        (
            "12: column 13: tables.orders.units.weight_kg: weight_kg cannot be read in "
            "'cm'; known units: g, kg, lb"
        ),
    ),
    "unit of what has none": (
        "tables:\n  orders:\n    path: a\n    units: {service: g}",
        (
            "12: column 13: tables.orders.units.service: service cannot be read in "
            "'g'; it has no unit"
        ),
    ),
    "column mapped twice": (
        "tables:\n  orders:\n    path: a\n    columns: {phone: x, recipient: x}",
        "12: column 15: tables.orders.columns.phone: column 'x' is mapped twice",
    ),
    "falling share": (
        "dwell: {collected_share: [0.5, 0.2]}",
        "9: column 9: dwell.collected_share: must rise from 0 or more to 1 or less",
    ),
    "peaks overlap": (
        "travel: {am: [07:00, 17:00]}",
        (
            "9: column 10: travel.am: am and pm must be ranges, am before pm, not "
            "overlapping"
        ),
    ),
    "peak backwards": (
        "travel:\n  pm: [19:30, 16:30]",
        (
            "10: column 3: travel.pm: am and pm must be ranges, am before pm, not "
            "overlapping"
        ),
    ),
    "periods without roads": (
        "travel: {base: network_periods}",
        (
            "9: column 10: travel.base: base: network_periods needs source: roads, not "
            "geodesic"
        ),
    ),
}


@pytest.mark.parametrize(("more", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_by_line_and_column(refused, more, told):
    assert refused(more).splitlines()[1:] == [f"plan_day.yaml:{told}"]


def test_a_wrong_channel_is_told_once(refused):
    whole = "network: network.yaml\nbatches: []\nchannel_rules: [{channel: fly}]\n"
    told = refused(whole=whole)

    assert told.count("channel_rules.0.channel") == 1
    assert "'express_station' or 'any'; got 'fly'" in told


def test_a_missing_key_is_told_at_its_mapping(refused):
    told = refused("store_limits:\n  length_cm: 45\n  width_cm: 30\n  height_cm: 30\n")

    assert told.splitlines()[1:] == [
        (
            "plan_day.yaml:10: column 3: store_limits.weight_kg: is missing "
            "(add `weight_kg:`)"
        )
    ]


def test_goods_classes_that_rules_name_are_known(refused):
    whole = """\
network: network.yaml
batches: [{name: a, earliest: 09:00, latest: 10:00}]
channel_rules:
  - name: one
    channel: any
  - name: two
    channel: any
    goods_class: [ambient, hot]
"""
    assert refused(whole=whole).splitlines()[1:] == [
        (
            "plan_day.yaml:8: column 28: channel_rules.1.goods_class.1: channel rule "
            "'two': goods class 'hot' is not one of ambient"
        )
    ]


def test_batch_names_are_told_where_they_repeat(refused):
    whole = """\
network: network.yaml
channel_rules: [{name: all, channel: any}]
batches:
  - {name: a, earliest: 09:00, latest: 10:00}
  - {name: a, earliest: 10:00, latest: 11:00}
"""
    assert refused(whole=whole).splitlines()[1:] == [
        "plan_day.yaml:5: column 6: batches.1.name: batch 'a' is named twice"
    ]


def test_a_batch_that_ends_before_it_begins_is_told(refused):
    whole = """\
network: network.yaml
channel_rules: [{name: all, channel: any}]
batches:
  - {name: a, earliest: 10:00, latest: 09:00}
"""
    assert "4: column 32: batches.0.latest: batch 'a': latest is before" in refused(
        whole=whole
    )


def test_the_faults_of_both_files_come_at_once(refused):
    told = refused(
        "seedz: 3\nsolver: x\n", network="time_zone: Asia/Tapei\ncurrency: twd\nx: 1\n"
    )

    assert told.splitlines()[0] == "5 fault(s) in the settings:"
    assert sorted(re.findall(r"^(\w+\.yaml:\d+)", told, re.MULTILINE)) == [
        "network.yaml:1",
        "network.yaml:2",
        "network.yaml:3",
        "plan_day.yaml:10",
        "plan_day.yaml:9",
    ]


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ("", "network.yaml: holds no settings"),
        ("a: 1\na: 2\n", "network.yaml:2: column 1: 'a' already stands in line 1"),
        ("a: [", "network.yaml is not YAML"),
    ],
)
def test_a_network_that_is_no_yaml_does_not_hide_the_command_s_faults(
    refused, network, told
):
    text = refused("seedz: 3\n", network=network)

    assert told in re.sub(r"\S*/network", "network", text)
    assert "plan_day.yaml:9: column 1: seedz" in text


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Tapei", 'did you mean "Asia/Taipei"?'),
        ("localtime", "write one such as Asia/Taipei"),
        ("Asia", "is not a time zone"),
        ("../UTC", "is not a time zone"),
        ("", "Input should be a valid string"),
        ("'+08:00'", "is not a time zone"),
    ],
)
def test_a_zone_is_one_that_every_library_knows(refused, zone, told):
    assert told in refused(network=f"time_zone: {zone}\ncurrency: TWD\n")


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        ("", "holds no settings"),
        ("# nothing\n", "holds no settings"),
        ("- a\n- b\n", "holds no settings"),
        ("just words\n", "holds no settings"),
        ("a: 1\n\tb: 2\n", "plan_day.yaml:2: column 1: "),
        ("a:\n  b: 1\n c: 2\n", "plan_day.yaml:3: column 2: "),
        ("a: [1\nb: 2\n", "plan_day.yaml:2: column 2: "),
        ("a: 1\n---\nb: 2\n", "plan_day.yaml:2: column 1: "),
        ("a: *x\n", "plan_day.yaml:1: column 4: found undefined alias"),
        ("a: !!python/none x\n", "plan_day.yaml:1: column 4: could not determine"),
        ("a: !!int x\n", "is not YAML: invalid literal for int"),
        ("a: \x07\n", "is not YAML"),
        ("? [a]\n: b\n", "plan_day.yaml:1: column 3: found unhashable key"),
        ("a: &x [*x]\n", "is not YAML"),
        ("a: caf\xe9\n".encode("latin-1"), "cannot be read ('utf-8'"),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "4: column 3: 'b' already stands in line 2"),
        ("a:\n  - b: 1\n    b: 3\n", "3: column 5: 'b' already stands in line 2"),
        ("batches: []\n", "plan_day.yaml:1: network: is missing"),
        ("network: [a]\n", "plan_day.yaml:1: network: is not a path"),
        ("network: absent.yaml\n", "absent.yaml: no such file"),
        ("network: .\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_config_is_refused(refused, whole, told):
    assert told in refused(whole=whole)


def test_a_tab_is_told_for_what_it_is(refused):
    assert "(indent with spaces)" in refused(whole="a:\n\tb: 2\n")


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(InputError, match=r"absent.yaml: no such file.*cstore init"):
        read_config(tmp_path / "absent.yaml", PlanDaySettings)


def test_a_mark_at_the_start_is_no_key(config):
    assert config(whole=b"\xef\xbb\xbf" + MINIMAL).seeds == 2


MINIMAL = b"""\
network: network.yaml
channel_rules: [{name: no, channel: any}]
batches: [{name: yes, earliest: 10:00, latest: 24:00}]
cut_off: 9:30
"""


def test_words_and_clocks_are_what_they_look_like(config):
    """In YAML 1.1 `no` is false, `yes` is true and 10:00 is 600 seconds or minutes."""
    settings = config(whole=MINIMAL)

    assert settings.channel_rules[0].name == "no"
    assert settings.batches[0].name == "yes"
    assert (settings.batches[0].earliest, settings.batches[0].latest) == (600, 1440)
    assert settings.cut_off == 570


@given(st.integers(0, 24 * 60))
def test_every_clock_time_reads_as_its_minutes(tmp_path_factory, minutes):
    path = tmp_path_factory.getbasetemp() / "clock.yaml"
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    path.write_text(f"a: {text}\n")

    assert read_yaml(path)[1] == {"a": text}


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    """Never another error."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        node, values = read_yaml(path)
    except InputError:
        return
    assert isinstance(values, dict)
    assert len(values) <= len(node.value)


def test_a_table_s_path_is_relative_to_the_yaml_that_names_it(config, tmp_path):
    settings = config(
        "tables:\n  orders: day/{date}.csv\n",
        network="time_zone: UTC\ncurrency: TWD\ntables: {stores: s.csv}\n",
    )

    assert settings.tables["orders"].path == str(tmp_path / "day/{date}.csv")
    assert settings.network.tables["stores"].path == str(tmp_path / "s.csv")


def test_a_config_is_found(monkeypatch, tmp_path):
    """--config, else $CSTORE_CONFIG, else the command's own name."""
    monkeypatch.delenv("CSTORE_CONFIG", raising=False)
    assert str(config_path(None, "plan-day")) == "configs/plan_day.yaml"
    monkeypatch.setenv("CSTORE_CONFIG", "here.yaml")
    assert str(config_path(None, "plan-day")) == "here.yaml"
    assert config_path(tmp_path, "plan-day") == tmp_path


@pytest.mark.parametrize(
    ("word", "told"),
    [("ordres", 'did you mean "orders"?'), ("xyz", ""), ("", "")],
)
def test_did_you_mean(word, told):
    assert did_you_mean(word, ["orders", "stores"]) == told
