"""What the vans of one DC have to keep on the exact clock, from its routing problem."""

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.drive import DcDay
from cstore_cli.dayplan.locks import locked_batch
from cstore_cli.dayplan.routes import DcProblem
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
    dc = inputs.distribution_centers.row(
        inputs.distribution_centers["dc_id"].index_of(task.dc_id) or 0, named=True
    )
    clients = task.problem.clients
    locked = {
        k: locked_batch(client.store_id, inputs, settings.batches)
        for k, client in enumerate(task.clients)
    }
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
            k: settings.batches.index(batch) for k, batch in locked.items() if batch
        },
        windows=windows,
        service_min=dict(
            zip(inputs.stores["store_id"], inputs.stores["service_min"], strict=True)
        ),
        clock=travel.clock(task.dc_id),
    )
