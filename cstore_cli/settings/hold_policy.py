"""The hold policy: how long a parcel waits, and which days count."""

from typing import Literal, Self, TypeVar, get_args

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.network import TimeZone
from cstore_cli.settings.values import MINUTES_PER_DAY, Clock, Day
from cstore_cli.settings.yaml_file import did_you_mean

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""In the order of ``date.weekday()``."""


class PublicHolidays(Settings):
    """Whose public holidays are skipped; given as a whole, never mixed."""

    country: str
    """ISO 3166 code, such as DE."""
    subdivision: str | None = None
    """Code of a state or province, such as BE; none: holidays of all the country."""

    @model_validator(mode="after")
    def _are_known(self) -> Self:
        # Only who names a country pays for the calendars of all of them.
        import holidays  # noqa: PLC0415

        known = holidays.list_supported_countries(include_aliases=True)
        if self.country not in known:
            mend = did_you_mean(self.country.upper(), list(known))
            said = f"no holidays are known for country {self.country!r}"
            raise fault_at(f"{said} ({mend or 'write a code such as DE'})", "country")
        parts = known[self.country]
        if self.subdivision is not None and self.subdivision not in parts:
            said = f"{self.country} has no subdivision {self.subdivision!r}"
            raise fault_at(
                f"{said} (known: {', '.join(parts) or 'none'})", "subdivision"
            )
        return self


class SkippedDays(Settings):
    """Days that do not count, or that no hold ends on; see `unit`."""

    weekdays: list[Weekday] = []
    """Days of the week: mon, tue, wed, thu, fri, sat, sun."""
    dates: list[Day] = []
    """Single dates, YYYY-MM-DD."""
    public_holidays: PublicHolidays | None = None
    """Holidays of a country, or of a part of it; null: none."""
    store_closures: bool = False
    """Days whose end finds the store shut, by the closures table: a closure begins
    before that day's end_of_day and lasts until then or longer."""

    @model_validator(mode="after")
    def _leave_a_day(self) -> Self:
        if set(self.weekdays) == set(WEEKDAYS):
            raise fault_at("all seven are skipped: no hold would end", "weekdays")
        return self


class ExtensionSettings(Settings):
    """Which extensions count; one that does not is ignored, and the reason says so."""

    max_days: int | None = Field(default=None, ge=0)
    """Most days an extension adds; null: any; 0: holds cannot be extended."""
    from_h: float = Field(default=0, ge=0)
    """An extension counts when asked for this many hours after the parcel was ready,
    or later, and before the hold would lapse without it. Where the data do not say
    when it was asked for, it counts."""


class HoldTerms(Settings):
    """
    How long a parcel waits.

    As they stand: the ready day is day 0, the hold lapses at 24:00 of day 7.
    """

    length: int = Field(default=7, ge=1, le=3650)
    """How many days or hours."""
    unit: Literal["days", "open_days", "hours"] = "days"
    """days: all days count, and a hold that would end on a skipped day ends on the
    next that is not (Regulation (EEC) 1182/71, article 3(4)). open_days: only days
    that are not skipped count. hours: hours that pass, whatever the clock does; the
    calendar plays no part."""
    inclusive: bool = False
    """Whether the ready day is day 1 (true) or day 0 (false). In open_days a ready day
    that is skipped is day 0 in either case."""
    end_of_day: Clock = MINUTES_PER_DAY
    """Local time at which the last day ends. A parcel that became ready later than
    that on its last day has until the next day that is not skipped. A time that the
    clock shows twice is the first; one that it leaps over is read as if it had not
    leapt (RFC 5545, 3.3.5)."""
    time_zone: TimeZone | None = None
    """Zone of the days; null: the network's."""
    skipped: SkippedDays = SkippedDays()
    """Days that do not count, or that no hold ends on."""
    grace_min: float = Field(default=0, ge=0)
    """Late scans: a parcel is marked this many minutes after its deadline, which stays
    what it is."""
    reminders: list[float] = []
    """Hours before the deadline at which the customer is reminded."""
    extension: ExtensionSettings = ExtensionSettings()
    """Extensions: a day each, added to the length; with unit hours, 24 hours each."""

    @model_validator(mode="after")
    def _days_have_length(self) -> Self:
        if self.end_of_day == 0:
            raise fault_at("a day does not end as it begins; write 24:00", "end_of_day")
        return self

    @model_validator(mode="after")
    def _remind_before_the_deadline(self) -> Self:
        for k, hours in enumerate(self.reminders):
            if hours <= 0:
                raise fault_at(f"must be above 0; got {hours:g}", "reminders", k)
        return self

    def unused_key(self, unit: str) -> str | None:
        """A key given here that says nothing where the unit is ``unit``."""
        plain = HoldTerms()
        calendar = ("inclusive", "end_of_day", "skipped") if unit == "hours" else ()
        return next(
            (
                key
                for key in calendar
                if key in self.model_fields_set
                and getattr(self, key) != getattr(plain, key)
            ),
            None,
        )


class HoldPolicy(HoldTerms):
    """How long a parcel waits for its customer, then for its sender."""

    return_hold: HoldTerms | None = None
    """What differs when a returned parcel waits for its sender at a store; null: it
    waits there without end."""

    def of_return(self) -> HoldTerms | None:
        """The terms of a hold at the sender's store; None: it never lapses."""
        return None if self.return_hold is None else changed(self, self.return_hold)


T = TypeVar("T", bound=Settings)


def changed(base: T, change: Settings) -> T:
    """``base`` with the keys that ``change`` gives; mappings are changed inside."""
    update = {}
    for key in change.model_fields_set:
        old, new = getattr(base, key), getattr(change, key)
        both = isinstance(old, Settings) and isinstance(new, Settings)
        whole = isinstance(new, PublicHolidays)
        update[key] = changed(old, new) if both and not whole else new
    return base.model_copy(update=update)
