"""A region: stores planned together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """Stores of one DC planned together; the hub is one of them."""

    region_id: str
    dc_id: str
    hub: str
    stores: tuple[str, ...]
    work_h: float
