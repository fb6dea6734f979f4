"""What ranking the partners gives."""

import datetime as dt
from dataclasses import dataclass

import polars as pl

from cstore_cli.partners.rank.ahp import Weighing
from cstore_cli.settings.partners_rank import Kind, RankCriterion

LEVELS = {
    "partner": pl.String,
    "measure": pl.String,
    "promised": pl.Float64,
    "measured": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "samples": pl.Int64,
}
SWAPS = {
    "kind": pl.String,
    "method": pl.String,
    "criterion": pl.String,
    "weight": pl.Float64,
    "change": pl.String,
    "swap_weight": pl.Float64,
    "first": pl.String,
    "becomes": pl.String,
}
REVERSALS = {
    "kind": pl.String,
    "method": pl.String,
    "removed": pl.String,
    "before": pl.String,
    "after": pl.String,
}
STAGES = {
    "partner": pl.String,
    "kind": pl.String,
    "stage": pl.String,
    "years": pl.Int64,
    "most_parcels_per_month": pl.Int64,
    "notice_days": pl.Int64,
    "switching_cost": pl.Float64,
}
BETWEEN = " > "
"""Between the partners of an order, the better one first."""


@dataclass(frozen=True, eq=False)
class KindRanking:
    """
    The partners of one kind.

    ``table`` has a row for each, the best by TOPSIS first and those not ranked last:
    kind, partner, stage, gate (passed or failed), gate_reason, topsis and its rank,
    weighted_sum and its rank, then each criterion and where its value is from.

    ``weights`` of the criteria sum to 1; ``weighing`` says how they came out of
    judgements, None where they were given. ``swaps`` has, by method, criterion and
    change of its weight (down or up), the weight beyond which ``becomes`` is first;
    null: none does. ``reversals`` has the partners without whom the others would stand
    in another order.
    """

    kind: Kind
    criteria: tuple[RankCriterion, ...]
    weights: tuple[float, ...]
    weighing: Weighing | None
    table: pl.DataFrame
    swaps: pl.DataFrame
    reversals: pl.DataFrame

    @property
    def ranked(self) -> pl.DataFrame:
        """The rows of those that passed the gates."""
        return self.table.filter(pl.col("gate") == "passed")


@dataclass(frozen=True)
class Trial:
    """
    What a trial with the best of those on trial would allow.

    ``most`` parcels a month (the stage's cap or the partner's own maximum, whatever is
    less), which at its prices for so many cost ``cost`` a month; ``share`` of the
    basket. Of those that passed the gates it is the ``rank``-th, of ``of``.
    """

    partner: str
    rank: int
    of: int
    most: float
    share: float
    cost: float | None
    notice_days: int
    switching_cost: float


@dataclass(frozen=True, eq=False)
class Ranking:
    """
    All partners, ranked kind by kind on ``day``.

    ``levels`` has what was promised and measured; ``num_parcels`` parcels since
    ``since`` were measured. ``basket_parcels`` a month are what prices are compared on.
    ``notes`` say what was taken as given.
    """

    day: dt.date
    since: dt.date
    num_parcels: int
    basket_parcels: float
    kinds: tuple[KindRanking, ...]
    levels: pl.DataFrame
    stages: pl.DataFrame
    trial: Trial | None
    notes: tuple[str, ...]
