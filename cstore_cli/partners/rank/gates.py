"""What a partner must meet to be ranked, and why one does not."""

from collections.abc import Iterator, Mapping, Sequence

from cstore_cli.settings.partners import PartnerSettings
from cstore_cli.settings.partners_rank import MEASURED, Gate

Level = tuple[float, int]
"""A level as measured, and the parcels that it rests on."""


def unmet(
    gates: Sequence[Gate],
    partner: PartnerSettings,
    measured: Mapping[str, Level],
    enough: int,
) -> tuple[list[str], list[str]]:
    """
    Return the reasons why a partner is not ranked, and what could not be judged.

    A level that fewer than ``enough`` parcels show keeps nobody out.
    """
    reasons: list[str] = []
    unjudged: list[str] = []
    for gate in gates:
        if gate.of in MEASURED:
            level, samples = measured.get(gate.of, (0.0, 0))
            if samples < enough:
                unjudged.append(f"{gate.of}: {samples} parcels, {enough} needed")
            else:
                reasons += _beyond(gate, level, f" (of {samples} parcels)")
        else:
            reasons += _fact(gate, partner.facts.get(gate.of))
    return reasons, unjudged


def _fact(gate: Gate, fact: bool | float | str | None) -> Iterator[str]:
    if fact is None:
        yield f"{gate.of} is not told"
    elif gate.equals is not None:
        # True is 1 to Python, but a partner insured 1 time is none insured.
        alike = isinstance(fact, bool) == isinstance(gate.equals, bool)
        if not alike or fact != gate.equals:
            yield f"{gate.of} is {_word(fact)}, not {_word(gate.equals)}"
    elif isinstance(fact, bool | str):
        yield f"{gate.of} is {_word(fact)}, no figure"
    else:
        yield from _beyond(gate, fact, "")


def _beyond(gate: Gate, figure: float, of: str) -> Iterator[str]:
    if gate.at_least is not None and figure < gate.at_least:
        yield f"{gate.of} is {figure:.4g}{of}, below {gate.at_least:g}"
    if gate.at_most is not None and figure > gate.at_most:
        yield f"{gate.of} is {figure:.4g}{of}, above {gate.at_most:g}"


def _word(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else f"{value:g}"
