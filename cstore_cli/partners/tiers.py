"""What a number of parcels costs under a price by steps."""

from decimal import Decimal

from cstore_cli.settings.agreement import Prices, Step


def step_of(prices: Prices, parcel: int) -> Step:
    """Return the step that the parcel of that number (1 is the first) falls into."""
    return [step for step in prices.steps if step.from_parcel <= max(parcel, 1)][-1]


def cost_of(prices: Prices, parcels: int) -> Decimal:
    """
    Return what so many parcels of one period cost, not rounded.

    all_units: the step reached prices all of them; incremental: each step prices the
    parcels within it.
    """
    if prices.kind == "all_units":
        return step_of(prices, parcels).price * parcels
    ends = [step.from_parcel - 1 for step in prices.steps[1:]]
    cost = Decimal(0)
    for step, end in zip(prices.steps, [*ends, parcels], strict=True):
        within = min(end, parcels) - (step.from_parcel - 1)
        cost += step.price * max(within, 0)
    return cost
