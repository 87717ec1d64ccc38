"""First paint, start, failure, restart, news and quitting."""

from __future__ import annotations

import asyncio
import io

import pytest
from kit import NARROW, WIDE, Running, running, started
from msgspec.structs import replace
from rich.console import Console
from scenes import empty_scene, full_scene
from stub_engine import NEVER, NOW, FakeClock, StubEngine, stub_app

from betting_tui.app import BettingApp
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.events import Noticed
from betting_tui.engine.core.ports import Notice, NoticeKind
from betting_tui.screens.base import EngineScreen


async def test_the_screen_is_there_before_the_engine() -> None:
    engine = StubEngine(full_scene())
    gate = asyncio.Event()

    async def slowly() -> StubEngine:
        await gate.wait()
        return engine

    clock = FakeClock()
    app = BettingApp(slowly, settings=engine.settings, clock=clock, repaint_seconds=NEVER)
    async with app.run_test(size=WIDE) as pilot:
        run = Running(app, engine, clock, pilot)
        await pilot.pause()
        assert "starting…" in run.text().split("\n")[0]
        assert "1-6 screens" in run.text().split("\n")[-1]
        await pilot.press("b", "e", "a", "2", "w", "3", "4", "5", "6", "1")
        assert engine.commands == []
        gate.set()
        await started(run)
        assert "paper · main · USD" in run.text().split("\n")[0]
        assert "Lakers" in run.text()


async def test_quitting_stops_the_engine_once_it_is_asked_and_again_on_the_way_out() -> None:
    for key in ("q", "ctrl+q"):
        async with running(full_scene()) as run:
            await run.pilot.press(key)
        assert run.engine.stops == 1
        assert run.engine.listeners == 0
        assert run.app.return_code == 0


async def test_an_app_that_is_closed_from_outside_stops_its_engine() -> None:
    async with running(full_scene()) as run:
        engine = run.engine
    assert engine.stops == 1


async def test_an_engine_that_cannot_start_is_a_dialog_with_what_to_do() -> None:
    engine = StubEngine(full_scene())
    engine.start_error = LedgerError("ledger.db is damaged: run betting-tui ledger verify")
    async with running(engine.scene, engine=engine) as run:
        assert run.dialog == "ProblemDialog"
        assert "betting-tui ledger verify" in run.text()
        assert "Ledger problem" in run.text()
        engine.start_error = None
        await run.press("r")
        assert run.dialog == ""
        assert "Lakers" in run.text()


async def test_the_problem_dialog_can_be_left_and_the_keys_say_why_nothing_works() -> None:
    engine = StubEngine(full_scene())
    engine.start_error = LedgerError("no disk")
    async with running(engine.scene, engine=engine) as run:
        await run.press("escape", "b")
        assert "not running" in run.text().split("\n")[0]
        await run.press("p")
        assert run.toasts == ["Not running: no disk"]
        await run.press("q")
    assert run.app.return_code == 0


async def test_a_fault_of_ours_at_the_start_is_a_dialog_without_a_traceback() -> None:
    engine = StubEngine(full_scene())
    engine.start_error = RuntimeError("[/x] secret inside")
    async with running(engine.scene, engine=engine) as run:
        assert run.dialog == "ProblemDialog"
        assert "secret" not in run.text()
        assert "betting-tui doctor" in run.text()


async def test_news_is_drawn_on_the_current_screen_and_on_the_others_when_they_return() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("3")
        scene.rows = scene.rows[1:]
        scene.bankroll = replace(scene.bankroll, bankroll_minor=1_234_567)
        await run.news()
        assert "12,345.67" in run.text()
        await run.press("1")
        assert "37 of" not in run.text()
        assert "5 · 3 with an edge · best first" in run.text()


async def test_nothing_is_drawn_beneath_a_dialog_until_it_closes() -> None:
    scene = full_scene()
    async with running(scene) as run:
        await run.press("question_mark")
        scene.rows = scene.rows[1:]
        await run.news()
        assert "6 · 4 with an edge · best first" in run.text()
        await run.press("escape")
        assert "5 · 3 with an edge · best first" in run.text()


async def test_a_notice_is_a_toast_and_its_text_is_no_markup() -> None:
    async with running(full_scene()) as run:
        body = "[@click=app.quit]Lakers[/] \x1b[2J at FanDuel"
        notice = Notice(NoticeKind.HIGH_VALUE, "k", "Value [b]+12 %[/b]", body)
        run.engine.publish(Noticed(notice))
        await run.news()
        assert run.toasts == ["Value [b]+12 %[/b] · [@click=app.quit]Lakers[/] [2J at FanDuel"]
        assert "[@click=app.quit]Lakers[/]" in run.text()


def help_of(run: Running) -> str:
    """All that help says, in sight or not."""
    return str(run.app.screen.query_one("#scroll > Static").render())


async def test_help_lists_the_keys_of_this_screen_and_of_everywhere() -> None:
    async with running(full_scene(), (100, 60)) as run:
        for key, expected in (("question_mark", "place what the row shows"), ("f1", "hold the list still")):
            await run.press(key)
            assert run.dialog == "HelpDialog"
            text = help_of(run)
            assert expected in text
            assert "quit; nothing is lost" in text
            await run.press("escape")
        await run.press("4", "question_mark")
        assert "group by strategy" in help_of(run)
        assert "place what the row shows" not in help_of(run)


async def test_the_palette_has_the_actions_with_their_keys() -> None:
    async with running(full_scene()) as run:
        await run.press("ctrl+p")
        assert "Place what the row shows  b" in run.text()
        await run.pilot.press(*"reports")
        await run.pilot.pause(0.3)
        await run.press("enter")
        assert run.app.current_mode == "reports"


async def test_every_key_has_a_stable_name() -> None:
    async with running(full_scene()) as run:
        for mode in ("1", "2", "3", "4", "5", "6"):
            await run.press(mode)
            screen = run.app.screen
            ours = [*screen._bindings.key_to_bindings.values(), *run.app._bindings.key_to_bindings.values()]
            names = [binding.id for group in ours for binding in group if binding.show]
            assert all(names)


async def test_f3_changes_between_dark_and_light() -> None:
    async with running(full_scene()) as run:
        await run.press("f3")
        assert run.app.theme == "betting-light"
        await run.press("f3")
        assert run.app.theme == "betting-dark"


async def test_resizing_folds_the_detail_and_brings_it_back() -> None:
    async with running(full_scene()) as run:
        assert "Price at FanDuel" in run.text()
        await run.pilot.resize_terminal(80, 24)
        await run.news()
        assert "Price at FanDuel" not in run.text()
        assert "fair +138 (+135 to +142)" in run.text()
        await run.pilot.resize_terminal(120, 40)
        await run.news()
        assert "Price at FanDuel" in run.text()


def test_the_stub_stands_still() -> None:
    assert stub_app(StubEngine(full_scene())).session.clock() == 1_000.0
    assert NOW.tzinfo is not None


async def test_news_is_drawn_without_being_asked_for() -> None:
    scene = full_scene()
    engine, clock = StubEngine(scene), FakeClock()

    async def opened() -> StubEngine:
        return engine

    app = BettingApp(opened, settings=engine.settings, clock=clock, repaint_seconds=0.01)
    async with app.run_test(size=WIDE) as pilot:
        run = Running(app, engine, clock, pilot)
        await started(run)
        scene.rows = scene.rows[:2]
        engine.changed()
        for _ in range(1000):
            await pilot.pause(0.01)
            if "2 · 2 with an edge" in run.text():
                break
        assert "2 · 2 with an edge" in run.text()


async def test_an_error_of_ours_ends_with_a_sentence_and_without_local_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = StubEngine(full_scene())
    app = stub_app(engine)
    recorded: list[BaseException] = []

    def record(error: BaseException) -> str:
        recorded.append(error)
        return "Details: /there/betting-tui.log"

    def fail() -> None:
        typed_key = "a-secret-key"
        raise RuntimeError(f"broken {len(typed_key)}")

    monkeypatch.setattr(app, "_record_crash", record)
    said = io.StringIO()
    app.error_console = Console(file=said, width=200)

    async def crash() -> None:
        async with app.run_test(size=NARROW) as pilot:
            await started(Running(app, engine, FakeClock(), pilot))
            app.call_later(fail)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="broken"):
        await crash()
    assert said.getvalue() == "Failed: an error inside betting-tui (RuntimeError). Details: /there/betting-tui.log\n"
    assert [type(error) for error in recorded] == [RuntimeError]
    assert app.return_code == 1
    assert engine.stops == 1


async def test_a_terminal_that_cannot_be_read_any_further_ends_with_a_sentence_and_not_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = StubEngine(full_scene())
    app = stub_app(engine)
    monkeypatch.setattr(app, "_record_crash", lambda _error: "Details: /there/betting-tui.log")
    said = io.StringIO()
    app.error_console = Console(file=said, width=200)

    async def lose_the_terminal() -> None:
        async with app.run_test(size=NARROW) as pilot:
            await started(Running(app, engine, FakeClock(), pilot))
            app.call_later(app.panic, "what the reading thread died of")
            await pilot.pause()

    with pytest.raises(OSError, match="could not be read"):
        await lose_the_terminal()
    assert said.getvalue() == "Failed: an error inside betting-tui (OSError). Details: /there/betting-tui.log\n"
    assert app.return_code == 1
    assert engine.stops == 1


async def test_a_window_that_only_looks_offers_no_key_that_writes_and_says_who_holds_the_ledger() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="live, process 7 on vm")
    scene.rows = ()
    async with running(scene) as run:
        assert "held by live, process 7 on vm" in run.text().split("\n")[0]
        assert "This window only looks" in run.text()
        assert "p pause" not in run.text().split("\n")[-1]
        await run.press("2")
        assert "c cancel" not in run.text().split("\n")[-1]
        await run.press("tab", "c")
        assert run.toasts == [
            "Read-only: this ledger is held by live, process 7 on vm. Close that one and start again to write here"
        ]
        scene.overview = replace(scene.overview, lock_holder="")
        await run.press("1")
        assert "has ended" in run.text().split("\n")[0]
    assert run.engine.commands == []


async def test_without_a_feed_the_key_that_helps_is_in_the_line_of_keys() -> None:
    async with running(empty_scene(), NARROW) as run:
        assert "k demo or key" in run.text().split("\n")[-1]
        assert "b place" not in run.text().split("\n")[-1], "there is no row to place"
    async with running(full_scene()) as run:
        assert "demo or key" not in run.text().split("\n")[-1]


async def test_what_takes_more_than_two_lines_waits_for_the_reader_instead_of_covering_rows() -> None:
    scene = full_scene()
    holder = f"live, process 4242 on {'a-machine-with-a-long-name' * 2}"
    scene.overview = replace(scene.overview, read_only=True, lock_holder=holder)
    async with running(scene, NARROW) as run:
        await run.press("p")
        assert run.dialog == "TextDialog"
        assert "start again to write here" in " ".join(run.text().split())
        assert not run.toasts
        await run.press("escape")
        screen = run.app.screen
        assert isinstance(screen, EngineScreen)
        screen.tell("passing news " * 40)
        await run.settle()
        assert len(run.toasts[0]) < 140
        assert run.toasts[0].endswith("…")
