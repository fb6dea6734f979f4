"""Settings of `cstore analyze-demand`."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.network import NetworkSettings, Tables
from cstore_cli.settings.values import MonthDay

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1."""


class TransactionsSettings(Settings):
    """How the table of transactions is to be taken."""

    period: Literal["day", "week"] | None = None
    """What a row counts: a day or the week from its date; null: as the dates show."""
    no_row_means: Literal["unknown", "zero"] = "unknown"
    """An area without a row on some date, between its first and its last one, had
    orders nobody wrote down (unknown), or had none (zero)."""
    renamed: dict[str, str] = {}
    """Code in transactions: the area_id it is now."""
    known_ahead: list[str] = []
    """Columns, such as price or promotion, known for each date of the forecast: rows
    with a date to come and orders left empty hold them."""
    lagged: list[str] = []
    """Columns of which only what stood there a whole horizon before may count."""


class AreaColumnsSettings(Settings):
    """What the columns of areas mean."""

    people: str = "population"
    """Column of the people of an area."""
    counts: list[str] | None = None
    """Columns that count people or homes, taken as a share of the people; null: those
    whose names begin with "age_"."""
    leave_out: list[str] = []
    """Columns that say nothing about demand."""


class BacktestSettings(Settings):
    """Forecasts of the past as if made then."""

    origins: int = Field(default=6, ge=2, le=60)
    """From how many days or weeks in the past, a horizon apart where history is long
    enough; the earlier half only chooses and calibrates."""


class PeopleSettings(Settings):
    """Who buys online and would fetch at a store: assumptions."""

    online_share: dict[str, Share] = {}
    """Column of an age band in areas: which share of it buys online."""
    fetch_share: dict[str, Share] = {}
    """Column of an age band: which share of those would fetch at a store."""
    income: str | None = None
    """Column of income; null: income does not count."""
    income_elasticity: float = Field(default=0, ge=-3, le=3)
    """How much more of a band buys online where income is 1 % higher, in per cent."""

    @model_validator(mode="after")
    def _bands_are_the_same(self) -> Self:
        for band in sorted(self.online_share.keys() ^ self.fetch_share.keys()):
            lacking = "fetch_share" if band in self.online_share else "online_share"
            raise fault_at(f"{band!r} has no {lacking}; both need each band", lacking)
        return self


def _rises(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[0] > bounds[1]:
        raise fault_at(f"{bounds[0]} to {bounds[1]} is no range", 0)
    return bounds


class SegmentsSettings(Settings):
    """Groups of areas that are alike."""

    number: Annotated[
        tuple[Annotated[int, Field(ge=2)], Annotated[int, Field(ge=2, le=30)]],
        AfterValidator(_rises),
    ] = (2, 8)
    """Fewest and most segments."""


class AnalyzeDemandSettings(Settings):
    """Settings of `cstore analyze-demand`; the network's own stand in its own file."""

    network: NetworkSettings
    """The YAML that all commands share, relative to this one."""
    tables: Tables = {}
    """Tables of this command; they win over the network's."""
    transactions: TransactionsSettings = TransactionsSettings()
    """How the table of transactions is to be taken."""
    areas: AreaColumnsSettings = AreaColumnsSettings()
    """What the columns of areas mean."""
    horizon: int | None = Field(default=None, ge=1, le=400)
    """Days or weeks to forecast; null: 28 days, 8 weeks."""
    season: int | None = Field(default=None, ge=1, le=400)
    """Days or weeks after which demand repeats itself; null: 7 days, 52 weeks."""
    holidays: str | None = Field(default=None, pattern=r"^[A-Z]{2}(-[A-Z0-9]+)?$")
    """Country, maybe with a region, whose holidays count, such as TW; null: none."""
    special_days: list[MonthDay] = []
    """Days of each year on which demand is not as usual, such as 11-11."""
    backtest: BacktestSettings = BacktestSettings()
    """Forecasts of the past as if made then."""
    people: PeopleSettings = PeopleSettings()
    """Who buys online and would fetch at a store: assumptions."""
    segments: SegmentsSettings = SegmentsSettings()
    """Groups of areas that are alike."""
