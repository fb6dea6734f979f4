"""Tests of a feed as an EPCIS document."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cstore_cli.settings.cbv import BIZ_STEPS, DISPOSITIONS
from cstore_cli.settings.parcel_states import ACTS, STATES
from cstore_cli.settings.track import STEPS, Partner, Step
from cstore_cli.tracking.epcis_parse import parse
from cstore_cli.tracking.epcis_read import from_document
from cstore_cli.tracking.epcis_words import step_of, words_of
from cstore_cli.tracking.epcis_write import document
from cstore_cli.tracking.told import OWN_WORDS

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
PARTNER = Partner(format="epcis")
SCHEMA = {
    "cursor": pl.Int64,
    "event_id": pl.String,
    "parcel_id": pl.String,
    "event_time": pl.Datetime("us", "UTC"),
    "code": pl.String,
    "location_id": pl.String,
    "reason": pl.String,
    "corrects": pl.String,
    "deadline": pl.Datetime("us", "UTC"),
}
SAID = [name for name in SCHEMA if name not in ("cursor", "deadline")]
"""What an event says; the rest is the feed's own."""


def row(**fields):
    return {
        "cursor": 1,
        "event_id": "E1",
        "parcel_id": "P1",
        "event_time": NOW,
        "code": "ready",
        "location_id": "S1",
        "reason": None,
        "corrects": None,
        "deadline": None,
        **fields,
    }


def feed(*rows):
    return pl.DataFrame(list(rows), schema=SCHEMA)


def written(*rows, **partner):
    return document(feed(*rows), Partner(format="epcis", **partner), NOW)


def events_of(doc):
    return doc["epcisBody"]["eventList"]


def read_back(doc, partner=PARTNER):
    parsed = parse(json.dumps(doc).encode(), file="d.json")
    return from_document(parsed, partner, "p", file="d.json")


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
YEARS = (datetime(1901, 1, 1), datetime(2199, 1, 1))  # noqa: DTZ001
ids = texts.filter(bool)
instants = st.datetimes(*YEARS).map(lambda instant: instant.replace(tzinfo=UTC))
zones = st.sampled_from([None, "Asia/Taipei", "America/St_Johns"])
reasons = st.none() | ids | st.sampled_from(["did_not_occur", "incorrect_data"])


@st.composite
def feeds(draw):
    """Events in all states and acts, some of them taken back."""
    rows = []
    for event_id in draw(st.lists(ids, unique=True, max_size=6)):
        earlier = [r for r in rows if r["code"] != "withdrawn"]
        fields = {
            "event_id": event_id,
            "event_time": draw(instants),
            "reason": draw(reasons),
            "deadline": draw(st.none() | instants),
        }
        if earlier and draw(st.booleans()):
            old = draw(st.sampled_from(earlier))
            same = {name: old[name] for name in ("parcel_id", "location_id")}
            fields |= {"code": "withdrawn", "corrects": old["event_id"], **same}
        else:
            fields |= {
                "code": draw(st.sampled_from(sorted({*OWN_WORDS} - {"withdrawn"}))),
                "parcel_id": draw(ids),
                "location_id": draw(st.none() | ids),
            }
        rows.append(row(**fields, cursor=len(rows)))
    return rows


@given(feeds(), zones)
@settings(deadline=None)
def test_what_is_written_reads_back_the_same(rows, zone):
    partner = Partner(format="epcis", time_zone=zone)

    said = read_back(document(feed(*rows), partner, NOW), partner)

    assert said.unknown.height == 0
    back = said.events.rename({"source_event_id": "event_id"})
    assert back.select(SAID).rows() == feed(*rows).select(SAID).rows()


@given(feeds(), zones)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_valid(epcis_schema, rows, zone):
    partner = Partner(format="epcis", time_zone=zone)

    doc = document(feed(*rows), partner, NOW)

    assert epcis_schema.faults(doc, file="d.json") == ()


@pytest.mark.parametrize("code", [*STATES, *ACTS])
def test_every_state_and_act_is_valid_and_says_itself(epcis_schema, code):
    doc = written(row(code=code))

    assert epcis_schema.faults(doc, file="d.json") == ()
    assert events_of(doc)[0]["cstore:state"] == code


@pytest.mark.parametrize("code", STATES)
def test_a_state_reads_back_by_the_standard_s_words_or_not_at_all(code):
    """A reader that knows no cstore never takes one state for another."""
    biz_step, disposition = words_of(code, STEPS)
    step = step_of({"bizStep": biz_step, "disposition": disposition}, STEPS)

    assert step is None or step.state == code
    assert (step is None) == (biz_step not in BIZ_STEPS)


def test_every_state_has_words_of_its_own():
    pairs = [words_of(code, STEPS) for code in (*STATES, *ACTS)]

    assert len(set(pairs)) == len(STATES) + len(ACTS)
    assert {disposition for _, disposition in pairs} - {None} <= DISPOSITIONS


def test_an_expired_hold_is_told_as_inferred():
    doc = written(row(code="hold_expired", reason="hold_expired"))

    assert read_back(doc).events["evidence"].to_list() == ["inference"]


def test_a_partner_hears_its_own_words():
    steps = [Step(biz_step="storing", disposition="available", state="ready")]

    event = events_of(written(row(), steps=steps))[0]

    assert (event["bizStep"], event["disposition"]) == ("storing", "available")


def test_prefixes_are_put_on():
    event = events_of(
        written(row(), parcel_prefix="urn:a:", location_prefix="https://b.com/")
    )[0]

    assert event["epcList"] == ["urn:a:P1"]
    assert event["bizLocation"] == event["readPoint"] == {"id": "https://b.com/S1"}


def test_times_are_in_the_partner_s_zone():
    event = events_of(written(row(), time_zone="Asia/Taipei"))[0]

    assert event["eventTime"] == "2026-11-23T09:00:00+08:00"
    assert event["eventTimeZoneOffset"] == "+08:00"


def test_times_are_in_utc_where_no_zone_is_said():
    event = events_of(written(row()))[0]

    assert event["eventTime"] == "2026-11-23T01:00:00+00:00"
    assert event["eventTimeZoneOffset"] == "+00:00"


def test_a_deadline_is_told_in_the_zone_with_its_namespace():
    doc = written(row(deadline=NOW + timedelta(days=7)), time_zone="Asia/Taipei")

    assert events_of(doc)[0]["cstore:holdUntil"] == "2026-11-30T09:00:00+08:00"
    assert doc["@context"][1] == {"cstore": "https://ns.example.com/cstore/"}


def test_a_withdrawal_repeats_the_event_it_takes_back(epcis_schema):
    taken_back = row(code="withdrawn", event_id="E2", corrects="E1", cursor=2)
    taken_back["event_time"] = NOW + timedelta(hours=1)

    doc = written(row(), taken_back)

    event, declared = events_of(doc)
    declaration = declared.pop("errorDeclaration")
    assert declared == event
    assert declaration["declarationTime"] == "2026-11-23T02:00:00+00:00"
    assert epcis_schema.faults(doc, file="d.json") == ()


def test_a_withdrawal_of_what_was_told_long_ago_names_its_id(epcis_schema):
    doc = written(row(code="withdrawn", event_id="E2", corrects="E1"))

    event = events_of(doc)[0]
    assert event["eventID"] == "urn:x-cstore:event:E1"
    assert "bizStep" not in event
    assert epcis_schema.faults(doc, file="d.json") == ()
    assert read_back(doc).events["corrects"].to_list() == ["E1"]


def test_hostile_text_reads_back_as_text(epcis_schema):
    text = "<script>=cmd|' /C calc'!A0\"\r\n"

    doc = written(row(parcel_id=text, location_id=text, reason=text, event_id=text))

    assert epcis_schema.faults(doc, file="d.json") == ()
    back = read_back(doc).events.to_dicts()[0]
    assert back["parcel_id"] == back["location_id"] == back["reason"] == text


def test_a_feed_of_nothing_is_a_document(epcis_schema):
    doc = written()

    assert events_of(doc) == []
    assert epcis_schema.faults(doc, file="d.json") == ()


def test_the_cursor_is_told_so_that_a_reader_can_go_on():
    assert events_of(written(row(cursor=17)))[0]["cstore:cursor"] == "17"
