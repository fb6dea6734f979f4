"""How `cstore plan-day` publishes a plan: staged, checked, recorded, named."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cstore_cli import __version__
from cstore_cli.commands.plan_day_files import Late
from cstore_cli.commands.plan_day_ledger import names_taken, recorder
from cstore_cli.dayplan.check import check
from cstore_cli.errors import CstoreError
from cstore_cli.ledger.database import Ledger
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import PlanTables
from cstore_cli.tables.plan_folder import Staged, add, publish, read_plan, staged
from cstore_cli.tables.write import json_bytes
from cstore_cli.travel.of_day import DayTravel

_SHOWN_FAULTS = 20


def publish_own(
    out: Path,
    files: dict[str, bytes],
    late: Late,
    stages: Mapping[str, float],
    tables: PlanTables,
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
    ledger: Ledger | None,
) -> tuple[Path, str | None]:
    """
    Check our own plan as it was written, then publish it, as `publish_staged`.

    ``stages`` are the seconds that each stage took, for run_log.json.

    Raises
    ------
    CstoreError
        When the plan fails its check; nothing is published.
    """
    log = {"run_log.json": _run_log(stages)}
    with staged(out, inputs.date, {**files, **log}) as plan:
        found = check(read_plan(plan.folder), inputs, settings, travel)
        refuse_own(found, plan.folder)
        return publish_staged(plan, inputs, tables, ledger, late)


def publish_staged(
    plan: Staged,
    inputs: DayInputs,
    tables: PlanTables,
    ledger: Ledger | None,
    late: Late,
) -> tuple[Path, str | None]:
    """
    Publish a checked plan, recorded in the ledger first where there is one.

    Returns the folder it stands in, and why there is no drivers.pdf in it, if so.
    """
    pdf, no_pdf = late()
    if pdf:
        add(plan, {"drivers.pdf": pdf})
    if ledger is None:
        return publish(plan), no_pdf
    record = recorder(ledger, plan.out, inputs, tables.parcels)
    return publish(plan, record, names_taken(ledger, inputs.date)), no_pdf


def refuse_own(found: tuple[Any, ...], folder: Path | None) -> None:
    """Stop at a plan of ours that fails its check: that is our bug."""
    if found:
        shown = "\n".join(map(str, found[:_SHOWN_FAULTS]))
        where = f" It stands in {folder} until the next run." if folder else ""
        raise CstoreError(
            f"The plan fails its own check with {len(found)} fault(s), so it is not "
            f"published; this is a fault of cstore.{where}\n{shown}"
        )


def _run_log(stages: Mapping[str, float]) -> bytes:
    return json_bytes(
        {
            "cstore": __version__,
            "python": platform.python_version(),
            "host": platform.node(),
            "pid": os.getpid(),
            "seconds": stages,
        }
    )
