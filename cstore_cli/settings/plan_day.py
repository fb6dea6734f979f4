"""Settings of `cstore plan-day`."""

from typing import Literal, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.network import NetworkSettings, Tables
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.settings.values import Clock

Channel = Literal["store_pickup", "store_door", "seller_direct", "express_station"]
CHANNELS: tuple[Channel, ...] = (
    "store_pickup",
    "store_door",
    "seller_direct",
    "express_station",
)


class ParcelLimits(Settings):
    """The largest parcel taken, in any orientation."""

    length_cm: float = Field(gt=0)
    """Longest side."""
    width_cm: float = Field(gt=0)
    """Middle side."""
    height_cm: float = Field(gt=0)
    """Shortest side."""
    weight_kg: float = Field(gt=0)
    """Heaviest parcel."""


class GoodsClass(Settings):
    """What a goods class asks of stores and vehicles."""

    chilled: bool = False
    """Needs a store and a van with cooling."""


class ChannelRule(Settings):
    """
    One rule; the first whose conditions all hold decides the channel.

    A condition left out always holds; a list means any of its values.
    """

    name: str
    """Shown in the plan as channel_rule."""
    channel: Literal[Channel, "any"]
    """The channel chosen; `any` lets the planner choose pick-up or door."""
    service: list[Literal["pickup", "door", "any"]] = []
    """The customer's wish."""
    fits: list[Literal["store", "courier", "neither"]] = []
    """The smallest limits that the parcel keeps."""
    goods_class: list[str] = []
    """Goods classes."""
    platform: list[str] = []
    """Platforms the order comes from."""
    needs_installation: bool | None = None
    """Whether the goods need installing."""


class CourierSettings(Settings):
    """Couriers who carry parcels from a store to doors."""

    limits: ParcelLimits = ParcelLimits(
        length_cm=60, width_cm=50, height_cm=50, weight_kg=20
    )
    """The largest parcel a courier takes."""
    round_parcels: int = Field(default=30, ge=1)
    """Most parcels on one round."""
    round_litres: float = Field(default=600, gt=0)
    """Room on one round."""
    round_kg: float = Field(default=150, gt=0)
    """Load on one round."""
    max_round_min: float = Field(default=180, gt=0)
    """Longest round, from store back to store."""
    speed_kmh: float = Field(default=18, gt=0)
    """Speed of a courier."""
    circuity: float = Field(default=1.3, ge=1)
    """Way travelled over straight line."""
    service_min: float = Field(default=3, ge=0)
    """Minutes at a door."""
    works_from: Clock = 10 * 60
    """First departure of a round."""
    works_to: Clock = 22 * 60
    """Last return of a round."""
    hub_couriers: int = Field(default=6, ge=1)
    """Couriers at a region's hub (or the store's own, if it has more)."""


class DwellSettings(Settings):
    """How long parcels wait before they are fetched."""

    collected_share: list[float] = [0.0, 0.38, 0.60, 0.74, 0.83, 0.89, 0.93, 0.96]
    """Share fetched within 0, 1, 2, ... days after arrival."""
    low_quantile: float = Field(default=0.10, gt=0, lt=1)
    """Room counted on: this quantile of what is fetched before the van comes."""

    @model_validator(mode="after")
    def _is_a_distribution(self) -> Self:
        share = self.collected_share
        if not share or share != sorted(share) or share[0] < 0 or share[-1] > 1:
            raise fault_at("must rise from 0 or more to 1 or less", "collected_share")
        return self


class RegionSettings(Settings):
    """How a DC's stores are divided."""

    region_work_h: float = Field(default=9, gt=0)
    """Van work of a region, in hours; sets how many regions a DC gets."""
    tolerance: float = Field(default=0.15, gt=0, lt=1)
    """A region's work stays within this share of its DC's mean."""
    drive_min_per_stop: float = Field(default=3, ge=0)
    """Driving counted per store when regions are weighed."""


class Batch(Settings):
    """A named departure wave."""

    name: str
    """Shown in the plan."""
    earliest: Clock
    """First departure."""
    latest: Clock
    """Last departure."""

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.latest < self.earliest:
            raise fault_at(f"batch {self.name!r}: latest is before earliest", "latest")
        return self


class PlanDaySettings(Settings):
    """Settings of `cstore plan-day`; the network's own stand in its own file."""

    network: NetworkSettings
    """The YAML that all commands share, relative to this one."""
    tables: Tables = {}
    """Tables of the day; they win over the network's."""
    cut_off: Clock = 9 * 60
    """Orders placed later than this on the day of the plan wait for tomorrow."""
    lead_time_min: dict[str, float] = {}
    """Platform: minutes from order to DC, where at_dc_from is not given; else 0."""
    store_limits: ParcelLimits = ParcelLimits(
        length_cm=45, width_cm=30, height_cm=30, weight_kg=5
    )
    """The largest parcel a store takes."""
    goods_classes: dict[str, GoodsClass] = Field(
        default={"ambient": GoodsClass()}, min_length=1
    )
    """Goods classes that orders may have."""
    channel_rules: list[ChannelRule] = Field(min_length=1)
    """First match wins."""
    walk_limit_km: float = Field(default=1.0, gt=0)
    """Farthest straight line from customer to store."""
    return_kg_per_litre: float = Field(default=0.25, gt=0)
    """Kg per litre of a collection (return or hand-in) that nobody weighed."""
    dwell: DwellSettings = DwellSettings()
    """How long parcels wait at stores."""
    courier: CourierSettings = CourierSettings()
    """Couriers from store to door."""
    regions: RegionSettings = RegionSettings()
    """How stores are divided."""
    batches: list[Batch] = Field(min_length=1)
    """Departure waves."""
    loading_min: int = Field(default=0, ge=0)
    """Minutes a dock door is taken per trip."""
    travel: TravelSettings = TravelSettings()
    """Where distances and durations come from."""
    max_unserved: int = Field(default=0, ge=0)
    """More unserved orders than this end the run with exit code 6."""
    solver: Literal["highs", "cbc"] = "highs"
    """MILP solver."""
    seeds: int = Field(default=2, ge=1)
    """Searches side by side in the route search."""

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [batch.name for batch in self.batches]
        for k, name in enumerate(names):
            if name in names[:k]:
                said = f"batch {name!r} is named twice"
                raise fault_at(said, "batches", k, "name")
        for k, rule in enumerate(self.channel_rules):
            for j, name in enumerate(rule.goods_class):
                if name not in self.goods_classes:
                    raise fault_at(
                        f"channel rule {rule.name!r}: goods class {name!r} is not one "
                        f"of {', '.join(self.goods_classes)}",
                        *("channel_rules", k, "goods_class", j),
                    )
        return self
