"""What a review finds: rows of the past against the terms, days to come, revisions."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Topic = Literal[
    "volume", "commitment", "quantity", "service_level", "charges", "other_terms"
]

TOO_MANY = "more than it takes, or than its stage allows"
"""Of other terms, where somebody has no room for so many parcels."""


@dataclass(frozen=True)
class ReviewRow:
    """
    A fact of the past against a term; ``amount`` in units of 1/10,000.

    ``promised`` and ``actual`` are parcels, shares or hours; ``low`` to ``high`` is the
    interval of what was measured on ``samples`` parcels.
    """

    partner: str
    agreement: str
    version: int
    topic: Topic
    name: str
    period: str
    promised: float | None = None
    actual: float | None = None
    low: float | None = None
    high: float | None = None
    samples: int | None = None
    amount: int | None = None
    told: str = ""


@dataclass(frozen=True)
class Due:
    """
    A day on which an agreement wants to be thought of.

    ``warn_days`` is the smallest warning that has come, None: none yet; ``days_left``
    is negative once the day has passed.
    """

    partner: str
    agreement: str
    version: int
    what: Literal["notice", "revision"]
    on: dt.date
    days_left: int
    warn_days: int | None
    told: str


@dataclass(frozen=True)
class Revision:
    """
    A change of the present terms, and what the past year would have come to by it.

    Both costs are in units: the year's parcels under the present terms as they are, and
    as changed.
    """

    partner: str
    agreement: str
    version: int
    term: Literal["commitment", "step", "rebate", "service_level", "zone"]
    name: str
    now: str
    suggested: str
    cost_now: int
    cost_then: int
    why: str

    @property
    def saving(self) -> int:
        """What the change would have saved."""
        return self.cost_now - self.cost_then


@dataclass(frozen=True)
class Review:
    """
    The months from ``first`` to ``last`` as seen on ``day``.

    ``num_refused`` parcels met no terms in force and are left out; ``notes`` say what
    else the reader should know.
    """

    day: dt.date
    first: dt.date
    last: dt.date
    num_parcels: int
    num_refused: int
    rows: tuple[ReviewRow, ...]
    due: tuple[Due, ...]
    revisions: tuple[Revision, ...]
    notes: tuple[str, ...]
