"""Which sites may and must open, and what a new store and a DC are like."""

from typing import Literal, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.values import Clock, OpeningHours


class NewStoreSettings(Settings):
    """What a store opened at a site is like, where the sites table does not say."""

    capacity_parcels_day: float = Field(gt=0)
    """Most parcels it takes in a day on average; the sites table may have this column,
    which wins."""
    opening_hours: OpeningHours = "24/7"
    """24/7 or HH:MM-HH:MM; the sites table may have this column, which wins."""
    running_cost_twd_day: float = Field(default=0.0, ge=0)
    """Cost of a day besides rent: staff, power, what fitting it out comes to a day."""
    chain: str | None = None
    """Chain of the new store in a replay; null: the first of own_chains, else "new"."""
    receive_from: Clock = 10 * 60
    """First start of a delivery in a replay."""
    receive_by: Clock = 17 * 60
    """Last start of a delivery in a replay."""
    shelf_litres: float = Field(default=240, ge=0)
    """Room for parcels in a replay."""
    chilled: bool = True
    """Whether it can cool parcels, in a replay."""
    door_couriers: int = Field(default=0, ge=0)
    """Couriers who carry parcels from it to doors, in a replay."""
    service_min: float = Field(default=6, ge=0, le=480)
    """Minutes of a delivery at its door, in a replay."""

    @model_validator(mode="after")
    def _receives(self) -> Self:
        if self.receive_by < self.receive_from:
            raise fault_at("receive_by is before receive_from", "receive_by")
        return self


class ChooseSettings(Settings):
    """What is asked of the sites chosen."""

    model: Literal["p_median", "covering", "fixed_charge"] = "p_median"
    """p_median: least parcel-km for a number of stores. covering: most parcels within
    radius_km for a number of stores. fixed_charge: least cost of rent, running and
    walking, the number of stores free unless given."""
    stores: int | None = Field(default=None, ge=0)
    """New stores to open, those of must_keep among them; null: as many as pay, in
    fixed_charge."""
    radius_km: float | None = Field(default=None, gt=0)
    """Walk within which a point counts as covered; covering needs it."""
    existing: Literal["keep", "ignore"] = "keep"
    """Own stores stay open and serve (keep), or are left out as if there were none."""
    rivals: Literal["ignore", "capture"] = "ignore"
    """Rivals' stores do not count (ignore), or customers walk to the nearest store,
    whoever owns it, and are lost to a rival that is nearer (capture)."""
    must_keep: list[str] = []
    """site_ids that must open."""
    must_not: list[str] = []
    """site_ids that must not open."""
    budget_twd_month: float | None = Field(default=None, ge=0)
    """Most rent of all new stores together; null: any."""
    min_spacing_km: float | None = Field(default=None, gt=0)
    """Shortest straight line between two stores, one of them new; null: any."""
    walk_cost_twd_per_km: float = Field(default=20, ge=0)
    """Cost of carrying one parcel one km on foot, in fixed_charge."""
    lost_parcel_twd: float | None = Field(default=None, ge=0)
    """What a parcel not served loses, in fixed_charge; null: all must be served. With
    rivals: capture it must be given."""
    gap: float = Field(default=0, ge=0, lt=1)
    """Stop once the plan is proven within this share of the best; 0: the best."""
    solver: Literal["highs", "cbc"] = "highs"
    """MILP solver."""

    @model_validator(mode="after")
    def _says_its_radius(self) -> Self:
        if self.model == "covering" and self.radius_km is None:
            raise fault_at("model: covering needs radius_km", "model")
        return self

    @model_validator(mode="after")
    def _knows_what_is_lost(self) -> Self:
        captured = self.model == "fixed_charge" and self.rivals == "capture"
        if captured and self.lost_parcel_twd is None:
            said = "rivals: capture needs lost_parcel_twd in fixed_charge"
            raise fault_at(said, "rivals")
        return self

    @model_validator(mode="after")
    def _lists_agree(self) -> Self:
        for name in ("must_keep", "must_not"):
            ids = getattr(self, name)
            for k, site in enumerate(ids):
                if site in ids[:k]:
                    raise fault_at(f"{site!r} is named twice", name, k)
        for k, site in enumerate(self.must_not):
            if site in self.must_keep:
                raise fault_at(f"{site!r} is in must_keep as well", "must_not", k)
        if self.stores is not None and len(self.must_keep) > self.stores:
            said = f"{len(self.must_keep)} sites must open, but stores is {self.stores}"
            raise fault_at(said, "must_keep")
        return self


class DcSettings(Settings):
    """Distribution centres chosen for the stores there then are."""

    count: int = Field(default=1, ge=1)
    """How many."""
    candidates: Literal["sites", "stores", "distribution_centers"] = "sites"
    """Table of the places where one may stand."""
    cost_twd_per_parcel_km: float = Field(default=0.5, ge=0)
    """Cost of bringing one parcel one km from a DC to a store."""
    fixed_cost_twd_day: float = Field(default=0, ge=0)
    """Cost of a DC, per day."""
