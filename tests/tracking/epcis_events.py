"""An EPCIS event, to be varied by a test."""


def event(**fields):
    """An ObjectEvent of one parcel, with other or (None) without fields."""
    return {
        name: value
        for name, value in {
            "type": "ObjectEvent",
            "eventTime": "2026-11-23T09:00:00+08:00",
            "eventTimeZoneOffset": "+08:00",
            "action": "OBSERVE",
            "bizStep": "receiving",
            "disposition": "in_progress",
            "epcList": ["urn:x:1"],
            **fields,
        }.items()
        if value is not None
    }


def document(*events, **fields):
    """A valid EPCISDocument of these events."""
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-23T09:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **fields,
    }
