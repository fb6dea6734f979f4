"""What stands at the foot of every leaf."""

from cstore_cli.report.shown_plan import ShownPlan


def foot(shown: ShownPlan) -> str:
    """Say when it was planned, and by which version the plan can be told apart."""
    return f"planned {shown.planned_at:%Y-%m-%d %H:%M}, plan version {shown.version}"
