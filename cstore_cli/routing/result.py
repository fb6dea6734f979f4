"""What a search is told, tells on the way and returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cstore_cli.deadline import Deadline
from cstore_cli.routing.columns import Columns
from cstore_cli.routing.route import Route


@dataclass(frozen=True)
class Stop:
    """
    When to end: at the deadline, or where given after ``iterations`` per seed.

    With iterations the result is the same on every machine, and the deadline a guard.
    ``solver`` is the MILP solver of the master.
    """

    deadline: Deadline = field(default_factory=Deadline)
    iterations: int | None = None
    solver: Literal["highs", "cbc"] = "highs"


@dataclass(frozen=True)
class Progress:
    """
    The best cost after ``seconds``.

    ``gap_columns`` is the distance to the last bound known over choices of columns,
    relative to the cost; None until there is one.
    """

    seconds: float
    cost: int
    gap_columns: float | None
    unserved: int


@dataclass(frozen=True)
class Result:
    """
    The best solution found and what is known of it.

    ``unserved`` includes the clients that cannot be served at all, whose cause codes
    are in ``causes``; ``cost`` includes all penalties. No choice among the
    ``columns`` costs less than ``bound_columns``, and ``gap_columns`` is the
    distance to it relative to the cost; both None when there was no time for them.
    """

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
    causes: Mapping[int, str]
    cost: int
    gap_columns: float | None
    bound_columns: float | None
    iterations: int
    columns: Columns
    seconds: float
