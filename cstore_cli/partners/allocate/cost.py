"""What a split costs, to the last decimal and without a solver."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from cstore_cli.partners.allocate.problem import Problem, Tier

Kind = Literal[
    "prices",
    "surcharges",
    "minimum_charge",
    "shortfall",
    "rebate",
    "early_payment",
    "switching",
]


Lines = dict[tuple[int, int, Kind], Decimal]
"""Amounts by contract, month and kind."""

_0 = Decimal(0)
_UNIT = Decimal("0.0001")


@dataclass(frozen=True)
class Charges:
    """
    What a split costs, by line and by pair.

    ``lines`` has no zeros; ``pairs`` is what the parcels of each pair cost in prices
    and surcharges, ``switching`` what taking volume away costs, by partner.
    """

    lines: Lines
    pairs: tuple[Decimal, ...]
    switching: dict[int, Decimal]

    @property
    def total(self) -> Decimal:
        """Return what all of it costs."""
        return sum((*self.lines.values(), *self.switching.values()), _0)


def charges_of(problem: Problem, parcels: Sequence[int]) -> Charges:
    """
    Charge ``parcels`` of each pair under the terms of its contract, to 1/10,000.

    Where a block is priced at several steps of an incremental tier, its pairs share
    the steps in proportion.
    """
    lines: Lines = defaultdict(Decimal)
    pairs = _parcels(problem, parcels, lines)
    _month_ends(problem, parcels, lines)
    for (c, month, _), amount in list(lines.items()):
        lines[c, month, "early_payment"] -= problem.contracts[c].early * amount
    switching = {
        switch.partner: switch.cost * taken / switch.today
        for switch in problem.switches
        if (taken := switch.today - sum(parcels[k] for k in switch.pairs)) > 0
    }
    lines = {place: _exact(amount) for place, amount in lines.items()}
    kept = {place: amount for place, amount in lines.items() if amount}
    gone = {partner: _exact(amount) for partner, amount in switching.items()}
    return Charges(kept, tuple(map(_exact, pairs)), gone)


def _exact(amount: Decimal) -> Decimal:
    """Return an amount to 1/10,000, as money is: an average may have no end."""
    return amount.quantize(_UNIT, rounding=ROUND_HALF_UP)


def _parcels(
    problem: Problem, parcels: Sequence[int], lines: Lines
) -> tuple[Decimal, ...]:
    """Add prices and surcharges to the lines; return what each pair's come to."""
    of_pair = [_0] * len(problem.pairs)
    for tier in problem.tiers:
        for block, steps in zip(tier.blocks, _by_step(tier, parcels), strict=True):
            prices, extras = _sum(block.prices, steps), _sum(block.extras, steps)
            lines[tier.contract, block.month, "prices"] += prices
            lines[tier.contract, block.month, "surcharges"] += extras
            for k in block.pairs:
                if parcels[k]:
                    of_pair[k] = (prices + extras) * parcels[k] / sum(steps)
    return tuple(of_pair)


def _month_ends(problem: Problem, parcels: Sequence[int], lines: Lines) -> None:
    """Add what is owed at the end of a month or a longer period."""
    used = [
        contract.signed or any(parcels[k] for k in contract.pairs)
        for contract in problem.contracts
    ]
    for floor in problem.floors:
        c, month = floor.contract, floor.month
        missing = floor.amount - lines[c, month, "prices"]
        missing -= lines[c, month, "surcharges"]
        if used[c] and missing > 0:
            lines[c, month, "minimum_charge"] += missing
    for rebate in problem.rebates:
        if sum(parcels[k] for k in problem.pairs_of(rebate)) >= rebate.parcels:
            c, months = rebate.contract, rebate.months
            of = sum(
                lines[c, month, "prices"] + lines[c, month, "minimum_charge"]
                for month in months
            )
            lines[c, months[-1], "rebate"] -= rebate.share * of
    for promise in problem.promises:
        short = promise.parcels - sum(parcels[k] for k in promise.pairs)
        if used[promise.contract] and short > 0:
            place: tuple[int, int, Kind] = promise.contract, promise.month, "shortfall"
            lines[place] += promise.fee * short


def _by_step(tier: Tier, parcels: Sequence[int]) -> list[list[int]]:
    """Return the parcels of each block by the step that prices them."""
    of_block = [sum(parcels[k] for k in block.pairs) for block in tier.blocks]
    ends = [*(first - 1 for first in tier.firsts[1:]), None]
    if not tier.incremental:
        count = sum(of_block)
        reached = sum(first <= max(count, 1) for first in tier.firsts) - 1
        return [[n if s == reached else 0 for s in range(len(ends))] for n in of_block]
    found, before = [], 0
    for number in of_block:
        after = before + number
        found.append(
            [
                max(0, (after if end is None else min(after, end)) - max(before, first))
                for first, end in zip(
                    (first - 1 for first in tier.firsts), ends, strict=True
                )
            ]
        )
        before = after
    return found


def _sum(amounts: Sequence[Decimal], steps: Sequence[int]) -> Decimal:
    terms = (amount * number for amount, number in zip(amounts, steps, strict=True))
    return sum(terms, _0)
