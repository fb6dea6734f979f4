"""Tables on a terminal that is too narrow for them."""

import io

from rich.console import Console

from cstore_cli.report.grid import figures, print_grid, words

COLUMNS = (*words("partner"), *figures("parcels\na day", "share", "cost"))
ROWS = [("swift_heron", "1,234", "12.3 %", "88,888"), ("tide", "5", "0.1 %", "9")]
TOTAL = ("all", "1,239", "12.4 %", "88,897")


def shown(width, **more):
    file = io.StringIO()
    print_grid(Console(file=file, width=width), "Who", COLUMNS, ROWS, TOTAL, **more)
    return file.getvalue()


def test_columns_without_room_are_named_with_the_file_that_has_them():
    """Those of the total too; no line is longer than the terminal."""
    text = shown(24, file="shares.csv")

    lines = text.split("No room")[0].splitlines()
    assert max(map(len, lines)) <= 24
    assert "88,8" not in text
    assert "1,239" in text
    assert "No room here, but in shares.csv: cost\n" in text


def test_where_all_fits_nothing_is_said():
    assert shown(40, file="shares.csv") == shown(40)
    assert "88,897" in shown(40)


def test_without_a_file_no_figure_is_lost():
    """Rows rather run past the terminal."""
    text = shown(20)
    assert "88,897" in text
    assert "No room" not in text


def test_two_columns_are_shown_however_narrow():
    text = shown(10, file="shares.csv")
    assert "swift_he" in text
    assert "1,234" in text
