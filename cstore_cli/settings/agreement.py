"""
One version of an agreement: what is carried, for how much, on which terms.

A version is a YAML file of its own and is never edited: what changes is written as the
next version, what a storm suspends as a clause (`agreement_clause`). Quantities are
parcels; a period is a calendar month, quarter or year, cut off where the version begins
or ends.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.money import Money, Percent
from cstore_cli.settings.values import Day

Period = Literal["month", "quarter", "year"]
Service = Literal["store_delivery", "door_delivery", "return"]
"""What is charged for: a parcel brought to a store, to a door, or fetched back."""
SizeClass = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
"""A name in lines and reports: small letters, digits and _."""
Parcels = Annotated[int, Field(ge=0)]
Precedence = Annotated[int, Field(ge=0)]
"""Of two that meet the same parcel the higher counts; equal ones are a fault."""


class Step(Settings):
    """From which parcel of the period on a price holds."""

    from_parcel: int = Field(ge=1)
    """The first parcel of the period it holds for; the first step has 1."""
    price: Money
    """Price of a parcel."""


class Prices(Settings):
    """A price per parcel, by how many there are in a period."""

    kind: Literal["all_units", "incremental"] = "all_units"
    """all_units: the step reached prices all parcels of the period; incremental: each
    step prices the parcels within it."""
    per: Period = "month"
    """The period whose parcels are counted, those of this rate alone."""
    steps: list[Step] = Field(min_length=1)
    """Steps, lowest first."""


class Rate(Settings):
    """What a parcel of some services, zones, weights and sizes costs."""

    name: Name
    """Name of the rate, once per version."""
    services: list[Service] = Field(min_length=1)
    """Services it is for."""
    zones: list[str] = Field(min_length=1)
    """Zones it is for, as `zones` of the settings names them."""
    over_kg: float = Field(default=0, ge=0)
    """For parcels heavier than this; 0: from nothing."""
    to_kg: float | None = Field(default=None, gt=0)
    """For parcels up to this weight, itself included; null: of any."""
    sizes: list[SizeClass] = []
    """Size classes it is for; empty: all."""
    precedence: Precedence = 0
    """Of two rates that meet the same parcel the higher counts."""
    prices: Prices
    """What a parcel costs."""


class NotCarried(Settings):
    """Parcels that the partner does not carry: without a price they are no gap."""

    services: list[Service] = []
    """Services; empty: all."""
    zones: list[str] = []
    """Zones; empty: all."""
    over_kg: float = Field(default=0, ge=0)
    """Parcels heavier than this; 0: from nothing."""
    to_kg: float | None = Field(default=None, gt=0)
    """Parcels up to this weight, itself included; null: of any."""
    sizes: list[SizeClass] = []
    """Size classes; empty: all."""


class Surcharge(Settings):
    """What is charged on top of a parcel's price."""

    name: Name
    """Name of the surcharge, once per version."""
    when: Literal["always", "cod", "returned", "redirected", "storage"]
    """Which parcels: all, with cash on delivery, returned, sent to another store after
    they had set out, or lying longer than `free_days`."""
    services: list[Service] = []
    """Services it is for; empty: all."""
    valid_from: Day | None = None
    """First day, of a peak or a month's fuel; null: with the version."""
    valid_to: Day | None = None
    """Last day; null: with the version."""
    amount: Money | None = None
    """Money per parcel, or per day of storage beyond `free_days`."""
    percent_of_price: Percent | None = None
    """Or so much of the parcel's price."""
    percent_of_cod: Percent | None = None
    """Or so much of its cash on delivery (only with `when: cod`)."""
    free_days: int = Field(default=0, ge=0)
    """Days of storage that cost nothing."""

    @model_validator(mode="after")
    def _says_one_amount(self) -> Self:
        said = [self.amount, self.percent_of_price, self.percent_of_cod]
        if sum(value is not None for value in said) != 1:
            raise fault_at(
                "needs one of amount, percent_of_price and percent_of_cod", "amount"
            )
        if self.percent_of_cod is not None and self.when != "cod":
            raise fault_at("goes with `when: cod` alone", "percent_of_cod")
        if self.when == "storage" and self.amount is None:
            raise fault_at("storage is charged by the day: write amount", "amount")
        return self


class Commitment(Settings):
    """Parcels promised to the partner in each period, and what missing ones cost."""

    name: Name
    """Name of the commitment, once per version."""
    parcels: int = Field(ge=1)
    """Parcels promised per period."""
    per: Period = "month"
    """The period."""
    services: list[Service] = []
    """Services that count; empty: all."""
    zones: list[str] = []
    """Zones that count; empty: all."""
    shortfall_fee: Money
    """Money per parcel that was promised and did not come."""


class Quantities(Settings):
    """How many parcels the partner takes."""

    minimum: Parcels = 0
    """If any in a period, then at least so many (its smallest order)."""
    maximum: Parcels | None = None
    """At most so many in a period; null: any."""
    per: Period = "month"
    """The period."""


class Rebate(Settings):
    """What the partner pays back once enough parcels came in a period."""

    name: Name
    """Name of the rebate, once per version."""
    from_parcels: int = Field(ge=1)
    """From so many parcels in the period on."""
    per: Period = "year"
    """The period."""
    percent: Percent
    """Of the prices of all the period's parcels, without surcharges."""


class Promotion(Settings):
    """A discount for some days."""

    name: Name
    """Name of the promotion, once per version."""
    valid_from: Day
    """First day."""
    valid_to: Day
    """Last day."""
    services: list[Service] = []
    """Services it is for; empty: all."""
    zones: list[str] = []
    """Zones it is for; empty: all."""
    percent: Percent
    """Taken off the price of a parcel."""
    precedence: Precedence = 0
    """Of two promotions that meet the same parcel the higher counts."""


class EarlyPayment(Settings):
    """What paying soon saves."""

    within_days: int = Field(ge=1)
    """Days after the invoice."""
    percent: Percent
    """Taken off the invoice then."""


class Payment(Settings):
    """When and how is paid."""

    within_days: int = Field(default=30, ge=0)
    """Days after the invoice."""
    minimum_charge: Money | None = None
    """A month's prices and surcharges come to at least so much; null: to any."""
    early: EarlyPayment | None = None
    """Discount for paying sooner; null: none."""
    deposit: Money | None = None
    """Money held by the partner while the agreement lasts; null: none."""


class Risk(Settings):
    """What the partner pays for a parcel lost or damaged."""

    partner_share: Percent
    """Share of the parcel's value that the partner pays; we bear the rest."""
    most_per_parcel: Money | None = None
    """At most so much for a parcel; null: any."""
    most_per_month: Money | None = None
    """At most so much in a month; null: any."""


Measure = Literal["on_time", "lost", "damaged", "uncollected", "data_delay_h"]
"""Shares of parcels 0 to 1 (on_time: more is better), and hours until an event is
known."""


class ServiceLevel(Settings):
    """What the partner promises of its service, and what it pays where it fails."""

    measure: Measure
    """What is measured, over a month."""
    promised: float = Field(ge=0)
    """The share promised (0.97 of on_time: at least; 0.002 of lost: at most), or hours
    at most."""
    credit_percent: Percent
    """Of the month's prices, for each whole point (0.01, or an hour) missed."""
    most_percent: Percent
    """At most so much of the month's prices."""


class Signed(Settings):
    """The document that was signed."""

    date: Day
    """Day of the last signature."""
    by: list[str] = Field(min_length=1)
    """Who signed."""
    file: str
    """The signed document, relative to this YAML; it need not be there."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Hash of that document."""


class Rounding(Settings):
    """How amounts are rounded: each line by itself, sums never again."""

    decimals: int = Field(default=0, ge=0, le=4)
    """Decimals of a line's amount."""
    mode: Literal["half_up", "half_even", "down"] = "half_up"
    """How a half is rounded."""


class AgreementVersion(Settings):
    """Dated terms with a partner."""

    agreement: Name
    """Name of the agreement; its versions share it."""
    partner: str
    """The partner, as the settings of `partners` name it."""
    version: int = Field(ge=1)
    """1, 2, 3 ..."""
    valid_from: Day
    """First day whose parcels it prices."""
    valid_to: Day
    """Last day."""
    replaces_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Hash of the YAML of the version before, so that an edit of it is found out;
    null: the first."""
    signed: Signed | None = None
    """The signed document; null: an offer, which may be ranked and allocated but
    settles nothing."""
    rounding: Rounding = Rounding()
    """How amounts are rounded."""
    notice_days: int = Field(default=60, ge=0)
    """To end or renegotiate it, notice is given so many days before its last day."""
    revise_on: Day | None = None
    """Day from which terms are talked about anew; null: the notice day."""
    sizes: dict[SizeClass, int] = {}
    """Size class: largest length + width + height in cm, smallest class first; empty:
    one class, `any`."""
    rates: list[Rate] = Field(min_length=1)
    """What parcels cost."""
    not_carried: list[NotCarried] = []
    """Parcels it does not carry, among those that the rates would be expected for."""
    surcharges: list[Surcharge] = []
    """What comes on top."""
    promotions: list[Promotion] = []
    """Discounts for some days."""
    commitments: list[Commitment] = []
    """Parcels promised."""
    quantities: Quantities = Quantities()
    """Parcels it takes at least and at most."""
    rebates: list[Rebate] = []
    """What is paid back for many parcels."""
    payment: Payment = Payment()
    """When and how is paid."""
    risk: Risk | None = None
    """Who pays for what is lost or damaged; null: we do."""
    service_levels: list[ServiceLevel] = []
    """What is promised of the service."""
