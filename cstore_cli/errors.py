"""
The exception tree; each class carries the exit code a command ends with.

CstoreError (1, our bug)
├── UsageError (2)          an option that makes no sense
├── InputError (3)          a file, table or config that cannot be used
├── InfeasibleError (4)     there is work and none of it can be planned
├── NoPlanError (5)         time ran out before the first plan
├── EnvironmentFaultError (7)  disk full, no permission, file held by another program
├── NoLedgerError (10)
├── LockedError (11)        another run holds the lock
├── GuardError (12)         a safety guard refused a mass change
└── StaleInputError (13)    the newest data is too old to act on
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

DONE = 0
DONE_WITH_REJECTS = 6
INTERRUPTED = 130


class CstoreError(Exception):
    """Anything cstore raises on purpose; the message is for the reader."""

    exit_code: ClassVar[int] = 1


class UsageError(CstoreError):
    """The command line asks for something that makes no sense."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in an input, with its place and how to mend it."""

    file: str
    line: int | None
    column: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        column = f" {self.column}:" if self.column else ""
        mend = f" ({self.mend})" if self.mend else ""
        return f"{place}:{column} {self.what}{mend}"


class InputError(CstoreError):
    """
    An input cannot be used; ``faults`` lists everything found, not the first.

    ``message`` is what there is to say beside them.
    """

    exit_code = 3

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        self.message = message
        self.faults = tuple(faults)
        super().__init__("\n".join([message, *map(str, self.faults)]))


class InfeasibleError(CstoreError):
    """There is work to plan and no plan can meet the constraints."""

    exit_code = 4


class NoPlanError(CstoreError):
    """Time ran out before the first plan."""

    exit_code = 5


class EnvironmentFaultError(CstoreError):
    """The machine refused: disk full, no permission, a file held elsewhere."""

    exit_code = 7


class NoLedgerError(CstoreError):
    """The command needs a ledger and there is none."""

    exit_code = 10


class LockedError(CstoreError):
    """Another run is at work in the same place."""

    exit_code = 11


class GuardError(CstoreError):
    """A safety guard refused a change larger than expected."""

    exit_code = 12


class StaleInputError(CstoreError):
    """The newest data is too old to act on."""

    exit_code = 13
