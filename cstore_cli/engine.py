"""Makes the executor that a command hands to its job: processes of this machine."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context, parent_process
from typing import ParamSpec, TypeVar

from cstore_cli.errors import EnvironmentFaultError
from cstore_cli.interrupt import CTRL_C, uninterrupted

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def executor(workers: int, module: str | None = None) -> Iterator[Executor]:
    """
    Run tasks in ``workers`` processes that never outlive this block.

    With ``module``, the one whose tasks will come, they start and import it at once,
    while this process has something else to do.

    Processes are spawned, not forked: a fork copies the locks of running threads
    (polars, HiGHS) and hangs on them. Whatever ends the block, work not yet begun is
    cancelled and work under way is stopped; should this process be killed, the
    workers notice and end by themselves.

    Raises
    ------
    EnvironmentFaultError
        When a worker was killed.
    """
    pool: _Pool | None = None
    try:
        with uninterrupted():
            pool = _Pool(
                workers,
                mp_context=get_context("spawn"),
                initializer=_enter_worker,
                initargs=(module,),
            )
        for _ in range(workers if module else 0):
            pool.submit(_begin)
        yield pool
    except BrokenProcessPool as error:
        raise EnvironmentFaultError(
            "A process at work was killed, most likely because memory ran out. Nothing "
            "was published."
        ) from error
    finally:
        CTRL_C.held += 1  # here, for a call may be interrupted before it begins
        try:
            if pool is not None:
                _stop(pool)
        finally:
            CTRL_C.release()


class _Pool(ProcessPoolExecutor):
    """Processes that know nothing of Ctrl-C, from their first instant on."""

    def submit(
        self, task: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Start a process for the task where one is free to be started, or none."""
        with uninterrupted(), _blocked():
            return super().submit(task, *args, **kwargs)


@contextmanager
def _blocked() -> Iterator[None]:
    """Keep Ctrl-C from processes started meanwhile (where the system can)."""
    if os.name == "nt":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(pool: ProcessPoolExecutor) -> None:
    """Cancel what has not begun and stop what has; on return no process runs."""
    processes = list((pool._processes or {}).values())  # noqa: SLF001 (3.14: terminate_workers)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def _enter_worker(module: str | None) -> None:
    """Leave Ctrl-C to the parent, end when the parent does, and import the module."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if module:
        import_module(module)


def _begin() -> None:
    """Nothing to do, but a process starts for it."""


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
