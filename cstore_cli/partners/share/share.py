"""An alliance's cost split among its members by four rules, each tried on the core."""

from collections.abc import Sequence
from fractions import Fraction

from cstore_cli.partners.share.coalitions import Game
from cstore_cli.partners.share.core import core_known, core_test
from cstore_cli.partners.share.nucleolus import nucleolus
from cstore_cli.partners.share.result import Rule, Shared, Split
from cstore_cli.partners.share.shapley import shapley


def share(game: Game) -> Shared:
    """
    Split what the alliance's plan in hand costs, h(N).

    Coalitions enter each rule by the plans in hand, their upper ends:

        shapley        what a member adds to the cost, averaged over all orders
        nucleolus      the most dissatisfied coalition is best off, then the next
        proportional   x_i = h(N) h(i) / sum_j h(j)
        equal          x_i = h(i) - (sum_j h(j) - h(N)) / n
    """
    center = nucleolus(game.high)
    by_rule: dict[Rule, Sequence[Fraction]] = {
        "shapley": shapley(game.high),
        "nucleolus": center.split,
        "proportional": _proportional(game),
        "equal": _equal(game),
    }
    splits = [
        Split(rule, tuple(shares), core_test(game, shares))
        for rule, shares in by_rule.items()
    ]
    return Shared(tuple(splits), core_known(game), center.exact)


def _proportional(game: Game) -> list[Fraction]:
    """Return the cost in proportion to what each pays alone; equal if all pay 0."""
    alone = [int(cost) for cost in game.alone]
    if not any(alone):
        return _equal(game)
    return [Fraction(int(game.high[-1]) * cost, sum(alone)) for cost in alone]


def _equal(game: Game) -> list[Fraction]:
    """Return what each pays alone less an equal part of the saving."""
    saved = Fraction(game.saving, len(game.members))
    return [int(cost) - saved for cost in game.alone]
