"""Volumes to come as classes of like parcels, and who carries them today."""

from dataclasses import dataclass

import polars as pl

from cstore_cli.partners.rates import ANY_SIZE

CLASS = ("month", "zone", "service", "weight_kg", "size")
"""What parcels of one class have in common."""


@dataclass(frozen=True)
class VolumeClass:
    """Parcels alike; ``today`` says by partner how many each carries today."""

    month: str
    zone: str
    service: str
    weight_kg: float
    size: str
    parcels: int
    today: tuple[tuple[str, int], ...]

    @property
    def what(self) -> str:
        """The class in words."""
        size = "" if self.size == ANY_SIZE else f", {self.size}"
        return f"{self.month}, {self.zone}, {self.service}, {self.weight_kg:g} kg{size}"


def classes_of(volumes: pl.DataFrame) -> list[VolumeClass]:
    """Return the classes of a volumes table in their order, those of no parcel out."""
    rows = volumes.with_columns(pl.col("size").fill_null(ANY_SIZE)).sort(
        *CLASS, "partner", nulls_last=True
    )
    found = []
    for key, group in rows.group_by(CLASS, maintain_order=True):
        month, zone, service, weight_kg, size = key
        parcels = int(group["parcels"].sum())
        carried: dict[str, int] = {}
        for partner, number in group.select("partner", "parcels").iter_rows():
            if partner is not None and number:
                carried[partner] = carried.get(partner, 0) + number
        if parcels:
            found.append(
                VolumeClass(
                    month=str(month),
                    zone=str(zone),
                    service=str(service),
                    weight_kg=float(weight_kg),
                    size=str(size),
                    parcels=parcels,
                    today=tuple(carried.items()),
                )
            )
    return found
