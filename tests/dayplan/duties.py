"""
Duties driven by hand: the day of a DC's vans made from the tables of a day.

Clients are numbered by store, ambient before chilled, collections last.
"""

from days import at, at_stores, day, leg, settings, store

from cstore_cli.dayplan.ability import windows
from cstore_cli.dayplan.clients import collection_clients, store_clients
from cstore_cli.dayplan.collections import to_collect
from cstore_cli.dayplan.dc_day import dc_day
from cstore_cli.dayplan.drive import Duty
from cstore_cli.dayplan.routes import dc_problem
from cstore_cli.travel.of_day import DayTravel

MATRIX = [
    leg("DC", "S1", 20.5, 8.0),
    leg("S1", "DC", 21, 9.0),
    leg("DC", "S2", 30, 12.0),
    leg("S2", "DC", 31, 12.5),
    leg("S1", "S2", 7.25, 3.0),
    leg("S2", "S1", 8, 3.5),
]
STORES = [store("S1", chilled=True), store("S2", service_min=4.5)]


def task_and_day(orders, stores=None, vans=None, chosen=None, **tables):
    """The problem of the DC and the day its vans have to keep."""
    chosen = chosen or settings(travel={"source": "matrix"})
    if chosen.travel.source == "matrix":
        tables.setdefault("matrix", MATRIX)
    inputs = day(orders, STORES if stores is None else stores, vans=vans, **tables)
    travel = DayTravel(inputs, chosen)
    times = windows(inputs)
    placed = at_stores(inputs, chosen)
    fetched = to_collect(inputs, chosen)
    clients = [
        *store_clients(placed, travel.dc_of, inputs, chosen),
        *collection_clients(fetched, travel.dc_of, times, inputs),
    ]
    task = dc_problem("DC", clients, times, inputs, chosen, travel)
    return task, dc_day(task, times, inputs, chosen, travel)


def vans_day(*args, **more):
    """The day its vans have to keep."""
    return task_and_day(*args, **more)[1]


def duty(*trips, vehicle=0, batch=0):
    """A duty of these trips."""
    return Duty(vehicle, batch, trips)


def weather(start, end, speed=1.0, service=1.0):
    """A condition everywhere."""
    return {
        "from": at(start),
        "to": at(end),
        "area": "*",
        "weather": "rain",
        "speed_factor": speed,
        "service_factor": service,
    }


def clocks(stop):
    """Arrival, start and end of service."""
    return (stop.arrives, stop.starts, stop.leaves)
