"""The README is true: its commands run, its help pages are those of the commands."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
HELP = re.compile(r"(<!-- help:[^\n]*-->\n).*?(<!-- /help -->)", re.DOTALL)
STATES = re.compile(r"(<!-- states:[^\n]*-->\n).*?(<!-- /states -->)", re.DOTALL)
COMMANDS = (
    "plan-day",
    "analyze-demand",
    "site-stores",
    "expire-holds",
    "check",
    "init",
    "track",
    "partners",
)
TESTS = "python -m pytest -n auto"
TRACK = ("import", "show", "feed", "board", "verify", "purge")
"""Subcommands of track."""
PARTNERS = ("rank", "allocate", "settle", "review", "share")
"""Subcommands of partners."""


def cstore(*arguments, cwd=ROOT, timeout=120):
    """Run the command as a user would, 80 columns wide and without colours."""
    return subprocess.run(
        [sys.executable, "-m", "cstore_cli", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def help_pages():
    """The help pages of all commands, as they stand in the README."""
    pages = [("cstore", cstore("--help"))]
    pages += [(f"cstore {name}", cstore(name, "--help")) for name in COMMANDS]
    pages += [(f"cstore track {s}", cstore("track", s, "--help")) for s in TRACK]
    pages += [
        (f"cstore partners {s}", cstore("partners", s, "--help")) for s in PARTNERS
    ]
    return "\n".join(
        f"`{name} --help`\n\n```\n{page.stdout.strip()}\n```\n" for name, page in pages
    )


def states():
    """The table of states and of what may follow each, as it stands in the README."""
    from cstore_cli.ledger.transitions import TRANSITIONS

    rows = [
        f"| `{state}` | {rule.meaning} | {', '.join(rule.then) or 'nothing: the end'} |"
        for state, rule in TRANSITIONS.items()
    ]
    return "\n".join(["| state | means | may be followed by |", "|---|---|---|", *rows])


def commands(name):
    """Lines of the README's shell blocks that call cstore, without what installs it."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    calls = [line.rpartition("&&")[2].strip() for line in lines]
    return [c for c in calls if re.match(rf"(\.venv/bin/)?{name} ", c)]


def is_of_track(line):
    """These build on each other, so they run together."""
    return line.startswith("cstore track ")


@pytest.mark.parametrize(
    "line", sorted({c for c in commands("cstore") if not is_of_track(c)})
)
def test_its_commands_run(line, tmp_path):
    """Each as it stands, with the output in a folder of the test's own."""
    words = shlex.split(line)[1:]
    if "--out" in words:
        words[words.index("--out") + 1] = str(tmp_path / "out")

    done = cstore(*words)

    assert done.returncode == 0, done.stderr
    if "--out" in words:
        made = {
            "plan-day": "current.json",
            "expire-holds": "holds_state.csv",
            "analyze-demand": "forecast.csv",
            "site-stores": "summary.json",
            "partners": "summary.json",
        }
        assert (tmp_path / "out" / made[words[0]]).is_file()


def test_its_tracking_commands_run_one_after_the_other(tmp_path):
    """In a network such as `cstore init` writes, once it names a ledger."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, tmp_path / part)
    network = tmp_path / "configs/network.yaml"
    text = network.read_text()
    named = text.replace("#ledger: null", "ledger: sqlite:///../ledger.db")
    assert named != text
    network.write_text(named)

    lines = [line for line in commands("cstore") if is_of_track(line)]
    for line in lines:
        done = cstore(*shlex.split(line)[1:], cwd=tmp_path)
        # The sample file has a code that nobody mapped, as the README says.
        wanted = 6 if " import " in line else 0
        assert done.returncode == wanted, (line, done.stderr)

    assert {line.split()[2] for line in lines} == set(TRACK)


def test_its_states_have_not_drifted():
    """`python tests/test_readme.py` writes them anew."""
    assert f"\n{states()}\n" in README.read_text()


def test_every_subcommand_of_track_has_its_help_page():
    page = cstore("track", "--help").stdout
    listed = re.findall(r"^  ([a-z]+)  ", page, re.MULTILINE)

    assert set(listed) == set(TRACK)


def test_the_first_two_lines_are_the_two_for_a_fresh_machine():
    first, second = re.search(r"```sh\n(.*?)\n(.*?)\n```", README.read_text()).groups()

    assert "pip install . &&" in first
    assert "plan-day" in first
    assert "--time-limit 15" in first
    assert second.endswith(f"/{TESTS}")


def test_ci_runs_exactly_its_test_command():
    assert (ROOT / ".ci/run").read_text().rstrip().endswith(f" {TESTS}")


def test_its_help_pages_have_not_drifted():
    """`python tests/test_readme.py` writes them anew."""
    assert help_pages() in README.read_text()


def test_every_command_has_its_help_page():
    listed = re.findall(r"^  ([a-z][a-z-]+)  ", cstore("--help").stdout, re.MULTILINE)

    assert set(listed) == set(COMMANDS)


def test_its_exit_codes_are_those_of_the_errors():
    from cstore_cli import errors

    table = dict(re.findall(r"^\| (\d+) \| (.*) \|$", README.read_text(), re.MULTILINE))
    classes = errors.CstoreError.__subclasses__()
    codes = {kind.exit_code for kind in classes} | {0, 1, 6, 130}

    assert {int(code) for code in table} == codes


if __name__ == "__main__":
    text = HELP.sub(
        lambda match: f"{match[1]}\n{help_pages()}\n{match[2]}", README.read_text()
    )
    text = STATES.sub(lambda match: f"{match[1]}\n{states()}\n\n{match[2]}", text)
    README.write_text(text)
