"""Tests of a partner's CSV in our words."""

from datetime import UTC, datetime

import polars as pl
import pytest

from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.track import TrackSettings
from cstore_cli.tables.events import Contacts, ParcelEvents
from cstore_cli.tracking.partner_csv import from_table

FULL = (
    "parcel_id,code,event_time,event_id,location_id,corrects,extension_days,"
    "recipient,phone"
)


def test_a_code_becomes_the_state_it_stands_for(told):
    said = told("P1,2063,2026-11-23 09:00", codes={"2063": "ready"})

    assert said.events["code"].to_list() == ["ready"]
    assert said.unknown.height == 0


def test_the_mapping_wins_over_our_own_word(told):
    """InPost's `delivered` is a collection from its locker."""
    said = told("P1,delivered,2026-11-23 09:00", codes={"delivered": "collected"})

    assert said.events["code"].to_list() == ["collected"]


def test_our_own_words_need_no_mapping(told):
    said = told("P1,at_dc,2026-11-23 09:00", "P1,reminded,2026-11-23 09:05")

    assert said.events["code"].to_list() == ["at_dc", "reminded"]


@pytest.mark.parametrize("code", ["2999", "READY", "planned", "unplanned", "reday"])
def test_what_is_no_word_of_ours_is_put_aside_as_it_stands(told, code):
    said = told(f"P1,{code},2026-11-23 09:00")

    assert said.events.height == 0
    assert said.unknown.select("parcel_id", "code").rows() == [("P1", code)]


def test_nothing_is_lost(told):
    lines = [f"P{k},{code},2026-11-23 09:00" for k, code in enumerate("abcab")]
    said = told(*lines, codes={"a": "ready", "b": "lost"})

    assert said.events.height + said.unknown.height == len(lines)


def test_a_program_s_conclusion_is_an_inference(told):
    lines = ("P1,80,2026-11-23 09:00", "P1,81,2026-11-23 09:00")
    codes = {"80": "hold_expired", "81": "hold_expired"}

    said = told(*lines, codes=codes, inferred=["80"])

    assert said.events["evidence"].to_list() == ["inference", "scan"]


def test_the_same_row_twice_is_one_event(told):
    said = told("P1,ready,2026-11-23 09:00", "P1,ready,2026-11-23T09:00:00+08:00")

    assert said.events["source_event_id"].n_unique() == 1


@pytest.mark.parametrize(
    "other",
    [
        "P2,ready,2026-11-23 09:00,",
        "P1,lost,2026-11-23 09:00,",
        "P1,ready,2026-11-23 09:01,",
        "P1,ready,2026-11-23 09:00,S1",
    ],
)
def test_rows_that_differ_are_two_events(told, other):
    header = "parcel_id,code,event_time,location_id"
    said = told("P1,ready,2026-11-23 09:00,", other, header=header)

    assert said.events["source_event_id"].n_unique() == 2


def test_a_code_mapped_later_keeps_its_event_s_id(told):
    """So that reading the file again records what was put aside, once."""
    line = "P1,2063,2026-11-23 09:00"

    before, after = told(line).unknown, told(line, codes={"2063": "ready"}).events

    assert before["source_event_id"][0] == after["source_event_id"][0]


def test_fingerprints_never_change(told):
    """The ledger of last year knows events by them."""
    said = told("P1,ready,2026-11-23 09:00")

    assert said.events["source_event_id"][0] == "68c9eae378ee543a5ffc7e6b17d1d572"


def test_the_partner_s_own_id_is_kept(told):
    said = told("P1,ready,2026-11-23 09:00,E7,S1,,,,", header=FULL)

    assert said.events["source_event_id"].to_list() == ["E7"]


def test_a_correction_takes_the_event_back(told):
    said = told("P1,ready,2026-11-23 09:00,E8,S1,E7,,,", header=FULL)

    row = said.events.to_dicts()[0]
    assert (row["code"], row["corrects"]) == ("withdrawn", "E7")
    assert row["source_event_id"] == "E8"


def test_a_correction_under_the_old_id_gets_its_own(told):
    said = told("P1,2999,2026-11-23 09:00,E7,S1,E7,,,", header=FULL)

    row = said.events.to_dicts()[0]
    assert row["corrects"] == "E7"
    assert row["source_event_id"] != "E7"


def test_a_correction_is_somebody_s_decision(told):
    """Also of what a program concluded."""
    line = "P1,hold_expired,2026-11-23 09:00,E8,S1,E7,,,"
    said = told(line, header=FULL, inferred=["hold_expired"])

    assert said.events["evidence"].to_list() == ["scan"]


def test_times_without_offset_are_in_the_zone(told):
    said = told("P1,ready,2026-11-23T24:00:00")

    assert said.events["event_time"][0] == datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_names_and_phones_stand_apart_with_their_last_value(told):
    said = told(
        "P1,ready,2026-11-23 09:00,,,,,Lin,",
        "P1,collected,2026-11-23 10:00,,,,,,0900-000-001",
        "P2,ready,2026-11-23 10:00,,,,,,",
        "P3,2999,2026-11-23 10:00,,,,,Wu,",
        header=FULL,
    )

    assert said.contacts.rows() == [("P1", "Lin", "0900-000-001")]


def test_frames_keep_their_contracts(told):
    said = told("P1,extended,2026-11-23 09:00,E1,S1,,2,Lin,1", header=FULL)

    ParcelEvents.validate(said.events)
    Contacts.validate(said.contacts)
    assert said.events["extension_days"].to_list() == [2]


def test_a_header_alone_says_nothing(told):
    said = told()

    assert (said.events.height, said.contacts.height, said.unknown.height) == (0, 0, 0)
    ParcelEvents.validate(said.events)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("P1,extended,2026-11-23 09:00", "extension_says_how_long"),
        ("P1,withdrawn,2026-11-23 09:00", "withdrawal_says_of_what"),
        ("P1,ready,tomorrow", "not an instant"),
        (",ready,2026-11-23 09:00", "parcel_id: is empty"),
        ("P1,,2026-11-23 09:00", "code: is empty"),
        ("P\0,ready,2026-11-23 09:00", "NUL"),
        (f"P1,{'x' * 10_000_000},2026-11-23 09:00", "ids_and_codes_are_short"),
    ],
    ids=lambda value: value[:30].replace("\0", "NUL"),
)
def test_a_bad_row_is_put_aside_by_line_and_the_rest_read(read_rows, line, message):
    table = read_rows("P0,ready,2026-11-23 09:00", line)

    assert table.frame["parcel_id"].to_list() == ["P0"]
    assert [fault.line for fault in table.faults] == [3]
    assert message in str(table.faults[0])
    assert len(str(table.faults[0])) < 1000


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; DROP TABLE event; --"],
)
def test_hostile_text_is_carried_as_text(told, text):
    """It is escaped where it is shown."""
    header = "parcel_id,code,event_time,reason"
    said = told(f"{text},ready,2026-11-23 09:00,{text}", header=header)

    assert said.events["parcel_id"].to_list() == [text]
    assert said.events["reason"].to_list() == [text]


def test_public_status_codes_map_through_yaml(exchange, tmp_path, read_rows):
    """Each system of the published map is a partner; its codes become its states."""
    rows = pl.read_csv(exchange / "status_map.csv", infer_schema=False)
    (tmp_path / "network.yaml").write_text("time_zone: UTC\ncurrency: TWD\n")
    lines = ["network: network.yaml", "partners:"]
    for (system,), codes in rows.group_by("system", maintain_order=True):
        lines += [f"  {system}:", "    format: csv", "    codes:"]
        lines += [f'      "{r["code"]}": {r["cstore_state"]}' for r in codes.to_dicts()]
    (tmp_path / "track.yaml").write_text("\n".join(lines))
    settings = read_config(tmp_path / "track.yaml", TrackSettings)

    for (system,), codes in rows.group_by("system"):
        told = [f"P{k},{code},2026-11-23 09:00" for k, code in enumerate(codes["code"])]
        said = from_table(read_rows(*told), settings.partners[system], system)
        assert said.events["code"].to_list() == codes["cstore_state"].to_list()
