"""A dated exception to an agreement: what a storm suspends, say."""

from typing import Literal

from pydantic import Field

from cstore_cli.settings.agreement import Name
from cstore_cli.settings.base import Settings
from cstore_cli.settings.values import Day


class AgreementClause(Settings):
    """Terms that do not hold on some days; a file of its own, never edited."""

    clause: Name
    """Name of the clause, once per agreement."""
    agreement: Name
    """The agreement it is an exception to."""
    valid_from: Day
    """First day."""
    valid_to: Day
    """Last day."""
    suspends: list[
        Literal["commitments", "minimum_charge", "surcharges", "service_levels"]
    ] = Field(min_length=1)
    """What does not hold on these days. Commitments and minimum charge of a period are
    owed for its other days only, in proportion; parcels of these days count neither
    for surcharges nor for service levels, whichever is named."""
    reason: str = Field(min_length=1)
    """Why, in words."""
