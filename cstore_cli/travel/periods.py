"""The road network's periods of the day."""

from datetime import time
from typing import Literal

from cstore_cli.settings.travel import TravelSettings

Period = Literal["freeflow", "am", "pm"]


def period_at(when_local: time, settings: TravelSettings) -> Period:
    """Return the period at a local time of day; from is in it, to is not."""
    if settings.base == "freeflow":
        return "freeflow"
    minutes = when_local.hour * 60 + when_local.minute
    if settings.am[0] <= minutes < settings.am[1]:
        return "am"
    if settings.pm[0] <= minutes < settings.pm[1]:
        return "pm"
    return "freeflow"
