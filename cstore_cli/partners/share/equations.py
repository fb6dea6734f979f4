"""Linear equations solved exactly, in fractions."""

from collections.abc import Sequence
from fractions import Fraction

Row = Sequence[Fraction | int]


def echelon(rows: Sequence[Row], width: int) -> list[list[Fraction]]:
    """
    Return the reduced row echelon form of ``rows`` without its rows of zeros.

    Only the first ``width`` columns are sought for pivots; further ones are right
    sides, and a row that has nothing else is kept: it tells a contradiction.
    """
    left = [[Fraction(value) for value in row] for row in rows]
    done: list[list[Fraction]] = []
    for column in range(width):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        scaled = [value / pivot[column] for value in pivot]
        done = [_less(row, scaled, column) for row in done] + [scaled]
        left = [_less(row, scaled, column) for row in left]
    return done + [row for row in left if any(row)]


def null_space(rows: Sequence[Row], width: int) -> list[list[Fraction]]:
    """Return vectors that are orthogonal to all ``rows`` and span all that are."""
    reduced = echelon([list(row[:width]) for row in rows], width)
    pivots = [next(j for j, value in enumerate(row) if value) for row in reduced]
    vectors = []
    for free in (j for j in range(width) if j not in pivots):
        vector = [Fraction(int(j == free)) for j in range(width)]
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        vectors.append(vector)
    return vectors


def _less(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    """The row with its entry in the pivot's column taken to zero."""
    factor = row[column]
    if not factor:
        return row
    return [a - factor * b for a, b in zip(row, pivot, strict=True)]
