"""A season with everything a ledger can hold, and a report's figures worked out from its exported bets in plain Python.

Nothing here shares code with what a report is made of: formulas are those of docs/statistics.md.
"""

from __future__ import annotations

import itertools
import math
import random
import statistics
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import structs
from store_samples import fill, leg, opportunity, place, quote, record

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.closes import FairClose
from betting_tui.engine.core.commands import RecordParlay, ResetAccount, SettleBet
from betting_tui.engine.core.model import (
    BetResult,
    Event,
    Evidence,
    Funding,
    LineKey,
    Origin,
    OutcomeSet,
    Selection,
    Side,
)
from betting_tui.engine.store import Ledger, NewAccount

BEGIN = datetime(2025, 3, 1, 17, 0, tzinfo=UTC)
"""Clocks in New York go forward on 9 March 2025."""
ZONE = "America/New_York"
MAIN, SECOND, EUROS = "main", "second", "euros"
COMMISSION = {"smarkets": 0.02}
PRICES = ("1.62", "-110", "+150", "2.40", "3.75", "8.5", "7/4")
BOOKS = ("fanduel", "pinnacle", "smarkets")
LEAGUES = (("basketball_nba", "NBA"), ("soccer_epl", "EPL"))
RESULTS = (*[BetResult.WIN] * 5, *[BetResult.LOSS] * 6, *list(BetResult))

Row = dict[str, Any]


async def fill_season(ledger: Ledger, seed: int, bets: int) -> None:
    """Singles to back and to lay, free bets, parlays, each way bets, several of one selection, by strategies and by
    hand, with closes of any age or none, in three accounts and two currencies; a reset and corrections."""
    dice = random.Random(seed)
    for name, currency in ((MAIN, "USD"), (SECOND, "USD"), (EUROS, "EUR")):
        await ledger.ensure_account(NewAccount(name, currency, 1_000_000, "test", ZONE), BEGIN)
    for number in range(bets):
        at = BEGIN + timedelta(hours=7 * number, seconds=number)
        if number == bets // 3:
            await ledger.reset_account(ResetAccount(MAIN, "again", "test", 500_000, void_open=True), at)
        account = dice.choice((MAIN, MAIN, MAIN, SECOND, EUROS))
        made = await _one(ledger, dice, number, account, at)
        for bet in made:
            result = dice.choice(RESULTS)
            settled = at + timedelta(hours=dice.choice((6, 20, 300)), seconds=len(made))
            if bet.each_way is not None:
                finished = SettleBet(bet.id, None, "test", place=dice.choice((1, 3, 9)))
                await ledger.settle_bet(finished, settled)
            elif dice.random() < 0.95:
                await ledger.settle_bet(SettleBet(bet.id, result, "test"), settled)
                if dice.random() < 0.1:
                    other = BetResult.WIN if result is BetResult.LOSS else BetResult.LOSS
                    await ledger.settle_bet(SettleBet(bet.id, other, "test"), settled + timedelta(hours=3))


async def _one(ledger: Ledger, dice: random.Random, number: int, account: str, at: datetime) -> Sequence[Any]:
    sport, title = dice.choice(LEAGUES)
    event = Event(f"game-{number}", sport, title, at + timedelta(hours=5), f"Home {number}", f"Away {number}")
    pick = Selection(LineKey(event.id, "h2h", OutcomeSet.TWO_WAY), f"Home {number}")
    price, stake, kind = dice.choice(PRICES), dice.randrange(500, 20_000), dice.randrange(8)
    if kind == 0:
        free = structs.replace(record(price, stake, f"f{number}", pick, event, at, account), funding=Funding.FREE)
        return _bets(await ledger.record_bet(free, at))
    if kind == 1:
        runner = Selection(LineKey(event.id, "outrights", OutcomeSet.FIELD), f"Home {number}")
        each_way = structs.replace(record("9.0", stake, f"e{number}", runner, event, at, account), each_way="1/4,4")
        return _bets(await ledger.record_bet(each_way, at))
    if kind == 2:
        other = Event(f"more-{number}", sport, title, at + timedelta(hours=5), f"Left {number}", f"Right {number}")
        second = Selection(LineKey(other.id, "h2h", OutcomeSet.TWO_WAY), f"Left {number}")
        legs = tuple(structs.replace(leg(price, selection=each), stake_minor=None) for each in (pick, second))
        parlay = RecordParlay(account, legs, (event, other), stake, f"p{number}", Origin.MANUAL, "test", at)
        return _bets(await ledger.record_parlay(parlay, at))
    side = Side.LAY if kind == 3 else Side.BACK
    made: list[Any] = []
    # Two strategies may find the same.
    for strategy in ("value_betting", "line_shopping")[: 1 + (kind == 4)]:
        wanted = structs.replace(
            leg(price, stake, pick, dice.choice(BOOKS), side), quoted_at=at - timedelta(seconds=30), seen_at=at
        )
        edge = dice.choice((None, -0.01, 0.01, 0.03, 0.2)) if side is Side.BACK else None
        found = structs.replace(
            opportunity(f"{strategy}{number}", wanted, edge=edge),
            event=event, line=pick.line, strategy=strategy, discovered_at=at, expires_at=event.commence_time,
            fair_probability=dice.choice((None, 0.1, 0.37, 0.52)),
        )  # fmt: skip
        command = place(wanted, key=f"{strategy}{number}", account=account, opportunity=found)
        outcome = await ledger.place(command, [fill(wanted, dice.choice(list(Evidence)))], [event], at)
        made += _bets(outcome)
        if dice.random() < 0.7:
            seen = event.commence_time - timedelta(minutes=dice.choice((1, 4, 14, 16, 200)), seconds=-1)
            last = structs.replace(quote(dice.choice(PRICES), seen, pick, wanted.bookmaker), side=side)
            chance = dice.choice((0.2, 0.45, 0.6))
            fair = FairClose(pick, wanted.bookmaker, chance, True, "power", ("pinnacle",), "feed", seen, seen)
            await ledger.note_quotes([last], [event], seen, (fair,) if dice.random() < 0.8 else ())
    return made


def _bets(outcome: Placed | NotPlaced) -> Sequence[Any]:
    assert isinstance(outcome, Placed), outcome
    return outcome.bets


# What a report should say -------------------------------------------------------------------------------------------


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def settled(rows: Sequence[Row], first: date | None = None, last: date | None = None) -> list[Row]:
    """Settled on these betting days, both counted in, which begin at six in New York; in order."""
    zone = ZoneInfo(ZONE)

    def begins(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 6, tzinfo=zone).astimezone(UTC)

    chosen = [
        row
        for row in rows
        if row["state"] == "settled"
        and (first is None or moment(row["settled_at"]) >= begins(first))
        and (last is None or moment(row["settled_at"]) < begins(last + timedelta(days=1)))
    ]
    return sorted(chosen, key=lambda row: (moment(row["settled_at"]), row["id"]))


def risk(row: Row) -> int:
    return int(row["return_minor"] - row["commission_minor"] - row["profit_minor"])


def net_odds(row: Row) -> float:
    gain = row["price_decimal"] - 1
    if row["each_way"]:
        gain *= (1 + 0.25) / 2
    if row["side"] == "lay":
        gain = 1 / gain
    charged = 0.0 if row["kind"] == "parlay" else COMMISSION.get(row["bookmaker"], 0.0)
    return float(1 + gain * (1 - charged))


def chance_of(row: Row) -> float | None:
    chance = row["fair_probability"]
    if chance is None:
        return None
    return float(1 - chance if row["side"] == "lay" else chance)


def edge_of(row: Row) -> float | None:
    if row["edge"] is not None:
        return float(row["edge"])
    chance = chance_of(row)
    return None if chance is None else chance * net_odds(row) - 1


def within(row: Row, age: str, limit: int) -> bool:
    return row[age] is None or row[age] <= limit * 60


def sums(rows: Sequence[Row], limit: int = 15) -> Row:
    graded = [row for row in rows if row["result"] not in ("push", "void")]
    wins = [row for row in graded if row["result"] in ("win", "half_win")]
    turnover = sum(risk(row) for row in graded)
    profit = sum(row["profit_minor"] for row in rows)
    free = [row for row in graded if row["funding"] == "free"]
    given = sum(row["profit_minor"] for row in free)
    closable = [row for row in rows if row["result"] != "void"]
    fair, book = (
        [row for row in closable if row[name] is not None and within(row, age, limit)]
        for name, age in (("clv_ev", "fair_close_seconds_before_start"), ("clv_price", "closing_seconds_before_start"))
    )
    head, value = (fair, "clv_ev") if fair else (book, "clv_price")
    edges = [(risk(row), edge) for row in graded if (edge := edge_of(row)) is not None]
    return {
        "bets": len(rows),
        "graded": len(graded),
        "wins": len(wins),
        "losses": len(graded) - len(wins),
        "pushes": len(rows) - len(graded),
        "turnover_minor": turnover,
        "profit_minor": profit,
        "yield_fraction": (profit - given) / turnover if turnover else None,
        "win_rate": len(wins) / len(graded) if graded else None,
        "expected_profit_minor": round(sum(one * two for one, two in edges)) if edges else None,
        "clv_ev": _mean([row["clv_ev"] for row in fair]),
        "clv_ev_coverage": len(fair) / len(closable) if closable else None,
        "clv_ev_count": len(fair),
        "clv_ev_weighted": _weighted([(risk(row), row["clv_ev"]) for row in fair]),
        "clv_price": _mean([row["clv_price"] for row in book]),
        "clv_coverage": len(book) / len(closable) if closable else None,
        "clv_count": len(book),
        "clv_price_weighted": _weighted([(risk(row), row["clv_price"]) for row in book]),
        "beat_close": _mean([float(row[value] > 0) for row in head]),
        "free_bets": len(free),
        "free_profit_minor": given,
    }


def measures(rows: Sequence[Row], bankroll: int | None) -> Row:
    graded = [row for row in rows if row["result"] not in ("push", "void")]
    odds = [net_odds(row) for row in graded]
    staked = sum(risk(row) for row in graded)
    edges = [(risk(row), edge) for row in graded if (edge := edge_of(row)) is not None]
    closes = [
        (risk(row), row["clv_ev"])
        for row in graded
        if row["clv_ev"] is not None and within(row, "fair_close_seconds_before_start", 15)
    ]
    judged = [
        (chance, float(row["result"] in ("win", "half_win")))
        for row in graded
        if (chance := chance_of(row)) is not None and not row["each_way"]
    ]
    given = [min(max(p if won else 1 - p, 1e-15), 1 - 1e-15) for p, won in judged]
    cash = [row["profit_minor"] for row in rows if row["funding"] != "free"]
    losses = -sum(profit for profit in cash if profit < 0)
    deepest, share = _fall([row["profit_minor"] for row in rows], bankroll)
    daily = _daily(rows, bankroll)
    return {
        "average_odds": _mean(odds),
        "break_even_rate": staked / sum(risk(row) * each for row, each in zip(graded, odds, strict=True))
        if staked
        else None,
        "edge_at_placement": _weighted(edges),
        "expected_profit_minor": round(sum(one * two for one, two in edges)) if edges else None,
        "expected_bets": len(edges),
        "close_profit_minor": round(sum(one * two for one, two in closes)) if closes else None,
        "close_bets": len(closes),
        "z": _z(graded),
        "longest_losing_run": max(
            (
                len(list(run))
                for lost, run in itertools.groupby(row["result"].endswith("loss") for row in graded)
                if lost
            ),
            default=0,
        ),
        "profit_factor": sum(profit for profit in cash if profit > 0) / losses if losses else None,
        "brier": _mean([(p - won) ** 2 for p, won in judged]),
        "log_loss": _mean([-math.log(each) for each in given]),
        "probability_bets": len(judged),
        "depth_minor": deepest,
        "share": share,
        "sharpe": _sharpe(daily),
        "sortino": _sortino(daily),
    }


def no_edge_share(rows: Sequence[Row]) -> float | None:
    """Every way in which the bets can end, one by one; None where that is too many, or too few to say anything."""
    groups: dict[tuple[object, bool], list[tuple[float, float]]] = defaultdict(list)
    returned = 0.0
    for row in rows:
        if row["result"] in ("push", "void") or not risk(row):
            continue
        won, half = row["result"] in ("win", "half_win"), row["result"].startswith("half")
        stake = risk(row) / 2 if half else float(risk(row))
        back = stake + row["profit_minor"] if won else stake * net_odds(row)
        returned += back if won else 0.0
        which = row["id"] if row["kind"] == "parlay" else (row["event_id"], row["selection"], row["side"])
        groups[which, won].append((back, back / net_odds(row)))
    draws = [(sum(b for b, _ in each), sum(b for b, _ in each) / sum(s for _, s in each)) for each in groups.values()]
    if len({key[0] for key in groups}) < 2 or len(draws) > 13:
        return None
    share = 0.0
    for ends in itertools.product((0, 1), repeat=len(draws)):
        if sum(back for came, (back, _) in zip(ends, draws, strict=True) if came) >= returned - 2:
            share += math.prod(1 / d if came else 1 - 1 / d for came, (_, d) in zip(ends, draws, strict=True))
    return share


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _weighted(pairs: Sequence[tuple[int, float]]) -> float | None:
    total = sum(weight for weight, _ in pairs)
    return sum(weight * value for weight, value in pairs) / total if total else None


def _z(graded: Sequence[Row]) -> float | None:
    spread: dict[object, float] = defaultdict(float)
    above = 0.0
    for row in graded:
        p, edge = chance_of(row), edge_of(row)
        if p is None or edge is None or not risk(row) or row["each_way"]:
            continue
        part = 0.5 if row["result"].startswith("half") else 1.0
        which = row["id"] if row["kind"] == "parlay" else (row["event_id"], row["selection"], row["side"])
        spread[which] += risk(row) * part * net_odds(row) * math.sqrt(p * (1 - p))
        above += row["profit_minor"] - risk(row) * edge
    variance = sum(each**2 for each in spread.values())
    return above / math.sqrt(variance) if variance else None


def _fall(profits: Sequence[int], bankroll: int | None) -> tuple[int, float | None]:
    balance = peak = bankroll or 0
    deepest, share = 0, 0.0
    for profit in profits:
        balance += profit
        peak = max(peak, balance)
        deepest = max(deepest, peak - balance)
        share = max(share, (peak - balance) / peak) if bankroll else 0.0
    return deepest, share if bankroll else None


def _daily(rows: Sequence[Row], bankroll: int | None) -> list[float]:
    if bankroll is None or not rows:
        return []
    days: dict[date, int] = defaultdict(int)
    for row in rows:
        days[moment(row["settled_at"]).astimezone(ZoneInfo(ZONE)).date()] += row["profit_minor"]
    balance, returns, day = bankroll, [], min(days)
    while day <= max(days):
        returns.append(days[day] / balance)
        balance += days[day]
        day += timedelta(days=1)
    return returns


def _sharpe(returns: Sequence[float]) -> float | None:
    if len(returns) < 2 or len(set(returns)) == 1:
        return None
    return statistics.fmean(returns) / statistics.stdev(returns) * math.sqrt(365)


def _sortino(returns: Sequence[float]) -> float | None:
    downside = statistics.fmean([min(each, 0.0) ** 2 for each in returns]) if len(returns) > 1 else 0.0
    return statistics.fmean(returns) / math.sqrt(downside) * math.sqrt(365) if downside else None
