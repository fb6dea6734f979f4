"""drivers.pdf: sheets printed by the Chromium of this machine, where there is one."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

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
    """A PDF, or the sentence that says why there is none."""

    pdf: bytes | None
    why_not: str | None


def printed(pages: Mapping[str, bytes], seconds: float) -> Printed:
    """
    Print sheets, one after the other, as one PDF, in at most ``seconds``.

    Chromium runs in a folder and a profile of its own, asks nothing of any network,
    and is killed with its children when its time is up.
    """
    if not pages:
        return Printed(None, "There are no sheets to print.")
    if seconds <= 0:
        return Printed(None, "No time was left to print the sheets.")
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    if browser is None:
        return Printed(
            None, "No Chromium or Chrome is installed; print the sheets from a browser."
        )
    with TemporaryDirectory(prefix="cstore-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "sheets.html").write_bytes(together(pages.values()))
        fault = _run([browser, *_flags(folder)], folder, seconds)
        try:
            return Printed((folder / "sheets.pdf").read_bytes(), None)
        except OSError:
            return Printed(None, f"{browser} printed nothing: {fault}.")


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


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """Run Chromium to its end or ours; return how it ended."""
    try:
        process = subprocess.Popen(  # noqa: S603 (a browser by its path, our own page)
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"it does not start ({error.strerror})"
    try:
        return f"it ended with code {process.wait(seconds)}"
    except subprocess.TimeoutExpired:
        return f"it did not finish within {seconds:.3g} s"
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the browser and the children it started, which are its group."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
