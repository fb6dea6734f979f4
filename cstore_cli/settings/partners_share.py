"""Settings of `cstore partners share`."""

from pydantic import Field

from cstore_cli.settings.base import Settings


class ShareSettings(Settings):
    """How an alliance's cost is shared."""

    members: dict[str, list[str]] = {}
    """For `--computed`: each member of the alliance, and the values in `orders_by` of
    the orders that are its own."""
    orders_by: str = "platform"
    """Column of the orders that tells whose an order is."""
    monotone: bool = False
    """Whether leaving a member out never makes a plan dearer, so that a coalition costs
    at least what any part of it does: true of money for vans and km where each parcel
    keeps its store, not of costs in general."""
    decimals: int = Field(default=2, ge=0, le=4)
    """Decimals of a share; the shares add up to the cost all the same."""
