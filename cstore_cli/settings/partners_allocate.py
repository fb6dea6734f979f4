"""Settings of `cstore partners allocate`: what is expected, and what the split owes."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.money import Money, Percent

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1."""


class ExpectedSettings(Settings):
    """What parcels to come will be like, for the surcharges they will meet."""

    cod_share: Share = 0
    """Share of parcels with cash on delivery."""
    cod_twd: Money = Decimal(0)
    """Cash on delivery of one that has it."""
    returned_share: Share = 0
    """Share of parcels that come back, where the charge for them is a surcharge."""
    redirected_share: Share = 0
    """Share sent to another store after they had set out."""
    storage_days: Annotated[float, Field(ge=0)] = 0
    """Days beyond the free ones that a parcel lies in storage, on average."""


class ShareRule(Settings):
    """How much of the volume a partner carries, over all months together."""

    partner: str | None = None
    """The partner; null: each of them."""
    zone: str | None = None
    """Of this zone's volume; null: of all."""
    least_percent: Percent = Decimal(0)
    """At least so much of it."""
    most_percent: Percent = Decimal(100)
    """At most so much of it."""

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.least_percent > self.most_percent:
            raise fault_at("is above most_percent", "least_percent")
        return self


class NumberRule(Settings):
    """How many partners carry the volume, so that none is indispensable."""

    zone: str | None = None
    """In this zone; null: in all together."""
    partners: int = Field(ge=1)
    """At least so many."""
    from_percent: Percent = Decimal(0)
    """A partner counts from this share of the volume on; 0: from one parcel."""


class AllocateSettings(Settings):
    """What is asked of a split of the volumes to come."""

    expected: ExpectedSettings = ExpectedSettings()
    """What parcels to come will be like."""
    shares: list[ShareRule] = []
    """Shares of the volume that partners carry at least and at most."""
    numbers: list[NumberRule] = []
    """How many partners carry it at least."""
    pay_early: bool = False
    """Whether we pay soon enough for the discount of an agreement that has one."""
    gap: float = Field(default=0.0001, ge=0, lt=1)
    """The search stops when no split can be cheaper by more than this share."""
