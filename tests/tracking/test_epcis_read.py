"""Tests of a partner's EPCIS events in our words."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from epcis_events import event

from cstore_cli.errors import InputError
from cstore_cli.settings.track import STEPS, Partner, Step
from cstore_cli.tables.events import ParcelEvents
from cstore_cli.tracking.epcis_parse import parse
from cstore_cli.tracking.epcis_read import from_document

PARTNER = Partner(format="epcis")


def codes(said):
    return said.events["code"].to_list()


def test_the_sample_tells_a_parcel_s_whole_story(exchange):
    path = exchange / "sample_store_hold_expiry.epcis.json"
    partner = Partner(
        format="epcis",
        parcel_prefix="urn:epc:id:sscc:0614141.",
        location_prefix="urn:epc:id:sgln:0614141.",
    )

    said = from_document(parse(path.read_bytes(), file=""), partner, "p", file="")

    assert codes(said) == [
        "at_dc",
        "out_to_store",
        "at_store",
        "ready",
        "hold_expired",
        "return_in_transit",
        "return_ready",
    ]
    assert set(said.events["parcel_id"]) == {"1234567890"}
    assert said.events["location_id"].to_list()[:3] == ["00001.0", "00001.0", "00011.0"]
    expired = said.events.to_dicts()[4]
    assert (expired["evidence"], expired["reason"]) == ("inference", "hold_expired")
    assert set(said.events["evidence"].to_list()[:4]) == {"scan"}


def test_every_valid_document_reads(exchange):
    for path in exchange.glob("epcis_valid/*"):
        parsed = parse(path.read_bytes(), file=path.name)
        said = from_document(parsed, PARTNER, "p", file=path.name)
        ParcelEvents.validate(said.events)
        assert said.events.height + said.unknown.height > 0


@pytest.mark.parametrize(
    "biz_step",
    [
        "receiving",
        "urn:epcglobal:cbv:bizstep:receiving",
        "https://ref.gs1.org/cbv/BizStep-receiving",
        "https://ns.gs1.org/cbv/BizStep-receiving",
        "cbv:BizStep-receiving",
    ],
)
@pytest.mark.parametrize(
    "disposition",
    [
        "in_progress",
        "urn:epcglobal:cbv:disp:in_progress",
        "https://ref.gs1.org/cbv/Disp-in_progress",
    ],
)
def test_a_word_is_known_in_all_its_forms(heard, biz_step, disposition):
    said = heard(event(bizStep=biz_step, disposition=disposition))

    assert codes(said) == ["at_dc"]


@pytest.mark.parametrize(
    ("biz_step", "disposition"),
    [
        ("holding", "expired"),
        ("holding", "in_progress"),
        ("stocking", "expired"),
        ("collecting", "in_progress"),
        ("receiving", "expired"),
        ("https://example.com/bizStep/receiving", "in_progress"),
        (None, "in_progress"),
        ("receiving", None),
    ],
)
def test_traps_and_the_unmapped_are_put_aside(heard, biz_step, disposition):
    said = heard(event(bizStep=biz_step, disposition=disposition))

    assert codes(said) == []
    words = "/".join(word for word in (biz_step, disposition) if word)
    assert said.unknown["code"].to_list() == [words]


def test_no_default_step_is_a_trap():
    assert not {step.biz_step for step in STEPS} & {"holding", "collecting"}
    assert "expired" not in {step.disposition for step in STEPS}


def test_the_step_that_names_the_disposition_goes_first(heard):
    steps = [
        Step(biz_step="accepting", state="at_store"),
        Step(biz_step="accepting", disposition="returned", state="return_ready"),
    ]
    events = [
        event(bizStep="accepting", disposition=word)
        for word in ("returned", "damaged", None)
    ]

    assert codes(heard(*events, steps=steps)) == [
        "return_ready",
        "at_store",
        "at_store",
    ]


def test_a_list_is_an_event_of_each_parcel(heard):
    said = heard(event(eventID="urn:e:1", epcList=["urn:x:1", "urn:x:2", "urn:x:1"]))

    assert said.events["parcel_id"].to_list() == ["urn:x:1", "urn:x:2"]
    assert said.events["source_event_id"].to_list() == [
        "urn:e:1#urn:x:1",
        "urn:e:1#urn:x:2",
    ]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("AggregationEvent", {"parentID": "urn:x:0", "childEPCs": ["urn:x:1"]}),
        ("AssociationEvent", {"parentID": "urn:x:0", "childEPCs": ["urn:x:1"]}),
        ("TransactionEvent", {"parentID": "urn:x:0", "epcList": ["urn:x:1"]}),
        (
            "TransformationEvent",
            {"inputEPCList": ["urn:x:0"], "outputEPCList": ["urn:x:1"]},
        ),
    ],
)
def test_each_type_of_event_names_its_parcels(heard, kind, fields):
    said = heard(event(**{"type": kind, "epcList": None} | fields))

    assert said.events["parcel_id"].to_list() == ["urn:x:0", "urn:x:1"]


def test_an_event_of_no_parcel_is_put_aside(heard):
    bulk = event(epcList=None, quantityList=[{"epcClass": "urn:c:1", "quantity": 3}])

    assert heard(bulk).unknown["parcel_id"].to_list() == [""]


def test_a_uri_without_the_prefix_is_the_id_all_of_it(heard):
    said = heard(event(epcList=["urn:a:7", "urn:b:7"]), parcel_prefix="urn:a:")

    assert said.events["parcel_id"].to_list() == ["7", "urn:b:7"]


def test_the_place_afterwards_goes_before_the_place_seen(heard):
    seen, after = {"id": "urn:p:1"}, {"id": "urn:p:2"}
    said = heard(
        event(readPoint=seen, bizLocation=after), event(readPoint=seen), event()
    )

    assert said.events["location_id"].to_list() == ["urn:p:2", "urn:p:1", None]


def test_an_event_without_id_is_known_by_what_it_says(heard):
    said = heard(event(), event(recordTime="2026-11-23T10:00:00Z"), event(action="ADD"))

    first, again, other = said.events["source_event_id"].to_list()
    assert first == again != other


def test_the_order_of_fields_makes_no_other_event(heard):
    backwards = dict(reversed(event().items()))

    assert heard(event(), backwards).events["source_event_id"].n_unique() == 1


@pytest.mark.parametrize("given", ["urn:e:1", None])
def test_an_error_declaration_takes_the_event_back(heard, given):
    """It repeats the event, with its id if it has one."""
    wrong = event(eventID=given, epcList=["urn:x:1", "urn:x:2"])
    when = "2026-11-24T09:00:00+08:00"
    declaration = {"declarationTime": when, "reason": "did_not_occur"}

    said = heard(wrong, {**wrong, "errorDeclaration": declaration})

    told, taken_back = said.events[:2].to_dicts(), said.events[2:].to_dicts()
    assert [row["code"] for row in taken_back] == ["withdrawn"] * 2
    assert [row["corrects"] for row in taken_back] == [
        row["source_event_id"] for row in told
    ]
    assert said.events["source_event_id"].n_unique() == 4
    assert taken_back[0]["event_time"] == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert taken_back[0]["reason"] == "did_not_occur"


def test_an_error_declared_of_what_means_nothing_is_no_error(heard):
    declaration = {"declarationTime": "2026-11-24T09:00:00+08:00"}

    said = heard(event(bizStep="packing", errorDeclaration=declaration))

    assert codes(said) == ["withdrawn"]


def test_a_reason_is_kept_and_a_deadline_is_not(heard):
    fields = {"acme:reason": "wet", "acme:holdUntil": "2026-11-30T23:59:59+08:00"}

    said = heard(event(**fields))

    assert said.events["reason"].to_list() == ["wet"]


@pytest.mark.parametrize("code", ["planned", "withdrawn", "nonsense", 5, None])
def test_a_partner_says_by_our_word_only_what_partners_may(heard, code):
    said = heard(event(bizStep="packing", **{"cstore:state": code}))

    assert codes(said) == []
    assert said.unknown.height == 1


def test_our_word_wins_over_the_step_and_its_evidence(heard):
    """The step would be an expired hold, concluded; the word is a scan at the store."""
    step = {"bizStep": "staging_outbound", "disposition": "returned"}

    said = heard(event(**step, **{"cstore:state": "ready"}))

    assert said.events.select("code", "evidence").rows() == [("ready", "scan")]


def test_a_query_document_and_a_bare_event_read_as_well():
    queried = {
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"resultsBody": {"eventList": [event()]}}},
    }

    for document in (queried, event()):
        assert codes(from_document(document, PARTNER, "p", file="d")) == ["at_dc"]


@pytest.mark.parametrize(
    "document",
    [{}, {"epcisBody": None}, {"epcisBody": []}, {"epcisBody": {"eventList": {}}}],
    ids=json.dumps,
)
def test_a_document_without_events_is_refused(document):
    with pytest.raises(InputError, match=r"d.json: holds no events\. Expected an"):
        from_document(document, PARTNER, "p", file="d.json")


def test_what_no_schema_checked_is_named_by_its_path(heard):
    """All of it at once."""
    late = event(errorDeclaration={"declarationTime": "yesterday"})
    odd = event(epcList=["urn:x:" + "1" * 600])

    with pytest.raises(InputError) as told:
        heard(event(eventTime=None), 5, late, odd)

    assert [fault.column for fault in told.value.faults] == [
        "epcisBody.eventList[0].eventTime",
        "epcisBody.eventList[1]",
        "epcisBody.eventList[2].errorDeclaration.declarationTime",
        "epcisBody.eventList[3].epcList",
    ]


@pytest.mark.parametrize("odd", [5, None, [], {}, "", [5, None, {}], {"id": 5}, True])
@pytest.mark.parametrize(
    "field",
    [
        "type",
        "eventID",
        "bizStep",
        "disposition",
        "epcList",
        "parentID",
        "readPoint",
        "bizLocation",
        "errorDeclaration",
        "eventTimeZoneOffset",
        "cstore:state",
        "acme:reason",
    ],
)
def test_odd_values_without_a_schema_do_no_harm(heard, field, odd):
    """A fault or an event, never a crash."""
    with contextlib.suppress(InputError):
        said = heard({**event(), field: odd})
        assert said.events.height + said.unknown.height >= 1
