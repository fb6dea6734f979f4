"""drivers.pdf: sheets printed by the Chromium of this machine, where there is one."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cstore_cli.interrupt import uninterrupted

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-pdf-tagging",  # a fifth of the bytes; it is for paper
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pdf-header-footer",
)
_TITLE = b"<title>Drivers' sheets</title>"


class Printed(NamedTuple):
    """A PDF, or the sentence that says why there is none; no sheets need none."""

    pdf: bytes | None
    why_not: str | None


@contextmanager
def printing(pages: Mapping[str, bytes]) -> Iterator[Callable[[float], Printed]]:
    """
    Print sheets, one after the other, as one PDF, while the block does other things.

    What the block is given waits for the PDF, so many seconds at most. Chromium runs in
    a folder and a profile of its own, asks nothing of any network, and is killed with
    its children when the block ends.
    """
    with ExitStack() as stack:
        yield _begun(pages, stack)


def _begun(pages: Mapping[str, bytes], stack: ExitStack) -> Callable[[float], Printed]:
    if not pages:
        return _never(None)
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    if browser is None:
        return _never(
            "No Chromium or Chrome is installed; print the sheets from a browser."
        )
    try:
        folder = Path(stack.enter_context(_folder()))
        (folder / "sheets.html").write_bytes(together(pages.values()))
        with uninterrupted():
            process = _started([browser, *_flags(folder)], folder)
            stack.callback(_kill, process)
    except OSError as error:
        return _never(f"{browser} does not start ({error.strerror}).")
    return partial(_wait, process, folder / "sheets.pdf", browser)


def _never(why_not: str | None) -> Callable[[float], Printed]:
    return lambda _: Printed(None, why_not)


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cstore-", ignore_cleanup_errors=True)


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 (a browser by its path, our own page)
        command,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait(
    process: subprocess.Popen[bytes], pdf: Path, browser: str, seconds: float
) -> Printed:
    """Wait for Chromium to end, and take what it printed."""
    try:
        code = process.wait(max(0.0, seconds))
    except subprocess.TimeoutExpired:
        return Printed(None, f"{browser} had not printed it when the time was over.")
    if code == 0 and pdf.is_file():
        return Printed(pdf.read_bytes(), None)
    return Printed(None, f"{browser} printed nothing: it ended with code {code}.")


def together(pages: Iterable[bytes]) -> bytes:
    """
    Return one page of all sheets, each from a new leaf on.

    The sheets come from one template: what stands before their bodies is the first's.
    """
    heads, bodies = [], []
    for page in pages:
        head, _, rest = page.partition(b"<body>")
        heads.append(head)
        bodies.append(rest.rpartition(b"</body>")[0])
    head = re.sub(rb"<title>.*?</title>", _TITLE, heads[0], flags=re.DOTALL)
    return b"".join((head, b"<body>", *bodies, b"</body></html>\n"))


def _flags(folder: Path) -> Iterable[str]:
    yield from _FLAGS
    # As root Chromium only runs without its sandbox; it opens our own page alone.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield "--no-sandbox"
    yield f"--user-data-dir={folder / 'profile'}"
    yield f"--print-to-pdf={folder / 'sheets.pdf'}"
    yield (folder / "sheets.html").as_uri()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the browser and the children it started, which are its group."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
