"""Places on the earth, by id."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from cstore_cli.errors import Fault
from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.faults import refuse

MAX_LAT, MAX_LON = 90, 180


@dataclass(frozen=True, eq=False)
class Places:
    """
    Place i is ``ids[i]`` at ``lat[i]``, ``lon[i]``, in degrees, WGS84.

    Raises
    ------
    InputError
        When an id comes twice or a coordinate is not on the earth.
    """

    ids: tuple[str, ...]
    lat: Floats
    lon: Floats

    def __post_init__(self) -> None:
        for name in ("lat", "lon"):
            degrees = np.array(getattr(self, name), dtype=np.float64)
            if degrees.shape != (len(self.ids),):
                raise ValueError(f"{name} is {degrees.shape}, ids are {len(self.ids)}")
            degrees.flags.writeable = False
            object.__setattr__(self, name, degrees)
        on_earth = (np.abs(self.lat) <= MAX_LAT) & (np.abs(self.lon) <= MAX_LON)
        refuse(
            "places",
            [
                Fault(
                    "places",
                    None,
                    "lat, lon",
                    f"{self.ids[i]} is at {self.lat[i]}, {self.lon[i]}",
                    "latitude first, in degrees",
                )
                for i in np.flatnonzero(~on_earth)
            ]
            + [
                Fault("places", None, "id", f"{place} comes {count} times")
                for place, count in Counter(self.ids).items()
                if count > 1
            ],
        )

    def __len__(self) -> int:
        return len(self.ids)
