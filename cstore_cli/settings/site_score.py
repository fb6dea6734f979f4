"""What a site's score is made of: criteria, weights, the pull of stores."""

import math
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at

CriterionName = Literal[
    "flow_pcu_h",
    "directions",
    "pm_share",
    "goods_access_min",
    "people_in_walk",
    "parcels_in_walk",
    "fetch_share_open",
    "rent_twd_month",
    "rivals_in_walk",
    "own_stores_in_walk",
    "huff_parcels_day",
    "huff_share",
    "huff_taken_parcels_day",
    "huff_net_parcels_day",
]
"""A criterion, which is also the column of the table of scores that it weighs."""
CRITERIA: tuple[CriterionName, ...] = get_args(CriterionName)
FLOW_CRITERIA: frozenset[CriterionName] = frozenset(
    ("flow_pcu_h", "directions", "pm_share")
)
"""Those that need the passing flow of every approach."""

HOURS = 24
_SUM_OFF = 1e-6
NonNegative = Annotated[float, Field(ge=0)]


class Criterion(Settings):
    """One criterion of the score."""

    name: CriterionName
    """What is weighed: a column of the table of scores."""
    weight: float = Field(ge=0)
    """How much it counts, against the other weights; they need not sum to 1."""
    direction: Literal["max", "min"]
    """Whether more of it is better (max) or less (min)."""


class HuffSettings(Settings):
    """
    How customers share themselves among stores: by attraction, less by distance.

    Source: Huff (1964), doi:10.2307/1249154.
    """

    distance_exponent: float = Field(default=2, ge=0)
    """How fast the pull falls with the walk: attraction / km ^ this."""
    min_km: float = Field(default=0.05, gt=0)
    """Walks shorter than this pull as if they were this long."""
    radius_km: float = Field(default=2.0, gt=0)
    """Stores further on foot than this do not pull."""
    attraction: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Chain: attraction of each of its stores; chains not named: 1."""
    new_site_attraction: float = Field(default=1, ge=0)
    """Attraction of a store opened at a site."""


class ScoreSettings(Settings):
    """How sites are scored."""

    criteria: list[Criterion] = Field(min_length=1)
    """What counts, how much, and which way."""
    fetch_share_by_hour: list[NonNegative] = Field(min_length=HOURS, max_length=HOURS)
    """Share of parcels that customers would fetch in each hour of the day if every
    store were always open, from 00:00-01:00 to 23:00-24:00; they sum to 1."""
    huff: HuffSettings = HuffSettings()
    """The pull of stores, ours and rivals'."""
    top: int = Field(default=10, ge=1)
    """How many sites the list of the best shows; which weights would change it is
    told."""

    @model_validator(mode="after")
    def _criteria_decide(self) -> Self:
        names = [criterion.name for criterion in self.criteria]
        for k, name in enumerate(names):
            if name in names[:k]:
                raise fault_at(f"{name} is weighed twice", "criteria", k, "name")
        if not any(criterion.weight for criterion in self.criteria):
            raise fault_at("no weight is above 0: all sites would be equal", "criteria")
        return self

    @model_validator(mode="after")
    def _hours_share_all(self) -> Self:
        total = math.fsum(self.fetch_share_by_hour)
        if abs(total - 1) > _SUM_OFF:
            said = f"the 24 shares sum to {total:g}, not to 1"
            raise fault_at(said, "fetch_share_by_hour")
        return self

    @property
    def names(self) -> tuple[CriterionName, ...]:
        """The criteria that are weighed, in the order of the YAML."""
        return tuple(criterion.name for criterion in self.criteria)
