"""The peer VROOM (pyvroom): its deepest exploration, on two threads."""

from datetime import timedelta
from math import ceil

import vroom
from instances import Instance, Route

EXPLORATION, THREADS = 5, 2


def run(
    instance: Instance, seconds: float, _seed: int
) -> tuple[list[Route] | None, dict[str, object]]:
    """Return the routes; VROOM stops by itself, at the latest after ``seconds``."""
    if instance.reloads:
        return None, {"note": "not supported: several trips of a vehicle"}
    if instance.max_duration is not None:
        return None, {"note": "not supported: longest duration with waiting"}
    return _routes(instance, seconds), {}


def _routes(instance: Instance, seconds: float) -> list[Route] | None:
    timed = instance.tw_early is not None and instance.tw_late is not None
    enough = ceil(1.25 * sum(instance.demand) / instance.capacity) + 5
    vehicles = instance.vehicles[0] if timed else min(instance.vehicles[0], enough)

    def window(node: int) -> vroom.TimeWindow:
        return vroom.TimeWindow(instance.tw_early[node], instance.tw_late[node])

    problem = vroom.Input()
    problem.set_durations_matrix("car", instance.legs)
    problem.add_vehicle(
        [
            vroom.Vehicle(
                number,
                start=0,
                end=0,
                capacity=[instance.capacity],
                **({"time_window": window(0)} if timed else {}),
            )
            for number in range(1, vehicles + 1)
        ]
    )
    problem.add_job(
        [
            vroom.Job(
                node,
                location=node,
                delivery=[instance.demand[node]],
                **({"time_windows": [window(node)]} if timed else {}),
                default_service=instance.service[node],
            )
            for node in instance.clients
        ]
    )
    found = problem.solve(EXPLORATION, THREADS, timedelta(seconds=seconds)).to_dict()
    if found["unassigned"]:
        return None
    return [
        [0, *(step["id"] for step in route["steps"] if step["type"] == "job"), 0]
        for route in found["routes"]
    ]
