"""The command line of `cstore plan-day`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """What the command line asks, and when: a reading of the monotonic clock."""

    started_s: float
    config: Path | None
    date: str | None
    now: str | None
    out: Path | None
    time_limit: float
    iterations: int | None
    seed: int
    carry: Path | None
    previous: Path | None
    check_only: Path | None
    publish: Path | None
    strict: bool
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]
