"""Makes the executor that a command hands to its job: processes of this machine."""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

from cstore_cli.errors import EnvironmentFaultError


@contextmanager
def executor(workers: int) -> Iterator[Executor]:
    """
    Run tasks in ``workers`` processes that never outlive this block.

    Processes are spawned, not forked: a fork copies the locks of running threads
    (polars, HiGHS) and hangs on them. Whatever ends the block, work not yet begun is
    cancelled and work under way is stopped; should this process be killed, the
    workers notice and end by themselves.

    Raises
    ------
    EnvironmentFaultError
        When a worker was killed.
    """
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_enter_worker
    )
    try:
        yield pool
    except BrokenProcessPool as error:
        raise EnvironmentFaultError(
            "A process at work was killed, most likely because memory ran out. Nothing "
            "was published."
        ) from error
    finally:
        processes = list((pool._processes or {}).values())  # noqa: SLF001 (3.14: terminate_workers)
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _enter_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
