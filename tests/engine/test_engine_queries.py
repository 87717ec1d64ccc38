"""Queries join the board with what one account holds; intake moves the board, closes lines and settles bets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from betting_tui.engine.board import Board
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.bet_views import Placed
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.errors import BadAnswer
from betting_tui.engine.core.model import BetResult, Evidence, Leg, LineKey, Opportunity, Origin, Selection
from betting_tui.engine.core.ports import Answer, AnswerKind
from betting_tui.engine.core.scores import PlayingScore
from betting_tui.engine.detection import Detector
from betting_tui.engine.house import House
from betting_tui.engine.intake import Intake
from betting_tui.engine.live_scores import LiveScores
from betting_tui.engine.queries import LiveQueries
from betting_tui.engine.sources.recorded import RecordedFiles
from betting_tui.engine.store.shapes import NewAccount
from betting_tui.engine.store.store import Ledger
from betting_tui.engine.strategies.registry import build_strategies, fair_policy
from market_samples import GAME, MATCH, MONEYLINE, NOW, START, TENNIS

SETTINGS = Settings()


def odds(prices: dict[str, tuple[float, float]], at: datetime = NOW, event: Any = GAME) -> Answer:
    """An answer with home and away prices by bookmaker, all quoted at that moment."""
    stamp = at.isoformat().replace("+00:00", "Z")
    books = [
        {
            "key": book,
            "title": book,
            "last_update": stamp,
            "markets": [
                {
                    "key": "h2h",
                    "last_update": stamp,
                    "outcomes": [{"name": "Home", "price": home}, {"name": "Away", "price": away}],
                }
            ],
        }
        for book, (home, away) in prices.items()
    ]
    return Answer("recorded", AnswerKind.ODDS, event.sport_key, body(event, bookmakers=books), at)


def body(event: Any, **more: object) -> bytes:
    head = {
        "id": event.id,
        "sport_key": event.sport_key,
        "sport_title": event.sport_title,
        "commence_time": event.commence_time.isoformat().replace("+00:00", "Z"),
        "home_team": "Home",
        "away_team": "Away",
    }
    return json.dumps([head | more]).encode()


class Office:
    """The rooms behind the queries, on a real ledger."""

    def __init__(self, ledger: Ledger, settings: Settings = SETTINGS) -> None:
        self.ledger = ledger
        self.board = Board()
        self.detector = Detector(self.board, build_strategies(settings))
        house = House(ledger, settings)
        playing = LiveScores()
        self.queries = LiveQueries(
            self.board, self.detector, ledger, house, fair_policy(settings), {}, live_scores=playing
        )  # fmt: skip
        self.intake = Intake(
            self.board, self.detector, ledger, {"recorded": RecordedFiles()}, SystemClock(), live_scores=playing
        )  # fmt: skip

    async def place(self, found: Opportunity, leg: Leg) -> Placed:
        command = Place("main", (leg,), f"key {found.id}", Origin.APP, "test", found)
        stake = leg.stake_minor or 0
        fill = Fill(leg, leg.price, stake, Evidence.SAME_SNAPSHOT, "recorded", leg.quoted_at, leg.seen_at)
        placed = await self.ledger.place(command, (fill,), (found.event,), NOW)
        assert isinstance(placed, Placed)
        self.queries.forget_holdings()
        return placed


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    ledger = await Ledger.open(tmp_path / "ledger.db", now=NOW)
    await ledger.ensure_account(NewAccount("main", "USD", 1_000_000, "test"), NOW)
    yield Office(ledger)
    await ledger.close()


FAIR = {"pinnacle": (1.9, 1.9)}
GENEROUS = FAIR | {"fanduel": (2.1, 1.7)}


async def test_an_answer_says_what_it_did(office: Office) -> None:
    taken = await office.intake.take_odds(odds(GENEROUS), NOW)
    assert (taken.source, taken.events, taken.quotes, taken.changed_lines, taken.rejected) == ("recorded", 1, 4, 1, 0)
    (found,) = taken.new
    assert found.strategy == "value_betting"
    again = await office.intake.take_odds(odds(GENEROUS, NOW + timedelta(seconds=60)), NOW + timedelta(seconds=60))
    assert (again.changed_lines, again.new, again.gone) == (0, (), ())
    late = NOW + timedelta(seconds=120)
    worse = await office.intake.take_odds(odds(FAIR | {"fanduel": (2.0, 1.9)}, late), late)
    assert (worse.changed_lines, worse.gone) == (1, (found.id,))


async def test_a_price_quoted_again_keeps_its_find_alive(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS), NOW)
    later = NOW + timedelta(seconds=290)
    await office.intake.take_odds(odds(GENEROUS, later), later)
    (row,) = office.queries.opportunities("main", later + timedelta(seconds=290), None).rows
    assert row.opportunity.discovered_at == NOW
    assert row.age_seconds == 290


async def test_an_answer_of_an_unknown_feed_or_without_sense_is_refused(office: Office) -> None:
    answer = odds(GENEROUS)
    with pytest.raises(BadAnswer, match="not started with"):
        await office.intake.take_odds(Answer("elsewhere", AnswerKind.ODDS, "x", answer.body, NOW), NOW)
    with pytest.raises(BadAnswer):
        await office.intake.take_odds(Answer("recorded", AnswerKind.ODDS, "x", b"<html>", NOW), NOW)
    assert office.board.events() == ()


async def test_rows_carry_the_stake_the_age_and_whether_they_were_taken(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS | {"betmgm": (2.1, 1.7)}), NOW)
    page = office.queries.opportunities("main", NOW + timedelta(seconds=40), 1)
    assert (len(page.rows), page.total) == (1, 3), "a gap on the value bet itself is not listed beside it"
    (row,) = page.rows
    assert (row.stake_minor, row.no_stake, row.age_seconds, row.taken) == (10_000, "", 40, False)
    assert row.opportunity.legs[0].stake_minor == 10_000
    await office.place(row.opportunity, row.opportunity.legs[0])
    again = office.queries.opportunity(row.opportunity.id, "main", NOW)
    assert again is not None
    assert again.taken


async def test_what_is_gone_is_no_opportunity(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS), NOW)
    (row,) = office.queries.opportunities("main", NOW, None).rows
    known = row.opportunity.id
    assert office.queries.opportunity(known, "main", NOW + timedelta(seconds=300)) is not None
    assert office.queries.opportunity(known, "main", NOW + timedelta(seconds=301)) is None
    assert office.queries.why(known, "main", NOW + timedelta(seconds=301)) is None
    assert office.queries.opportunity("OPP-x", "main", NOW) is None


async def test_why_shows_the_reference_and_every_book(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS | {"betmgm": (1.8, 1.8)}), NOW)
    (row,) = office.queries.opportunities("main", NOW, 1).rows
    why = office.queries.why(row.opportunity.id, "main", NOW)
    assert why is not None
    assert (why.judged.method, why.judged.fair_probability) == ("power devig · pinnacle", 0.5)
    assert [(share.bookmaker, share.weight) for share in why.judged.books] == [
        ("pinnacle", 1.0),
        ("fanduel", 0.0),
        ("betmgm", 0.0),
    ]
    assert why.stake_reason == "flat 100.00"


async def test_why_weighs_one_owner_once(office: Office) -> None:
    soft = {"unibet": (1.9, 1.9), "unibet_nl": (1.9, 1.9), "betmgm": (1.9, 1.9), "bovada": (1.9, 1.9)}
    await office.intake.take_odds(odds(soft | {"fanduel": (2.3, 1.6)}), NOW)
    rows = office.queries.opportunities("main", NOW, None).rows
    value = next(row.opportunity for row in rows if row.opportunity.strategy == "value_betting")
    why = office.queries.why(value.id, "main", NOW)
    assert why is not None
    weights = {share.bookmaker: share.weight for share in why.judged.books}
    assert weights == {"unibet": 1 / 6, "unibet_nl": 1 / 6, "betmgm": 1 / 3, "bovada": 1 / 3, "fanduel": 0.0}


async def test_why_of_a_price_gap_without_a_fair_line_says_what_is_missing(office: Office) -> None:
    await office.intake.take_odds(odds({"betmgm": (1.9, 1.9), "bovada": (1.9, 1.9), "fanduel": (2.0, 1.88)}), NOW)
    (row,) = office.queries.opportunities("main", NOW, None).rows
    why = office.queries.why(row.opportunity.id, "main", NOW)
    assert why is not None
    assert (why.judged.method, why.judged.fair_probability) == (None, None)
    assert "3 needed" in why.judged.no_fair_line


async def test_why_knows_no_older_prices_than_the_strategy_did(office: Office) -> None:
    """Where starts float both look at prices of two minutes at most."""
    old, late = NOW, NOW + timedelta(seconds=150)
    await office.intake.take_odds(odds(FAIR, old, MATCH), old)
    mixed = odds({"betmgm": (1.9, 1.9), "bovada": (1.9, 1.9), "fanduel": (2.0, 1.88)}, late, MATCH).body
    both = json.loads(mixed)
    both[0]["bookmakers"] += json.loads(odds(FAIR, old, MATCH).body)[0]["bookmakers"]
    answer = Answer("recorded", AnswerKind.ODDS, MATCH.sport_key, json.dumps(both).encode(), late)
    await office.intake.take_odds(answer, late)
    (row,) = office.queries.opportunities("main", late, None).rows
    assert row.opportunity.method is None
    why = office.queries.why(row.opportunity.id, "main", late)
    assert why is not None
    assert why.judged.method is None
    assert {share.bookmaker: share.note for share in why.judged.books}["pinnacle"] == "too old or in play"
    assert office.board.quotes(TENNIS) != ()


async def test_any_price_on_the_board_is_judged_the_same_way(office: Office) -> None:
    """What is no opportunity says which check stopped each strategy; what is one says the same as its row."""
    await office.intake.take_odds(odds(GENEROUS), NOW)
    (row,) = office.queries.opportunities("main", NOW, 1).rows
    leg = row.opportunity.legs[0]
    assert office.queries.why_price(leg.selection, leg.bookmaker, "main", NOW) == office.queries.why(
        row.opportunity.id, "main", NOW
    )
    plain = office.queries.why_price(leg.selection, "pinnacle", "main", NOW)
    assert plain is not None
    assert plain.opportunity is None
    assert plain.judged.reason == "edge -5.00 % is below 5 %"
    assert plain.stake_reason == "no edge at this price"
    assert office.queries.why_price(leg.selection, "bovada", "main", NOW) is None
    late = office.queries.why_price(leg.selection, leg.bookmaker, "main", NOW + timedelta(seconds=400))
    assert late is not None
    assert late.judged.reason == late.stake_reason == "the price is 400 s old, older than 300 s"
    assert {each.stopped for each in late.judged.verdicts} == {late.judged.reason}


async def test_an_event_is_explained_selection_by_selection(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS), NOW)
    found = office.queries.explain("HOME", "main", NOW)
    assert [(why.judged.selection.name, why.judged.bookmaker) for why in found] == [
        ("Away", "pinnacle"),
        ("Home", "fanduel"),
    ]
    assert [why.judged.found_by != () for why in found] == [False, True], found
    assert found == office.queries.explain(GAME.id, "main", NOW)
    assert office.queries.explain("Knicks", "main", NOW) == ()
    started = office.queries.explain(GAME.id, "main", START)
    assert {why.judged.reason for why in started} == {"the event has started"}


async def test_open_bets_show_what_they_may_return_and_the_price_now(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS), NOW)
    (row,) = office.queries.opportunities("main", NOW, None).rows
    await office.place(row.opportunity, row.opportunity.legs[0])
    await office.intake.take_odds(odds(FAIR | {"fanduel": (2.05, 1.8)}), NOW)
    (open_row,) = office.queries.open_bets("main", NOW + timedelta(seconds=30))
    assert open_row.potential_return_minor == 21_000
    assert open_row.price_now is not None
    assert (open_row.price_now.decimal, open_row.price_now_age_seconds) == (2.05, 30)
    assert open_row.clv_price == pytest.approx(2.1 / 2.05 - 1)
    assert open_row.clv_ev is not None
    assert (open_row.starts_in_seconds, open_row.state_text) == (6 * 3600 - 30, "open")
    (live,) = office.queries.open_bets("main", START)
    assert (live.price_now, live.price_now_age_seconds, live.state_text) == (None, None, "in play")
    assert (live.clv_ev, live.clv_price) == (None, None)


async def test_open_bets_are_read_again_when_the_ledger_changes_and_not_before(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS | {"betmgm": (2.1, 1.7)}), NOW)
    first, second, *_ = office.queries.opportunities("main", NOW, None).rows
    await office.place(first.opportunity, first.opportunity.legs[0])
    (open_row,) = office.queries.open_bets("main", NOW)
    (later,) = office.queries.open_bets("main", NOW + timedelta(seconds=30))
    assert later.bet is open_row.bet
    assert later.starts_in_seconds == open_row.starts_in_seconds - 30
    placed = await office.place(second.opportunity, second.opportunity.legs[0])
    assert placed.bets[0].id in {row.bet.id for row in office.queries.open_bets("main", NOW)}


async def test_scores_settle_bets_and_the_last_price_before_the_start_is_the_close(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS), NOW)
    (row,) = office.queries.opportunities("main", NOW, None).rows
    await office.place(row.opportunity, row.opportunity.legs[0])
    last = START - timedelta(seconds=30)
    await office.intake.take_odds(odds(FAIR | {"fanduel": (1.8, 2.0)}, last), last)
    over = START + timedelta(hours=3)
    scores = [{"name": "Away", "score": "99"}, {"name": "Home", "score": "101"}]
    said = body(GAME, completed=True, scores=scores, last_update=over.isoformat().replace("+00:00", "Z"))
    report = await office.intake.take_scores(Answer("recorded", AnswerKind.SCORES, GAME.sport_key, said, over), over)
    (bet,) = report.settled
    assert report.results_read == 1
    assert (bet.result, bet.profit_minor) == (BetResult.WIN, 11_000)
    assert bet.closing_price is not None
    assert bet.closing_price.decimal == 1.8
    assert office.queries.open_bets("main", over) == ()


async def test_a_game_that_goes_on_shows_its_score_beside_the_bet_and_settles_nothing(office: Office) -> None:
    await office.intake.take_odds(odds(GENEROUS), NOW)
    (row,) = office.queries.opportunities("main", NOW, None).rows
    await office.place(row.opportunity, row.opportunity.legs[0])

    async def told(home: str, away: str, at: datetime) -> None:
        scores = [{"name": "Away", "score": away}, {"name": "Home", "score": home}]
        said = body(GAME, completed=False, scores=scores, last_update=at.isoformat().replace("+00:00", "Z"))
        report = await office.intake.take_scores(Answer("recorded", AnswerKind.SCORES, GAME.sport_key, said, at), at)
        assert report.settled == ()

    half = START + timedelta(hours=1)
    await told("54", "48", half)
    (playing,) = office.queries.open_bets("main", half)
    assert playing.score == PlayingScore(GAME.id, 54, 48)
    assert office.queries.open_bets("main", START - timedelta(seconds=1))[0].score is None
    await told("60", "59", half + timedelta(minutes=10))
    (playing,) = office.queries.open_bets("main", half + timedelta(minutes=10))
    assert playing.score == PlayingScore(GAME.id, 60, 59)
    (silent,) = office.queries.open_bets("main", half + timedelta(hours=4))
    assert silent.score is None, "nobody has told of it for long"


async def test_the_newest_price_is_one_of_an_event_that_is_still_to_come(office: Office) -> None:
    assert office.queries.newest_age(NOW) is None
    await office.intake.take_odds(odds({"betmgm": (1.9, 2.0), "fanduel": (2.0, 1.9)}), NOW)
    assert office.queries.newest_age(NOW + timedelta(seconds=20)) == 20
    assert office.queries.newest_age(START) is None


async def test_what_is_listed_has_the_rows_of_the_page_and_is_the_same_while_nothing_came(office: Office) -> None:
    await office.intake.take_odds(odds({**FAIR, "fanduel": (2.2, 1.7)}), NOW)
    listed = office.queries.listed(NOW)
    assert listed
    page = office.queries.opportunities("main", NOW, None)
    assert tuple(office.queries.row(found, "main", NOW) for found in listed) == page.rows
    assert office.queries.listed(NOW + timedelta(seconds=1)) is listed


async def test_a_history_begins_when_somebody_looks(office: Office) -> None:
    await office.intake.take_odds(odds(FAIR), NOW)
    selection = Selection(LineKey(GAME.id, "h2h", MONEYLINE.outcome_set), "Home")
    assert [point.decimal for point in office.queries.history(selection, "pinnacle")] == [1.9]
    later = NOW + timedelta(seconds=60)
    await office.intake.take_odds(odds({"pinnacle": (2.1, 1.8)}, later), later)
    assert [point.decimal for point in office.queries.history(selection, "pinnacle")] == [1.9, 2.1]


async def test_what_is_held_at_a_book_is_taken_whoever_found_it(office: Office) -> None:
    """A value bet and a price gap may be one and the same bet under two ids."""
    await office.intake.take_odds(odds(GENEROUS | {"betmgm": (1.9, 1.7), "betrivers": (1.9, 1.7)}), NOW)
    (value,) = (o for o in office.detector.ranked(NOW) if o.strategy == "value_betting")
    (gap,) = (o for o in office.detector.ranked(NOW) if o.strategy == "line_shopping" and o.legs[0] == value.legs[0])
    before = office.queries.opportunity(gap.id, "main", NOW)
    assert before is not None
    assert not before.taken
    await office.place(value, msgspec.structs.replace(value.legs[0], stake_minor=10_000))
    after = office.queries.opportunity(gap.id, "main", NOW)
    assert after is not None
    assert after.taken


async def test_a_price_without_an_edge_gets_no_stake(office: Office) -> None:
    poor = {"pinnacle": (1.9, 1.9), "fanduel": (1.98, 1.7), "betmgm": (1.8, 1.7), "betrivers": (1.8, 1.7)}
    await office.intake.take_odds(odds(poor), NOW)
    rows = office.queries.opportunities("main", NOW, None).rows
    negative = [row for row in rows if row.opportunity.edge is not None and row.opportunity.edge <= 0]
    assert negative
    assert {(row.stake_minor, row.no_stake) for row in negative} == {(0, "no edge at this price")}
