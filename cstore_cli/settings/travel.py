"""How distances and durations between places are found."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.values import Clock

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ClockRange = tuple[Clock, Clock]


class TravelSettings(Settings):
    """Where distances and durations come from, and what they already contain."""

    source: Literal["geodesic", "roads", "matrix"] = "geodesic"
    """Straight lines made longer, a road network, or a given matrix."""
    circuity: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 1.35
    """Kilometres driven per straight kilometre, where no road is known."""
    speed_kmh: Positive = 28
    """Speed between two places when the source is geodesic."""
    snap_limit_km: Positive = 1.0
    """A place further than this from its nearest road node cannot be reached."""
    snap_speed_kmh: Positive = 15
    """Speed between a place and its nearest road node."""
    base: Literal["freeflow", "network_periods"] = "freeflow"
    """Empty roads, or the road network's own minutes of the AM and PM peak; with
    the latter, traffic factors (weather clear or empty) are refused in conditions."""
    am: ClockRange = (7 * 60, 10 * 60)
    """From and to of the AM peak, when base is network_periods."""
    pm: ClockRange = (16 * 60 + 30, 19 * 60 + 30)
    """From and to of the PM peak, when base is network_periods."""

    @model_validator(mode="after")
    def _peaks_are_apart(self) -> Self:
        if not self.am[0] < self.am[1] <= self.pm[0] < self.pm[1]:
            said = "am and pm must be ranges, am before pm, not overlapping"
            raise fault_at(said, "pm" if "pm" in self.model_fields_set else "am")
        return self

    @model_validator(mode="after")
    def _periods_need_roads(self) -> Self:
        if self.base == "network_periods" and self.source != "roads":
            said = f"base: network_periods needs source: roads, not {self.source}"
            raise fault_at(said, "base")
        return self


class WalkSettings(Settings):
    """How far people walk between two places, whichever way cars may drive."""

    source: Literal["geodesic", "roads"] = "geodesic"
    """geodesic: straight lines made longer. roads: the shortest way along the tables
    road_nodes and road_links, also against a one-way street, and straight to the
    nearest node at both ends."""
    circuity: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 1.3
    """Kilometres walked per straight kilometre, when the source is geodesic."""
    limit_km: Positive = 0.8
    """What counts as within a walk, in km on foot."""
    snap_limit_km: Positive = 1.0
    """A place further than this from its nearest road node cannot be reached on foot,
    when the source is roads."""
