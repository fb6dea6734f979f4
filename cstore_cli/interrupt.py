"""
Ctrl-C at any instant: the run ends with 130, and what it publishes is whole or nothing.

Python alone raises KeyboardInterrupt wherever it is. Of a process half started or half
stopped it leaves the other half; between two files it leaves one; a library may take it
for an error of its own, or swallow it; and raised while a text is executed, as
dataclasses do, it ends ``python -m`` by the signal although it was caught. So it is
noted here as well, and waits where it would leave a half. A SIGTERM (of a service
manager, say) is taken for a Ctrl-C once a command has begun.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cstore_cli.errors import INTERRUPTED

NOTHING = "Interrupted; nothing was published."
STANDS = "Interrupted; what was published stands."


class CtrlCError(KeyboardInterrupt):
    """
    What Ctrl-C raises here.

    A class of its own: CPython ends a process by the signal once KeyboardInterrupt
    itself has left ``exec`` of a text, caught or not.
    """


class _CtrlC:
    """What is known of Ctrl-C, of which a process has one."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget what an earlier run saw."""
        self.held = 0  # blocks it waits for
        self.waiting = False  # came while it was held
        self.seen = False
        self.published = False

    def came(self, _number: int, _frame: FrameType | None) -> None:
        """Handle the signal."""
        self.seen = True
        if self.held:
            self.waiting = True
        else:
            raise CtrlCError

    def release(self) -> None:
        """Leave a block it waits for; what came meanwhile is raised now."""
        self.held -= 1
        if self.waiting and not self.held:
            self.waiting = False
            raise CtrlCError

    def said(self) -> str:
        """What to tell of a run that it ended."""
        return STANDS if self.published else NOTHING


CTRL_C = _CtrlC()


def end_at_once_on_ctrl_c() -> None:
    """Until a command has begun there is nothing to clear away."""
    signal.signal(signal.SIGINT, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    os.write(2, f"cstore: {NOTHING}\n".encode())
    os._exit(INTERRUPTED)


def listen() -> None:
    """Begin a command: Ctrl-C is raised, or waits."""
    CTRL_C.begin()
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, CTRL_C.came)
        signal.signal(signal.SIGTERM, CTRL_C.came)


def stop_listening() -> None:
    """End a command: there is nothing left to clear away, the signal ends it."""
    if signal.getsignal(signal.SIGINT) == CTRL_C.came:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _set_handler() -> None:
    """Take the place of polars', which raises in the midst of a query."""
    if signal.getsignal(signal.SIGINT) == CTRL_C.came:
        signal.signal(signal.SIGINT, CTRL_C.came)


def heed() -> None:
    """Raise a Ctrl-C that came before: what follows must not begin."""
    if CTRL_C.seen:
        raise CtrlCError


@contextmanager
def uninterrupted() -> Iterator[None]:
    """
    Do all of the block; a Ctrl-C that comes meanwhile is raised at its end.

    Raises
    ------
    CtrlCError
        At once, when one came before and was swallowed.
    """
    if not CTRL_C.held:
        heed()
    CTRL_C.held += 1
    _set_handler()
    try:
        yield
    finally:
        CTRL_C.release()


@contextmanager
def publishing() -> Iterator[None]:
    """Publish all that the block does, or raise Ctrl-C before it; see uninterrupted."""
    with uninterrupted():
        CTRL_C.published = True
        yield
