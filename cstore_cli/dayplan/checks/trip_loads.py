"""What is on board fits the van, all along each trip."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_EXACT = 1e-6


def loads_fit_the_van(day: PlanDay) -> Iterator[Fault]:
    """Deliveries are on board from the departure, collections from their stop on."""
    for figure, unit in (("litres", "litres"), ("kg", "kg")):
        delivered, collected = _sums(day, figure, True), _sums(day, figure, False)
        for route_id, visits in day.driven.items():
            van = day.vehicle_of(route_id)
            if van is None:
                continue
            capacity = van[f"capacity_{figure}"]
            keys = [(route_id, v.row["trip"], v.row["sequence"]) for v in visits]
            for tour in range(1, visits[-1].tour + 1):
                trip = [i for i, v in enumerate(visits) if v.tour == tour]
                load = sum(delivered.get(keys[i], 0.0) for i in trip)
                for i in trip:
                    load += collected.get(keys[i], 0.0)
                    if load > capacity * (1 + _EXACT):
                        yield Fault(
                            "stops.csv",
                            visits[i].row[LINE],
                            figure,
                            f"{route_id} trip {tour} carries {load:.2f} {unit} when it "
                            f"reaches {visits[i].place}; {van['vehicle_type']} takes "
                            f"{capacity:.2f}",
                        )
                        break
                    load -= delivered.get(keys[i], 0.0)


def _sums(
    day: PlanDay, figure: str, delivery: bool
) -> dict[tuple[str, int, int], float]:
    """The figure's sum over the parcels of each stop."""
    at_stops = day.carried.filter(
        pl.col("delivery") == delivery, pl.col("stop_kind").is_not_null()
    )
    sums = at_stops.group_by("route_id", "trip", "stop_sequence").agg(
        pl.col(figure).sum()
    )
    return {(route, trip, stop): load for route, trip, stop, load in sums.iter_rows()}
