"""The files of a shared cost: the splits, the coalitions, and summary.json."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from cstore_cli.partners.amounts import UNITS
from cstore_cli.partners.share.coalitions import Game
from cstore_cli.partners.share.result import Shared, Split
from cstore_cli.tables.write import csv_bytes

FILES = ("split.csv", "coalitions.csv", "summary.json")


def rounded(shares: Sequence[Fraction], total: int, decimals: int) -> list[Decimal]:
    """
    Return the shares in the currency, rounded so that they add up to the total.

    ``shares`` and ``total`` are in units. Each is rounded down; what then misses of the
    rounded total goes, a last digit each, to those who lost most by it.
    """
    scale = Fraction(10**decimals, UNITS)
    exact = [share * scale for share in shares]
    whole = [share.__floor__() for share in exact]
    missing = round(Fraction(total) * scale) - sum(whole)
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for k in range(missing):
        whole[order[k % len(order)]] += 1
    return [Decimal(value).scaleb(-decimals) for value in whole]


def money(units: Fraction | int, decimals: int) -> Decimal:
    """Return an amount in units as money."""
    return Decimal(round(units * Fraction(10**decimals, UNITS))).scaleb(-decimals)


def share_files(
    game: Game, shared: Shared, decimals: int, days: pl.DataFrame | None
) -> dict[str, bytes]:
    """
    Return name: bytes of split.csv and coalitions.csv.

    ``days``, of a planned day, has members and what else is told of each coalition.
    """
    coalitions = coalition_table(game)
    if days is not None:
        coalitions = coalitions.join(
            days, on="members", how="left", maintain_order="left"
        )
    return {
        "split.csv": csv_bytes(split_table(game, shared, decimals)),
        "coalitions.csv": csv_bytes(coalitions),
    }


def split_table(game: Game, shared: Shared, decimals: int) -> pl.DataFrame:
    """Return a row per rule and member; ``core`` is that of the rule's whole split."""
    total = int(game.high[game.everyone])
    rows = []
    for split in shared.splits:
        costs = rounded(split.shares, total, decimals)
        for i, (name, cost) in enumerate(zip(game.members, costs, strict=True)):
            alone = money(int(game.alone[i]), decimals)
            row = (split.rule, name, alone, cost, alone - cost)
            rows.append((*row, *_verdict(game, split, decimals)))
    amount = pl.Decimal(38, decimals)
    schema = {
        "rule": pl.String(),
        "member": pl.String(),
        "alone_twd": amount,
        "cost_twd": amount,
        "saving_twd": amount,
        "core": pl.String(),
        "coalition": pl.String(),
        "amount_twd": amount,
    }
    return pl.DataFrame(rows, schema, orient="row")


def coalition_table(game: Game) -> pl.DataFrame:
    """
    Return a row per coalition, in the shape that `--coalitions` reads.

    ``how``: planned (or given) by itself, or the coalitions whose plans it merges.
    """
    masks = sorted(range(1, len(game.high)), key=lambda mask: (mask.bit_count(), mask))
    rows = []
    for mask in masks:
        parts = game.parts(mask)
        merged = " and ".join(map(game.names, parts))
        how = "own plan" if parts == [mask] else f"merged: {merged}"
        cost, bound = int(game.high[mask]), int(game.low[mask])
        alone = sum(int(c) for i, c in enumerate(game.alone) if mask >> i & 1)
        amounts = (money(units, 4) for units in (cost, bound, alone - cost))
        rows.append((game.names(mask), *amounts, how))
    amount = pl.Decimal(38, 4)
    schema = {
        "members": pl.String(),
        "cost_twd": amount,
        "bound_twd": amount,
        "saving_twd": amount,
        "how": pl.String(),
    }
    return pl.DataFrame(rows, schema, orient="row")


def share_summary(
    game: Game, shared: Shared, decimals: int, currency: str
) -> dict[str, Any]:
    """Return what a person or program wants to know without reading the tables."""
    total, saving = int(game.high[game.everyone]), game.saving
    core = shared.core
    return {
        "currency": currency,
        "members": list(game.members),
        "together": _told(total, 4),
        "together_bound": _told(int(game.low[game.everyone]), 4),
        "alone": _told(total + saving, 4),
        "saving": _told(saving, 4),
        "plan_of_all": [game.names(mask) for mask in game.parts(game.everyone)],
        "core": {
            "verdict": core.verdict,
            "least_excess_at_bounds": _told(core.excess_low, 4),
            "least_excess_at_costs": _told(core.excess_high, 4),
        },
        "nucleolus_exact": shared.exact,
        "splits": [_split_told(game, split, decimals) for split in shared.splits],
    }


def _split_told(game: Game, split: Split, decimals: int) -> Mapping[str, Any]:
    total = int(game.high[game.everyone])
    costs = rounded(split.shares, total, decimals)
    verdict, coalition, amount = _verdict(game, split, decimals)
    return {
        "rule": split.rule,
        "costs": dict(zip(game.members, map(str, costs), strict=True)),
        "core": verdict,
        "coalition": coalition,
        "amount": None if amount is None else str(amount),
    }


def _verdict(
    game: Game, split: Split, decimals: int
) -> tuple[str, str | None, Decimal | None]:
    """Return the verdict, the coalition that decides it, what it would save."""
    test = split.core
    if test.verdict == "in":
        return test.verdict, None, None
    return test.verdict, game.names(test.coalition), money(test.amount, decimals)


def _told(units: Fraction | int, decimals: int) -> str:
    """Money as its text: 52.10 stays 52.10."""
    return str(money(units, decimals))
