"""
Speed integrated over time: when legs and service begun at an instant are done.

The day is cut where anything changes. In the k-th interval a leg from i to j proceeds
at the rate 1 / b_k(i, j): b_k is the minutes of that interval's road network, divided
by the speed factor that is in force in it where the leg starts; where there is no way
the rate is 0. The leg from i to j that leaves at t ends at the first a with

    integral from t to a of dt / b(i, j) = 1                                  (1)

and service of s minutes likewise, at the rate 1 / f_k(i), when it adds up to s. Rates
do not depend on t but through the interval, so nobody who leaves later comes earlier
(to the nanosecond: a leg that ends so shortly after a change counts as done before).

References
----------
Ichoua, Gendreau and Potvin (2003), Vehicle dispatching with time-dependent travel
times, doi:10.1016/S0377-2217(02)00147-9.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, isnan, nan
from typing import overload

import numpy as np

from cstore_cli.travel.arrays import Bools, Floats, Ints
from cstore_cli.travel.matrix import TravelMatrix

_TOUCH_MIN = 1e-9


@dataclass(frozen=True, eq=False)
class DcClock:
    """
    How one DC's vans travel through one day; place 0 is the DC, the others its stores.

    Instants are minutes after midnight, local, of the day. Interval k lasts from
    ``changes[k - 1]`` up to ``changes[k]``, the first since ever and the last for
    ever; in it ``matrices[k]`` and ``service_factor[k]`` (places,) are in force.
    """

    changes: tuple[float, ...]
    matrices: tuple[TravelMatrix, ...]
    service_factor: Floats

    @cached_property
    def index(self) -> dict[str, int]:
        """Place id: its number."""
        return {place: i for i, place in enumerate(self.matrices[0].places.ids)}

    def matrix(self, minute: float) -> tuple[TravelMatrix, Floats]:
        """Return the matrix and the service factors (places,) in force at a minute."""
        k = bisect_right(self.changes, minute)
        return self.matrices[k], self.service_factor[k]

    @overload
    def arrive(self, i: int, j: int, leave_min: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def arrive(
        self, i: Ints | int, j: Ints | int, leave_min: Floats | float
    ) -> Floats: ...
    def arrive(
        self, i: Ints | int, j: Ints | int, leave_min: Floats | float
    ) -> Floats | float:
        """
        When a van that leaves i for j at an instant is there; arrays are broadcast.

        On a leg that is closed it waits for the opening; nan where that never comes.
        """
        leg = i * len(self.index) + j
        return _done(self.changes, self._minutes, leg, leave_min, 1.0)

    def there_and_back(self, leave_min: float) -> Bools:
        """Which places a van that leaves the DC at an instant can reach and return."""
        places = np.arange(len(self.index))
        there = self.arrive(0, places, leave_min)
        found: Bools = ~np.isnan(self.arrive(places, 0, there))
        return found

    @overload
    def done(self, i: int, start_min: float, service_min: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def done(
        self, i: Ints | int, start_min: Floats | float, service_min: Floats | float
    ) -> Floats: ...
    def done(
        self, i: Ints | int, start_min: Floats | float, service_min: Floats | float
    ) -> Floats | float:
        """When service at i that takes ``service_min`` in fair conditions is done."""
        return _done(self.changes, self.service_factor, i, start_min, service_min)

    @overload
    def distance_km(self, i: int, j: int, leave_min: float) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def distance_km(
        self, i: Ints | int, j: Ints | int, leave_min: Floats | float
    ) -> Floats: ...
    def distance_km(
        self, i: Ints | int, j: Ints | int, leave_min: Floats | float
    ) -> Floats | float:
        """Kilometres of the leg on the network it sets out on; nan as in arrive."""
        leg = i * len(self.index) + j
        if not isinstance(leg, np.ndarray) and not isinstance(leave_min, np.ndarray):
            return self._km.item(bisect_right(self.changes, leave_min), leg)
        k = np.searchsorted(self.changes, leave_min, side="right")
        km: Floats = self._km.take(k * self._km.shape[1] + leg)
        return km

    @cached_property
    def _minutes(self) -> Floats:
        """Minutes b_k of each leg, (intervals, legs)."""
        return np.stack([m.duration_min.ravel() for m in self.matrices])

    @cached_property
    def _km(self) -> Floats:
        """Km of each leg, (intervals, legs); closed, those of its opening."""
        km = np.stack([m.distance_km.ravel() for m in self.matrices])
        for earlier, later in zip(km[-2::-1], km[:0:-1], strict=True):
            np.copyto(earlier, later, where=np.isnan(earlier))
        return km


def clock_of(
    starts: Sequence[float],
    matrices: Sequence[TravelMatrix],
    service_factor: Sequence[Floats],
) -> DcClock:
    """
    Return the clock of intervals in order, like ones joined.

    Parameters
    ----------
    starts
        When each begins; what holds in the first held before, too.
    matrices, service_factor
        What is in force in each.
    """
    kept = [0]
    for k in range(1, len(starts)):
        before = matrices[kept[-1]], service_factor[kept[-1]]
        if not _are_alike(before, (matrices[k], service_factor[k])):
            kept.append(k)
    return DcClock(
        changes=tuple(starts[k] for k in kept[1:]),
        matrices=tuple(matrices[k] for k in kept),
        service_factor=np.stack([service_factor[k] for k in kept]),
    )


def _are_alike(
    one: tuple[TravelMatrix, Floats], other: tuple[TravelMatrix, Floats]
) -> bool:
    return (
        np.array_equal(one[1], other[1])
        and np.array_equal(one[0].duration_min, other[0].duration_min, equal_nan=True)
        and np.array_equal(one[0].distance_km, other[0].distance_km, equal_nan=True)
    )


def _done(
    changes: tuple[float, ...],
    pace: Floats,
    what: Ints | int,
    start: Floats | float,
    work: Floats | float,
) -> Floats | float:
    """When ``work`` is done at ``pace[k, what]`` minutes a unit in interval k."""
    if isinstance(what, np.ndarray) or isinstance(start, np.ndarray):
        return _all_done(changes, pace, what, start, work)
    if isinstance(work, np.ndarray):
        return _all_done(changes, pace, what, start, work)
    return _one_done(changes, pace, what, start, work)


def _one_done(
    changes: tuple[float, ...], pace: Floats, what: int, start: float, work: float
) -> float:
    if isnan(start):
        return nan
    last = len(changes)
    now, left = start, work
    for k in range(bisect_right(changes, start), last + 1):
        until = changes[k] if k < last else inf
        minutes = pace.item(k, what)
        if not isnan(minutes):
            end = now + left * minutes
            if end <= until + _TOUCH_MIN:
                return end
            left = max(0.0, left - (until - now) / minutes)
        now = until
    return nan


def _all_done(
    changes: tuple[float, ...],
    pace: Floats,
    what: Ints | int,
    start: Floats | float,
    work: Floats | float,
) -> Floats:
    """As _one_done, interval by interval for all that are not done yet."""
    what, start, work = (np.asarray(part) for part in (what, start, work))
    shape = np.broadcast_shapes(what.shape, start.shape, work.shape)
    until = np.array([*changes, inf])
    begun = np.searchsorted(changes, start, side="right")
    pace_there = pace.take(begun * pace.shape[1] + what)
    end: Floats = np.array(np.broadcast_to(start + work * pace_there, shape)).ravel()
    k, now, left, cell = (
        np.broadcast_to(part, shape).ravel() for part in (begun, start, work, what)
    )
    going = np.flatnonzero(~(end <= until[k] + _TOUCH_MIN) & (k < len(changes)))
    k, now, left, cell = k[going], now[going], left[going], cell[going]
    while going.size:
        minutes = pace[k, cell]
        moved = np.where(np.isnan(minutes), 0.0, (until[k] - now) / minutes)
        now, left = until[k], np.maximum(0.0, left - moved)
        k = k + 1
        end[going] = ends = now + left * pace[k, cell]
        on = ~(ends <= until[k] + _TOUCH_MIN) & (k < len(changes))
        going, k, now, left, cell = going[on], k[on], now[on], left[on], cell[on]
    return end.reshape(shape)
