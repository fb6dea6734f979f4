"""Vehicle days named: routes in order of departure, with ids and vehicle numbers."""

from collections.abc import Sequence

from cstore_cli.dayplan.drive import DcDay
from cstore_cli.dayplan.insertion import Driven
from cstore_cli.dayplan.locks import Promise
from cstore_cli.dayplan.van_routes import VanRoute


def schedule(
    day: DcDay, driven: Sequence[Driven], promises: Sequence[Promise]
) -> list[VanRoute]:
    """
    The routes of one DC in order of departure.

    A route with clients of a promise gets the vehicle number or the route id promised;
    the others are numbered with what is left.
    """
    ordered = sorted(
        driven, key=lambda one: (one.leaves, one.duty.vehicle, one.duty.trips)
    )
    kept = [_promise(one, promises) for one in ordered]
    ids = {promise.route_id for promise in kept if promise and promise.route_id}
    numbers = {
        (one.duty.vehicle, promise.vehicle_no)
        for one, promise in zip(ordered, kept, strict=True)
        if promise and promise.vehicle_no
    }
    routes, number = [], 0
    for one, promise in zip(ordered, kept, strict=True):
        if promise and promise.route_id:
            route_id = promise.route_id
        else:
            number += 1
            while f"{day.dc_id}-{number:02d}" in ids:
                number += 1
            route_id = f"{day.dc_id}-{number:02d}"
        vehicle_no = promise.vehicle_no if promise else None
        if vehicle_no is None:
            vehicle_no = 1
            while (one.duty.vehicle, vehicle_no) in numbers:
                vehicle_no += 1
            numbers.add((one.duty.vehicle, vehicle_no))
        routes.append(
            VanRoute(route_id, day.dc_id, one.duty.vehicle, vehicle_no, one.trips)
        )
    return routes


def _promise(one: Driven, promises: Sequence[Promise]) -> Promise | None:
    mine = one.duty.clients
    return next((promise for promise in promises if mine & set(promise.clients)), None)
