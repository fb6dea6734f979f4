"""Tests of the plan as a dispatcher reads it."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hand_made_day import changed, day, frame, route, search, shown
from rich.cells import cell_len

from cstore_cli.dayplan.explained import Group, Remedy
from cstore_cli.tables.plan import PlanTables

WIDTHS = pytest.mark.parametrize("width", [80, 140])


def part(text, title):
    """The lines of a table: from its title to the next empty line."""
    return text.split(f"\n{title}\n")[1].split("\n\n")[0].splitlines()


def row(text, title, first):
    """The cells of the table's row that begins so."""
    lines = [line for line in part(text, title) if line.startswith(first)]
    return re.split(r"\s+", lines[0].strip())


def empty_day():
    """A day on which nothing was to be done."""
    plan = day(searches=(), notes=())
    tables = {name: frame(name, []) for name in PlanTables.__dataclass_fields__}
    none = plan.unserved.clear()
    return replace(plan, tables=PlanTables(**tables), unserved=none)


@WIDTHS
def test_day_opens_with_headline_and_balance(width):
    """In a pipe each is one line, however narrow."""
    first, second, *_ = shown(day(), width).splitlines()

    assert first == (
        "1,064 of 1,210 parcels planned, 32 unserved, 100 deferred, 2 rejected, "
        "12 already planned; 3 routes, 187.3 km, 7,370 TWD"
    )
    assert second == (
        "read 1,203 + carried in 7 = planned 1,064 + deferred 100 + unserved 32 "
        "+ rejected 2 + already planned 12"
    )


def test_rows_that_do_not_balance_are_never_said_to():
    plan = day()
    lost = replace(plan.tables, parcels=plan.tables.parcels.head(-1))
    assert "carried in 7 is not planned" in shown(replace(plan, tables=lost))


@WIDTHS
def test_row_of_a_dc_has_its_vans_work_and_both_gaps(width):
    """A gap of 0.004 % is not shown as none; what is not proven says so."""
    west = row(shown(day(), width), "Vans by DC", "DC-WG")
    south = row(shown(day(), width), "Vans by DC", "DC-ZH")
    total = row(shown(day(), width), "Vans by DC", "total")

    assert west[:7] == ["DC-WG", "1,000", "62", "2", "124.9", "11.2", "4,913"]
    assert west[7:] == ["<", "0.01", "%", "unproven"]
    assert south[-4:] == ["1.23", "%", "4.10", "%"]
    assert total == ["total", "1,043", "66", "3", "187.3", "16.7", "7,370"]


@WIDTHS
def test_no_gap_is_called_just_gap(width):
    """Every mention says to what."""
    text = shown(day(), width)
    assert "routes found" in text
    assert set(re.findall(r"\bgap\b(?: to)?", text)) == {"gap to"}


def test_what_a_proven_gap_takes_as_given_is_said():
    given = "takes as given: channels, stores, regions' hubs"
    assert given in shown(day())
    assert given not in shown(day(searches=(search(),)))


def test_dc_without_a_route_still_has_its_row():
    """Its clients were all left unserved."""
    text = shown(day(searches=(search(), search("DC-XX", gap_columns=None))))
    cells = row(text, "Vans by DC", "DC-XX")
    assert cells[1:] == ["0", "0", "0", "0.0", "0.0", "0", "unproven", "unproven"]


@WIDTHS
def test_regions_have_a_column_per_channel_that_goes_there(width):
    text = shown(day(), width)
    title = "Regions, with planned parcels"

    assert "store_pickup  store_door" in part(text, title)[0]
    assert row(text, title, "DC-WG")[1:] == ["SE-110817", "58", "11.2", "800", "200"]
    assert row(text, title, "DC-ZH")[1:] == ["全家-永和中正", "4", "11.2", "43", "0"]
    assert "seller_direct 21 (handed over)" in text


@WIDTHS
def test_route_shows_van_times_and_load(width):
    """Times are HH:MM."""
    assert row(shown(day(), width), "Routes", "DC-WG-02") == [
        *["DC-WG-02", "van_3t5", "2", "09:32", "15:05", "1", "31", "500"],
        *["8,123", "1,043", "62.4", "2,457"],
    ]


@WIDTHS
def test_causes_come_commonest_first_with_an_example(width):
    lines = part(shown(day(), width), "Unserved, by cause")
    assert [line.split()[0:2] for line in lines if line.startswith("no_")] == [
        ["no_van_left", "30"],
        ["no_store_near", "2"],
    ]
    assert "E0000: The vans of DC-WG have no room" in lines[2]
    deferred = part(shown(day(), width), "Deferred, by cause")
    assert deferred[-1].split()[:2] == ["not_at_dc", "100"]


@WIDTHS
def test_what_would_serve_the_unserved_is_told_with_its_proof(width):
    van = Remedy("vans", "van_3t5", "DC-WG", 1, "one van more", 28, 1950.4, True)
    door = Remedy("dock_doors", "DC-ZH", None, 1, "one door more", 3, 0.0, False)
    groups = (
        Group("vans_full", "DC-WG", None, tuple(range(30)), van, searched=True),
        Group("no_dock_door", "DC-ZH", None, (30, 31, 32), door),
        Group("no_store_near", None, None, (33, 34), searched=True),
        Group("no_time_left", "DC-ZH", None, (35,)),
    )
    lines = part(shown(day(groups=groups), width), "What would serve them")
    rows = [" ".join(line.split()) for line in lines[-4:]]
    if width == 140:
        assert rows == [
            "vans_full DC-WG 30 one van more 28 1,950 yes",
            "no_dock_door DC-ZH 3 one door more 3 0 not verified",
            "no_store_near 2 no single change of the menu",
            "no_time_left DC-ZH 1 no time to look",
        ]
    assert "vans_full DC-WG 30" in " ".join(" ".join(lines).split())


def test_only_the_largest_groups_are_printed():
    groups = tuple(Group("no_time_left", f"D{k}", None, (k,)) for k in range(15))
    text = shown(day(groups=groups))
    assert "D11" in text
    assert "D12" not in text
    assert "3 smaller groups: see unserved.csv" in text


def test_levels_stand_in_order_of_importance():
    values = [
        line.split()[-1]
        for line in part(shown(day()), "Objective, most important first")
    ]
    assert values[2:] == ["35", "1,234", "5", "123,457", "7,370"]


def test_notes_and_place_end_the_report():
    ends = shown(day(stores_proven=False), where=Path("/out/plans/1")).splitlines()[-3:]
    assert ends == [
        "Note: the choice of stores is not proven the best.",
        "Note: DC-WG: 2 stores cannot be reached: SE-1, SE-2.",
        "Plan written to /out/plans/1",
    ]
    assert shown(day()).endswith("No plan was written\n")


def test_day_without_work_has_no_empty_tables():
    text = shown(empty_day())
    assert "0 of 1,210 parcels planned" in text
    assert "0 routes, 0.0 km, 0 TWD" in text
    assert [t for t in ("Vans", "Regions", "Routes", "by cause") if t in text] == []


@WIDTHS
def test_no_line_is_wider_than_the_terminal(width):
    """Chinese characters take two cells each."""
    text = shown(day(), width, force_terminal=True, color_system=None)
    assert max(map(cell_len, text.splitlines())) <= width


@WIDTHS
def test_columns_end_in_line_beside_chinese(width):
    lines = part(shown(day(), width), "Routes")
    assert len({cell_len(line) for line in lines}) == 1


@pytest.mark.parametrize("width", [20, 40, 60])
def test_narrow_terminal_cuts_no_figure(width):
    """Rows rather run past it."""
    text = shown(day(), width)
    for figure in ("8,123", "1,043", "2,457", "124.9", "unproven", "123,457"):
        assert figure in text


def test_colour_says_nothing_that_words_do_not():
    """Without escapes the coloured report is the plain one."""
    plain = shown(day(), force_terminal=True, color_system=None)
    coloured = shown(day(), force_terminal=True, color_system="truecolor")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_report_is_markup_free_text():
    """Ids are shown as they are, whatever they look like."""
    hub, van = "[red]x[/red]", "<script>:smile:[link=http://x]"
    plan = changed(changed(day(), "regions", hub=hub), "routes", vehicle_type=van)
    text = shown(plan, 140)
    assert hub in text
    assert f"{van} 1" in text


@WIDTHS
def test_escape_sequences_in_cells_are_defused(width):
    """No cell clears the screen, forges a line, or turns the reading direction."""
    evil = "\x1b[2J\r\nPlan written\u202e\u2028\x9b1A"
    routes = frame("routes", [route(1, vehicle_type=evil)])
    plan = day(notes=(evil,), searches=(search(evil),))
    plan = replace(plan, tables=replace(plan.tables, routes=routes))
    plan = replace(plan, unserved=plan.unserved.with_columns(reason=pl.lit(evil)))
    text = shown(plan, width, Path(evil), currency=evil)

    seen = r"\x1b[2J\r\nPlan written\u202e\u2028\x9b1A"
    assert f"Note: {seen}" in text
    assert f"Plan written to {seen}" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    assert not [line for line in text.splitlines() if line.startswith("Plan written\\")]


def test_huge_cell_does_not_flood_the_screen():
    text = shown(day(notes=("x" * 100_000,)))
    assert "x" * 300 in text
    assert len(text) < 10_000
