"""What sharing a cost gives: the splits, and what is known of the core."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Rule = Literal["shapley", "nucleolus", "proportional", "equal"]


@dataclass(frozen=True)
class CoreTest:
    """
    Whether a split is in the core, and the coalition that decides or leaves it open.

    ``amount`` in units: what ``coalition`` would save if it left (out), or might save
    at most (undecided). In the core the coalition is 0 and so is the amount.
    """

    verdict: Literal["in", "out", "undecided"]
    coalition: int = 0
    amount: Fraction = Fraction(0)


@dataclass(frozen=True)
class CoreKnown:
    """
    Whether the core holds any split.

    ``excess_low`` and ``excess_high`` are the least largest excesses, in units, with
    all coalitions at their lower or upper ends.
    """

    verdict: Literal["not_empty", "empty", "undecided"]
    excess_low: Fraction
    excess_high: Fraction


@dataclass(frozen=True)
class Split:
    """What each member pays by a rule, in exact units, and if the core holds it."""

    rule: Rule
    shares: tuple[Fraction, ...]
    core: CoreTest


@dataclass(frozen=True)
class Shared:
    """The splits by rule; ``exact`` is that of the nucleolus."""

    splits: tuple[Split, ...]
    core: CoreKnown
    exact: bool
