"""track import and what comes after it on files that mean harm."""

import pytest
from partner_files import row

from cstore_cli.ledger.timeline import near_miss

FORMULA = '=HYPERLINK("http://x","y")'


def test_a_formula_comes_out_harmless_and_unchanged_within(track):
    track.told(row("=1+1", "@P1", "ready", 3, location_id="+S1", reason=FORMULA))

    (told,) = track.feed()

    assert told["parcel_id"] == "'@P1"
    assert told["location_id"] == "'+S1"
    assert told["reason"] == f"'{FORMULA}"
    assert track.ask("SELECT reason FROM event") == [(FORMULA,)]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE event; --", "%s %n {0}"]
)
def test_code_in_a_cell_is_text(track, text):
    track.told(row("1", text, "ready", 3, reason=text, location_id=text))

    assert track.feed()[0]["parcel_id"] == text
    assert track("show", text).code == 0


def test_controls_do_not_reach_the_terminal(track):
    track.told(row("1", "P1", "ready", 3, reason="\x1b[2Jgone", location_id="S\u202e1"))

    shown = track("show", "P1").out

    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_nul_is_a_rejected_row(track):
    path = track.folder / "f.csv"
    path.write_bytes(
        b"parcel_id,code,event_time\nP1,ready,2026-11-01T10:00:00Z\n"
        b"P\x002,ready,2026-11-01T10:00:00Z\n"
    )

    done = track("import", "carrier", path)

    assert done.code == 6
    assert "f.csv:3" in done.err
    assert track.count("event") == 1


def test_a_field_of_10_mb_is_kept_or_rejected_but_breaks_nothing(track):
    """As an id it is refused; as a reason it is text like any other."""
    long = "x" * 10_000_000

    done = track.told(
        row("1", long, "ready", 3), row("2", "P2", "ready", 3, reason=long)
    )

    assert done.code == 6
    assert len(done.err) < 5_000
    assert track.ask("SELECT parcel_id, length(reason) FROM event") == [
        ("P2", 10_000_000)
    ]
    assert len(track("show", "P2").out) < 5_000


def test_a_header_of_100_000_columns_is_read_or_refused_shortly(track):
    path = track.folder / "f.csv"
    names = ",".join(f"c{k}" for k in range(100_000))
    path.write_text(f"{names}\n{',' * 99_999}\n")

    done = track("import", "carrier", path)

    assert done.code == 3
    assert "parcel_id: column is missing" in done.err
    assert len(done.err) < 10_000


def test_the_right_columns_among_100_000_are_found(track):
    path = track.folder / "f.csv"
    names = ",".join(f"c{k}" for k in range(100_000))
    path.write_text(
        f"parcel_id,code,event_time,{names}\n"
        f"P1,ready,2026-11-01T10:00:00Z,{',' * 99_999}\n"
    )

    assert track("import", "carrier", path).code == 0
    assert track.count("event") == 1


def test_an_id_of_wildcards_finds_nothing_else(track):
    track.told(row("1", "P1", "ready", 3))

    assert track("show", "%").code == 3
    assert track("show", "_1").code == 3
    assert near_miss is not None


def test_json_in_a_cell_stays_in_its_cell(track):
    track.told(row("1", "P1", "ready", 3, reason='"}], "x": [{"'))

    told = track.json("show", "P1")

    assert told["events"][0]["reason"] == '"}], "x": [{"'
