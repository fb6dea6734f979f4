"""How `cstore plan-day` shares out its time limit between its stages."""

from dataclasses import dataclass

from cstore_cli.deadline import Deadline

# Seconds of the limit kept to make files, write and check them: a base, and per order.
_FILES_S, _FILES_S_PER_ORDER = 1.5, 4e-4
# Seconds kept to publish what is written.
_PUBLISH_S = 0.5
# Seconds of the limit kept to say why parcels stay behind: at most, and as a share.
_EXPLAIN_S, _EXPLAIN_SHARE = 15.0, 0.03


@dataclass(frozen=True)
class Ends:
    """When searching, explaining and making files, with drivers.pdf, are over."""

    search: Deadline
    explain: Deadline
    files: Deadline


def ends_of(time_limit_s: float, started_s: float, num_orders: int) -> Ends:
    """The ends that leave each later stage its time; none, if that is infinite."""
    files = started_s + time_limit_s - _PUBLISH_S
    explain = files - _FILES_S - _FILES_S_PER_ORDER * num_orders
    search = explain - min(_EXPLAIN_S, _EXPLAIN_SHARE * time_limit_s)
    return Ends(Deadline(search), Deadline(explain), Deadline(files))
