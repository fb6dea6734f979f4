"""track feed: what a partner reads, in parts, of its own parcels only."""

import json

import pytest
from mornings import ROOT, rows
from partner_files import network, row

EPCIS = ROOT.parent / "shared/data/exchange/epcis_schema/epcis-json-schema.json"
HEADER = (
    "cursor,event_id,parcel_id,event_time,code,location_id,reason,corrects,notice,state"
)


@pytest.fixture
def two(track):
    """P1 of the shop goes to FoxMart's S1, P2 of the mart to Amberlight's S2."""
    track.told(
        row("1", "P1", "ARR", 1),
        row("2", "P1", "created", 1, platform="shop"),
        row("3", "P2", "created", 1, platform="mart"),
        row("4", "P1", "ready", 3, location_id="S1"),
        row("5", "P2", "ready", 3, location_id="S2"),
        row("6", "P1", "POD", 4),
        row("7", "P1", "withdrawn", 5, corrects="6", reason="wrong parcel"),
    )
    return track


def test_a_row_says_what_when_where_and_how_it_stands(two):
    told = two.feed()[3]

    assert told == {
        "cursor": "4",
        "event_id": "4",
        "parcel_id": "P1",
        "event_time": "2026-11-03T12:00:00+08:00",
        "code": "ready",
        "location_id": "S1",
        "reason": "",
        "corrects": "",
        "notice": "",
        "state": "ready",
    }


def test_a_withdrawal_names_the_event_id_it_takes_back(two):
    assert two.feed()[-1]["corrects"] == "6"


@pytest.mark.parametrize(
    ("partner", "parcels"),
    [
        ("shop", {"P1"}),
        ("mart", {"P2"}),
        ("foxmart", {"P1"}),
        ("carrier", {"P1", "P2"}),
    ],
)
def test_a_partner_sees_only_its_own_parcels(two, partner, parcels):
    told = two.feed(partner)

    assert {one["parcel_id"] for one in told} == parcels
    num_own = sum(one["parcel_id"] in parcels for one in two.feed())
    assert len(told) == num_own


@pytest.mark.parametrize("partner", ["carrier", "shop", "mart", "foxmart"])
def test_resumed_at_every_cursor_it_is_the_whole_feed(two, partner):
    whole = two.feed(partner)

    for k, told in enumerate(whole):
        assert two.feed(partner, told["cursor"]) == whole[k + 1 :]


def test_the_header_comes_also_without_rows(two):
    done = two("feed", "--partner", "carrier", "--since", "7")

    assert done.out.splitlines() == [HEADER]
    assert "Next: --since 7" in done.err


def test_the_next_cursor_is_told(two):
    done = two("feed", "--partner", "shop", "--since", "0")

    assert "5 events. Next: --since 7" in done.err


def test_a_file_is_written_whole_with_a_mark_for_excel(two, tmp_path):
    out = tmp_path / "feed.csv"

    done = two("feed", "--partner", "carrier", "--since", "0", "--out", out, "-q")

    assert (done.code, done.out, done.err) == (0, "", "")
    assert out.read_bytes().startswith(b"\xef\xbb\xbfcursor,")
    assert len(rows(out)) == 7


def test_a_feed_that_cannot_be_written_leaves_the_old_one(two, tmp_path):
    out = tmp_path / "no such folder" / "feed.csv"

    assert two("feed", "--partner", "shop", "--since", "0", "--out", out).code == 7


@pytest.mark.parametrize(
    "wrong", [("nobody", "0"), ("shop", "yesterday"), ("shop", "99999999")]
)
def test_a_wrong_partner_or_cursor_is_usage(two, wrong):
    partner, since = wrong

    assert two("feed", "--partner", partner, "--since", since).code == 2


def test_epcis_is_a_document_of_the_same_events(two):
    done = two("feed", "--partner", "shop", "--since", "0", "--format", "epcis")

    events = json.loads(done.out)["epcisBody"]["eventList"]
    assert len(events) == len(two.feed("shop"))
    assert "errorDeclaration" in events[-1]


def test_an_epcis_feed_without_events_is_a_document_too(two):
    done = two("feed", "--partner", "gs1", "--since", "7")

    assert json.loads(done.out)["epcisBody"]["eventList"] == []


def test_its_own_epcis_feed_can_be_imported(two, tmp_path):
    """Written, valid by the standard's schema, and read by another cstore."""
    if not EPCIS.is_file():
        pytest.skip("the schema in ../shared is absent")
    document = tmp_path / "feed.json"
    two("feed", "--partner", "gs1", "--since", "0", "--out", document, "-q")
    (tmp_path / "other").mkdir()
    two.config = network(tmp_path / "other", more=f"epcis_schema: {EPCIS}\n")

    done = two("import", "gs1", document)

    assert done.code == 0, done.err
    assert "7 new" in done.err


def test_json_tells_how_far_the_feed_has_come(two, tmp_path):
    """Five are the carrier's to see after the second."""
    told = two.json(
        "feed", "--partner", "carrier", "--since", "2", "--out", tmp_path / "feed.csv"
    )

    written = rows(tmp_path / "feed.csv")
    assert told["events"] == len(written) == 5
    assert told["since"] == "2"
    assert told["next"] == written[-1]["cursor"] == "7"


def test_json_beside_the_feed_on_stdout_is_refused(two):
    done = two("feed", "--partner", "carrier", "--since", "0", "--json")

    assert done.code == 2
    assert done.out == ""
    assert "--out" in done.err
