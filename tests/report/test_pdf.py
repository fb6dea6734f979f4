"""drivers.pdf: every sheet on its own leaves, or the reason why there is none."""

import errno
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from browser import chromium_path
from sheet_day import long_day, small_day
from test_qr import modules

from cstore_cli.report.sheets import pdf as module
from cstore_cli.report.sheets.driver import driver_sheets
from cstore_cli.report.sheets.pdf import printing, together


def printed(pages, seconds):
    with printing(pages) as wait:
        return wait(seconds)


@pytest.fixture
def text_of(tmp_path):
    """The text of a PDF's pages."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext (poppler-utils) on this machine")

    def read(pdf):
        file = tmp_path / "drivers.pdf"
        file.write_bytes(pdf)
        command = ["pdftotext", "-layout", str(file), "-"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.split("\f")[:-1]

    return read


@pytest.fixture
def browser_is(monkeypatch, tmp_path):
    """Let the only browser be a script."""

    def put(script):
        path = tmp_path / "chromium"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(
            module.shutil,
            "which",
            lambda name: str(path) if name == "chromium" else None,
        )
        return path

    return put


@pytest.mark.browser
def test_every_route_is_printed_on_two_leaves_with_every_stop(shown_sample, text_of):
    chromium_path()
    pages = text_of(printed(driver_sheets(shown_sample), 60).pdf)
    numbers = [re.search(r"page (\d+) of (\d+)", text).groups() for text in pages]
    routes = shown_sample.tables.routes["route_id"].to_list()
    assert [n for n, _ in numbers].count("1") == len(routes)
    assert {of for _, of in numbers} <= {"1", "2"}
    foot = f"planned 2026-11-23 09:00, plan version {shown_sample.version}"
    assert all(foot in text for text in pages)
    for route in routes:
        own = "".join(text for text in pages if f"{route} · planned" in text)
        stops = shown_sample.tables.stops.filter(route_id=route, kind="deliver")
        assert len(stops) > 0
        for place, arrives in stops.select("location_id", "arrives").iter_rows():
            assert place in own
            assert f"{arrives // 60:02d}:{arrives % 60:02d}" in own


@pytest.mark.browser
def test_leaves_are_counted_per_sheet_and_no_line_is_lost(text_of):
    chromium_path()
    sheets = {}
    for num in (60, 3):
        [sheets[str(num)]] = driver_sheets(long_day(num)).values()
    pages = text_of(printed(sheets, 60).pdf)
    counted = [re.search(r"page \d+ of \d+", text)[0] for text in pages]
    assert counted == ["page 1 of 2", "page 2 of 2", "page 1 of 1"]
    assert "".join(pages[:2]).count("10:00\u201310:01") == 60
    assert pages[2].count("10:00\u201310:01") == 3


@pytest.mark.browser
def test_smallest_codes_are_printed_as_dark_as_they_are(text_of, tmp_path):
    """
    Codes are 10.4 mm wide at the right of a leaf. A picture that is smoothed as it is
    made larger would be grey, which no phone reads.
    """
    chromium_path()
    [html] = driver_sheets(long_day(76)).values()
    text_of(printed({"R1": html}, 60).pdf)
    dpmm = 300 / 25.4
    command = ["pdftoppm", "-r", "300", "-gray", "-l", "1", "-singlefile"]
    files = [str(tmp_path / "drivers.pdf"), str(tmp_path / "page")]
    subprocess.run([*command, *files], check=True)
    grey = read_pgm(tmp_path / "page.pgm")
    right = grey.shape[1] - 10 * dpmm
    top = round(34 * dpmm)
    strip = grey[top:, round(right - 11 * dpmm) : round(right)]

    right_column = html.decode().split("<table>")[2]
    num = right_column.count("<img")
    dark = modules(right_column)
    side_mm = 10.4 / (len(dark) + 4)
    expected = num * dark.sum() * (side_mm * dpmm) ** 2
    lines = num * 11 * dpmm  # under each stop, a pixel or so of grey
    assert num > 15
    assert (strip < 128).sum() == pytest.approx(expected + lines, rel=0.15)


def read_pgm(path):
    """The pixels of a binary PGM, (height, width), 0 is black."""
    _, size, _, pixels = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width)


def test_without_a_browser_the_reason_is_told(monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    pdf, why_not = printed({"a": b""}, 1)
    assert pdf is None
    assert why_not.startswith("No Chromium or Chrome is installed")


def test_browser_that_fails_is_told_with_its_code(browser_is):
    path = browser_is("exit 3")
    pdf, why_not = printed(driver_sheets(small_day()), 10)
    assert pdf is None
    assert why_not == f"{path} printed nothing: it ended with code 3."


@pytest.mark.parametrize("end", ["kill -SEGV $$", "exit 1", "sleep 300"])
def test_half_a_pdf_is_none(browser_is, end):
    browser_is(f"echo %PDF-1.4 half > sheets.pdf; {end}")
    pdf, why_not = printed(driver_sheets(small_day()), 1)
    assert pdf is None
    assert why_not


def test_browser_that_does_not_start_is_told(browser_is):
    path = browser_is("")
    path.write_text("no program")
    assert "does not start" in printed(driver_sheets(small_day()), 10).why_not


def test_slow_browser_is_killed_with_its_children(browser_is, tmp_path):
    child = tmp_path / "child"
    browser_is(f"sleep 300 & echo $! > {child}; wait")
    began = time.monotonic()
    pdf, why_not = printed(driver_sheets(small_day()), 1)
    assert time.monotonic() - began < 10
    assert pdf is None
    assert why_not.endswith("had not printed it when the time was over.")
    pid = int(child.read_text())
    for _ in range(100):
        if not _lives(pid):
            return
        time.sleep(0.05)
    pytest.fail("the browser's child still runs")


def _lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def test_browser_works_in_a_profile_of_its_own_that_is_removed(browser_is, tmp_path):
    seen = tmp_path / "seen"
    browser_is(f'printf "%s\\n" "$@" > {seen}; echo PDF > sheets.pdf; pwd >> {seen}')
    assert printed(driver_sheets(small_day()), 10).pdf == b"PDF\n"
    *flags, page, folder = seen.read_text().split("\n")[:-1]
    assert f"--user-data-dir={folder}/profile" in flags
    assert page == f"file://{folder}/sheets.html"
    assert ("--no-sandbox" in flags) == (os.geteuid() == 0)
    assert not Path(folder).exists()


def test_no_sheets_are_no_pdf():
    assert printed({}, 10) == (None, None)


def test_no_time_left_is_told(browser_is):
    browser_is("sleep 300")
    why_not = printed(driver_sheets(small_day()), -2.5).why_not
    assert why_not.endswith("had not printed it when the time was over.")


def test_no_room_for_the_browser_is_told(browser_is, monkeypatch):
    def full(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    browser_is("exit 0")
    monkeypatch.setattr(module, "TemporaryDirectory", full)
    why_not = printed(driver_sheets(small_day()), 10).why_not
    assert "does not start (No space left on device)" in why_not


def test_a_block_that_does_not_wait_leaves_no_browser(browser_is, tmp_path):
    mark = tmp_path / "mark"
    browser_is(f"echo $$ > {mark}; exec sleep 300")
    with printing(driver_sheets(small_day())):
        while not mark.exists() or not mark.read_text().endswith("\n"):
            time.sleep(0.01)
    assert not _lives(int(mark.read_text()))


def test_sheets_together_keep_one_head_and_all_bodies():
    first = b"<title>R1</title><body>1</body></html>"
    second = b"<title>R2</title><body>2</body></html>"
    title = b"<title>Drivers' sheets</title>"
    assert together([first, second]) == title + b"<body>12</body></html>\n"
