"""Settings of `cstore site-stores`."""

from typing import Literal, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.network import NetworkSettings, Tables
from cstore_cli.settings.site_choice import (
    ChooseSettings,
    DcSettings,
    NewStoreSettings,
)
from cstore_cli.settings.site_score import ScoreSettings
from cstore_cli.settings.travel import TravelSettings, WalkSettings
from cstore_cli.settings.values import BesideYaml


class DemandSettings(Settings):
    """How many parcels an area has in a day."""

    parcels_per_1000: float = Field(default=7, gt=0)
    """Parcels per 1,000 people and day, in areas the forecast does not have."""
    forecast_column: Literal["mean", "p10", "p50", "p90"] = "mean"
    """Which of the forecast's columns counts: its mean over the forecast's dates."""


class SiteStoresSettings(Settings):
    """Settings of `cstore site-stores`; the network's own stand in its own file."""

    network: NetworkSettings
    """The YAML that all commands share, relative to this one."""
    tables: Tables = {}
    """Tables of this command; they win over the network's."""
    demand: DemandSettings = DemandSettings()
    """How many parcels an area has in a day."""
    walk: WalkSettings = WalkSettings()
    """How far customers walk."""
    travel: TravelSettings = TravelSettings()
    """How vans drive, on empty roads."""
    score: ScoreSettings
    """How sites are scored."""
    new_store: NewStoreSettings
    """What a store opened at a site is like."""
    existing_capacity_parcels_day: float | None = Field(default=None, gt=0)
    """Most parcels an own store takes in a day on average, where the stores table has
    no capacity_parcels_day; null: any number."""
    choose: ChooseSettings
    """What is asked of the sites chosen."""
    dc: DcSettings | None = None
    """Distribution centres to choose on top; null: none."""
    replay: BesideYaml = None
    """Settings of plan-day, relative to this YAML, that a day is replayed with on the
    network so chosen; null: no replay."""

    @model_validator(mode="after")
    def _chains_are_known(self) -> Self:
        ours = self.network.own_chains
        if ours and self.new_store.chain not in (None, *ours):
            said = f"{self.new_store.chain!r} is not one of own_chains"
            raise fault_at(f"{said} ({', '.join(ours)})", "new_store", "chain")
        return self

    @model_validator(mode="after")
    def _roads_are_empty(self) -> Self:
        if self.travel.base != "freeflow":
            said = "a site is chosen for years, not for a peak; take base out"
            raise fault_at(said, "travel", "base")
        return self

    @property
    def new_chain(self) -> str:
        """Chain of a new store."""
        return self.new_store.chain or next(iter(self.network.own_chains), "new")
