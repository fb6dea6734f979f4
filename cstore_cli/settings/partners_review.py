"""Settings of `cstore partners review`."""

from typing import Annotated

from pydantic import Field

from cstore_cli.settings.base import Settings

Days = Annotated[int, Field(ge=0)]


class ReviewSettings(Settings):
    """How the past year is held against the terms."""

    months: int = Field(default=12, ge=1, le=36)
    """Whole calendar months looked back on, those before the day of the review."""
    warn_days: list[Days] = [90, 30]
    """Days before a notice or revision date from which it is warned of."""
    commitment_percentile: int = Field(default=10, ge=0, le=100)
    """The commitment suggested: so many percent of the year's periods had no more
    parcels."""
    near_miss_percent: float = Field(default=10, ge=0, le=100)
    """A step of a price is told as just missed when so much more would have met it."""
