"""Whole lives of bets, drawn at random, against a plain reckoning: words of several feeds in any order, corrections,
games put off and called off, a person's word and its correction, restarts and moved money. After each step every bet,
wallet and report is what it should be to the unit."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from msgspec import structs
from plain_lives import FEEDS, HALF, RESULTS, Game, Leg, Pick, Wager, Word, charge
from store_samples import NOW, START, fill

from betting_tui.engine.core import model
from betting_tui.engine.core.accounts import AccountSettings
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import (
    DeadHeat,
    Deposit,
    OpenAccount,
    PlaceParlay,
    RecordBet,
    SettleBet,
    Transfer,
)
from betting_tui.engine.core.model import BetResult, Event, Funding, LineKey, Origin, OutcomeSet, Selection, Side
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter

# Exact by the definitions of their formats.
PRICES = {
    "+150": Fraction(5, 2), "-110": Fraction(21, 11), "1.91": Fraction(191, 100), "6/4": Fraction(5, 2),
    "2.37": Fraction(237, 100), "+333": Fraction(433, 100), "-275": Fraction(15, 11),
}  # fmt: skip
BOOKS = {
    "fanduel": Fraction(0), "betmgm": Fraction(0), "betfair_ex_uk": Fraction(5, 100), "smarkets": Fraction(2, 100),
}  # fmt: skip
CURRENCIES = {"main": "USD", "kept": "EUR", "yen": "JPY"}
FIXTURES = (
    ("nba", "basketball_nba", "Lakers", "Celtics"),
    ("nhl", "icehockey_nhl", "Bruins", "Rangers"),
    ("epl", "soccer_epl", "Arsenal", "Chelsea"),
    ("cup", "soccer_fa_cup", "Leeds", "Derby"),
)
STATUS = {
    "postponed": ScoreStatus.POSTPONED,
    "cancelled": ScoreStatus.CANCELLED,
    "inplay": ScoreStatus.IN_PLAY,
    "final": None,
}
SCORES = ((0, 0), (1, 0), (1, 2), (2, 2), (3, 1), (2, 1))
DEEP = 1_000_000_000


class Life:
    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = Random(seed)
        self.path = folder / f"life-{seed}.db"
        self.now = NOW
        self.games = {key: Game(key, sport, home, away, START) for key, sport, home, away in FIXTURES}
        self.wagers: list[Wager] = []
        self.moved: Counter[tuple[str, str]] = Counter()
        self.told: list[tuple[Game, str, Word]] = []
        self.keys = 0
        self.scores = {key: self.dice.choice(SCORES) for key in self.games}

    async def live(self) -> None:
        self.ledger = await Ledger.open(self.path, now=NOW)
        try:
            await self.begin()
            for _ in range(self.dice.randint(4, 14)):
                step = self.dice.choices(
                    (self.speak, self.repeat, self.decide, self.wait, self.restart, self.pay_in, self.bet_late),
                    (10, 3, 5, 3, 1, 1, 1),
                )[0]
                await step()
                await self.ledger.settle_due(self.now)
                await self.compare()
        finally:
            await self.ledger.close()

    def forget(self) -> None:
        for path in self.path.parent.glob(f"{self.path.name}*"):
            path.unlink()

    def key(self) -> str:
        self.keys += 1
        return str(self.keys)

    def event(self, game: Game) -> Event:
        return Event(game.id, game.sport, game.sport, game.start, game.home, game.away)

    async def begin(self) -> None:
        for name, currency in CURRENCIES.items():
            settings = AccountSettings(book_balances=name == "kept")
            await self.ledger.open_account(OpenAccount(name, currency, DEEP, "UTC", "test", settings), NOW)
            self.moved[name, ""] = DEEP
        for book in BOOKS:
            await self.ledger.transfer(Transfer("kept", "", book, DEEP // 10, self.key(), "test"), NOW)
            self.moved["kept", ""] -= DEEP // 10
            self.moved["kept", book] += DEEP // 10
        for _ in range(self.dice.randint(3, 9)):
            await (self.bet_parlay() if self.dice.random() < 0.3 else self.bet())

    # What may happen

    def pick(self, game: Game) -> Pick:
        dice = self.dice
        side = dice.choice((game.home, game.away))
        soccer = game.sport.startswith("soccer")
        kind = dice.choice(("h2h", "h2h", "spreads", "totals", "team_totals", "btts", "draw_no_bet"))
        match kind:
            case "h2h":
                ways = 3 if soccer or (game.id == "nhl" and dice.random() < 0.5) else 2
                return Pick(game.id, "h2h", dice.choice((side, "Draw")) if ways == 3 else side, ways=ways)
            case "spreads":
                return Pick(game.id, kind, side, dice.randint(-10, 10) / 4)
            case "totals":
                return Pick(game.id, kind, dice.choice(("Over", "Under")), dice.randint(2, 20) / 4)
            case "team_totals":
                return Pick(game.id, kind, dice.choice(("Over", "Under")), dice.randint(1, 10) / 4, team=side)
            case "btts":
                return Pick(game.id, kind, dice.choice(("Yes", "No")))
            case _:
                return Pick(game.id, kind, side)

    def selection(self, pick: Pick) -> Selection:
        home = self.games[pick.event].home
        point = pick.point
        if pick.market == "spreads" and pick.name != home:
            point = -(pick.point or 0.0)
        ways = OutcomeSet.THREE_WAY if pick.ways == 3 else OutcomeSet.TWO_WAY
        return Selection(
            LineKey(pick.event, pick.market, ways, point=point, participant=pick.team), pick.name, pick.point
        )

    def stake(self) -> int:
        return self.dice.choice((self.dice.randint(2, 60), self.dice.randint(100, 99_999)))

    def purse(self, account: str, book: str) -> str:
        return book if account == "kept" else ""

    async def bet(self) -> None:
        dice = self.dice
        account, book, text = dice.choice(tuple(CURRENCIES)), dice.choice(tuple(BOOKS)), dice.choice(tuple(PRICES))
        similar = [each for each in self.wagers if each.rate and len(each.legs) == 1]
        if similar and dice.random() < 0.5:
            # Bets that share a commission.
            other = dice.choice(similar)
            account, book, picked = other.account, other.book, other.legs[0].pick
        else:
            picked = self.pick(dice.choice(list(self.games.values())))
        lay = bool(BOOKS[book]) and dice.random() < 0.5
        wager = Wager(
            account, book, self.purse(account, book), self.stake(), [Leg(picked, PRICES[text])], lay,
            not lay and dice.random() < 0.2, BOOKS[book],
        )  # fmt: skip
        command = RecordBet(
            account=account, event=self.event(self.games[picked.event]), selection=self.selection(picked),
            bookmaker=book, price=parse_any(text), stake_minor=wager.stake, key=self.key(), origin=Origin.MANUAL,
            created_by="test", side=Side.LAY if lay else Side.BACK, placed_at=NOW,
            funding=Funding.FREE if wager.free else Funding.CASH,
        )  # fmt: skip
        outcome = await self.ledger.record_bet(command, self.now)
        assert isinstance(outcome, Placed), outcome
        self.wagers.append(wager)

    async def bet_parlay(self) -> None:
        dice = self.dice
        account, book = dice.choice(tuple(CURRENCIES)), dice.choice(tuple(BOOKS))
        games = dice.sample(list(self.games.values()), dice.randint(2, 4))
        texts = [dice.choice(tuple(PRICES)) for _ in games]
        picks = [self.pick(game) for game in games]
        stake, free = self.stake(), dice.random() < 0.3
        legs = tuple(
            model.Leg(self.selection(picked), book, parse_any(text), Side.BACK, NOW, NOW, "feed")
            for picked, text in zip(picks, texts, strict=True)
        )
        command = PlaceParlay(
            account, legs, stake, self.key(), Origin.APP, "test", tuple(self.event(game) for game in games),
            funding=Funding.FREE if free else Funding.CASH,
        )  # fmt: skip
        fills = [fill(structs.replace(each, stake_minor=stake)) for each in legs]
        assert isinstance(await self.ledger.place_parlay(command, fills, (), NOW), Placed)
        mine = [Leg(picked, PRICES[text]) for picked, text in zip(picks, texts, strict=True)]
        self.wagers.append(Wager(account, book, self.purse(account, book), stake, mine, free=free))

    def word(self, game: Game, feed: str) -> Word:
        dice = self.dice
        kind = dice.choices(("final", "postponed", "cancelled", "inplay"), (16, 2, 1, 1))[0]
        if kind != "final":
            # Its own id tells a game that is put off for days.
            named = kind == "postponed" and feed == "the_odds_api"
            return Word(kind, later=dice.choice((0, 20, 80)) if named else 0)
        # Most say how it came out, some something else first.
        home, away = self.scores[game.id] if dice.random() < 0.8 else dice.choice(SCORES)
        if game.id == "epl":
            return Word(kind, home, away, overtime=False)
        level = (min(home, away),) * 2 if home + away in (1, 3) else (home, away)
        if game.id == "nhl" and home == away:
            home += 1
        tells = feed in ("espn", "thesportsdb")
        if game.id == "cup" and not tells:
            return Word(kind, home, away)
        return Word(kind, home, away, level if tells else None, overtime=True)

    async def speak(self) -> None:
        """One feed, or several at once; most often they say the same."""
        words = []
        for game in self.dice.sample(list(self.games.values()), self.dice.randint(1, 3)):
            feed = self.dice.choice(FEEDS)
            words.append((game, feed, self.word(game, feed)))
        await self.say(*words)

    async def repeat(self) -> None:
        """What was said before, again or by another feed."""
        if not self.told:
            return
        game, feed, word = self.dice.choice(self.told)
        await self.say((game, feed, word), (game, feed, word))

    async def say(self, *words: tuple[Game, str, Word]) -> None:
        self.now = max(self.now, START + timedelta(hours=3))
        scores = [self.score(*each) for each in words]
        await self.ledger.settle_scores(scores, self.now)
        for game, feed, word in words:
            game.hear(feed, word)
            self.told.append((game, feed, word))

    def score(self, game: Game, feed: str, word: Word) -> Score:
        final = word.kind == "final"
        regulation = word.regulation or (None, None)
        return Score(
            event_id=game.id if feed == "the_odds_api" else f"{feed}-{game.id}", source=feed, sport_key=game.sport,
            commence_time=game.start + timedelta(hours=word.later), completed=final, home_team=game.home,
            away_team=game.away,
            home_score=word.home if final else None, away_score=word.away if final else None,
            includes_overtime=word.overtime, status=STATUS[word.kind], home_regulation=regulation[0],
            away_regulation=regulation[1],
        )  # fmt: skip

    async def decide(self) -> None:
        """A person's word on a bet or on a leg of a parlay, or another one in its place."""
        number = self.dice.randrange(len(self.wagers))
        wager = self.wagers[number]
        result = self.dice.choice(tuple(RESULTS))
        reduces = ("loss" if wager.lay else "win") == result
        tied = DeadHeat(1, 2) if reduces and self.dice.random() < 0.3 else None
        deduction = self.dice.choice((Decimal(0), Decimal(0), Decimal("0.25")))
        hand = (result, HALF if tied else Fraction(1), Fraction(deduction))
        leg = None
        if len(wager.legs) > 1 and (wager.hand is not None or self.dice.random() < 0.15):
            # As a whole: that is the last word on it.
            hand, tied, deduction = (self.dice.choice(("loss", "void")), Fraction(1), Fraction(0)), None, Decimal(0)
            result = hand[0]
        elif len(wager.legs) > 1:
            place = self.dice.randrange(len(wager.legs))
            leg = place + 1
        command = SettleBet(
            f"BET-{number + 1:06d}", BetResult(result), "me", dead_heat=tied, deduction=deduction, leg=leg
        )
        await self.ledger.settle_bet(command, self.now)
        assert leg is not None or (await self.ledger.settle_bet(command, self.now)).repeated
        if leg is None:
            wager.hand = hand
        else:
            wager.legs[leg - 1].hand = hand

    async def wait(self) -> None:
        self.now += timedelta(hours=self.dice.choice((1, 5, 20)))

    async def restart(self) -> None:
        await self.ledger.close()
        self.ledger = await Ledger.open(self.path, now=self.now)

    async def pay_in(self) -> None:
        book, amount = self.dice.choice(tuple(BOOKS)), self.stake()
        await self.ledger.deposit(Deposit("main", amount, self.key(), "test"), self.now)
        self.moved["main", ""] += amount
        await self.ledger.transfer(Transfer("kept", book, "", amount, self.key(), "test"), self.now)
        self.moved["kept", book] -= amount
        self.moved["kept", ""] += amount

    async def bet_late(self) -> None:
        """One that was made in time and is written down after the game."""
        await self.bet()
        await self.ledger.settle_stored(self.now)

    # What must hold after each step

    async def compare(self) -> None:
        for each in self.wagers:
            each.settle(self.games, self.now)
        charge(self.wagers, self.games)
        rows = {bet.id: bet for bet in self.ledger.bets(BetFilter(limit=None))}
        for number, wager in enumerate(self.wagers, 1):
            bet = rows[f"BET-{number:06d}"]
            result = None if bet.result is None else bet.result.value
            assert (bet.id, bet.state.value, result) == (bet.id, wager.state, wager.result), wager
            if wager.state == "settled":
                paid = (bet.return_minor, bet.profit_minor)
                assert paid == (round(wager.gross), wager.profit), (bet.id, wager)
                assert bet.closing_missing or wager.result == "void", "every missing close has a reason"
        for account in CURRENCIES:
            self.compare_account(account)
        assert (await self.ledger.verify()).problems == ()
        assert self.ledger.verify_quick().ok

    def compare_account(self, account: str) -> None:
        mine = [each for each in self.wagers if each.account == account]
        held = sum(each.risk for each in mine if each.state != "settled")
        purses = {purse for owner, purse in self.moved if owner == account}
        there = {
            purse: self.moved[account, purse]
            + sum(each.profit - each.risk * (each.state != "settled") for each in mine if each.purse == purse)
            for purse in purses
        }
        money = self.ledger.balances(account)
        assert (money.available_minor, money.reserved_minor) == (sum(there.values()), held)
        assert money.bankroll_minor == sum(there.values()) + held
        if account == "kept":
            for purse, amount in there.items():
                assert self.ledger.look(account, lambda state, at=purse: state.book_available_minor(at)) == amount  # type: ignore[misc]
        self.compare_report(account, [each for each in mine if each.state == "settled"])

    def compare_report(self, account: str, settled: list[Wager]) -> None:
        report = self.ledger.report(ReportFilter(account, by="bookmaker"))
        total = report.total
        won = [each for each in settled if each.result in ("win", "half_win")]
        lost = [each for each in settled if each.result in ("loss", "half_loss")]
        assert (total.bets, total.wins, total.losses) == (len(settled), len(won), len(lost))
        assert total.turnover_minor == sum(each.risk for each in won + lost)
        assert total.profit_minor == sum(each.profit for each in settled) == self.booked(account)
        assert sum(group.profit_minor for group in report.groups) == total.profit_minor
        countable = sum(each.result != "void" for each in settled)
        assert total.clv_coverage == (0.0 if countable else None), "nothing was polled: all of them are missing"
        for missing in (report.missing_closes, report.missing_references):
            assert sum(bets for _, bets in missing) == countable

    def booked(self, account: str) -> int:
        """What bets have brought by the entries alone."""
        rows = self.ledger._database.read(
            lambda conn: conn.execute(
                "SELECT -sum(p.amount_minor) FROM postings p JOIN ledger_accounts la ON la.id = p.ledger_account_id"
                " JOIN accounts a ON a.id = la.account_id WHERE la.kind = 'house' AND a.name = ?",
                (account,),
            ).fetchone()
        )
        return int(rows[0] or 0)


async def lives(folder: Path, seeds: range) -> None:
    for seed in seeds:
        life = Life(folder, seed)
        try:
            await life.live()
        except Exception as error:
            error.add_note(f"in life {seed}")
            raise
        life.forget()


async def test_every_balance_is_what_a_plain_reckoning_says(tmp_path: Path) -> None:
    await lives(tmp_path, range(12))


@pytest.mark.long
def test_a_night_of_lives(tmp_path: Path) -> None:
    asyncio.run(lives(tmp_path, range(1_000, 4_000)))
