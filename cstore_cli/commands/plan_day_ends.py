"""How `cstore plan-day` shares out its time limit between its stages."""

from dataclasses import dataclass

from cstore_cli.deadline import Deadline

# Seconds of the time limit kept for files and for publishing: a base, and per order.
_FILES_S, _FILES_S_PER_ORDER = 1.0, 2e-4
_PUBLISH_S, _PUBLISH_S_PER_ORDER = 1.0, 1e-4
# Seconds of the limit kept to say why parcels stay behind: at most, and as a share.
_EXPLAIN_S, _EXPLAIN_SHARE = 15.0, 0.03


@dataclass(frozen=True)
class Ends:
    """When searching, explaining and making files are over."""

    search: Deadline
    explain: Deadline
    files: Deadline


def ends_of(time_limit_s: float, started_s: float, num_orders: int) -> Ends:
    """The ends that leave each later stage its time; none, if that is infinite."""
    files = started_s + time_limit_s - _PUBLISH_S - _PUBLISH_S_PER_ORDER * num_orders
    explain = files - _FILES_S - _FILES_S_PER_ORDER * num_orders
    search = explain - min(_EXPLAIN_S, _EXPLAIN_SHARE * time_limit_s)
    return Ends(Deadline(search), Deadline(explain), Deadline(files))
