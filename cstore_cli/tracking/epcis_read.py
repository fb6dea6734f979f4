"""
A partner's EPCIS document in our words.

Each EPC that an event names is a parcel observed: those of a list, of an aggregation
or association the parent as well as its children, of a transformation what went in as
well as what came out. An event is known by its eventID, by what it says where it has
none; one of several parcels is an event of each, whose ids end in the parcel's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.cbv import bare_word
from cstore_cli.settings.parcel_states import INFERRED
from cstore_cli.settings.track import Partner, Step
from cstore_cli.tables.events import Contacts, ParcelEvents
from cstore_cli.tables.partner_events import LONGEST_ID
from cstore_cli.tracking.epcis_times import instant_of
from cstore_cli.tracking.epcis_uris import EVENT_PREFIX, id_of
from cstore_cli.tracking.epcis_words import EVENT_ID, own_code, step_of, word
from cstore_cli.tracking.told import OWN_WORDS, UNKNOWN, Told, fingerprint

_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_NOT_CONTENT = {"eventID", "errorDeclaration", "recordTime", "@context"}
"""What may differ between two tellings of one event."""


@dataclass(frozen=True)
class _Said:
    """One event of the document, as far as it needs no knowledge of its meaning."""

    event_id: str
    event_time: datetime
    parcels: tuple[str, ...]
    location_id: str | None
    declared: dict[str, Any] | None
    declared_at: datetime

    def id_for(self, parcel_id: str, base: str | None = None) -> str:
        """The id of the event of one parcel."""
        several = len(self.parcels) > 1
        return f"{base or self.event_id}{f'#{parcel_id}' if several else ''}"


def from_document(
    document: dict[str, Any], partner: Partner, name: str, *, file: str
) -> Told:
    """
    What the events of ``document`` say.

    A step that means no state, an event without parcels and a class of goods counted
    in bulk are put aside as unknown; they are no fault. An error declaration takes
    back what it repeats.

    Parameters
    ----------
    document
        An EPCISDocument, an EPCISQueryDocument or one event; valid, or at least parsed.
    partner, name
        Who tells it, and under which name in the settings.
    file
        How faults call the document.

    Raises
    ------
    InputError
        When it holds no events, or one without a readable time or with an id longer
        than any id; every fault is named.
    """
    faults: list[Fault] = []
    events: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    for path, event in _events(document, file):
        said = _said(event, partner, name, f"{path}.".lstrip("."), faults, file)
        if said is None:
            continue
        step = step_of(event, partner.steps)
        code = own_code(event) or (step.state if step else None)
        if said.declared is not None and said.parcels:
            events += _withdrawals(said, said.declared, name)
        elif code in OWN_WORDS and code != "withdrawn" and said.parcels:
            events += _observed(said, event, code, step)
        else:
            unknown += _unknown(said, event)
    if faults:
        raise InputError(f"{file}: {len(faults)} fault(s) in the events:", faults)
    schema = ParcelEvents.create_empty().schema
    return Told(
        events=pl.DataFrame(events, schema=schema),
        contacts=Contacts.create_empty(),
        unknown=pl.DataFrame(unknown, schema=UNKNOWN),
    )


def _events(document: dict[str, Any], file: str) -> Iterator[tuple[str, Any]]:
    """The document's events, each with its path."""
    body = document.get("epcisBody")
    if body is None and "eventTime" in document:
        yield "", document
        return
    path = "epcisBody"
    inner: tuple[str, ...] = ("eventList",)
    if isinstance(body, dict) and "queryResults" in body:
        inner = ("queryResults", "resultsBody", "eventList")
    found: Any = body
    for key in inner:
        path = f"{path}.{key}"
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise InputError(
            f"{file}: holds no events. Expected an EPCISDocument with "
            "epcisBody.eventList, an EPCISQueryDocument, or one event."
        )
    for number, event in enumerate(found):
        yield f"{path}[{number}]", event


def _said(
    event: Any, partner: Partner, name: str, path: str, faults: list[Fault], file: str
) -> _Said | None:
    """The event's outer facts; None, and a fault, where they cannot be had."""
    if not isinstance(event, dict):
        faults.append(Fault(file, None, path.rstrip("."), "is no event"))
        return None
    num_before = len(faults)
    offset = event.get("eventTimeZoneOffset")
    instant, why = instant_of(event.get("eventTime"), offset)
    if instant is None:
        faults.append(Fault(file, None, f"{path}eventTime", *why))
    declared = event.get("errorDeclaration")
    declared = declared if isinstance(declared, dict) else None
    declared_at = instant
    if declared is not None:
        declared_at, why = instant_of(declared.get("declarationTime"), offset)
        if declared_at is None:
            where = f"{path}errorDeclaration.declarationTime"
            faults.append(Fault(file, None, where, *why))
    given = event.get("eventID")
    if isinstance(given, str) and given:
        event_id = id_of(given, EVENT_PREFIX)
    else:
        content = {k: v for k, v in event.items() if k not in _NOT_CONTENT}
        event_id = fingerprint(name, content)
    parcels = tuple(id_of(epc, partner.parcel_prefix) for epc in _epcs(event))
    place = _place(event)
    location_id = place and id_of(place, partner.location_prefix)
    for field, ids in (
        ("eventID", (event_id,)),
        ("epcList", parcels),
        ("bizLocation", (location_id or "",)),
    ):
        longest = max(map(len, ids), default=0)
        if longest > LONGEST_ID:
            what = f"an id of {longest} characters, where {LONGEST_ID} are the most"
            faults.append(Fault(file, None, f"{path}{field}", what, "write the id"))
    if len(faults) > num_before or instant is None or declared_at is None:
        return None
    return _Said(event_id, instant, parcels, location_id, declared, declared_at)


def _epcs(event: dict[str, Any]) -> list[str]:
    """The EPCs that an event names, each once."""
    named = [event.get("parentID")]
    for field in _LISTS:
        epcs = event.get(field)
        named += epcs if isinstance(epcs, list) else []
    return list(dict.fromkeys(epc for epc in named if isinstance(epc, str) and epc))


def _place(event: dict[str, Any]) -> str | None:
    """Where the parcels are afterwards, else where they were seen."""
    for field in ("bizLocation", "readPoint"):
        place = event.get(field)
        if isinstance(place, dict) and isinstance(place.get("id"), str):
            return str(place["id"]) or None
    return None


def _reason(fields: dict[str, Any]) -> str | None:
    """The reason in anybody's extension field."""
    told = (v for k, v in sorted(fields.items()) if k.endswith(":reason"))
    return next((reason for reason in told if isinstance(reason, str) and reason), None)


def _observed(
    said: _Said, event: dict[str, Any], code: str, step: Step | None
) -> Iterator[dict[str, Any]]:
    of_step = step is not None and step.inferred and step.state == code
    inferred = of_step or code in INFERRED
    for parcel_id in said.parcels:
        yield {
            "source_event_id": said.id_for(parcel_id),
            "parcel_id": parcel_id,
            "code": code,
            "event_time": said.event_time,
            "evidence": "inference" if inferred else "scan",
            "location_id": said.location_id,
            "reason": _reason(event),
        }


def _withdrawals(
    said: _Said, declared: dict[str, Any], name: str
) -> Iterator[dict[str, Any]]:
    own = declared.get(EVENT_ID)
    instant = said.declared_at.isoformat()
    base = own if isinstance(own, str) and own else None
    base = base or fingerprint(name, "declared", said.event_id, instant)
    reason = declared.get("reason")
    reason = bare_word(reason) if isinstance(reason, str) else _reason(declared)
    for parcel_id in said.parcels:
        yield {
            "source_event_id": said.id_for(parcel_id, base),
            "parcel_id": parcel_id,
            "code": "withdrawn",
            "event_time": said.declared_at,
            "evidence": "scan",
            "location_id": said.location_id,
            "corrects": said.id_for(parcel_id),
            "reason": reason,
        }


def _unknown(said: _Said, event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    step, disposition = word(event, "bizStep"), word(event, "disposition")
    code = "/".join(part for part in (step, disposition) if part)
    for parcel_id in said.parcels or ("",):
        yield {
            "source_event_id": said.id_for(parcel_id),
            "parcel_id": parcel_id,
            "code": (code or str(event.get("type", "?")))[:LONGEST_ID],
            "event_time": said.event_time,
            "location_id": said.location_id,
        }
