"""An alliance's cost shared, on the terminal, also without colours and in a pipe."""

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Console

from cstore_cli.partners.share.coalitions import Game
from cstore_cli.partners.share.files import money, rounded
from cstore_cli.partners.share.result import CoreKnown, Shared, Split
from cstore_cli.report.figures import percent, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_NAMES = {
    "shapley": "Shapley",
    "nucleolus": "nucleolus",
    "proportional": "propor-\ntional",
    "equal": "equal\nsaving",
}
"""Rule: its heading."""
NEARLY = "The nucleolus is known to within a millionth of the largest cost."
_FEW = 3
"""Fewer members left out are named, and not those inside."""


def print_share(
    console: Console, game: Game, shared: Shared, decimals: int, currency: str
) -> None:
    """Print what the alliance saves, who pays what by each rule, who would leave."""
    print_sentence(console, alliance_told(game, currency), "bold")
    for doubt in doubts_told(game, currency):
        print_sentence(console, doubt)
    _print_shares(console, game, shared, decimals, currency)
    _print_verdicts(console, game, shared, decimals, currency)
    console.print()
    print_sentence(console, core_told(shared.core, currency, decimals))
    if not shared.exact:
        print_sentence(console, NEARLY)


def alliance_told(game: Game, currency: str) -> str:
    """Return what the members pay together and alone, and what that saves."""
    together = int(game.high[game.everyone])
    alone = together + game.saving
    share = Fraction(game.saving, alone) if alone else Fraction(0)
    return (
        f"Together the {len(game.members)} members pay {amount_told(together, 0)} "
        f"{currency}, each alone {amount_told(alone, 0)}: the alliance saves "
        f"{amount_told(game.saving, 0)} ({percent(float(share))})"
    )


def doubts_told(game: Game, currency: str) -> Iterator[str]:
    """Yield what of the costs is merged, or known within an interval only."""
    parts = game.parts(game.everyone)
    if len(parts) > 1:
        names = " and ".join(map(game.names, parts))
        yield f"The cheapest plan of all is that of {names}, each by itself."
    if wide := int((game.low < game.high).sum()):
        yield (
            f"Of {whole(len(game.high) - 1)} coalitions, {whole(wide)} are known "
            "within an interval only; no plan of all costs less than "
            f"{amount_told(int(game.low[game.everyone]), 0)} {currency}."
        )


def _print_shares(
    console: Console, game: Game, shared: Shared, decimals: int, currency: str
) -> None:
    total = int(game.high[game.everyone])
    columns = [rounded(split.shares, total, decimals) for split in shared.splits]
    alone = [int(cost) for cost in game.alone]
    rows = [
        (
            name,
            amount_told(alone[i], decimals),
            *(f"{column[i]:,}" for column in columns),
        )
        for i, name in enumerate(game.members)
    ]
    sums = (amount_told(total, decimals) for _ in columns)
    print_grid(
        console,
        f"What each member pays by each rule, {currency}",
        (
            *words("member"),
            *figures("alone"),
            *figures(*(_NAMES[split.rule] for split in shared.splits)),
        ),
        rows,
        ("all", amount_told(sum(alone), decimals), *sums),
    )


def _print_verdicts(
    console: Console, game: Game, shared: Shared, decimals: int, currency: str
) -> None:
    rows = [
        (rule_told(split), *told)
        for split in shared.splits
        for told in [verdict_told(game, split, decimals)]
    ]
    print_grid(
        console,
        "Does every coalition gain by staying?",
        (*words("rule", "in the core?", "who"), *figures(f"would save,\n{currency}")),
        rows,
    )


def rule_told(split: Split) -> str:
    """The rule's name on one line."""
    return _NAMES[split.rule].replace("-\n", "").replace("\n", " ")


def verdict_told(game: Game, split: Split, decimals: int) -> tuple[str, str, str]:
    """Return whether a split is in the core, who would leave, and for how much."""
    test = split.core
    amount = amount_told(test.amount, decimals)
    who = _who(game, test.coalition)
    match test.verdict:
        case "in":
            return "yes, for certain", "nobody would leave", "-"
        case "out":
            return "no", f"{who} would leave", amount
        case "undecided":
            return "undecidable at this gap", f"{who} might leave", f"up to {amount}"


def _who(game: Game, mask: int) -> str:
    """The members of a coalition, or those it leaves out where they are few."""
    others = game.everyone - mask
    if others.bit_count() < _FEW <= mask.bit_count():
        return f"all but {game.names(others).replace('+', ' and ')}"
    return game.names(mask).replace("+", " + ")


def core_told(core: CoreKnown, currency: str, decimals: int) -> str:
    """Return whether any split keeps everybody."""
    match core.verdict:
        case "not_empty":
            return (
                "There is a split that nobody gains by leaving, whatever the gap hides."
            )
        case "empty":
            needed = amount_told(core.excess_high, decimals)
            return (
                "No split keeps everybody: by any of them some coalition could save "
                f"{needed} {currency} or more by leaving (the core is empty)."
            )
        case "undecided":
            return (
                "Whether any split keeps everybody is undecidable at this gap: there "
                "is one at the costs of the plans in hand, and none at their bounds."
            )


def amount_told(units: Fraction | int, decimals: int) -> str:
    """An amount in units as money."""
    return f"{money(units, decimals):,}"
