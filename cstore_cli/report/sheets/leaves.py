"""Where lines of a sheet stand: on A4 leaves, in columns, large while they fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

MOST_LEAVES = 2
"""A driver holds one sheet of paper, printed on both sides."""

_HEAD_MM = {True: 226.0, False: 252.0}
"""Height that is left to lines of stops under the head of the first and later leaves;
sheet_stops.css keeps it."""
_DC_MM = 9.0
"""Height of a line at the DC, whatever the size of the others."""


class Size(NamedTuple):
    """How large lines are printed; ``name`` is their class in sheet_stops.css."""

    name: str
    columns: int
    stop_mm: float


SIZES = (Size("large", 1, 15.6), Size("close", 2, 14.8), Size("small", 2, 11.0))


@dataclass(frozen=True, slots=True)
class Line:
    """
    A stop, or what is done at the DC where ``qr`` is None.

    ``number_to`` is the last row of the plan's table that the stop stands for, where
    it is more than one; ``about`` stands small under the name, ``load`` beside it.
    """

    number: int | None
    number_to: int | None
    time: str
    service: str
    name: str
    about: tuple[str, ...]
    load: tuple[str, ...]
    mark: str | None
    link: str | None
    qr: Markup | None


class Laid(NamedTuple):
    """Leaves of columns of lines, all of one size."""

    size: Size
    leaves: tuple[tuple[tuple[Line, ...], ...], ...]


def laid(lines: Sequence[Line]) -> Laid:
    """
    Lay lines out in the largest size that needs `MOST_LEAVES` leaves or fewer.

    More than the smallest size holds (about 84 stops) go on to further leaves.
    """
    for size in SIZES:
        leaves = tuple(_leaves(lines, size))
        if len(leaves) <= MOST_LEAVES:
            break
    return Laid(size, leaves)


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
    """How many of the lines fit into a column."""
    for num, line in enumerate(lines):
        room_mm -= size.stop_mm if line.qr else _DC_MM
        if room_mm < 0:
            return num
    return len(lines)
