"""Settings of `cstore partners`."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.money import Money
from cstore_cli.settings.network import NetworkSettings, Tables
from cstore_cli.settings.partners_allocate import AllocateSettings
from cstore_cli.settings.partners_rank import RankSettings
from cstore_cli.settings.partners_review import ReviewSettings
from cstore_cli.settings.partners_share import ShareSettings
from cstore_cli.settings.values import BesideYaml, Day

Stage = Literal["trial", "regular", "alliance"]
Exchange = Literal["none", "csv", "epcis"]


class StageRules(Settings):
    """What a stage of a partnership allows and costs."""

    most_parcels_per_month: Annotated[int, Field(ge=0)] | None = None
    """Parcels at most in a month; null: any."""
    notice_days: int = Field(ge=0)
    """Days of notice before volume is taken away."""
    switching_cost: Money
    """Money that taking away all of a partner's volume costs (people, systems)."""
    switching_cost_per_year: Money
    """And so much more for each whole year it has been a partner."""


class Zone(Settings):
    """Where a parcel belongs for its price: the places of a zone."""

    dc: list[str] = []
    """All stores of these distribution centres."""
    store: list[str] = []
    """These stores, also where their DC belongs to another zone."""


class PartnerSettings(Settings):
    """A company we work with, or might."""

    kind: Literal["logistics", "store_chain"] = "logistics"
    """Whether it carries parcels, or keeps them in its stores."""
    stage: Stage
    """How far the partnership has come."""
    since: Day
    """Its first day as a partner, or of its trial."""
    exchange: Exchange = "none"
    """How data are exchanged: none (mail and telephone), csv, epcis."""
    facts: dict[str, bool | float | str] = {}
    """What gates and criteria ask for by name: insured, cities, rating ..."""


class PartnersSettings(Settings):
    """Everything `cstore partners` may be told."""

    network: NetworkSettings
    """What all commands share."""
    tables: Tables = {}
    """Tables that win over those of the network: partner_parcels, volumes, ..."""
    agreements: BesideYaml = "agreements"
    """Folder of agreements, a YAML file per version and clause; relative to this
    YAML."""
    zones: dict[str, Zone]
    """The zones that rates speak of."""
    stages: dict[Stage, StageRules]
    """What each stage allows and costs."""
    partners: dict[str, PartnerSettings]
    """The partners, under the names that agreements and tables use."""
    rank: RankSettings = RankSettings()
    """How partners are ranked."""
    allocate: AllocateSettings = AllocateSettings()
    """What is asked of a split of the volumes to come."""
    review: ReviewSettings = ReviewSettings()
    """How the past year is held against the terms."""
    share: ShareSettings = ShareSettings()
    """How an alliance's cost is shared."""
    plan_day: BesideYaml = None
    """Settings of plan-day, relative to this YAML, that `share --computed` plans each
    coalition's day with; null: coalitions come from their table alone."""

    @model_validator(mode="after")
    def _places_are_of_one_zone(self) -> Self:
        for key in ("dc", "store"):
            seen: dict[str, str] = {}
            for name, zone in self.zones.items():
                for k, place in enumerate(getattr(zone, key)):
                    if place in seen:
                        said = f"{place!r} is in zone {seen[place]} already"
                        raise fault_at(said, "zones", name, key, k)
                    seen[place] = name
        return self

    @model_validator(mode="after")
    def _stages_are_told(self) -> Self:
        for name, partner in self.partners.items():
            if partner.stage not in self.stages:
                said = f"stage {partner.stage} is not among `stages`"
                raise fault_at(said, "partners", name, "stage")
        return self

    @property
    def carriers(self) -> dict[str, PartnerSettings]:
        """The partners that carry parcels."""
        its = self.partners.items()
        return {name: one for name, one in its if one.kind == "logistics"}

    @property
    def agreements_folder(self) -> Path:
        """The folder of agreements, as it reads from here."""
        return Path(self.agreements or ".")
