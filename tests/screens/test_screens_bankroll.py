"""The bankroll screen: ledger pages, limits, accounts, and every key that changes one."""

from __future__ import annotations

import re

import pytest
from kit import NARROW, WIDE, Running, running
from msgspec.structs import replace
from scenes import accounts, daily_loss, full_scene, long_ledger, split_scene, working_orders
from stub_engine import StubEngine
from textual import events

from betting_tui.engine.core.accounts import AccountStatus, Limits
from betting_tui.engine.core.commands import (
    ChangeAccount,
    Deposit,
    OpenAccount,
    ReleaseBreakers,
    ResetAccount,
    SetAccountStatus,
    Transfer,
    UseAccount,
    Withdraw,
)
from betting_tui.engine.core.errors import LedgerError
from betting_tui.engine.core.money_views import BookBalance, LimitUse, VerifyReport
from betting_tui.engine.core.refusals import Refusal, RefusalCode


def line_with(run: Running, text: str) -> str:
    return next(line for line in run.text().split("\n") if text in line)


def typed(text: str) -> list[str]:
    return ["full_stop" if letter == "." else "space" if letter == " " else letter for letter in text]


async def test_a_long_ledger_is_read_a_page_at_a_time() -> None:
    scene = full_scene()
    scene.entries = long_ledger()
    async with running(scene) as run:
        await run.press("3")
        assert "page 1 of" in run.text()
        assert "verified 11:30 · sums to 0.00" in run.text()
        assert "Over 1240 win" in run.text()
        await run.press("pagedown")
        assert "page 2 of" in run.text()
        assert "Over 1240 win" not in run.text()
        await run.press("end")
        assert "Over 1 win" in run.text()
        await run.press("home")
        assert "Over 1240 win" in run.text()
        assert max(limit for limit, _ in run.engine.pages) <= 40


async def test_a_wide_border_says_how_many_entries_there_are() -> None:
    scene = full_scene()
    scene.entries = long_ledger()
    async with running(scene, (200, 60)) as run:
        await run.press("3")
        assert "1,240 entries · verified 11:30 · sums to 0.00" in run.text()


async def test_a_ledger_that_does_not_add_up_is_not_called_verified() -> None:
    scene = full_scene()
    scene.verified = VerifyReport(ok=False, entries=9, bets=3, problems=("account main: the sum is 5, should be 0",))
    async with running(scene) as run:
        await run.press("3")
        assert "does not add up: ledger verify says where" in run.text()
        assert "sums to" not in run.text()


async def test_on_a_hundred_columns_an_entry_says_what_it_is_and_accounts_take_its_place() -> None:
    async with running(full_scene(), (100, 30)) as run:
        await run.press("3")
        assert "Lakers +150 FanDuel" in run.text()
        assert "risk 425.00 in 3 bets" in run.text()
        await run.press("v")
        assert "Lakers +150 FanDuel" not in run.text()
        assert "Deepest fall" in run.text()


async def test_the_cursor_walks_over_the_end_of_a_page() -> None:
    scene = full_scene()
    scene.entries = long_ledger()
    async with running(scene, NARROW) as run:
        await run.press("3")
        rows = run.engine.pages[-1][0]
        await run.press(*["down"] * rows)
        assert "page 2 of" in run.text()
        await run.press("up")
        assert "page 1 of" in run.text()


async def test_limits_say_how_much_is_used_and_which_one_bites_first() -> None:
    async with running(full_scene()) as run:
        await run.press("3")
        assert "daily stake  312.00 of 500.00" in run.text()
        assert "3 of 30" in line_with(run, "open bets   ")
        assert "1.8 of 15 %" in run.text()
        assert "nearest: daily stake 62 %" in run.text()


async def test_a_limit_far_exceeded_is_still_named() -> None:
    scene = full_scene()
    scene.limits = (LimitUse("daily loss", 58_796, 1, "money"), *scene.limits[2:])
    async with running(scene) as run:
        await run.press("3")
        assert "reached: daily loss" in run.text()


async def test_accounts_stand_beside_each_other_with_words_for_what_stops_them() -> None:
    async with running(split_scene()) as run:
        await run.press("3", "v")
        assert "●" in line_with(run, "▲ +4.1 %")
        assert "stopped" in line_with(run, "▲ +4.1 %")
        kelly = line_with(run, "quarter Kelly")
        for text in ("+220.10", "+3.1 %", "120", "active"):
            assert text in kelly
        euros = line_with(run, "euro value")
        assert "EUR" in euros
        assert "suspended" in euros


async def test_a_narrow_window_turns_from_ledger_to_accounts_to_limits_and_back() -> None:
    async with running(split_scene(), NARROW) as run:
        await run.press("3")
        seen = []
        for _ in range(4):
            text = run.text()
            seen.append([name for name in ("Ledger ─", "Accounts ─", "limits ─") if name in text])
            await run.press("v")
        assert seen == [["Ledger ─"], ["Accounts ─"], ["limits ─"], ["Ledger ─"]]


async def test_seeing_the_limits_and_changing_them_are_two_keys_of_two_names() -> None:
    async with running(split_scene(), NARROW) as run:
        await run.press("3", "v")
        assert "v see limits" in run.text()
        assert " l limits" in run.text()


async def test_every_key_is_written_on_the_screen() -> None:
    async with running(split_scene(), WIDE) as run:
        await run.press("3")
        bar = "\n".join(run.text().split("\n")[-2:])
        for hint in (
            "d deposit", "w withdraw", "t transfer", "l limits", "z stakes", "n new account", "u use", "s suspend",
            "x reset", "r resume", "pgdn older", "v accounts",
        ):  # fmt: skip
            assert hint in bar


async def test_an_amount_typed_faster_than_it_is_drawn_is_taken_whole() -> None:
    """As a terminal far away hands it over: the letters and enter in one go."""
    async with running(full_scene()) as run:
        await run.press("3", "d")
        for key in ("backspace", *"1250", "enter"):
            run.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await run.pilot.pause()
        await run.settle()
        [command] = run.engine.commands
        assert command == Deposit("main", 125_000, "key-1", "app", "", "deposit", "")


async def test_a_deposit_says_what_it_does_before_and_after() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "d", *typed("250.50"))
        assert "250.50 USD come in as a deposit" in run.text()
        assert run.engine.commands == []
        await run.press("enter")
        [command] = run.engine.commands
        assert command == Deposit("main", 25_050, "key-1", "app", "", "deposit", "")
        assert run.toasts == ["250.50 in · 10,237.85 USD free in main"]


async def test_an_amount_that_makes_no_sense_is_told_and_sends_nothing() -> None:
    async with running(full_scene(), NARROW) as run:
        await run.press("3")
        for amount, said in (
            ("", "type an amount"),
            ("0", "more than nothing"),
            ("-5", "more than nothing"),
            ("abc", "is not an amount"),
            ("1.234", "more decimals"),
            ("99999999999999999999", "more than this program keeps"),
            ("9987.36", "only 9,987.35 is free"),
        ):
            await run.press("w")
            run.input("#field-amount").value = amount
            await run.press("enter")
            assert run.dialog == "FormDialog", amount
            assert said in run.text().replace("│", " "), amount
            await run.press("escape")
            assert (run.dialog, run.engine.commands) == ("", []), amount


async def test_a_withdrawal_that_is_refused_says_why() -> None:
    async with running(full_scene()) as run:
        run.engine.answer = Refusal(RefusalCode.INSUFFICIENT_AVAILABLE, "only 12.00 is free")
        await run.press("3", "w", "5", "enter")
        assert isinstance(run.engine.commands[0], Withdraw)
        assert run.toasts == ["Not done · only 12.00 is free"]


async def test_a_failing_command_is_told() -> None:
    async with running(full_scene()) as run:
        run.engine.answer = LedgerError("the disk is full: free some space")
        await run.press("3", "d", "5", "enter")
        assert run.toasts == ["Ledger problem: the disk is full: free some space"]


async def test_money_moves_between_the_wallet_and_a_bookmaker() -> None:
    async with running(split_scene()) as run:
        await run.press("3")
        assert "3,000.00" in line_with(run, "FanDuel ")
        await run.press("t", "5", "0", "enter")
        [command] = run.engine.commands
        assert command == Transfer("main", "", "fanduel", 5_000, "key-1", "app", "")


async def test_an_account_with_one_purse_has_nowhere_to_transfer_to() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "t")
        assert run.dialog == ""
        assert "one purse" in run.toasts[0]


async def test_a_reset_says_what_is_closed_and_wants_the_name_of_the_account() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "x", "enter")
        assert "3 open bets would still count" in run.text()
        await run.press("tab", "right", "enter")
        assert "type main into the last field" in run.text()
        await run.press("tab", *"main")
        assert "Period 1 is closed at 10,412.35" in run.text()
        assert run.engine.commands == []
        await run.press("enter")
        [command] = run.engine.commands
        assert command == ResetAccount("main", "key-1", "app", 1_000_000, True, "reset in the app")
        assert run.toasts == ["main begins period 2 with 10,000.00 · 3 voided"]


async def test_a_new_account_has_its_own_way_of_staking() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "n", *"half", *["tab"] * 4, "right", "right", "right", *["tab"] * 3, "0", "full_stop", "5")
        await run.press("enter")
        [command] = run.engine.commands
        assert isinstance(command, OpenAccount)
        assert (command.name, command.currency, command.starting_minor) == ("half", "USD", 1_000_000)
        assert (command.settings.sizing.method, command.settings.sizing.kelly_fraction) == ("kelly", 0.5)
        assert command.settings.strategies is None


async def test_a_name_that_is_taken_is_not_opened_twice() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "n", *"MAIN", "enter")
        assert "there is an account MAIN already" in run.text()


async def test_money_moves_in_an_account_that_is_not_in_use() -> None:
    scene = full_scene()
    scene.books_elsewhere = (BookBalance("", 120_000), BookBalance("pinnacle", 45_050))
    async with running(scene) as run:
        await run.press("3", "v", "down", "down", "t")
        assert "wallet · 1,200.00" in run.text()
        assert "Pinnacle · 450.50" in run.text()
        await run.press("1", "0", "enter")
        [command] = run.engine.commands
        assert isinstance(command, Transfer)
        assert (command.account, command.source, command.target) == ("euro value", "", "pinnacle")


async def test_a_reset_counts_the_waiting_orders_of_the_account_under_the_cursor() -> None:
    scene = full_scene()
    scene.working_orders = tuple(replace(order, account="quarter Kelly") for order in working_orders())
    async with running(scene) as run:
        await run.press("3", "v", "x")
        assert "waiting orders" not in run.text()
        await run.press("escape", "down", "x")
        assert "2 waiting orders" in run.text()


async def test_an_empty_limit_says_what_holds_while_it_is_empty() -> None:
    scene = full_scene()
    held = Limits(max_bet_size_minor=7_500, max_open_bets=8, max_daily_loss_share=0.05)
    own = replace(scene.accounts[0].settings, limits=Limits(max_bet_size_minor=7_500))
    scene.accounts = (replace(scene.accounts[0], limits=held, settings=own), *scene.accounts[1:])
    async with running(scene) as run:
        await run.press("3", "l")
        assert re.search(r"a bet +75\.00", run.text())
        assert re.search(r"open bets +8 · as configured", run.text())
        assert re.search(r"loss a day, % +5 · as configured", run.text())
        assert re.search(r"stakes a day +no limit · as configured", run.text())


async def test_accounts_are_compared_by_their_deepest_fall_too() -> None:
    scene = full_scene()
    scene.accounts = (replace(scene.accounts[0], max_drawdown_minor=31_215), *scene.accounts[1:])
    async with running(scene) as run:
        await run.press("3", "v")
        assert "-312.15" in line_with(run, "●  main")


async def test_limits_are_changed_in_the_accounts_own_words() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "l", "right", "down", *"50", "down", "5", "enter")
        [command] = run.engine.commands
        assert isinstance(command, ChangeAccount)
        assert command.settings.tolerance == "low"
        assert command.settings.limits.max_bet_size_minor == 5_000
        assert command.settings.limits.max_bet_share == 0.05
        assert command.settings.limits.max_open_bets is None


async def test_strategies_bet_for_an_account_or_do_not() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "z", *["tab"] * 4, "right", "enter")
        [command] = run.engine.commands
        assert isinstance(command, ChangeAccount)
        assert command.settings.strategies is not None
        assert "value_betting" not in command.settings.strategies


async def test_keys_act_on_the_account_under_the_cursor() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "v", "down", "s", "enter")
        [command] = run.engine.commands
        assert command == SetAccountStatus("quarter Kelly", AccountStatus.SUSPENDED, "app", "by hand")
        await run.press("u")
        assert run.engine.commands[-1] == UseAccount("quarter Kelly", "app")


async def test_a_suspended_account_is_resumed_with_the_same_key() -> None:
    async with running(full_scene()) as run:
        await run.press("3", "v", "down", "down", "s")
        assert "Resume euro value?" in run.text()
        await run.press("enter")
        assert run.engine.commands == [SetAccountStatus("euro value", AccountStatus.ACTIVE, "app", "by hand")]


@pytest.mark.parametrize("mode", ["1", *(pytest.param(mode, marks=pytest.mark.long) for mode in "23456")])
async def test_r_releases_what_is_stopped_on_every_screen(mode: str) -> None:
    async with running(split_scene(), NARROW) as run:
        await run.press(mode, "r", "y")
        assert run.engine.commands == [ReleaseBreakers("main", "app")]
        assert "placing stopped" not in run.text()


async def test_every_screen_says_that_placing_is_stopped_and_r_asks_before_it_releases_it() -> None:
    async with running(split_scene(), NARROW) as run:
        for mode in "123456":
            await run.press(mode)
            assert "placing stopped for main: lost 520.00 today, limit 500.00, until" in run.text(), mode
            assert "r resume" in run.text(), mode
            await run.press("r")
            assert run.dialog == "FinalDialog", mode
            await run.press("enter")
            assert (run.dialog, run.engine.commands) == ("", []), mode


async def test_a_stop_without_an_end_waits_for_a_person() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, breakers=(daily_loss(until_hours=None),))
    async with running(scene) as run:
        assert "until a person lets it go on · r resumes" in run.text()


async def test_a_suspended_account_is_said_and_resumed_everywhere() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, suspended=True)
    async with running(scene) as run:
        assert "main is suspended: it places nothing" in run.text()
        await run.press("r", "y")
        assert run.engine.commands == [SetAccountStatus("main", AccountStatus.ACTIVE, "app", "by hand")]


async def test_a_long_warning_is_readable_on_a_narrow_window() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, warning="the ledger's file was replaced or deleted under this program")
    async with running(scene, NARROW) as run:
        assert "the ledger's file was replaced or deleted under this program" in run.text()


async def test_another_account_is_used_from_any_screen() -> None:
    async with running(full_scene()) as run:
        await run.press("5", "A")
        assert run.dialog == "PickAccountDialog"
        await run.press("down", "enter")
        assert run.engine.commands == [UseAccount("quarter Kelly", "app")]
        assert run.toasts == ["quarter Kelly is the account now"]
        assert "quarter Kelly" in run.text().split("\n")[0]


async def test_with_one_account_there_is_nothing_to_switch_to() -> None:
    scene = full_scene()
    scene.accounts = scene.accounts[:1]
    async with running(scene) as run:
        await run.press("A")
        assert run.dialog == ""
        assert run.toasts == ["There is one account only · 3 shows it, n opens another there"]


async def test_money_is_written_in_the_currency_of_the_account_in_use() -> None:
    scene = full_scene()
    scene.accounts = tuple(replace(it, currency="JPY", available_minor=5_000) for it in accounts())
    async with running(scene) as run:
        scene.overview = replace(scene.overview, currency="JPY", available_minor=5_000)
        await run.news()
        assert "5,000 free" in run.text()
        await run.press("3", "d", "1", "full_stop", "5")
        assert "more decimals than JPY has" in run.text()


async def test_a_window_that_only_looks_changes_nothing() -> None:
    scene = full_scene()
    scene.overview = replace(scene.overview, read_only=True, lock_holder="betting-tui 4711")
    async with running(scene, engine=StubEngine(scene)) as run:
        await run.press("3")
        for key in ("d", "w", "x", "l", "z", "n", "s", "A"):
            await run.press(key)
            assert run.dialog == ""
        assert run.engine.commands == []
        assert "d deposit" not in run.text()
