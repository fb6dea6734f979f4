"""Random histories of parcels, for the fold and for whole ledgers."""

import datetime as dt

import polars as pl
from hypothesis import strategies as st

from cstore_cli.ledger.fold import Event
from cstore_cli.settings.parcel_states import ACTS, STATES
from cstore_cli.tables.events import ParcelEvents

START_US = 1_763_000_000_000_000
HOUR_US = 3_600_000_000


def told(source_event_id, code, hour, evidence="scan", **more):
    """One event of the parcel P1, so many hours after the start."""
    values = {
        "run_id": "r",
        "partner": "carrier",
        "parcel_id": "P1",
        "source_event_id": source_event_id,
        "code": code,
        "event_time_us": START_US + int(hour * HOUR_US),
        "evidence": evidence,
    }
    return Event(**(values | more))


@st.composite
def histories(draw, parcels=("P1",), longest=12):
    """Events in any order, some at the same instant, some taken back."""
    number = draw(st.integers(1, longest))
    events = []
    for k in range(number):
        code = draw(st.sampled_from([*STATES, *ACTS]))
        partner = draw(st.sampled_from(["carrier", "chain"]))
        corrects = None
        if code == "withdrawn":
            corrects = f"e{draw(st.integers(0, number - 1))}"
        events.append(
            told(
                f"e{k}",
                code,
                draw(st.integers(0, 6)),
                draw(st.sampled_from(["scan", "inference"])),
                partner=partner,
                parcel_id=draw(st.sampled_from(parcels)),
                location_id=draw(st.sampled_from([None, "S1", "S2"])),
                litres=draw(st.sampled_from([None, 1.5, 3.0])),
                extension_days=draw(st.sampled_from([None, 2])),
                corrects=corrects,
            )
        )
    return events


def frame(events):
    """Events as a table under the contract."""
    columns = ParcelEvents.column_names()
    rows = [
        {
            **event._asdict(),
            "event_time": dt.datetime.fromtimestamp(
                event.event_time_us / 1_000_000, dt.UTC
            ),
        }
        for event in events
    ]
    schema = ParcelEvents.create_empty().schema
    return pl.DataFrame(
        [[row[name] for name in columns] for row in rows], schema=schema, orient="row"
    )
