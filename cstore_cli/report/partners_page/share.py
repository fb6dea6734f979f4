"""split.html: what each member pays by each rule, and who would leave."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cstore_cli.partners.share.coalitions import Game
from cstore_cli.partners.share.files import coalition_table, rounded
from cstore_cli.partners.share.result import Shared
from cstore_cli.report.page.page import page
from cstore_cli.report.partners_share import (
    NEARLY,
    alliance_told,
    amount_told,
    core_told,
    doubts_told,
    rule_told,
    verdict_told,
)

NAME = "split.html"


def share_page(game: Game, shared: Shared, decimals: int, currency: str) -> bytes:
    """Return split.html; amounts are rounded to so many decimals."""
    total = int(game.high[game.everyone])
    alone = sum(int(cost) for cost in game.alone)
    return page(
        "partners_share.html",
        title="An alliance's cost, shared",
        told=alliance_told(game, currency),
        doubts=list(doubts_told(game, currency)),
        core=core_told(shared.core, currency, decimals),
        nearly="" if shared.exact else NEARLY,
        currency=currency,
        rules=[rule_told(split) for split in shared.splits],
        members=list(_members(game, shared, decimals)),
        total=amount_told(total, decimals),
        alone=amount_told(alone, decimals),
        verdicts=[
            (rule_told(split), *verdict_told(game, split, decimals))
            for split in shared.splits
        ],
        coalitions=list(_coalitions(game)),
    )


def _members(game: Game, shared: Shared, decimals: int) -> Iterator[dict[str, Any]]:
    """Yield what each member pays alone and by each rule, and the part of it."""
    total = int(game.high[game.everyone])
    columns = [rounded(split.shares, total, decimals) for split in shared.splits]
    alone = [int(cost) for cost in game.alone]
    most = max(alone, default=0) or 1
    for i, name in enumerate(game.members):
        yield {
            "name": name,
            "alone": amount_told(alone[i], decimals),
            "share": alone[i] / most,
            "shares": [
                (f"{column[i]:,}", max(0.0, float(split.shares[i]) / most))
                for column, split in zip(columns, shared.splits, strict=True)
            ],
        }


def _coalitions(game: Game) -> Iterator[dict[str, Any]]:
    for row in coalition_table(game).to_dicts():
        yield {
            name: f"{value:,.2f}" if isinstance(value, Decimal) else value
            for name, value in row.items()
        }
