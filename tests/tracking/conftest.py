"""What partners send, written by a test and read back."""

import json
from pathlib import Path

import pytest

from cstore_cli.settings.track import Partner
from cstore_cli.tables.partner_events import PartnerEvents
from cstore_cli.tables.read import read_table
from cstore_cli.tracking.epcis_parse import parse
from cstore_cli.tracking.epcis_read import from_document
from cstore_cli.tracking.epcis_schema import EpcisSchema
from cstore_cli.tracking.partner_csv import from_table

EXCHANGE = Path(__file__).parents[3] / "shared" / "data" / "exchange"
HEADER = "parcel_id,code,event_time"


@pytest.fixture
def exchange():
    """The folder of the shared data, where it is at hand."""
    if not EXCHANGE.is_dir():
        pytest.skip(f"the shared data are absent ({EXCHANGE})")
    return EXCHANGE


@pytest.fixture(scope="session")
def epcis_schema():
    """The standard's schema, compiled."""
    path = EXCHANGE / "epcis_schema" / "epcis-json-schema.json"
    if not path.is_file():
        pytest.skip(f"the shared data are absent ({EXCHANGE})")
    return EpcisSchema(json.loads(path.read_bytes()), file=path.name)


@pytest.fixture
def read_rows(tmp_path):
    """The table of a partner's CSV with these lines."""

    def of(*lines, header=HEADER, **partner):
        path = tmp_path / "events.csv"
        text = "\n".join([header, *lines, ""])
        path.write_bytes(text.encode())
        source = Partner(format="csv", **partner).dialect.at(str(path))
        return read_table(source, PartnerEvents, "Asia/Taipei")

    return of


@pytest.fixture
def told(read_rows):
    """What a partner's CSV with these lines says."""

    def of(*lines, header=HEADER, **partner):
        table = read_rows(*lines, header=header, **partner)
        return from_table(table, Partner(format="csv", **partner), "p")

    return of


@pytest.fixture
def heard():
    """What an EPCIS document with these events says."""

    def of(*events, **partner):
        document = {"type": "EPCISDocument", "epcisBody": {"eventList": list(events)}}
        parsed = parse(json.dumps(document).encode(), file="d.json")
        teller = Partner(format="epcis", **partner)
        return from_document(parsed, teller, "p", file="d.json")

    return of
