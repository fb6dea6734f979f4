"""Tests of the settings of partners: what is written is what is meant."""

from pathlib import Path

import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.cbv import BIZ_STEPS, DISPOSITIONS, bare_word
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.track import STEPS, TrackSettings

CONFIGS = Path(__file__).parents[2] / "configs"
FAULTS = {
    "near miss of a state": (
        "{format: csv, codes: {'20': redy}}",
        "codes.20: 'redy' is no state of a parcel (did you mean \"ready\"?)",
    ),
    "no state at all": (
        "{format: csv, codes: {'20': 7}}",
        "codes.20: 7 is no state of a parcel (known: created, at_dc,",
    ),
    "an act is no state": (
        "{format: csv, codes: {'20': planned}}",
        "codes.20: 'planned' is no state of a parcel",
    ),
    "a code that YAML takes for a number": (
        "{format: csv, codes: {2030: at_dc}}",
        'codes.2030: Input should be a valid string; got 2030 (write it in quotes: "',
    ),
    "an inferred code nobody maps": (
        "{format: csv, codes: {gone: lost}, inferred: [gon]}",
        "inferred.0: 'gon' is neither in `codes` nor a state (did you mean \"gone\"?)",
    ),
    "no format": ("{codes: {}}", "format: is missing (add `format:`)"),
    "another format": ("{format: xml}", "format: Input should be 'csv' or 'epcis'"),
    "a zone": (
        "{format: csv, time_zone: Asia/Taipeh}",
        "time_zone: 'Asia/Taipeh' is not a time zone; did you mean \"Asia/Taipei\"?",
    ),
    "steps of a CSV": (
        "{format: csv, parcel_prefix: 'urn:a:'}",
        "parcel_prefix: 'parcel_prefix' says nothing to a partner of format csv",
    ),
    "codes of EPCIS": (
        "{format: epcis, codes: {a: ready}}",
        "codes: 'codes' says nothing to a partner of format epcis",
    ),
    "a step misspelt": (
        "{format: epcis, steps: [{biz_step: recieving, state: at_dc}]}",
        "steps.0.biz_step: 'recieving' is no business step (did you mean \"receivi",
    ),
    "a disposition of one's own": (
        "{format: epcis, steps: [{biz_step: other, disposition: wet, state: damaged}]}",
        "steps.0.disposition: 'wet' is no disposition (write one of CBV 2.0, or a URI)",
    ),
    "a prefix of no URI": (
        "{format: epcis, location_prefix: store-}",
        "location_prefix: 'store-' begins no URI; write one such as urn:epc:id:sscc:",
    ),
    "the dialect's own faults": (
        "{format: csv, dialect: {delimeter: ';'}}",
        "dialect.delimeter: 'delimeter' is not a setting here (did you mean",
    ),
    "a path in the dialect": (
        "{format: csv, dialect: {path: a.csv}}",
        "dialect.path: 'path' is not a setting here",
    ),
}


@pytest.fixture
def track(tmp_path):
    """The settings of a track.yaml with these lines."""

    def of(*lines):
        network = "time_zone: Asia/Taipei\ncurrency: TWD\n"
        (tmp_path / "network.yaml").write_text(network)
        path = tmp_path / "track.yaml"
        path.write_text("\n".join(["network: network.yaml", *lines]))
        return read_config(path, TrackSettings)

    return of


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place(track, name):
    partner, message = FAULTS[name]

    with pytest.raises(InputError) as told:
        track("partners:", f"  p: {partner}")

    assert f"partners.p.{message}" in str(told.value)
    assert len(told.value.faults) == 1


def test_no_partner_speaks_in_our_name(track):
    with pytest.raises(InputError, match="our own name in the ledger"):
        track("partners:", "  cstore: {format: csv}")


def test_a_chain_that_is_none_of_ours_is_a_typo(tmp_path):
    """Its feed would be empty for ever."""
    network = "time_zone: Asia/Taipei\ncurrency: TWD\nown_chains: [FoxMart]\n"
    (tmp_path / "network.yaml").write_text(network)
    path = tmp_path / "track.yaml"
    path.write_text(
        "network: network.yaml\npartners:\n  p: {format: csv, chain: [Foxmart]}\n"
    )

    with pytest.raises(InputError, match=r"did you mean .FoxMart."):
        read_config(path, TrackSettings)


def test_nothing_but_the_network_must_be_said(track):
    settings = track()

    assert settings.partners == {}
    assert settings.retention_days == 90


def test_paths_hold_from_the_yaml(track, tmp_path):
    settings = track("hold_policy: expire_holds.yaml", "epcis_schema: ../s.json")

    assert settings.hold_policy == str(tmp_path / "expire_holds.yaml")
    assert settings.epcis_schema == str(tmp_path / "../s.json")


def test_paths_left_out_stay_out(track):
    settings = track()

    assert settings.hold_policy is None
    assert settings.epcis_schema is None


def test_a_dialect_finds_its_file_on_the_command_line(track):
    settings = track("partners:", "  p: {format: csv, dialect: {delimiter: ';'}}")

    source = settings.partners["p"].dialect.at("x.csv")

    assert (source.path, source.delimiter) == ("x.csv", ";")


def test_a_word_of_the_vocabulary_is_kept_in_its_short_form(track):
    step = "{biz_step: 'cbv:BizStep-receiving', state: at_dc}"

    settings = track("partners:", f"  p: {{format: epcis, steps: [{step}]}}")

    assert settings.partners["p"].steps[0].biz_step == "receiving"


def test_a_step_may_be_a_uri_of_the_partner_s_own(track):
    step = "{biz_step: 'https://example.com/steps/locker', state: ready}"

    settings = track("partners:", f"  p: {{format: epcis, steps: [{step}]}}")

    biz_step = settings.partners["p"].steps[0].biz_step
    assert biz_step == "https://example.com/steps/locker"


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("urn:epcglobal:cbv:disp:in_transit", "in_transit"),
        ("http://ref.gs1.org/cbv/Disp-in_transit", "in_transit"),
        ("cbv:ER-did_not_occur", "did_not_occur"),
        (" receiving ", "receiving"),
        ("https://example.com/cbv/BizStep-receiving", None),
        ("urn:epcglobal:cbv:btt:po", None),
    ],
)
def test_only_the_standard_s_own_forms_are_shortened(written, word):
    assert bare_word(written) == (word or written)


def test_default_steps_are_words_of_the_standard():
    assert {step.biz_step for step in STEPS} <= BIZ_STEPS
    assert {step.disposition for step in STEPS} - {None} <= DISPOSITIONS


def test_default_steps_are_those_that_the_yaml_shows():
    """A partner that names none has the list a newcomer reads there."""
    settings = read_config(CONFIGS / "track.yaml", TrackSettings)

    assert settings.partners["northline"].steps == list(STEPS)


def test_the_business_centre_sees_everything():
    centre = read_config(CONFIGS / "track.yaml", TrackSettings).partners[
        "business_centre"
    ]

    assert (centre.platform, centre.chain) == ([], [])
