"""The paper broker accepts what the board still shows, at its price, and says why not."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from betting_tui.engine.board import Board
from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.commands import Fill, Place
from betting_tui.engine.core.model import Event, Evidence, LineKey, Origin, Phase, Quote, Side
from betting_tui.engine.core.odds import OddsFormat, parse_any
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.execution.paper import AcceptanceRules, PaperBroker
from betting_tui.engine.strategies.base import leg_of
from market_samples import GAME, MATCH, MONEYLINE, NOW, START, TENNIS, decoded, quote

DRAWN = quote("Home", "fanduel", "+150", seen=NOW - timedelta(seconds=60))


def broker(*quotes: Quote, event: Event = GAME, odds_format: OddsFormat = OddsFormat.AMERICAN) -> PaperBroker:
    board = Board()
    board.apply(decoded(*quotes, event=event), "feed")
    return PaperBroker(board, AcceptanceRules(odds_format=odds_format))


def order(*quotes: Quote, take_worse: bool = False, stake: int | None = 10_000) -> Place:
    legs = tuple(msgspec.structs.replace(leg_of(each), stake_minor=stake) for each in quotes or (DRAWN,))
    return Place("main", legs, "k", Origin.APP, "test", take_worse=take_worse)


def refusal(outcome: tuple[Fill, ...] | NotPlaced) -> NotPlaced:
    assert isinstance(outcome, NotPlaced), outcome
    return outcome


def fills(outcome: tuple[Fill, ...] | NotPlaced) -> tuple[Fill, ...]:
    assert isinstance(outcome, tuple), outcome
    return outcome


def test_the_drawn_price_is_filled_with_its_own_evidence() -> None:
    (fill,) = fills(broker(DRAWN).decide(order(), NOW))
    assert (fill.price, fill.stake_minor, fill.source) == (DRAWN.price, 10_000, "feed")
    assert (fill.quoted_at, fill.seen_at) == (DRAWN.quoted_at, DRAWN.seen_at)
    assert fill.evidence is Evidence.SAME_SNAPSHOT


def test_a_later_answer_with_the_price_is_better_evidence() -> None:
    (fill,) = fills(broker(quote("Home", "fanduel", "+150", seen=NOW)).decide(order(), NOW))
    assert fill.evidence is Evidence.LATER_SNAPSHOT
    unseen = msgspec.structs.replace(order().legs[0], seen_at=None)
    (unknown,) = fills(broker(DRAWN).decide(msgspec.structs.replace(order(), legs=(unseen,)), NOW))
    assert unknown.evidence is Evidence.SAME_SNAPSHOT


def test_a_better_price_is_given_to_the_bettor() -> None:
    (fill,) = fills(broker(quote("Home", "fanduel", "+160")).decide(order(), NOW))
    assert fill.price.text == "+160"
    assert fill.leg.price.text == "+150"


def test_a_worse_price_is_refused_with_what_could_be_had() -> None:
    outcome = refusal(broker(quote("Home", "fanduel", "+149")).decide(order(), NOW))
    assert outcome.refusal.code is RefusalCode.PRICE_MOVED
    assert outcome.refusal.message == "odds moved: fanduel now +149, your limit is +150"
    assert outcome.price_now == parse_any("+149")
    assert outcome.leg == order().legs[0]


def test_a_worse_price_is_taken_when_that_was_allowed() -> None:
    (fill,) = fills(broker(quote("Home", "fanduel", "+120")).decide(order(take_worse=True), NOW))
    assert fill.price.text == "+120"


def test_prices_are_compared_exactly_not_as_floats() -> None:
    """-110 is 1.9090909…: the same number in decimal is a hair worse, and that hair counts."""
    drawn = quote("Home", "fanduel", "-110")
    outcome = broker(quote("Home", "fanduel", "1.90909090909090909")).decide(order(drawn), NOW)
    assert refusal(outcome).refusal.code is RefusalCode.PRICE_MOVED
    assert len(fills(broker(quote("Home", "fanduel", "+100")).decide(order(quote("Home", "fanduel", "2.0")), NOW))) == 1


@pytest.mark.parametrize(("now", "moved"), [("2.04", False), ("2.02", False), ("2.06", True)])
def test_a_layer_wants_lower_odds(now: str, moved: bool) -> None:
    drawn = quote("Home", "smarkets", "2.04", side=Side.LAY)
    outcome = broker(quote("Home", "smarkets", now, side=Side.LAY)).decide(order(drawn), NOW)
    assert isinstance(outcome, NotPlaced) == moved


def test_a_lay_is_not_filled_by_a_back() -> None:
    drawn = quote("Home", "smarkets", "2.04", side=Side.LAY)
    outcome = broker(quote("Home", "smarkets", "2.00")).decide(order(drawn), NOW)
    assert refusal(outcome).refusal.code is RefusalCode.LINE_GONE


def test_an_event_off_the_board_is_refused() -> None:
    outcome = PaperBroker(Board(), AcceptanceRules()).decide(order(), NOW)
    assert refusal(outcome).refusal.code is RefusalCode.UNKNOWN_EVENT


@pytest.mark.parametrize(("at", "started"), [(START - timedelta(seconds=1), False), (START, True)])
def test_from_its_start_on_an_event_takes_no_bets(at: datetime, started: bool) -> None:
    outcome = broker(quote("Home", "fanduel", "+150", seen=START - timedelta(seconds=5))).decide(order(), at)
    assert isinstance(outcome, NotPlaced) == started
    if isinstance(outcome, NotPlaced):
        assert outcome.refusal.code is RefusalCode.EVENT_STARTED
        assert "Away @ Home" in outcome.refusal.message


def test_a_price_quoted_in_play_is_refused_whatever_the_stated_start() -> None:
    outcome = broker(quote("Home", "fanduel", "+150", phase=Phase.INPLAY)).decide(order(), NOW)
    assert refusal(outcome).refusal.code is RefusalCode.EVENT_STARTED


@pytest.mark.parametrize("there", [quote("Away", "fanduel", "+150"), quote("Home", "betmgm", "+150")])
def test_a_price_that_is_no_longer_offered_is_refused(there: Quote) -> None:
    outcome = refusal(broker(there).decide(order(), NOW))
    assert outcome.refusal.code is RefusalCode.LINE_GONE
    assert outcome.refusal.message == "fanduel no longer offers Home"
    assert outcome.price_now is None


@pytest.mark.parametrize(
    ("event", "line", "limit"), [(GAME, MONEYLINE, 300), (MATCH, TENNIS, 120)], ids=["fixed start", "floating start"]
)
def test_a_price_is_good_until_the_age_limit(event: Event, line: LineKey, limit: int) -> None:
    for age, refused in ((limit, False), (limit + 1, True)):
        old = quote("Home", "fanduel", "+150", line, age=age)
        outcome = broker(old, event=event).decide(order(old), NOW)
        assert isinstance(outcome, NotPlaced) == refused
        if isinstance(outcome, NotPlaced):
            assert outcome.refusal.code is RefusalCode.STALE_QUOTE
            assert f"{limit + 1} s old, {limit} s" in outcome.refusal.message
            assert outcome.price_now == old.price


def test_a_longer_floating_limit_does_not_lengthen_the_common_one() -> None:
    board = Board()
    old = quote("Home", "fanduel", "+150", TENNIS, age=100)
    board.apply(decoded(old, event=MATCH), "feed")
    strict = PaperBroker(board, AcceptanceRules(max_age_seconds=60))
    assert refusal(strict.decide(order(old), NOW)).refusal.code is RefusalCode.STALE_QUOTE


def test_a_leg_without_a_stake_is_refused() -> None:
    outcome = broker(DRAWN).decide(order(stake=None), NOW)
    assert refusal(outcome).refusal.code is RefusalCode.BELOW_MINIMUM


def test_all_legs_are_filled_or_none() -> None:
    away = quote("Away", "betmgm", "+110")
    both = broker(DRAWN, away)
    assert [fill.leg.bookmaker for fill in fills(both.decide(order(DRAWN, away), NOW))] == ["fanduel", "betmgm"]
    outcome = refusal(broker(DRAWN, quote("Away", "betmgm", "+105")).decide(order(DRAWN, away), NOW))
    assert outcome.leg is not None
    assert outcome.leg.bookmaker == "betmgm"


def test_a_refusal_speaks_in_the_users_odds_format() -> None:
    outcome = broker(quote("Home", "fanduel", "+140"), odds_format=OddsFormat.DECIMAL).decide(order(), NOW)
    assert "now 2.40, your limit is 2.50" in refusal(outcome).refusal.message


@pytest.mark.parametrize("price", ["+150", "+160"])
def test_what_was_seen_after_it_was_asked_for_again_is_fresh(price: str) -> None:
    asked = msgspec.structs.replace(order(), asked_at=NOW - timedelta(seconds=2))
    (fill,) = fills(broker(quote("Home", "fanduel", price, seen=NOW - timedelta(seconds=1))).decide(asked, NOW))
    assert (fill.price.text, fill.evidence) == (price, Evidence.FRESH)
    (at_once,) = fills(broker(quote("Home", "fanduel", price, seen=NOW - timedelta(seconds=2))).decide(asked, NOW))
    assert at_once.evidence is Evidence.FRESH


def test_a_price_that_moved_while_it_was_asked_for_is_refused_with_the_one_that_is_there() -> None:
    asked = msgspec.structs.replace(order(), asked_at=NOW - timedelta(seconds=2))
    outcome = refusal(broker(quote("Home", "fanduel", "+140", seen=NOW)).decide(asked, NOW))
    assert outcome.refusal.code is RefusalCode.PRICE_MOVED
    assert outcome.price_now is not None
    assert outcome.price_now.text == "+140"


def test_a_price_the_answer_left_out_is_gone_though_it_is_on_the_board() -> None:
    asked = msgspec.structs.replace(order(), asked_at=NOW)
    assert refusal(broker(DRAWN).decide(asked, NOW)).refusal.code is RefusalCode.LINE_GONE


def test_an_older_price_of_another_feed_than_the_one_asked_is_no_proof_either_way() -> None:
    elsewhere = msgspec.structs.replace(DRAWN, source="other")
    asked = msgspec.structs.replace(order(), asked_at=NOW)
    (fill,) = fills(broker(elsewhere).decide(asked, NOW))
    assert fill.evidence is Evidence.SAME_SNAPSHOT
