"""
Is a plan of a day legal? Recomputed from the input tables alone.

Nothing is shared with the planner but table contracts, settings and travel. Everything
is checked and every fault comes back; a plan edited by hand may hold any nonsense and
still gets its faults, never a traceback.
"""

from cstore_cli.dayplan.checks.day import plan_day_of
from cstore_cli.dayplan.checks.rules import RULES
from cstore_cli.errors import Fault
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import PlanTables
from cstore_cli.travel.of_day import DayTravel


def check(
    plan: PlanTables, inputs: DayInputs, settings: PlanDaySettings, travel: DayTravel
) -> tuple[Fault, ...]:
    """
    Every fault of ``plan``, by file, line and column; none for a legal plan.

    Row balance (read + carried in = planned + ... + rejected) is the command's to
    check, which alone knows what was read.
    """
    day = plan_day_of(plan, inputs, settings, travel)
    faults = {fault for rule in RULES for fault in rule(day)}
    return tuple(
        sorted(faults, key=lambda f: (f.file, f.line or 0, f.column, f.what, f.mend))
    )
