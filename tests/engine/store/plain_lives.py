"""What bets are worth, written out plainly from the definitions: no rule is taken from the program.

Exact fractions throughout; one rounding a bet, on what comes back, half to even.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

NOTHING, HALF, ALL = Fraction(0), Fraction(1, 2), Fraction(1)
DAY = timedelta(days=1)
# Whose word is taken first where several feeds say the same.
FEEDS = ("espn", "the_odds_api", "football_data", "thesportsdb")
RESULTS = {
    "win": (ALL, NOTHING),
    "half_win": (HALF, HALF),
    "push": (NOTHING, ALL),
    "void": (NOTHING, ALL),
    "half_loss": (NOTHING, HALF),
    "loss": (NOTHING, NOTHING),
}
MIRROR = {"win": "loss", "loss": "win", "half_win": "half_loss", "half_loss": "half_win", "push": "push"} | {
    "void": "void"
}


@dataclass(frozen=True)
class Pick:
    """`line` names the market a commission is charged on."""

    event: str
    market: str
    name: str
    point: float | None = None
    ways: int = 2
    team: str | None = None

    def line(self, home: str) -> tuple[object, ...]:
        at_home = self.point if self.market != "spreads" or self.name == home else -(self.point or 0)
        return (self.event, self.market, self.ways, self.team, at_home)


@dataclass(frozen=True)
class Word:
    """`kind`: final, inplay, postponed, cancelled. `regulation` where the feed tells it apart. `later`: by so
    many hours it was put off."""

    kind: str
    home: int = 0
    away: int = 0
    regulation: tuple[int, int] | None = None
    overtime: bool | None = None
    later: int = 0


@dataclass
class Game:
    id: str
    sport: str
    home: str
    away: str
    start: datetime
    words: dict[str, Word] = field(default_factory=dict)

    def hear(self, feed: str, word: Word) -> None:
        """A game that goes on is worth knowing of only where it was off."""
        last = self.words.get(feed)
        if word.kind != "inplay" or (last is not None and last.kind in ("postponed", "cancelled", "inplay")):
            self.words[feed] = word if word.kind != "inplay" or last is None or last.kind != "final" else last

    def decide(self, pick: Pick, now: datetime) -> str:
        """A result, `wait` or `review`."""
        said = [self.words[feed] for feed in FEEDS if feed in self.words]
        finals = [each for each in said if each.kind == "final"]
        off = [each for each in said if each.kind in ("postponed", "cancelled")]
        if finals and off:
            return "review"
        if any(not _same(one, two) for one in finals for two in finals):
            return "review"
        if finals:
            regulation = finals[0].regulation
            if regulation is None and self.sport != "soccer_epl":
                regulation = next((each.regulation for each in finals if each.regulation), None)
            return self.grade(pick, finals[0], regulation)
        if off:
            later = timedelta(hours=off[0].later)
            if off[0].kind == "cancelled" or later > DAY:
                return "void"
            if later:
                return "wait" if now < self.start + later + DAY else "review"
            return "void" if now >= self.start + DAY else "wait"
        return "wait" if now < self.start + DAY else "review"

    def grade(self, pick: Pick, final: Word, regulation: tuple[int, int] | None) -> str:
        score: tuple[int, int] | None = (final.home, final.away)
        soccer = self.sport.startswith("soccer")
        if soccer or pick.ways == 3 or pick.market in ("btts", "draw_no_bet"):
            league = self.sport == "soccer_epl" and final.overtime is None
            score = regulation or (score if final.overtime is False or league else None)
        if score is None:
            return "review"
        home, away = score
        lead = {self.home: home - away, self.away: away - home}.get(pick.name, 0)
        match pick.market:
            case "h2h" if pick.ways == 3:
                return "win" if (home == away if pick.name == "Draw" else lead > 0) else "loss"
            case "h2h" | "draw_no_bet":
                return _against(Fraction(lead))
            case "spreads":
                return _against(lead + Fraction(pick.point or 0))
            case "totals":
                return _over(home + away, pick)
            case "team_totals":
                return _over(home if pick.team == self.home else away, pick)
            case _:
                return "win" if (home > 0 and away > 0) == (pick.name == "Yes") else "loss"


def _same(one: Word, two: Word) -> bool:
    if (one.home, one.away) != (two.home, two.away):
        return False
    first, second = (
        each.regulation or ((each.home, each.away) if each.overtime is False else None) for each in (one, two)
    )
    return first is None or second is None or first == second


def _against(ahead: Fraction) -> str:
    """How far ahead of its line; a quarter line is two half stakes, a quarter below and above."""
    parts = [ahead, ahead] if (ahead * 2).denominator == 1 else [ahead - Fraction(1, 4), ahead + Fraction(1, 4)]
    points = sum((each > 0) - (each < 0) for each in parts)
    return {2: "win", 1: "half_win", 0: "push", -1: "half_loss", -2: "loss"}[points]


def _over(scored: int, pick: Pick) -> str:
    above = scored - Fraction(pick.point or 0)
    return _against(above if pick.name == "Over" else -above)


@dataclass
class Leg:
    pick: Pick
    odds: Fraction
    # By a person: result, share of a dead heat, deduction.
    hand: tuple[str, Fraction, Fraction] | None = None


@dataclass
class Wager:
    account: str
    book: str
    purse: str
    stake: int
    legs: list[Leg]
    lay: bool = False
    free: bool = False
    rate: Fraction = NOTHING
    # By a person: the bet's own result, share and deduction.
    hand: tuple[str, Fraction, Fraction] | None = None
    state: str = "pending"
    result: str | None = None
    gross: Fraction = NOTHING
    commission: int = 0

    @property
    def risk(self) -> int:
        if self.lay:
            return round((self.legs[0].odds - 1) * self.stake)
        return 0 if self.free else self.stake

    @property
    def profit(self) -> int:
        return round(self.gross) - self.commission - self.risk if self.state == "settled" else 0

    def settle(self, games: dict[str, Game], now: datetime) -> None:
        if self.hand is not None:
            self.end(*self.hand)
        elif len(self.legs) == 1:
            leg = self.legs[0]
            told = games[leg.pick.event].decide(leg.pick, now)
            if told in RESULTS:
                self.end(MIRROR[told] if self.lay else told, ALL, NOTHING)
            else:
                self.open(told)
        else:
            self.together(games, now)

    def end(self, result: str, share: Fraction, deduction: Fraction) -> None:
        self.state, self.result = "settled", result
        if len(self.legs) > 1:
            back = ALL if result == "void" else NOTHING
            self.gross = self.stake * (back - 1 if self.free and back else back)
            return
        net = (self.legs[0].odds - 1) * (1 - deduction)
        won, back = RESULTS[MIRROR[result] if self.lay else result]
        won, lost = won * share, 1 - back - won * share
        if self.lay:
            self.gross = self.risk + self.stake * lost - self.risk * (1 - deduction) * won
        elif self.free:
            self.gross = self.stake * net * won
        else:
            self.gross = self.stake * (net * won + won + back)

    def together(self, games: dict[str, Game], now: datetime) -> None:
        product, waiting, results = ALL, [], []
        for leg in self.legs:
            told = games[leg.pick.event].decide(leg.pick, now)
            result, share, deduction = leg.hand or (told, ALL, NOTHING)
            if result not in RESULTS:
                waiting.append(result)
                continue
            won, back = RESULTS[result]
            product *= won * share * (1 + (leg.odds - 1) * (1 - deduction)) + back
            results.append(result)
        if waiting and product != 0:
            self.open("review" if "review" in waiting else "wait")
            return
        self.state = "settled"
        self.gross = self.stake * (max(product - 1, NOTHING) if self.free else product)
        self.result = "loss" if product == 0 else "win" if product > 1 else "push" if product == 1 else "half_loss"
        if not waiting and set(results) == {"void"}:
            self.result = "void"

    def open(self, told: str) -> None:
        self.state, self.result = ("review" if told == "review" else "pending"), None
        self.gross, self.commission = NOTHING, 0


def charge(wagers: Sequence[Wager], games: dict[str, Game]) -> None:
    """Once on what an account's bets on one line at one exchange won together, shared by the winners."""
    markets: dict[tuple[object, ...], list[Wager]] = defaultdict(list)
    for each in wagers:
        each.commission = 0
        if each.rate and each.state == "settled" and len(each.legs) == 1:
            pick = each.legs[0].pick
            markets[each.account, each.book, pick.line(games[pick.event].home)].append(each)
    for bets in markets.values():
        profits = [each.gross - each.risk for each in bets]
        net, won = sum(profits, NOTHING), sum((profit for profit in profits if profit > 0), NOTHING)
        for each, profit in zip(bets, profits, strict=True):
            if net > 0 and profit > 0:
                each.commission = round(each.gross) - round(each.gross - net * each.rate * profit / won)
