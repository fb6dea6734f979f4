"""Opens pages in headless Chromium with the network off, and watches for faults."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str:
    """The browser's path; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@contextmanager
def launched() -> Iterator:
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Opener:
    """Opens files; ``faults`` are errors of the console and requests to anywhere."""

    def __init__(self, browser) -> None:
        self._browser = browser
        self._contexts: list = []
        self.faults: list[str] = []

    def __call__(self, file: Path, *, width: int = 1440, height: int = 900):
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, offline=True
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._told)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)
        page.goto(file.resolve().as_uri(), wait_until="load")
        page.evaluate("() => window.cstore && cstore.drawn")
        return page

    def _told(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def _asked(self, request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.faults.append(f"asked for {request.url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
