"""Files in and out: exact, repeatable, and forgiving about spelling."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs
from store_samples import AFTER, GAME, NOW, OTHER, bet_of, h2h, opened, place, placed, quote, record, score, spread

from betting_tui.engine.core.commands import ResetAccount, SettleBet
from betting_tui.engine.core.errors import UsageError
from betting_tui.engine.core.model import BetResult, BetState, Event, Funding
from betting_tui.engine.store import BetFilter, Ledger, NewAccount

OLDER = {
    "bankroll": 10150.0,
    "starting_bankroll": 10000.0,
    "bet_counter": 1,
    "bets": [
        {
            "id": "BET-000001",
            "game_id": "lal-bos",
            "team": "Lakers",
            "odds": 150,
            "stake": 100.0,
            "sportsbook": "fanduel",
            "status": "won",
            "profit": 150.0,
            "placed_at": "2026-04-18T12:00:00",
            "closing_odds": 140,
            "clv": 7.14,
        }
    ],
    "last_updated": "2026-04-18T21:00:00",
}


async def take(ledger: Ledger, content: object, **options: object) -> tuple[int, int, tuple[str, ...]]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    report = await ledger.import_file(data, "main", AFTER, created_by="test", **options)  # type: ignore[arg-type]
    return report.added, report.unchanged, (*report.problems, *report.notes)


async def noted(ledger: Ledger, content: object) -> tuple[str, ...]:
    """What is said of what was brought in or known: nothing is left out."""
    report = await ledger.import_file(json.dumps(content).encode(), "main", AFTER, created_by="test")
    assert report.problems == ()
    return report.notes


class TestOlderState:
    async def test_the_older_example(self, ledger: Ledger) -> None:
        assert await take(ledger, OLDER) == (1, 0, ())
        bet = ledger.bet("1")
        assert (bet.result, bet.profit_minor, bet.state) == (BetResult.WIN, 15_000, BetState.SETTLED)
        assert bet.clv_net_odds == pytest.approx(0.0714, abs=5e-5)
        assert bet.clv_price == pytest.approx(0.0417, abs=5e-5)
        assert ledger.balances("main").bankroll_minor == 1_015_000
        assert (await ledger.verify()).problems == ()

    async def test_twice_changes_nothing(self, ledger: Ledger) -> None:
        await take(ledger, OLDER)
        before = (ledger.export_ledger("csv"), ledger.export_state("main"))
        assert await take(ledger, OLDER) == (0, 1, ())
        assert (ledger.export_ledger("csv"), ledger.export_state("main")) == before

    async def test_what_it_writes_it_reads_back(self, ledger: Ledger, tmp_path: Path) -> None:
        await placed(ledger, place())
        await ledger.record_bet(record("1.91", 3_333, "b", spread("Celtics", 2.5)), NOW)
        await ledger.record_bet(record("2.0", 3_333, "c"), NOW)
        await ledger.note_quotes([quote("+140", NOW + timedelta(minutes=9))], [GAME], NOW + timedelta(minutes=9))
        await ledger.settle_scores([score(101, 100)], AFTER)
        state = ledger.export_state("main")
        assert await take(ledger, state) == (0, 3, ())
        async with opened(tmp_path / "other") as other:
            assert await take(other, state) == (3, 0, ())
            assert other.export_state("main") == state
            assert await take(other, state) == (0, 3, ())

    async def test_its_layout(self, ledger: Ledger) -> None:
        await take(ledger, OLDER)
        state = json.loads(ledger.export_state("main"))
        assert list(state) == [
            "bankroll", "starting_bankroll", "bet_counter", "bets", "last_updated", "currency",
        ]  # fmt: skip
        assert state["currency"] == "USD"
        bet = state["bets"][0]
        wanted = ("id", "game_id", "team", "odds", "stake", "sportsbook", "status", "profit", "closing_odds", "clv")
        assert {key: bet[key] for key in wanted} == {
            "id": "BET-000001",
            "game_id": "lal-bos",
            "team": "Lakers",
            "odds": 150,
            "stake": 100.0,
            "sportsbook": "fanduel",
            "status": "won",
            "profit": 150.0,
            "closing_odds": 140,
            "clv": 7.14,
        }

    async def test_a_pending_bet_that_the_newer_file_settles_is_settled(self, ledger: Ledger) -> None:
        row = OLDER["bets"][0] | {"status": "pending", "profit": None}  # type: ignore[index]
        assert await take(ledger, {"bets": [row]}) == (1, 0, ())
        assert ledger.bet("1").state is BetState.PENDING
        assert await take(ledger, OLDER) == (1, 0, ())
        assert ledger.bet("1").profit_minor == 15_000

    async def test_its_starting_bankroll_is_taken_over_by_an_unused_account_only(self, ledger: Ledger) -> None:
        assert await take(ledger, OLDER | {"starting_bankroll": 5000, "bankroll": 5150}) == (1, 0, ())
        view = ledger.bankroll("main")
        assert (view.starting_minor, view.bankroll_minor) == (500_000, 515_000)
        assert await noted(ledger, OLDER | {"starting_bankroll": 7000, "bankroll": 7150}) == (
            "starting bankroll 7,000.00 in the file, 5,000.00 in main, which is in use: kept",
        )

    async def test_a_contradiction_is_named_and_the_ledger_kept(self, ledger: Ledger) -> None:
        await take(ledger, OLDER)
        lost = OLDER["bets"][0] | {"status": "lost"}  # type: ignore[index]
        assert await noted(ledger, [lost]) == ("BET-000001: loss in the file, win in the ledger: kept",)
        wrong = OLDER["bets"][0] | {"profit": 160.0, "game_id": "another"}  # type: ignore[index]
        assert await noted(ledger, [wrong]) == (
            "BET-000001: profit 160.00 in the file, 150.00 by its odds and result: the latter is booked",
        )

    async def test_a_bankroll_that_its_bets_do_not_make_is_said(self, ledger: Ledger) -> None:
        said = "bankroll 10,500.00 in the file, 10,150.00 by its starting bankroll and bets: the latter is booked"
        for _ in range(2):
            assert await noted(ledger, OLDER | {"bankroll": 10500}) == (said,)
        assert ledger.balances("main").bankroll_minor == 1_015_000

    async def test_a_state_in_another_currency_is_refused_as_a_whole(self, ledger: Ledger) -> None:
        before = ledger.export_ledger("json")
        with pytest.raises(UsageError, match="the file's amounts are in JPY, those of account main in USD"):
            await take(ledger, OLDER | {"currency": "jpy"})
        assert ledger.export_ledger("json") == before
        assert await take(ledger, OLDER | {"currency": "USD"}) == (1, 0, ())

    async def test_a_bankroll_without_the_stakes_of_open_bets_is_no_contradiction(self, ledger: Ledger) -> None:
        bet = OLDER["bets"][0] | {"status": "pending", "profit": None}  # type: ignore[index]
        for told in (10_000, 9_900):
            assert (await take(ledger, OLDER | {"bankroll": told, "bets": [bet]}))[2] == ()
        assert len((await take(ledger, OLDER | {"bankroll": 9_800, "bets": [bet]}))[2]) == 1

    async def test_what_is_no_object_is_counted(self, ledger: Ledger) -> None:
        added, _, problems = await take(ledger, {"bets": [OLDER["bets"][0], 7, "x", None]})  # type: ignore[index]
        assert added == 1
        assert problems == (
            "item 2: a number, where an object is expected",
            "item 3: text, where an object is expected",
            "item 4: something else, where an object is expected",
        )

    async def test_free_bets_stay_free(self, ledger: Ledger, tmp_path: Path) -> None:
        bet = bet_of(await ledger.record_bet(structs.replace(record(), funding=Funding.FREE), NOW))
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
        state = ledger.export_state("main")
        async with opened(tmp_path / "other") as other:
            assert await take(other, state) == (1, 0, ())
            again = other.bet("1")
            assert (again.funding, again.profit_minor) == (Funding.FREE, 15_000)
            assert other.balances("main").bankroll_minor == 1_015_000

    async def test_each_period_has_its_state(self, ledger: Ledger) -> None:
        bet = bet_of(await placed(ledger, place()))
        await ledger.settle_bet(SettleBet(bet.id, BetResult.WIN, "test"), AFTER)
        await ledger.reset_account(ResetAccount("main", "k", "test", 300_000), AFTER)
        first, second = (json.loads(ledger.export_state("main", period=number)) for number in (1, None))
        assert (first["starting_bankroll"], first["bankroll"], len(first["bets"])) == (10_000, 10_150, 1)
        assert (second["starting_bankroll"], second["bankroll"], second["bets"]) == (3_000, 3_000, [])
        entries = [json.loads(ledger.export_ledger("json", "main", period=number)) for number in (0, 1, 2)]
        assert len(entries[0]) == len(entries[1]) + len(entries[2])
        with pytest.raises(UsageError, match="has no period 3"):
            ledger.export_state("main", period=3)

    async def test_twins_in_one_file_are_two_bets(self, ledger: Ledger) -> None:
        twins = {"bets": [OLDER["bets"][0], OLDER["bets"][0]]}  # type: ignore[index]
        assert await take(ledger, twins) == (2, 0, ())
        assert await take(ledger, twins) == (0, 2, ())

    async def test_naive_times_are_utc_unless_a_zone_is_given(self, ledger: Ledger) -> None:
        await take(ledger, OLDER)
        assert ledger.bet("1").placed_at == NOW
        await take(ledger, OLDER, zone=ZoneInfo("America/New_York"))
        assert ledger.bet("2").placed_at == NOW + timedelta(hours=4)

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"stake": None}, "it has no stake"),
            ({"stake": "a lot"}, "stake 'a lot' is not a number"),
            ({"stake": 0}, "it has no stake"),
            ({"stake": -5}, "its stake -5.00 is below 0"),
            ({"odds": None}, "it has no odds"),
            ({"odds": 50.5e9}, "at most 100001"),
            ({"status": "maybe"}, "its status 'maybe' is not known"),
            ({"placed_at": "yesterday"}, "is not a time"),
            ({"placed_at": None}, "it has no time of placing"),
            ({"team": ""}, "it does not say what was bet on"),
            ({"market": "spread", "point": 1.3}, "not in steps of a quarter"),
        ],
    )
    async def test_a_bad_row_is_named_and_left_out(
        self, ledger: Ledger, change: dict[str, object], problem: str
    ) -> None:
        bad = OLDER["bets"][0] | {"id": "bad"} | change  # type: ignore[index]
        added, _, problems = await take(ledger, {"bets": [bad, OLDER["bets"][0]]})  # type: ignore[index]
        assert added == 1
        assert len(problems) == 1
        assert problems[0].startswith("bad: ")
        assert problem in problems[0]

    async def test_other_spellings(self, ledger: Ledger) -> None:
        row = {
            "Bet_ID": 7,
            "matchup": "Celtics @ Lakers",
            "bet_type": "spread",
            "pick": "Celtics",
            "line": "+3.5",
            "american_odds": -110,
            "wager": "1,000.00",
            "book": "draftkings",
            "result": "loss",
            "timestamp": "2026-04-18T08:00:00-04:00",
        }
        assert await take(ledger, [row]) == (1, 0, ())
        bet = ledger.bet("1")
        assert (bet.event.home_team, bet.event.away_team, bet.line.market) == ("Lakers", "Celtics", "spreads")
        assert (bet.point, bet.line.point, bet.stake_minor, bet.price.text) == (3.5, -3.5, 100_000, "-110")
        assert (bet.placed_at, bet.profit_minor) == (NOW, -100_000)

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"hello", b"[]", b"{}", b"[1, 2]", b'{"bets": ', b"\xff\xfe", b"[" * 100_000, b"a,b\n1,2\n",
            b"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n",
        ],
    )  # fmt: skip
    async def test_what_is_no_such_file_is_refused(self, ledger: Ledger, data: bytes) -> None:
        before = ledger.export_ledger("json")
        with pytest.raises(UsageError, match=r"^the file is (none of the files this program reads|no|not)"):
            await take(ledger, data)
        assert ledger.export_ledger("json") == before


class TestOtherFiles:
    async def test_results_settle_what_they_decide(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(), NOW)
        rows = {"results": [{"game_id": GAME.id, "home_score": 101, "away_score": 99, "status": "final"}]}
        assert await take(ledger, rows) == (1, 0, ())
        assert ledger.bet("1").result is BetResult.WIN
        assert await take(ledger, rows) == (0, 1, ())

    async def test_two_files_of_results_without_ids_are_of_two_games(self, ledger: Ledger) -> None:
        """The first row of one file is not a correction of the first row of the other."""
        await ledger.record_bet(record(), NOW)
        await ledger.record_bet(record(key="o", selection=h2h("Nets", OTHER), event=OTHER), NOW)
        for home, away, scores in (("Lakers", "Celtics", (101, 99)), ("Knicks", "Nets", (90, 95))):
            row = {"sport": "basketball_nba", "date": "2026-04-18", "home": home, "away": away}
            row |= {"home_score": str(scores[0]), "away_score": str(scores[1])}
            assert (await take(ledger, [row]))[0] == 1
        assert [ledger.bet(number).result for number in "12"] == [BetResult.WIN, BetResult.WIN]

    async def test_results_as_a_score_feed_writes_them(self, ledger: Ledger) -> None:
        await ledger.record_bet(record(selection=h2h("Celtics")), NOW)
        row = {
            "id": GAME.id,
            "sport_key": "basketball_nba",
            "commence_time": "2026-04-18T18:00:00Z",
            "completed": True,
            "home_team": "Lakers",
            "away_team": "Celtics",
            "scores": [{"name": "Celtics", "score": "120"}, {"name": "Lakers", "score": "99"}],
        }
        assert await take(ledger, [row]) == (1, 0, ())
        assert ledger.bet("1").result is BetResult.WIN

    async def test_a_csv_of_bets(self, ledger: Ledger) -> None:
        text = (
            "id,event,team,odds,stake,sportsbook,status,placed_at\n"
            '1,Celtics @ Lakers,Lakers,+150,"1,000.00",fanduel,won,2026-04-18T12:00:00\n'
            "2,Celtics @ Lakers,Lakers,6/4,10.5,fanduel,pending,2026-04-18T12:00:00\n"
        )
        assert await take(ledger, text.encode()) == (2, 0, ())
        assert [bet.stake_minor for bet in ledger.bets(BetFilter())] == [1_050, 100_000]
        assert await take(ledger, text.encode()) == (0, 2, ())


class TestExports:
    async def test_bets_and_journal_in_both_forms(self, ledger: Ledger) -> None:
        bet = bet_of(await placed(ledger, place()))
        await ledger.settle_bet(SettleBet(bet.id, BetResult.LOSS, "test"), AFTER)
        listed = json.loads(ledger.export_bets("json", BetFilter()))
        assert (listed[0]["stake_minor"], listed[0]["profit_minor"], listed[0]["price"]) == (10_000, -10_000, "+150")
        row = next(csv.DictReader(io.StringIO(ledger.export_bets("csv", BetFilter()).decode())))
        assert (row["stake"], row["profit"], row["price"]) == ("100.00", "-100.00", "+150")
        entries = json.loads(ledger.export_ledger("json", "main"))
        assert all(sum(each["amount_minor"] for each in entry["postings"]) == 0 for entry in entries)
        amounts = [each["amount"] for each in csv.DictReader(io.StringIO(ledger.export_ledger("csv").decode()))]
        assert amounts == ["-10000.00", "10000.00", "100.00", "-100.00", "100.00", "-100.00"]

    async def test_two_ledgers_with_the_same_history_give_the_same_bytes(self, tmp_path: Path) -> None:
        written = []
        for name in ("one", "two"):
            async with opened(tmp_path / name) as ledger:
                await placed(ledger, place())
                await ledger.settle_scores([score()], AFTER)
                written.append((ledger.export_ledger("json"), ledger.export_bets("csv", BetFilter())))
        assert written[0] == written[1]

    async def test_text_that_a_spreadsheet_would_run_is_defused(self, tmp_path: Path) -> None:
        hostile = Event("e", "s", "t", GAME.commence_time, '=HYPERLINK("x")', "@SUM(A1)")
        async with opened(tmp_path, account=NewAccount("main", "USD", 100_000, "test")) as ledger:
            await ledger.record_bet(record("-110", selection=h2h('=HYPERLINK("x")', hostile), event=hostile), NOW)
            row = next(csv.DictReader(io.StringIO(ledger.export_bets("csv", BetFilter()).decode())))
        assert (row["selection"], row["event"], row["price"]) == (
            '\'=HYPERLINK("x")',
            '\'@SUM(A1) @ =HYPERLINK("x")',
            "-110",
        )
