"""
What each coalition of an alliance pays: an interval from a bound to a plan in hand.

Coalitions are numbered by masks: bit i of a mask stands for member i, so an array by
coalition has 2^n entries, the empty coalition's being 0. Money is in whole units of
1/10,000 of the currency.

A coalition may always go on as two: the plans of A and of B, disjoint, are a plan of
A + B. So the upper ends are made subadditive,

    h(S) = min { plan of S,  h(A) + h(S - A)  for A in S }                       (1)

which takes vans and room in stores to be there for both plans. The lower ends are

    l(S) = bound of S                                                            (2)
    l(S) = min { l(S),  l(A) + l(S - A)  for A in S }                            (3)

(3) is of costs that are dearer together than apart for certain, those of S or of some
of its members: there they stay apart, and only bounds of the parts hold. A coalition
whose cost nobody knows has l(S) = 0.
Where leaving out a member's stops never makes a plan dearer (money for vans and km
alone, direct legs no longer than detours, each parcel at its store whoever else is in),

    l(S) = max { l(S),  l(T)  for T in S }                                       (4)

holds as well; it does not in general, so it is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.errors import InputError

Ints = NDArray[np.int64]

MOST_MEMBERS = 12
"""Members of an alliance at most: 4,095 coalitions."""


@dataclass(frozen=True)
class Known:
    """A coalition's plan and its bound, in units; ``bound`` is at most ``cost``."""

    bound: int
    cost: int


@dataclass(frozen=True, eq=False)
class Game:
    """
    The ends of each coalition's cost, by mask (2^n,), in units.

    ``part`` is, where two plans merged cost least, the mask of one of the two, and 0
    where the coalition's own plan does. ``listed`` are the masks of known costs.
    """

    members: tuple[str, ...]
    low: Ints
    high: Ints
    part: Ints
    listed: frozenset[int]

    @property
    def everyone(self) -> int:
        """The mask of the whole alliance."""
        return len(self.high) - 1

    @property
    def saving(self) -> int:
        """What the alliance saves against everybody alone."""
        return int(self.alone.sum()) - int(self.high[self.everyone])

    @property
    def alone(self) -> Ints:
        """What each member pays alone (n,)."""
        return self.high[[1 << i for i in range(len(self.members))]]

    def names(self, mask: int) -> str:
        """The members of a coalition, joined by +."""
        inside = (name for i, name in enumerate(self.members) if mask >> i & 1)
        return "+".join(inside)

    def parts(self, mask: int) -> list[int]:
        """The coalitions whose own plans, merged, are the plan of this one."""
        one = int(self.part[mask])
        return [mask] if not one else self.parts(one) + self.parts(mask - one)


def game_of(
    members: Sequence[str], known: Mapping[int, Known], *, monotone: bool = False
) -> Game:
    """
    Return the game of known costs, its ends as (1) to (3), and (4) if ``monotone``.

    Parameters
    ----------
    members
        Names, 2 to 12.
    known
        By mask; those of one member and of all must be there.
    monotone
        Whether leaving a member out never makes a plan dearer.

    Raises
    ------
    InputError
        When (4) contradicts the costs: leaving somebody out does make a plan dearer.
    """
    size = 1 << len(members)
    high, low = np.zeros(size, np.int64), np.zeros(size, np.int64)
    part = np.zeros(size, np.int64)
    dearer = np.zeros(size, bool)
    masks = np.arange(size)
    for mask in range(1, size):
        inside = masks[1:mask][masks[1:mask] & ~mask == 0]
        apart = high[inside] + high[mask - inside]
        one = int(np.argmin(apart)) if len(inside) else -1
        own = known.get(mask)
        if own and (not len(inside) or own.cost <= apart[one]):
            high[mask] = own.cost
        else:
            high[mask], part[mask] = apart[one], inside[one]
        low[mask] = own.bound if own else 0
        dearer[mask] = low[mask] > high[mask] or dearer[inside].any()
        if dearer[mask]:
            low[mask] = min(low[mask], (low[inside] + low[mask - inside]).min())
        if monotone and len(inside):
            low[mask] = max(low[mask], low[inside].max())
    game = Game(tuple(members), low, high, part, frozenset(known))
    if monotone:
        _refuse_dearer(game)
    return game


def _refuse_dearer(game: Game) -> None:
    """Refuse a coalition that costs less than somebody in it does for certain."""
    against = np.flatnonzero(game.low > game.high)
    if not len(against):
        return
    mask = int(against[0])
    masks = np.arange(len(game.low))
    inside = masks[masks & ~mask == 0][:-1]
    part = int(inside[np.argmax(game.low[inside])])
    raise InputError(
        f"coalitions: {game.names(mask)} costs {game.high[mask] / 10_000:,.2f}, less "
        f"than {game.names(part)} at least costs ({game.low[part] / 10_000:,.2f}), so "
        "leaving members out can make a plan dearer: write `monotone: false` under "
        "`share:`, or mend the costs."
    )
