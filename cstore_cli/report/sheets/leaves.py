"""Where lines of a sheet stand: on A4 leaves, in columns, large while they fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple
from unicodedata import east_asian_width

from markupsafe import Markup

MOST_LEAVES = 2
"""A driver holds one sheet of paper, printed on both sides."""

_HEAD_MM = {True: 226.0, False: 252.0}
"""Height that is left to lines of stops under the head of the first and later leaves;
sheet_stops.css keeps it."""
_DC_MM = 9.0
"""Height of a line at the DC, whatever the size of the others."""


_LAST_PLAIN = 0x24F
"""Last of the Latin letters."""


class Size(NamedTuple):
    """
    How large lines are printed; ``name`` is their class in sheet_stops.css.

    A stop is ``stop_mm`` high where its name takes a line and what stands about it
    ``about_lines``; ``name_mm`` or ``about_mm`` are added for each further line. Widths
    are letters that surely fit into a line.
    """

    name: str
    columns: int
    stop_mm: float
    name_width: int
    name_mm: float
    about_width: int
    about_mm: float
    about_lines: int


MOST_LETTERS = 300
"""Of a name, an address or the like on a sheet."""

SIZES = (
    Size("large", 1, 15.6, 30, 5.7, 46, 3.9, 2),
    Size("close", 2, 14.8, 13, 4.1, 20, 3.1, 3),
    Size("small", 2, 11.8, 19, 3.4, 28, 2.5, 3),
)


@dataclass(frozen=True, slots=True)
class Line:
    """
    A stop, or what is done at the DC where ``qr`` is None.

    ``about`` stands small under the name, ``load`` beside it; ``link`` leads there.
    """

    number: int | None
    time: str
    service: str
    name: str
    about: tuple[str, ...]
    load: tuple[str, ...]
    collect: str | None
    chilled: str | None
    link: str | None
    qr: Markup | None


class Laid(NamedTuple):
    """Leaves of columns of lines, all of one size."""

    size: Size
    leaves: tuple[tuple[tuple[Line, ...], ...], ...]


def laid(lines: Sequence[Line]) -> Laid:
    """
    Lay lines out in the largest size that needs `MOST_LEAVES` leaves or fewer.

    More than the smallest size holds (about 79 stops) go on to further leaves. Texts of
    more than `MOST_LETTERS` are cut, with an ellipsis: a line fits on a leaf.
    """
    lines = [_shortened(line) for line in lines]
    for size in SIZES:
        leaves = tuple(_leaves(lines, size))
        if len(leaves) <= MOST_LEAVES:
            break
    return Laid(size, leaves)


def _shortened(line: Line) -> Line:
    return replace(
        line, name=_cut(line.name), about=tuple(_cut(text) for text in line.about)
    )


def _cut(text: str) -> str:
    return (
        text
        if len(text) <= MOST_LETTERS
        else text[:MOST_LETTERS] + "\N{HORIZONTAL ELLIPSIS}"
    )


def _leaves(
    lines: Sequence[Line], size: Size
) -> Iterator[tuple[tuple[Line, ...], ...]]:
    leaf: list[tuple[Line, ...]] = []
    is_first = True
    left = list(lines)
    while left:
        num = _fitting(left, size, _HEAD_MM[is_first])
        leaf.append(tuple(left[:num]))
        del left[:num]
        if len(leaf) == size.columns or not left:
            yield tuple(leaf)
            leaf, is_first = [], False


def _fitting(lines: Sequence[Line], size: Size, room_mm: float) -> int:
    """How many of the lines fit into a column; one at least, so that none is lost."""
    for num, line in enumerate(lines):
        room_mm -= size.stop_mm + more_mm(line, size) if line.qr else _DC_MM
        if room_mm < 0:
            return max(num, 1)
    return len(lines)


def more_mm(line: Line, size: Size) -> float:
    """How much higher than others a line is for its texts."""
    names = _lines_of(line.name, size.name_width) - 1
    abouts = _lines_of(" · ".join(line.about), size.about_width) - size.about_lines
    return names * size.name_mm + max(0, abouts) * size.about_mm


def _lines_of(text: str, width: int) -> int:
    wide = 0 if text.isascii() else sum(map(_is_wide, text))
    return max(1, ceil((len(text) + wide) / width))


def _is_wide(char: str) -> bool:
    """Whether a letter is as wide as two: Chinese, most emoji, whatever is unusual."""
    return east_asian_width(char) in "WF" or ord(char) > _LAST_PLAIN
