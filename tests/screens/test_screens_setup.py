"""The first minutes: the welcome, a key tried in place, the steps, and what is written and started at the end."""

from __future__ import annotations

from decimal import Decimal

from kit import NARROW, WIDE, Running, started
from msgspec.structs import replace
from scenes import full_scene
from setup_stub import GOOD_KEY, NO_KEY, SPORTS, Opened
from stub_engine import NOW
from textual import events

from betting_tui.engine.config import ApiKeys, Bookmakers, Change, DataSources, PaperTrading, Settings, Ui
from betting_tui.engine.core.accounts import AccountSettings, AccountStatus
from betting_tui.engine.core.commands import OpenAccount, ResetAccount, UseAccount
from betting_tui.engine.core.errors import ConfigError, SourceUnreachable
from betting_tui.engine.core.model import EntryKind
from betting_tui.engine.core.money_views import AccountView, LedgerRow
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.screens.setup_draft import book_options, changes_of, draft_of, needs_set_up, sport_options

WITH_KEY = Settings(api_keys=ApiKeys(the_odds_api=GOOD_KEY), ui=Ui(time_zone="UTC"))
OPENING = LedgerRow(1, NOW, EntryKind.DEPOSIT, None, "starting bankroll", 1_000_000, 1_000_000)


def account(name: str = "main", currency: str = "USD", minor: int = 1_000_000, *, bets: int = 0) -> AccountView:
    return AccountView(
        name, AccountStatus.ACTIVE, currency, "UTC", 1, minor, minor, minor, 0, 0, bets, 0, None, "flat", (),
        name == "main", (), AccountSettings(), NOW,
    )  # fmt: skip


async def typed_key(run: Running, key: str = GOOD_KEY) -> None:
    await run.press("k")
    run.app.screen.post_message(events.Paste(key + "\nnext line"))
    await run.pilot.pause()
    await run.press("enter")


async def skip(run: Running, times: int) -> None:
    await run.press(*["escape"] * times)
    await run.settle()
    await started(run)


async def test_a_first_start_without_a_key_offers_the_demo() -> None:
    opened = Opened()
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        assert run.dialog == "WelcomeDialog"
        await run.press("d")
        await run.settle()
        await started(run)
        assert (opened.live.stops, opened.demo.starts) == (1, 1)
        assert run.dialog == ""
        assert "demo · main" in run.text().split("\n")[0]
        assert opened.desk.saved == []
    assert opened.demo.stops == 1


async def test_who_has_set_up_a_feed_is_not_welcomed_again() -> None:
    opened = Opened(WITH_KEY)
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        assert run.dialog == ""
        await run.press("k")
        assert "go through sports, bookmakers, bankroll and bet size again" in run.text()


def test_football_without_a_key_is_a_choice_made() -> None:
    assert needs_set_up(NO_KEY)
    assert not needs_set_up(WITH_KEY)
    assert not needs_set_up(replace(NO_KEY, data_sources=DataSources(priority_order=("football_data",))))


def test_only_what_differs_is_written() -> None:
    draft = draft_of(NO_KEY, "the_odds_api")
    assert changes_of(NO_KEY, draft) == ()
    assert changes_of(NO_KEY, replace(draft, agreed_money=True)) == ()
    assert changes_of(NO_KEY, replace(draft, bankroll=Decimal("10000.00"))) == ()
    assert changes_of(NO_KEY, replace(draft, currency="EUR")) == (Change("paper_trading.currency", "EUR"),)


def test_what_is_chosen_already_is_always_among_the_options() -> None:
    shown = sport_options(SPORTS, ("cricket_gone", "soccer_epl"))
    assert [option.key for option in shown[:3]] == ["cricket_gone", "soccer_epl", "americanfootball_ncaaf"]
    assert [option.note for option in shown[:2]] == ["not in season", ""]
    assert shown[-1].key == "cricket_ipl", "what few watch comes last"
    assert book_options("football_data", ("my_own_book",))[0].key == "my_own_book"
    assert len({option.key for option in book_options("the_odds_api", ("pinnacle",))}) == len(
        book_options("the_odds_api", ("pinnacle",))
    )


async def test_the_welcome_can_be_left_and_comes_back_with_its_key() -> None:
    opened = Opened()
    opened.live.scene = full_scene()
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("escape")
        assert "Lakers" in run.text()
        await run.press("k")
        assert run.dialog == "WelcomeDialog"
        await run.press("k", "escape")
        assert run.dialog == "WelcomeDialog", "escape leaves the field first"
        await run.press("escape")
        assert run.dialog == ""
        assert opened.live.starts == 1
        assert "k demo or key" in run.text().split("\n")[-1], "it is offered until a feed is chosen"


async def test_a_wrong_key_is_told_in_place_and_never_shown_or_kept() -> None:
    opened = Opened()
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await typed_key(run, "bad-key")
        assert run.dialog == "WelcomeDialog"
        assert "the provider does not know •••" in run.text()
        assert "bad-key" not in run.text()
        assert "save it anyway" not in run.text()
        await run.press("ctrl+s")
        assert opened.desk.kept == []
        await run.press("x")
        assert "does not know" not in run.text(), "what was said is about another key"
        run.input().value = ""
        await run.press("enter")
        assert opened.desk.asked == ["bad-key"]


async def test_a_good_key_is_kept_and_its_sports_and_credits_open_the_first_step() -> None:
    opened = Opened()
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await typed_key(run)
        assert opened.desk.kept == [GOOD_KEY]
        text = run.text()
        assert "412 credits left" in text
        assert "[x] NBA" in text
        assert "not in season" in text, "the NFL is in the settings and stays to be seen"
        assert "[ ] NCAAF" in text
        assert "NBA Winner" not in text
        assert "4 sports × 3 markets = 12 credits a round" in text
        await skip(run, 5)
        assert run.dialog == ""
        assert opened.desk.saved == [()], "what is skipped stays as it is"
        assert opened.live.starts == 2
        assert run.toasts[-1] == "Saved · k changes it later"


async def test_without_a_network_the_key_can_be_kept_unchecked() -> None:
    opened = Opened()
    opened.desk.problem = SourceUnreachable(f"no answer to {GOOD_KEY}: check the network")
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await typed_key(run)
        assert "no answer to •••" in run.text()
        assert "ctrl+s saves it anyway" in run.text()
        assert GOOD_KEY not in run.text()
        await run.press("enter")
        assert len(opened.desk.asked) == 2
        await run.press("ctrl+s")
        assert opened.desk.kept == [GOOD_KEY]
        assert "not checked" in run.text()
        assert "[ ] MLB" in run.text()
        assert "not in season" not in run.text(), "nobody said so"


async def test_an_unexpected_failure_is_told_without_the_key() -> None:
    opened = Opened()
    opened.desk.problem = RuntimeError(f"boom {GOOD_KEY}")
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await typed_key(run)
        assert "That did not work" in run.text()
        assert GOOD_KEY not in run.text()
        assert opened.desk.kept == []


async def test_every_choice_is_written_and_the_fresh_account_begins_with_the_bankroll() -> None:
    opened = Opened(replace(NO_KEY, bookmakers=Bookmakers(mine=("pinnacle", "fanduel"))))
    opened.live.scene.accounts = (account(),)
    opened.live.scene.entries = (OPENING,)
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await typed_key(run)
        await run.press("down", "space", "enter")
        await run.press("slash", *"kings", "enter", "space", "enter")
        await run.press(*"2500", "enter")
        await run.press("right", "right", "enter")
        await run.press("right", "enter")
        await run.settle()
        await started(run)
        assert opened.desk.changes == {
            "data_sources.the_odds_api.sports": ("basketball_nba", "americanfootball_nfl", "soccer_epl"),
            "bookmakers.mine": ("pinnacle", "fanduel", "draftkings"),
            "paper_trading.starting_bankroll": Decimal(2500),
            "paper_trading.bet_sizing_method": "kelly",
            "ui.odds_format": "decimal",
        }
        assert opened.live.commands == [ResetAccount("main", "key-1", "app", starting_minor=250_000, reason="set up")]
        assert run.toasts == ["Saved · k changes it later", "main begins with 2,500.00 USD"]


async def to_bankroll(run: Running, amount: str, currency: str = "") -> None:
    """Only the bankroll is taken, everything else is skipped."""
    await run.press("k", "s")
    await run.settle()
    await run.press("escape", "escape", *amount)
    if currency:
        await run.press("tab", *currency)
    await run.press("enter")
    await skip(run, 2)


async def test_an_account_in_use_keeps_its_money_and_that_is_said() -> None:
    opened = Opened(WITH_KEY)
    opened.live.scene.accounts = (account(),)
    # A deposit is enough.
    opened.live.scene.entries = (OPENING, replace(OPENING, entry_id=2, amount_minor=5))
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await to_bankroll(run, "500")
        assert opened.desk.changes == {"paper_trading.starting_bankroll": Decimal(500)}
        assert opened.live.commands == []
        assert run.toasts[-1].startswith("main has bets and keeps its money")


async def test_another_currency_is_another_account_which_becomes_the_current_one() -> None:
    opened = Opened(WITH_KEY)
    opened.live.scene.accounts = (account(), account("main-eur", "EUR", bets=1))
    opened.live.scene.entries = (OPENING,)
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await to_bankroll(run, "500", "eur")
        assert opened.live.commands == [
            OpenAccount("main-eur-2", "EUR", 50_000, "UTC", "app"),
            UseAccount("main-eur-2", "app"),
        ]
        assert run.toasts[-1] == "main-eur-2 begins with 500.00 EUR"


async def test_a_refused_reset_is_told() -> None:
    opened = Opened(WITH_KEY)
    opened.live.scene.accounts = (account(),)
    opened.live.scene.entries = (OPENING,)
    opened.live.answer = Refusal(RefusalCode.OPEN_POSITIONS, "1 bet is open")
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await to_bankroll(run, "500")
        assert run.toasts[-1] == "1 bet is open"


async def test_football_without_a_key_is_asked_first_from_then_on() -> None:
    opened = Opened()
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("f")
        assert "22 leagues · free" in run.text()
        await run.press("n")
        assert "Tick at least one league" in run.text()
        await run.press("enter")
        assert "leagues" in run.text(), "nothing is no answer"
        await run.press("space", "enter")
        assert "[x] bet365" in run.text()
        await skip(run, 4)
        assert opened.desk.changes == {
            "data_sources.priority_order": ("football_data", "the_odds_api", "odds_scraping"),
            "data_sources.football_data.sports": ("soccer_epl",),
        }, "what is skipped stays as it is"
        assert opened.live.starts == 2


async def test_a_key_after_football_is_asked_first_again() -> None:
    opened = Opened(replace(NO_KEY, data_sources=DataSources(priority_order=("football_data", "the_odds_api"))))
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k")
        await typed_key(run)
        await skip(run, 5)
        assert opened.desk.changes == {"data_sources.priority_order": ("the_odds_api", "football_data")}


async def test_going_back_shows_the_step_before_as_it_was_left() -> None:
    opened = Opened()
    async with opened.running(WIDE) as pilot:
        run = await opened.begun(pilot)
        await typed_key(run)
        assert "^o back" not in run.text()
        await run.press("ctrl+o")
        assert "Set up 1 of 5" in run.text(), "there is nothing before"
        await run.press("space", "enter")
        assert "Set up 2 of 5" in run.text()
        await run.press("enter", "ctrl+o", "ctrl+o")
        assert "Set up 1 of 5" in run.text()
        assert "3 sports × 3 markets = 9 credits a round" in run.text()
        await run.press("enter", "escape", "escape", "ctrl+o", "ctrl+o")
        assert "Set up 2 of 5" in run.text()


async def test_more_than_ten_bookmakers_cost_twice_and_that_is_said() -> None:
    opened = Opened(WITH_KEY)
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        await run.press("enter", "slash", *"bovada", "enter", "space", "escape")
        assert "11 bookmakers count as 2 regions; 10 would be one" in run.text()
        assert "4 sports × 3 markets × 2 regions = 24 credits a round" in run.text()


async def test_a_silent_provider_does_not_stop_setting_up_again() -> None:
    opened = Opened(WITH_KEY)
    opened.desk.sports_problem = SourceUnreachable("no answer")
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        assert "these are the usual sports" in run.text()
        await skip(run, 5)
        assert run.toasts[-1] == "Nothing was changed"
        assert opened.live.starts == 1


async def test_what_counts_more_than_the_file_and_what_cannot_be_written_is_told() -> None:
    opened = Opened(WITH_KEY)
    opened.desk.warning = "Saved, but ui.odds_format comes from BETTING_TUI__UI__ODDS_FORMAT, which counts more"
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        await skip(run, 4)
        await run.press("right", "enter")
        await run.settle()
        assert run.toasts[-1] == f"{opened.desk.warning} · k changes it later"
    opened = Opened()
    opened.desk.save_problem = ConfigError("config.yaml cannot be written: disk full\nmore")
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("f")
        await skip(run, 5)
        assert run.toasts[-1].endswith("config.yaml cannot be written: disk full")
        assert opened.live.starts == 1


async def test_a_bankroll_that_is_none_is_told_while_it_is_typed() -> None:
    opened = Opened(WITH_KEY)
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        await run.press("escape", "escape")
        for field, typed, said in (
            ("bankroll", "0", "an amount above 0"),
            ("bankroll", "-5", "an amount above 0"),
            ("bankroll", "", "is not an amount"),
            ("bankroll", "1.005", "more decimals than USD has"),
            ("bankroll", "1e9", "is not an amount"),
            ("bankroll", "2500,50", "is not an amount"),
            ("currency", "eu", "three letters"),
            ("currency", "[b]", "three letters"),
        ):
            kept = run.input(f"#field-{field}").value
            run.input(f"#field-{field}").value = typed
            await run.press("enter")
            assert said in run.text()
            assert "Set up 3 of 5" in run.text()
            run.input(f"#field-{field}").value = kept


async def test_a_bet_size_is_told_in_words_and_nonsense_refused() -> None:
    opened = Opened(replace(WITH_KEY, paper_trading=PaperTrading(bet_sizing_method="percent", percent_bet_size=0.02)))
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        await run.press("escape", "escape", "escape")
        assert "2 % of what is free: at first 200.00 USD" in run.text()
        await run.press("tab", "tab", *"250")
        assert "at most 100" in run.text()
        await run.press("backspace", "backspace", "backspace", *"2.5%")
        assert "2.5 % of what is free: at first 250.00 USD" in run.text()
        await run.press("enter")
        await skip(run, 1)
        assert opened.desk.changes == {"paper_trading.percent_bet_size": 0.025}


async def test_the_steps_survive_a_terminal_that_grows_and_shrinks() -> None:
    opened = Opened(WITH_KEY)
    async with opened.running(WIDE) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        for size in ((40, 12), (200, 60), NARROW):
            await pilot.resize_terminal(*size)
            await run.settle()
        assert "credits a round" in run.text()
        await run.press("space", "enter")
        assert "Set up 2 of 5" in run.text()


async def test_hostile_sport_names_are_text() -> None:
    opened = Opened(WITH_KEY)

    async def sports() -> tuple[object, ...]:
        return (*SPORTS[:1], replace(SPORTS[1], title="[b]\x1b[2J" + "x" * 300, group="[/]"))

    opened.desk.sports = sports  # type: ignore[assignment]
    async with opened.running(NARROW) as pilot:
        run = await opened.begun(pilot)
        await run.press("k", "s")
        await run.settle()
        assert "[b]" in run.text()
        assert "\x1b" not in run.text()


async def test_the_palette_can_set_up_again() -> None:
    opened = Opened(WITH_KEY)
    opened.live.scene = full_scene()
    async with opened.running(WIDE) as pilot:
        run = await opened.begun(pilot)
        await run.press("ctrl+p")
        await run.pilot.press(*"set up")
        await run.pilot.pause(0.3)
        assert "Set up: key, sports, bookmakers, bankroll, bet size" in run.text()
        await run.press("enter")
        assert run.dialog == "WelcomeDialog"
