"""
A city laid flat: km east and north of its middle, for maps without tiles.

Equirectangular, to one scale: over the 100 km of a city it is out by less than 0.1 %.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_KM_PER_DEGREE = 6371.0088 * np.pi / 180
_DIGITS = 4


class Flat:
    """Lays places flat around the middle of those it was made of."""

    def __init__(self, lat: Iterable[float], lon: Iterable[float]) -> None:
        """Take the middle of the places given, also across the 180th meridian."""
        lats, lons = np.array([*lat], dtype=float), np.array([*lon], dtype=float)
        self._from = float(lons[0]) if len(lons) else 0.0
        east = self._east(lons)
        self._lat0 = _middle(lats)
        self._east0 = _middle(east)
        self._narrow = float(np.cos(np.radians(self._lat0)))

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle, in degrees."""
        return self._lat0, self._from + self._east0

    def at(self, degrees: Floats) -> Floats:
        """Points (n, 2), latitude and longitude in degrees, as km east and north."""
        lat, lon = degrees.T
        east = (self._east(lon) - self._east0) * self._narrow
        return np.column_stack((east, lat - self._lat0)) * _KM_PER_DEGREE

    def x(self, lon: Iterable[float]) -> list[float]:
        """Km east of the middle, to the decimetre."""
        lons = np.array([*lon], dtype=float)
        return _rounded(self.at(np.column_stack((lons, lons)))[:, 0])

    def y(self, lat: Iterable[float]) -> list[float]:
        """Km north of the middle, to the decimetre."""
        lats = np.array([*lat], dtype=float)
        return _rounded(self.at(np.column_stack((lats, lats)))[:, 1])

    def _east(self, lons: Floats) -> Floats:
        turned: Floats = (lons - self._from + 180) % 360 - 180
        return turned


def _middle(values: Floats) -> float:
    return float(values.min() + values.max()) / 2 if len(values) else 0.0


def _rounded(km: Floats) -> list[float]:
    cells: list[float] = (np.round(km, _DIGITS) + 0.0).tolist()
    return cells
