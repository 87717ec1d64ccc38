"""Bets that wait for a person: two feeds that contradict each other, a game no feed has, a parlay with an open leg."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace
from scenes import EPL, KNICKS, LEEDS, NBA, NHL, bet, full_scene, leg
from stub_engine import NOW, Scene

from betting_tui.engine.core.bet_views import BetLeg, BetRow, OpenBetRow
from betting_tui.engine.core.model import BetKind, BetResult, BetState, Event, Leg
from betting_tui.engine.core.parlays import product_price
from betting_tui.engine.core.review_views import Candidate, FeedWord, Outcome, ReviewLeg, ReviewRow
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus

RULES = (
    "overtime counts in two-way bets",
    "a game must be finished",
    "put off: waits 24 hours; stopped: waits 24 hours",
    "what was decided before a stop is void like the rest",
)
AGAINST = "espn says 3-2, but the_odds_api says 2-3: settle it by hand"
UNPLAYED = "no result 24 hours after the start"


def score(of: Event, source: str, home: int | None, away: int | None, **more: object) -> Score:
    return replace(
        Score(
            of.id, source, of.sport_key, of.commence_time, home is not None, of.home_team, of.away_team, home, away,
            True, NOW, ScoreStatus.FINAL if home is not None else ScoreStatus.SCHEDULED,
        ),
        **more,
    )  # fmt: skip


def outcomes(stake: int, if_won: int, **against: tuple[str, ...]) -> tuple[Outcome, ...]:
    returned = {
        BetResult.WIN: if_won, BetResult.LOSS: 0, BetResult.PUSH: stake, BetResult.VOID: stake,
        BetResult.HALF_WIN: (stake + if_won) // 2, BetResult.HALF_LOSS: stake // 2,
    }  # fmt: skip
    return tuple(
        Outcome(result, back, back - stake, against.get(result.value, ())) for result, back in returned.items()
    )


def review_leg(of: Event, pick: Leg, ends: tuple[Outcome, ...], *words: FeedWord, **more: object) -> ReviewLeg:
    made = ReviewLeg(
        of, pick.selection.line, pick.selection.name, pick.selection.point, pick.price, "standard.icehockey_nhl",
        RULES, words, (), ends,
    )  # fmt: skip
    return replace(made, **more)


def _wild() -> ReviewRow:
    pick = leg(NHL, "h2h", "Wild", "betrivers", "-104")
    periods = (PeriodScore(1, 0), PeriodScore(1, 1), PeriodScore(0, 1), PeriodScore(1, 0))
    said = (
        FeedWord(score(NHL, "espn", 3, 2, home_regulation=2, away_regulation=2, periods=periods), NOW, BetResult.WIN),
        FeedWord(score(NHL, "the_odds_api", 2, 3), NOW - timedelta(minutes=4), BetResult.LOSS),
    )
    against = {"win": ("the_odds_api",), "loss": ("espn",)}
    both = dict.fromkeys(("push", "void", "half_win", "half_loss"), ("espn", "the_odds_api"))
    held = replace(bet(40, pick, NHL, BetState.REVIEW, 5_000), review_reason=AGAINST)
    return ReviewRow(held, AGAINST, NOW, (review_leg(NHL, pick, outcomes(5_000, 9_808, **against, **both), *said),))


def _knicks() -> ReviewRow:
    pick = leg(KNICKS, "totals", "Over", "betmgm", "-110", 221.5)
    told = score(replace(KNICKS, home_team="NY Knickerbockers"), "thesportsdb", 112, 108)
    held = replace(bet(38, pick, KNICKS, BetState.REVIEW, 1_100), review_reason=UNPLAYED)
    found = (Candidate(told, 0.82, 0.5),)
    return ReviewRow(held, UNPLAYED, NOW, (review_leg(KNICKS, pick, outcomes(1_100, 2_100), candidates=found),))


def parlay_bet(number: int = 37, state: BetState = BetState.REVIEW) -> BetRow:
    picks = (
        (NBA, leg(NBA, "h2h", "Lakers", "fanduel", "+150"), BetResult.WIN),
        (EPL, leg(EPL, "spreads", "Brighton", "fanduel", "2.050", 0.25), None),
        (LEEDS, leg(LEEDS, "h2h", "Draw", "fanduel", "3.40"), None),
    )
    legs = tuple(
        BetLeg(of, pick.selection.line, pick.selection.name, pick.selection.point, pick.price, result)
        for of, pick, result in picks
    )
    single = bet(number, picks[0][1], NBA, state, 1_000)
    return replace(single, kind=BetKind.PARLAY, legs=legs, price=product_price(each.price for each in legs))


def _parlay() -> ReviewRow:
    held = replace(parlay_bet(), review_reason="leg 2, Brighton: no final result of Brighton v Spurs yet")
    ends = outcomes(1_000, 17_425)
    legs = tuple(
        review_leg(each.event, leg(each.event, "h2h", each.selection, "fanduel", "+150"), ends, line=each.line,
                   point=each.point, price=each.price, result=each.result)
        for each in held.legs
    )  # fmt: skip
    whole = tuple(end for end in ends if end.result in (BetResult.WIN, BetResult.LOSS, BetResult.VOID))
    return ReviewRow(held, held.review_reason, NOW, legs, whole)


def deciding_scene(*rows: ReviewRow) -> Scene:
    """Three bets to decide beside two open ones."""
    scene = full_scene()
    waiting = rows or (_wild(), _knicks(), _parlay())
    held = tuple(OpenBetRow(row.bet, 9_808, None, None, -1_800.0, "review") for row in waiting)
    open_ones = tuple(row for row in scene.open_bets if row.bet.state is not BetState.REVIEW)
    scene.open_bets = (*open_ones, *held)
    scene.reviews = waiting
    scene.overview = replace(scene.overview, reviews=len(waiting))
    return scene
