"""Settings of `cstore partners rank`: gates, criteria and what they weigh."""

from itertools import combinations
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from cstore_cli.settings.agreement import Service
from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.yaml_file import did_you_mean

Kind = Literal["logistics", "store_chain"]
"""What partners do; those of one kind are ranked among themselves."""
Measured = Literal["on_time", "lost", "damaged", "uncollected", "feed_delay_h"]
"""What is measured of a partner's service."""
MEASURED: tuple[Measured, ...] = get_args(Measured)
MOST_JUDGED = 15
"""Criteria that judgements compare at most: random indices are known up to there."""
TERMS = (
    *("price", "coverage", "payment_days", "deposit", "exchange"),
    *MEASURED,
    "site_score",
)
"""Names of criteria that are no facts of the YAML."""


class Gate(Settings):
    """What a partner must meet to be ranked at all."""

    of: str
    """A fact of the partners, or a level measured: on_time, lost, damaged, uncollected,
    feed_delay_h."""
    equals: bool | float | str | None = None
    """The value it must have,"""
    at_least: float | None = None
    """or the least,"""
    at_most: float | None = None
    """or the most."""

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        asked = (self.equals, self.at_least, self.at_most)
        if sum(value is not None for value in asked) != 1:
            raise fault_at("needs one of equals, at_least and at_most", "of")
        if self.equals is not None and self.of in MEASURED:
            raise fault_at("is measured: write at_least or at_most", "equals")
        return self


class RankCriterion(Settings):
    """One criterion that partners are ranked by."""

    name: str
    """price, coverage, payment_days, deposit, exchange, on_time, lost, damaged,
    uncollected, feed_delay_h, site_score, or a fact of the partners."""
    weight: float = Field(default=1, ge=0)
    """How much it counts against the other weights; they need not sum to 1."""
    direction: Literal["max", "min"]
    """Whether more of it is better (max) or less (min)."""


class Judgement(Settings):
    """How much more one criterion matters than another."""

    of: str
    """The criterion that matters as much, or more,"""
    over: str
    """than this one;"""
    times: float = Field(ge=1, le=9)
    """so much more: 1 alike, 3 somewhat, 5 much, 7 very much, 9 beyond all others."""


class RankedKind(Settings):
    """How the partners of one kind are ranked."""

    gates: list[Gate] = []
    """What each must meet."""
    criteria: list[RankCriterion] = Field(min_length=1)
    """What those that do are ranked by."""
    judgements: list[Judgement] = []
    """In place of weights: a judgement for each pair of criteria (AHP)."""

    @model_validator(mode="after")
    def _names_stand_once(self) -> Self:
        names = [criterion.name for criterion in self.criteria]
        for k, name in enumerate(names):
            if name in names[:k]:
                raise fault_at(f"{name!r} stands twice", "criteria", k, "name")
        return self

    @model_validator(mode="after")
    def _something_weighs(self) -> Self:
        if not self.judgements and not any(one.weight for one in self.criteria):
            raise fault_at("all weights are 0; give one of them some", "criteria")
        return self

    @model_validator(mode="after")
    def _judgements_are_of_criteria(self) -> Self:
        names = [criterion.name for criterion in self.criteria]
        for k, one in enumerate(self.judgements):
            for key, name in (("of", one.of), ("over", one.over)):
                if name not in names:
                    mend = did_you_mean(name, names) or f"known: {', '.join(names)}"
                    said = f"{name!r} is none of the criteria ({mend})"
                    raise fault_at(said, "judgements", k, key)
            if one.of == one.over:
                raise fault_at("is judged against itself", "judgements", k, "over")
        return self

    @model_validator(mode="after")
    def _judgements_are_complete(self) -> Self:
        if not self.judgements:
            return self
        names = [criterion.name for criterion in self.criteria]
        if len(names) > MOST_JUDGED:
            said = f"judgements compare {MOST_JUDGED} criteria at most; write weights"
            raise fault_at(said, "judgements")
        pairs = [frozenset((one.of, one.over)) for one in self.judgements]
        for k, pair in enumerate(pairs):
            if pair in pairs[:k]:
                said = f"{' and '.join(sorted(pair))} are judged twice"
                raise fault_at(said, "judgements", k, "of")
        missing = [
            f"{a} and {b}"
            for a, b in combinations(names, 2)
            if frozenset((a, b)) not in pairs
        ]
        if missing:
            raise fault_at(f"not judged yet: {'; '.join(missing)}", "judgements")
        return self

    @model_validator(mode="after")
    def _weights_or_judgements(self) -> Self:
        for k, criterion in enumerate(self.criteria):
            if self.judgements and "weight" in criterion.model_fields_set:
                said = "judgements give the weights: take this out, or them"
                raise fault_at(said, "criteria", k, "weight")
        return self


class BasketRow(Settings):
    """Parcels of one sort that a month is expected to bring."""

    zone: str
    """Their zone."""
    service: Service
    """What is done with them."""
    weight_kg: float = Field(ge=0)
    """Their weight."""
    size: str | None = None
    """Their size class; null: the first of each version."""
    parcels: float = Field(gt=0)
    """Parcels a month."""


class RankSettings(Settings):
    """How partners are ranked."""

    measured_days: int = Field(default=365, ge=1)
    """Days up to that of the ranking whose parcels are measured."""
    enough_samples: int = Field(default=30, ge=1)
    """Parcels from which on a level counts as measured; with fewer the promised one
    counts, else what all partners together show."""
    basket: list[BasketRow] = []
    """The parcels that prices are compared on; empty: a month of the table volumes."""
    site_km: float = Field(default=0.5, gt=0)
    """A store's place has the score of the nearest scored site, if that is no further
    than this, in a straight line."""
    kinds: dict[Kind, RankedKind] = {}
    """By kind of partner: gates, criteria, weights."""
