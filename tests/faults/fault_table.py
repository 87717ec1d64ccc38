"""How much of the fault suite runs, and the table of its figures at the end of the run.

`--faults short` is what every run of the tests does; `full` is `make faults`; `long` takes hours.
"""

from __future__ import annotations

import random
from typing import Literal, get_args

import pytest

Level = Literal["short", "full", "long"]
LEVELS: tuple[Level, ...] = get_args(Level)
_PROPERTY = "fault figure"
_OUTCOMES = ("passed", "failed", "error", "skipped")


class Amount:
    """`amount(15, 100, 2_000)` is as many as this run wants."""

    def __init__(self, level: Level) -> None:
        self.level = level

    def __call__(self, short: int, full: int, long: int | None = None) -> int:
        match self.level:
            case "short":
                return short
            case "full":
                return full
            case "long":
                return full if long is None else long


class Figures:
    """What a test of a fault measured: one row of the table at the end of the run, also when the test fails."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._properties = request.node.user_properties

    def __call__(self, what: str, bar: str, measured: str) -> None:
        self._properties.append((_PROPERTY, [what, bar, measured]))


def seeded(name: str, seed: int) -> random.Random:
    """Chance that is the same in every run; pytest shows the line with the output of a test that fails."""
    print(f"{name}: seed {seed}")  # noqa: T201
    return random.Random(f"{name}:{seed}")


def add_option(parser: pytest.Parser) -> None:
    parser.addoption("--faults", choices=LEVELS, default="short", help="how much of the fault suite to run")


def print_table(reporter: pytest.TerminalReporter) -> None:
    """Every figure noted, and every test of a fault that has none because it was skipped or broke."""
    rows = sorted(_rows(reporter))
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    reporter.section("faults")
    for what, bar, measured, outcome in rows:
        reporter.write_line(
            f"{what:<{widths[0]}}  {bar:<{widths[1]}}  {measured:<{widths[2]}}  {outcome}",
            green=outcome == "passed",
            yellow=outcome == "skipped",
            red=outcome in ("failed", "error"),
        )


def _rows(reporter: pytest.TerminalReporter) -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    for outcome in _OUTCOMES:
        for report in reporter.stats.get(outcome, ()):
            if not isinstance(report, pytest.TestReport) or "faults" not in report.keywords:
                continue
            noted = [_texts(value) for name, value in report.user_properties if name == _PROPERTY]
            if noted:
                rows.extend((*value, outcome) for value in noted)
            elif outcome != "passed":
                rows.append((report.nodeid.partition("::")[2], "", _why(report), outcome))
    return rows


def _texts(value: object) -> tuple[str, str, str]:
    assert isinstance(value, list)
    what, bar, measured = value
    return str(what), str(bar), str(measured)


def _why(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return str(report.longreprtext).strip().rpartition("\n")[2]
