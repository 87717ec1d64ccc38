"""Closes of random timelines against a plain scan of everything that was seen: polls with gaps, starts that move to and
fro, lines that move, prices in play, odd quote times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from msgspec import structs
from store_samples import NOW, minutes, opened, quote, record, score

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.closes import FairClose
from betting_tui.engine.core.model import Event, LineKey, OutcomeSet, Phase, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.store import BetFilter, Ledger, ReportFilter

PRICES = ("-120", "-110", "+100", "+105", "+120")
LIMITS = (None, 5, 15, 60, 720)
END = NOW + timedelta(hours=30)


@dataclass(frozen=True)
class Seen:
    at: datetime
    point: float
    price: str = ""
    probability: float = 0.0


@dataclass
class Story:
    """One spread bet and what was seen of it: only what a bettor could have had before the start known then."""

    event: Event
    point: float
    placed: datetime
    book: list[Seen] = field(default_factory=list)
    fair: list[Seen] = field(default_factory=list)

    def last(self, seen: list[Seen]) -> Seen | None:
        """Strictly before the start as it turned out, and after placing."""
        counts = [each for each in seen if self.placed < each.at < self.event.commence_time]
        return max(counts, key=lambda each: each.at, default=None)


def spread(event: Event, point: float) -> Selection:
    return Selection(LineKey(event.id, "spreads", OutcomeSet.TWO_WAY, point=point), "Lakers", point)


async def tell(ledger: Ledger, number: int, dice: Random) -> Story:
    event = Event(f"game-{number}", "basketball_nba", "NBA", minutes(dice.randint(200, 400)), "Lakers", "Celtics")
    story = Story(event, -2.5, minutes(dice.randint(0, 60)))
    bet = record("-110", key=event.id, selection=spread(event, story.point), event=event, placed_at=story.placed)
    await ledger.record_bet(bet, story.placed)
    at, point, price, chance = story.placed - timedelta(minutes=10), -2.5, "-110", 0.5
    while at < minutes(460):
        at += timedelta(seconds=dice.choice((20, 90, 240, 600, 2_400, 7_200)))
        if dice.random() < 0.12:
            event = structs.replace(event, commence_time=minutes(dice.randint(150, 430)))
        point = dice.choice((point, point, point, point, -2.5, -3.0, -3.5))
        price = dice.choice((price, price, *PRICES))
        chance = dice.choice((chance, chance, 0.48, 0.52))
        quoted = at + timedelta(seconds=dice.choice((0, 0, -600, 40)))
        inplay = dice.random() < 0.1
        shown = structs.replace(
            quote(price, at, spread(event, point)),
            quoted_at=quoted,
            phase=Phase.INPLAY if inplay else Phase.PREMATCH,
        )
        quotes = [shown] if dice.random() < 0.8 else []
        books = ("pinnacle",)
        says = FairClose(spread(event, point), "fanduel", chance, True, "power", books, "feed", quoted, at)
        fair = (says,) if dice.random() < 0.7 else ()
        await ledger.note_quotes(quotes, [event], at, fair)
        if quotes and not inplay and max(at, quoted) < event.commence_time:
            story.book.append(Seen(at, point, price))
        if fair and at < event.commence_time:
            story.fair.append(Seen(at, point, probability=chance))
        story.event = event
    return story


def ages(bet: BetRow) -> tuple[float | None, float | None]:
    book, fair = bet.close, bet.reference
    return (None if book is None else book.seconds_before_start), (None if fair is None else fair.seconds_before_start)


def check(bet: BetRow, story: Story) -> None:
    """With no limit of age."""
    book, fair = story.last(story.book), story.last(story.fair)
    assert (bet.close is None, bet.reference is None) == (book is None, fair is None)
    taken = float(parse_any("-110").exact)
    start = story.event.commence_time
    for seen, age in zip((book, fair), ages(bet), strict=True):
        if seen is not None:
            assert age is not None
            # Rows of one price are cut after five minutes, so that is how much too old a close can look.
            assert age > 0
            assert 0 <= age - (start - seen.at).total_seconds() < 300
    if book is not None and bet.close is not None:
        assert (bet.close.price.text, bet.close.point) == (book.price, book.point)
        assert bet.price_converted == (book.point != story.point and bet.clv_price is not None)
        if book.point == story.point:
            assert bet.clv_price == pytest.approx(taken / float(parse_any(book.price).exact) - 1)
    if fair is not None and bet.reference is not None:
        assert (bet.reference.probability, bet.reference.point) == (fair.probability, fair.point)
        if fair.point == story.point:
            assert bet.clv_ev == pytest.approx(taken * fair.probability - 1)
        else:
            assert bet.clv_ev is None or bet.ev_converted
    main = fair or book
    assert bet.clv_line == (None if main is None else story.point - main.point)
    assert bet.closing_missing or bet.clv_price is not None or bet.clv_ev is not None
    assert bet.fair_missing or bet.clv_ev is not None


async def scanned(folder: Path, seed: int, count: int) -> None:
    dice = Random(seed)
    async with opened(folder) as ledger:
        ledger.close_max_age_minutes = None
        stories = [await tell(ledger, number, dice) for number in range(count)]
        await ledger.settle_scores([score(event=story.event) for story in stories], END)
        bets = {bet.event.id: bet for bet in ledger.bets(BetFilter(limit=None))}
        for story in stories:
            assert bets[story.event.id].state.value == "settled"
            check(bets[story.event.id], story)
        for limit in LIMITS:
            ledger.close_max_age_minutes = limit
            compare_report(ledger, [ages(bet) for bet in bets.values()], list(bets.values()), limit)
        assert (await ledger.verify()).problems == ()


def compare_report(
    ledger: Ledger, old: list[tuple[float | None, float | None]], unlimited: list[BetRow], limit: int | None
) -> None:
    """Means and coverage under an age limit, from the bets one by one."""

    def young(age: float | None) -> bool:
        return age is not None and (limit is None or age <= limit * 60)

    total = ledger.report(ReportFilter("main")).total
    prices = [
        bet.clv_price for bet, (age, _) in zip(unlimited, old, strict=True) if bet.clv_price is not None and young(age)
    ]
    worths = [bet.clv_ev for bet, (_, age) in zip(unlimited, old, strict=True) if bet.clv_ev is not None and young(age)]
    assert (total.clv_count, total.clv_ev_count) == (len(prices), len(worths))
    assert total.clv_coverage == pytest.approx(len(prices) / len(unlimited))
    assert total.clv_price == (pytest.approx(sum(prices) / len(prices)) if prices else None)
    assert total.clv_ev == (pytest.approx(sum(worths) / len(worths)) if worths else None)
    report = ledger.report(ReportFilter("main"))
    assert sum(bets for _, bets in report.missing_closes) == len(unlimited) - len(prices)
    assert sum(bets for _, bets in report.missing_references) == len(unlimited) - len(worths)
    for bet in ledger.bets(BetFilter(limit=None)):
        assert bet.closing_missing or bet.clv_price is not None or bet.clv_ev is not None


async def test_every_close_is_the_one_a_plain_scan_finds(tmp_path: Path) -> None:
    await scanned(tmp_path, 1, 40)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 42))
async def test_and_so_it_is_over_a_night(tmp_path: Path, seed: int) -> None:
    await scanned(tmp_path, seed, 100)


async def test_without_bets_there_is_no_coverage_rather_than_none_of_a_hundred(ledger: Ledger) -> None:
    total = ledger.report(ReportFilter("main")).total
    assert (total.clv_coverage, total.clv_ev_coverage, total.beat_close, total.clv_price) == (None, None, None, None)
