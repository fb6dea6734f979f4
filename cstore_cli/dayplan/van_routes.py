"""Vehicle days on the exact clock: routes, their trips and stops."""

from collections.abc import Iterator
from dataclasses import dataclass

from cstore_cli.dayplan.clients import StoreClient


@dataclass(frozen=True)
class Stop:
    """
    A van at a store; times are minutes after midnight, exact.

    ``clients`` are brought their goods by ``leaves``; the goods ``collected`` are on
    board by ``drives_on``, which is later only where they were not ready before.
    """

    store_id: str
    clients: tuple[StoreClient, ...]
    collected: tuple[StoreClient, ...]
    arrives: float
    starts: float
    leaves: float
    drives_on: float
    leg_km: float
    leg_min: float


@dataclass(frozen=True)
class Trip:
    """
    From the DC and back, in one batch; it ``departs`` on a whole minute.

    The van ``returns`` to the DC over a last leg.
    """

    batch: str
    departs: int
    stops: tuple[Stop, ...]
    returns: float
    last_leg_km: float
    last_leg_min: float

    @property
    def km(self) -> float:
        """Kilometres driven."""
        return sum(stop.leg_km for stop in self.stops) + self.last_leg_km

    def rows(self) -> Iterator[tuple[str, Stop]]:
        """
        Kind and stop of each row at stores.

        A stop where the van delivers and collects is two rows, in that order.
        """
        for stop in self.stops:
            for kind, clients in (
                ("deliver", stop.clients),
                ("collect", stop.collected),
            ):
                if clients:
                    yield kind, stop


@dataclass(frozen=True)
class VanRoute:
    """One vehicle's day; ``vehicle`` is its row in the vehicles."""

    route_id: str
    dc_id: str
    vehicle: int
    vehicle_no: int
    trips: tuple[Trip, ...]

    def rows(self) -> Iterator[tuple[int, int, str, Trip, Stop | None]]:
        """
        Sequence, number of the trip, kind, trip and stop of each row of the route.

        The rows at the DC have no stop: depart, reload (of the trip it begins), end.
        """
        sequence = 0
        for number, trip in enumerate(self.trips, start=1):
            yield sequence, number, "depart" if number == 1 else "reload", trip, None
            for kind, stop in trip.rows():
                sequence += 1
                yield sequence, number, kind, trip, stop
            sequence += 1
        yield sequence, len(self.trips), "end", self.trips[-1], None

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stops of all trips."""
        return tuple(stop for trip in self.trips for stop in trip.stops)

    @property
    def departs(self) -> int:
        """When the van first leaves the DC."""
        return self.trips[0].departs

    @property
    def returns(self) -> float:
        """When it is back for good."""
        return self.trips[-1].returns

    @property
    def km(self) -> float:
        """Kilometres driven."""
        return sum(trip.km for trip in self.trips)

    @property
    def minutes(self) -> float:
        """Minutes from first departure to last return."""
        return self.returns - self.departs
