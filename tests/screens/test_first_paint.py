"""What the first paint waits for: a fresh interpreter imports what the app is made of, and none of what comes later."""

import subprocess
import sys

import pytest

_ROAD = (
    "import sys, betting_tui.__main__, betting_tui.cli.dashboard, betting_tui.cli.first_run, betting_tui.cli.session\n"
    "import betting_tui.engine.config.settings_file, betting_tui.app\n"
)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", _ROAD + "print(*sys.modules)"], check=True, capture_output=True, text=True, timeout=60
    )
    return set(ran.stdout.split())


@pytest.mark.parametrize(
    "late",
    [
        "httpx", "numpy", "pyarrow", "rapidfuzz", "stamina", "aiolimiter", "desktop_notifier", "textual_plot",
        "sqlite3",
    ],
)  # fmt: skip
def test_the_first_paint_waits_for_no_slow_library(imported: set[str], late: str) -> None:
    assert late not in imported


@pytest.mark.parametrize(
    "room", ["store", "sources", "feeds", "strategies", "planning", "alerts", "execution", "engine", "launch"]
)
def test_the_first_paint_waits_for_no_part_of_the_engine_that_works(imported: set[str], room: str) -> None:
    name = f"betting_tui.engine.{room}"
    assert not [module for module in imported if module == name or module.startswith(f"{name}.")]


def test_the_first_paint_waits_for_no_dialog_and_no_other_screen(imported: set[str]) -> None:
    screens = {
        f"betting_tui.screens.{name}" for name in ("bets", "bankroll", "reports", "markets", "system", "settings")
    }
    assert not imported & screens
    assert not [module for module in imported if module.startswith("betting_tui.screens.dialogs.")]


@pytest.fixture(scope="module")
def opened() -> set[str]:
    """Imported once the engine can be made, ahead of its being asked for."""
    code = (
        "import sys, threading; from betting_tui.ahead import import_ahead\n"
        "import_ahead(); [each.join(50) for each in threading.enumerate() if each.name == 'import-ahead']\n"
        "print(*sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    return set(ran.stdout.split())


def test_the_engine_is_imported_beside_the_first_paint(opened: set[str]) -> None:
    assert {"betting_tui.engine.launch", "betting_tui.engine.engine", "sqlite3"} <= opened


@pytest.mark.parametrize(
    "late",
    [
        "httpx", "numpy", "pyarrow", "rapidfuzz", "stamina", "aiolimiter", "desktop_notifier", "importlib.metadata",
        "email", "zipfile", "betting_tui.engine.bug_report", "betting_tui.engine.feeds.supply",
    ],
)  # fmt: skip
def test_the_first_rows_wait_for_nothing_that_only_later_work_needs(opened: set[str], late: str) -> None:
    assert late not in opened


def test_collecting_garbage_is_taken_up_again_where_it_was_put_off() -> None:
    code = (
        "import gc; from betting_tui.collector import put_off, take_up\n"
        "put_off(); assert not gc.isenabled(); take_up(); assert gc.isenabled(); assert gc.get_freeze_count()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
