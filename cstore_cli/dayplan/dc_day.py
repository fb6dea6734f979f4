"""What the vans of one DC have to keep on the exact clock, from its routing problem."""

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.drive import DcDay
from cstore_cli.dayplan.locks import locked_batches
from cstore_cli.dayplan.routes import DcProblem, dc_row
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel

_MINUTE = 60


def dc_day(
    task: DcProblem,
    windows: dict[str, Window],
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
) -> DcDay:
    """
    The day of the DC of ``task``.

    The problem draws the latest start of service in by a minute; here it is whole.
    """
    dc = dc_row(task.dc_id, inputs)
    clients = task.problem.clients
    locked = locked_batches(inputs, settings.batches)
    return DcDay(
        dc_id=task.dc_id,
        opens=dc["opens"],
        closes=dc["closes"],
        doors=dc["dock_doors"],
        loading_min=settings.loading_min,
        batches=tuple(settings.batches),
        vehicles=inputs.vehicles.rows(named=True),
        clients=task.clients,
        start_by=tuple(client.tw_late / _MINUTE + 1 for client in clients),
        leave_from=tuple(client.release_time / _MINUTE for client in clients),
        leave_by=tuple(client.leave_late / _MINUTE for client in clients),
        lock_of={k: n for n, p in enumerate(task.promises) for k in p.clients},
        uncooled=frozenset(k for p in task.promises if p.uncooled for k in p.clients),
        number_of={
            k: p.vehicle_no for p in task.promises for k in p.clients if p.vehicle_no
        },
        rooms=task.problem.rooms,
        batch_of={
            k: settings.batches.index(locked[client.store_id])
            for k, client in enumerate(task.clients)
            if client.store_id in locked
        },
        windows=windows,
        service_min=dict(
            zip(inputs.stores["store_id"], inputs.stores["service_min"], strict=True)
        ),
        clock=travel.clock(task.dc_id),
    )
