"""The queue of a running engine: what goes into it is told once, decided once, and replays to the same books."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from test_engine_results_feeds import GAME, START, Session, espn, exported, odds_api, scoreboard

from betting_tui.engine.config import Settings
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import PlaceParlay, RecordParlay, SettleBet
from betting_tui.engine.core.events import EngineEvent, Noticed
from betting_tui.engine.core.model import BetResult, BetState, Event, Leg, LineKey, Origin, OutcomeSet, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import NoticeKind
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE

AFTER = START + timedelta(hours=4)
OTHER = Event("odds-2", GAME.sport_key, "NHL", START, "Stars", "Wild")


def told(events: list[EngineEvent]) -> list[str]:
    notices = [event.notice for event in events if isinstance(event, Noticed)]
    return [notice.title for notice in notices if notice.kind is NoticeKind.REVIEW]


def legs() -> tuple[Leg, ...]:
    return (
        Leg(Selection(LineKey(GAME.id, "h2h", OutcomeSet.TWO_WAY), "Boston Bruins"), "fanduel", parse_any("2.5")),
        Leg(Selection(LineKey(OTHER.id, "h2h", OutcomeSet.TWO_WAY), "Wild"), "fanduel", parse_any("-110")),
    )


async def test_feeds_that_contradict_each_other_are_told_once_counted_and_decided_by_one_word(tmp_path: Path) -> None:
    session = Session(tmp_path)
    engine = session.engine
    await engine.start()
    events: list[EngineEvent] = []
    engine.listen(events.append)
    try:
        name = await session.bet("h2h", OutcomeSet.TWO_WAY, "Boston Bruins")
        session.clock.set(AFTER)
        await engine.take_scores(odds_api(3, 1, session.clock.now()))
        assert (engine.overview().reviews, told(events)) == (0, [])
        for minute in range(3):
            session.clock.set(AFTER + timedelta(minutes=minute + 1))
            await engine.take_scores(espn(scoreboard(1, 3, lines=(1, 3)), session.clock.now()))
        assert engine.overview().reviews == 1
        assert told(events) == [f"{name} waits for you"]
        (row,) = engine.review()
        assert {word.result for word in row.legs[0].words} == {BetResult.WIN, BetResult.LOSS}
        assert row == engine.inquiry(name)
        await engine.settle_bet(SettleBet(name, BetResult.WIN, "me"))
        assert (engine.overview().reviews, engine.review()) == (0, ())
        await engine.take_scores(espn(scoreboard(1, 3, lines=(1, 3)), session.clock.now()))
        assert engine.ledger.bet(name).result is BetResult.WIN, "a person's word stands"
    finally:
        await engine.stop()


async def test_a_bet_that_waits_again_after_feeds_had_agreed_is_told_again(tmp_path: Path) -> None:
    session = Session(tmp_path)
    engine = session.engine
    await engine.start()
    events: list[EngineEvent] = []
    engine.listen(events.append)
    try:
        name = await session.bet("h2h", OutcomeSet.TWO_WAY, "Boston Bruins")
        session.clock.set(AFTER)
        await engine.take_scores(odds_api(3, 1, session.clock.now()))
        for home, away, reviews in ((1, 3, 1), (3, 1, 0), (1, 3, 1)):
            session.clock.set(session.clock.now() + timedelta(minutes=1))
            await engine.take_scores(espn(scoreboard(home, away, lines=(home, away)), session.clock.now()))
            assert engine.overview().reviews == reviews
        assert told(events) == [f"{name} waits for you"] * 2
    finally:
        await engine.stop()


async def test_a_day_without_a_result_raises_its_hand(tmp_path: Path) -> None:
    session = Session(tmp_path)
    engine = session.engine
    await engine.start()
    events: list[EngineEvent] = []
    engine.listen(events.append)
    try:
        name = await session.bet("h2h", OutcomeSet.TWO_WAY, "Boston Bruins")
        session.clock.set(START + timedelta(hours=24))
        await engine.keep_house()
        assert engine.ledger.bet(name).state is BetState.REVIEW
        assert told(events) == [f"{name} waits for you"]
    finally:
        await engine.stop()


async def test_a_parlay_is_settled_by_its_feeds_and_replays_to_the_same_books(tmp_path: Path) -> None:
    session = Session(tmp_path / "live")
    engine = session.engine
    await engine.start()
    try:
        command = RecordParlay("main", legs(), (GAME, OTHER), 1_000, "p1", Origin.MANUAL, "me")
        placed = await engine.record_parlay(command)
        assert isinstance(placed, Placed)
        name = placed.bets[0].id
        (waiting,) = engine.open_bets()
        assert (waiting.potential_return_minor, waiting.state_text) == (round(1_000 * 2.5 * 21 / 11), "open")
        refused = await engine.place_parlay(PlaceParlay("main", legs(), 1_000, "p2", Origin.APP, "me"))
        assert isinstance(refused, NotPlaced)
        assert refused.refusal.code is RefusalCode.UNKNOWN_EVENT
        session.clock.set(AFTER)
        await engine.take_scores(odds_api(3, 1, session.clock.now()))
        assert [leg.result for leg in engine.ledger.bet(name).legs] == [BetResult.WIN, None]
        (waiting,) = engine.open_bets()
        assert waiting.state_text == "1 of 2 in"
        await engine.settle_bet(SettleBet(name, BetResult.VOID, "me", leg=2))
        settled = engine.ledger.bet(name)
        assert (settled.result, settled.return_minor) == (BetResult.WIN, 2_500)
        assert (await engine.ledger.verify()).ok
    finally:
        await engine.stop()
    await replay(Settings(), tmp_path / "live" / ARCHIVE_FILE, tmp_path / "again")
    assert await exported(tmp_path / "live", "live") == await exported(tmp_path / "again", "replay")
