"""A game that two feeds tell of is one event: one row on the screen, one bet, one close and one result, whichever feed
came first and whichever is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from football_data_files import FootballDataServer, sheet
from football_data_files import game as row
from odds_api_server import OddsApiServer
from odds_payloads import Json, book, event, market, outcome

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.config import ApiKeys, DataSources, Execution, Reports, Results, Settings, TheOddsApi
from betting_tui.engine.config.tree import FootballData
from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.errors import EventGone
from betting_tui.engine.core.market_views import MarketWish
from betting_tui.engine.core.model import BetResult, Leg, LineKey, Origin, OutcomeSet, Quote, Selection
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.ports import Answer, AnswerKind, OddsRequest
from betting_tui.engine.core.times import iso
from betting_tui.engine.decoders import offline_feeds
from betting_tui.engine.engine import Engine
from betting_tui.engine.launch import live_engine
from betting_tui.engine.replay import replay
from betting_tui.engine.rooms import ARCHIVE_FILE, LEDGER_FILE, Equipment
from betting_tui.engine.sources.recorded import read_answer
from betting_tui.engine.store import Ledger
from betting_tui.engine.store.shapes import BetFilter

NOW = datetime(2026, 4, 18, 12, tzinfo=UTC)
START = NOW + timedelta(hours=6)
EPL, PAID, FREE = "soccer_epl", "the_odds_api", "football_data"
OURS, THEIRS = ("Manchester United", "Nottingham Forest"), ("Man United", "Nott'm Forest")
GAME = "a" * 32
# In London, where it is an hour later.
CELLS = {"Date": "18/04/2026", "Time": "19:00", "HomeTeam": THEIRS[0], "AwayTeam": THEIRS[1]}
OVER = {"name": "STATUS_FULL_TIME", "state": "post", "completed": True}


def paid_game(price: float, quoted: datetime, start: datetime = START) -> Json:
    prices = (outcome(OURS[0], price), outcome("Draw", 3.5), outcome(OURS[1], 4.2))
    at = iso(quoted)
    priced = book("pinnacle", {**market("h2h", *prices), "last_update": at}, last_update=at)
    return event(
        {**priced}, id=GAME, sport_key=EPL, sport_title="EPL", commence_time=iso(start), home_team=OURS[0],
        away_team=OURS[1],
    )  # fmt: skip


def free_file(price: float, time: str = "19:00", **more: str) -> bytes:
    return sheet(row({**CELLS, "Time": time, "PSH": str(price), "PSD": "3.4", "PSA": "4.5"}, **more), encoding="utf-8")


class Session:
    """An engine on answers that are there already, as a replay has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = VirtualClock(NOW)
        self.engine = self.opened()

    def opened(self) -> Engine:
        settings = Settings(execution=Execution(verify="never"), reports=Reports(close_max_age_minutes=0))
        return Engine(settings, "live", self.folder, Equipment(clock=self.clock, decoders=offline_feeds()))

    async def restart(self) -> None:
        await self.engine.stop()
        self.engine = self.opened()
        await self.engine.start(polling=False)

    async def paid(self, hours: float, price: float, start: datetime = START) -> None:
        self.clock.set(NOW + timedelta(hours=hours))
        game = paid_game(price, self.clock.now() - timedelta(seconds=30), start)
        await self.engine.take_odds(self.answer(PAID, AnswerKind.ODDS, json.dumps([game]).encode()))

    async def free(self, hours: float, price: float, dated: float, time: str = "19:00") -> None:
        """`dated`: when the file was last changed."""
        self.clock.set(NOW + timedelta(hours=hours))
        body = f"#modified {iso(NOW + timedelta(hours=dated))}\n".encode() + free_file(price, time)
        await self.engine.take_odds(self.answer(FREE, AnswerKind.ODDS, body))

    def answer(self, source: str, kind: AnswerKind, body: bytes) -> Answer:
        return Answer(source, kind, EPL, body, self.clock.now(), markets=("h2h",))

    def quote(self) -> Quote:
        (shown,) = {line.event.id: line for line in self.engine.market_page(MarketWish()).lines}.values()
        selection = Selection(shown.line, shown.event.home_team or "")
        quote = self.engine.board.quote(selection, "pinnacle")
        assert quote is not None
        return quote

    async def bet(self) -> str:
        """On the home side, at the price on the screen; the event it is on."""
        quote = self.quote()
        leg = Leg(
            quote.selection, "pinnacle", quote.price, quote.side, quote.quoted_at, quote.seen_at, quote.source, 1_000
        )
        placed = await self.engine.place(Place("main", (leg,), "one", Origin.APP, "me", take_worse=True))
        assert isinstance(placed, Placed), placed
        return quote.selection.line.event_id

    async def scores(self, *order: str) -> list[int]:
        """How many bets the word of each feed settles."""
        self.clock.set(START + timedelta(hours=3))
        return [len((await self.engine.take_scores(self.result(source))).settled) for source in order]

    def result(self, source: str) -> Answer:
        bodies = {
            PAID: json.dumps([{**paid_game(2, NOW), "completed": True, "bookmakers": None, "last_update": iso(START),
                               "scores": [{"name": OURS[0], "score": "2"}, {"name": OURS[1], "score": "1"}]}]),
            "espn": json.dumps({"events": [{"id": "401", "date": "2026-04-18T18:00Z", "competitions": [
                {"competitors": [espn_side("home", "Man United", 2), espn_side("away", "Nottm Forest", 1)],
                 "status": {"period": 2, "type": OVER}}]}]}),
            FREE: free_file(2, FTHG="2", FTAG="1", FTR="H").decode(),
        }  # fmt: skip
        return self.answer(source, AnswerKind.SCORES, bodies[source].encode())

    def the_bet(self) -> BetRow:
        (bet,) = self.engine.ledger.bets(BetFilter(account="main"))
        return bet


def espn_side(side: str, team: str, goals: int) -> Json:
    return {"homeAway": side, "team": {"displayName": team}, "score": str(goals), "linescores": []}


@pytest.fixture
async def session(tmp_path: Path) -> Session:
    made = Session(tmp_path / "live")
    await made.engine.start(polling=False)
    return made


async def failover_and_back(session: Session) -> None:
    """The paid feed fails after the bet, and is there again before the start."""
    await session.paid(0, 2.0)
    assert await session.bet() == GAME
    await session.free(5, 1.8, dated=4.5)
    assert session.quote().source == FREE
    assert {line.event.id for line in session.engine.market_page(MarketWish()).lines} == {GAME}
    await session.paid(5.5, 1.9)
    await session.free(5.75, 1.8, dated=4.5)
    assert session.quote().source == PAID, "the file is older than that"
    assert await session.scores("espn", PAID, FREE, "espn") == [1, 0, 0, 0]


async def test_a_feed_that_fails_and_comes_back_leaves_one_event_with_one_close_and_one_result(
    session: Session,
) -> None:
    await failover_and_back(session)
    bet = session.the_bet()
    assert (bet.result, bet.event.id, bet.event.home_team) == (BetResult.WIN, GAME, OURS[0])
    assert bet.clv_price == pytest.approx(2.0 / 1.9 - 1)
    assert (await session.engine.ledger.verify()).problems == ()
    await session.engine.stop()


async def test_the_stand_in_gives_the_close(session: Session) -> None:
    await session.paid(0, 2.0)
    await session.bet()
    await session.free(5, 1.8, dated=4.5)
    assert await session.scores("espn") == [1]
    assert session.the_bet().clv_price == pytest.approx(2.0 / 1.8 - 1)
    await session.engine.stop()


async def test_an_older_price_of_the_stand_in_is_no_close(session: Session) -> None:
    await session.paid(0, 2.0)
    await session.bet()
    await session.paid(1, 1.95)
    await session.free(5, 1.8, dated=0.5)
    assert await session.scores("espn") == [1]
    assert session.the_bet().clv_price == pytest.approx(2.0 / 1.95 - 1)
    await session.engine.stop()


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("result", ["espn", PAID, FREE])
async def test_a_bet_made_before_there_was_a_key_keeps_its_event(session: Session, restart: bool, result: str) -> None:
    await session.free(0, 2.0, dated=-0.01)
    ours = await session.bet()
    assert ours.startswith("fd-E0-")
    await session.paid(1, 1.95)
    if restart:
        await session.restart()
    await session.paid(5.5, 1.9)
    assert {line.event.id for line in session.engine.market_page(MarketWish()).lines} == {ours}
    assert session.quote().selection.name == THEIRS[0]
    assert await session.scores(result) == [1]
    others = [source for source in ("espn", PAID, FREE) if source != result]
    assert await session.scores(*others) == [0, 0]
    bet = session.the_bet()
    assert bet.result is BetResult.WIN
    assert bet.clv_price == pytest.approx(2.0 / 1.9 - 1)
    await session.engine.stop()


@pytest.mark.parametrize("restart", [False, True])
async def test_a_price_of_the_stand_in_gives_the_event_its_own_name_and_not_ours(
    session: Session, restart: bool
) -> None:
    """A bet at its price, on an event the paid feed named: its results are found by the id it has."""
    await session.paid(0, 2.0)
    await session.free(0.01, 2.1, dated=0.01)
    assert session.quote().source == FREE
    assert await session.bet() == GAME
    names = {(name.source, name.source_event_id[:6]) for name in session.engine.ledger.names_of(GAME)}
    assert names == {(PAID, "aaaaaa"), (FREE, "fd-E0-")}
    if restart:
        await session.restart()
    assert await session.scores(FREE) == [1]
    await session.engine.stop()


async def test_a_stand_in_does_not_move_the_start_of_an_open_bet(session: Session) -> None:
    await session.paid(0, 2.0)
    await session.bet()
    await session.free(1, 1.8, dated=0.9, time="20:30")
    assert [each.commence_time for each in session.engine.ledger.watched_events()] == [START]
    sooner = START - timedelta(hours=1)
    await session.paid(2, 1.9, sooner)
    await session.free(3, 1.8, dated=2.9)
    assert [each.commence_time for each in session.engine.ledger.watched_events()] == [sooner]
    assert [each.commence_time for each in session.engine.board.events()] == [sooner]
    await session.engine.stop()


async def test_what_one_feed_no_longer_has_the_other_still_shows(session: Session) -> None:
    await session.paid(0, 2.0)
    await session.free(1, 1.8, dated=0.9)
    session.clock.set(NOW + timedelta(hours=2))
    gone = {**paid_game(2.0, NOW), "bookmakers": []}
    await session.engine.take_odds(session.answer(PAID, AnswerKind.ODDS, json.dumps([gone]).encode()))
    assert session.quote().price.text == "1.8"
    await session.engine.stop()


async def test_the_same_answers_replay_to_the_same_books(session: Session, tmp_path: Path) -> None:
    await failover_and_back(session)
    await session.engine.stop()
    settings = Settings(execution=Execution(verify="never"))
    await replay(settings, session.folder / ARCHIVE_FILE, tmp_path / "again")
    books = []
    for folder, mode in ((session.folder, "live"), (tmp_path / "again", "replay")):
        ledger = await Ledger.open(folder / LEDGER_FILE, now=NOW, mode=mode)  # type: ignore[arg-type]
        books.append(ledger.export_ledger("json") + ledger.export_bets("csv", BetFilter()))
        await ledger.close()
    assert books[0] == books[1]


async def test_the_paid_feed_is_asked_for_the_event_by_its_own_id(tmp_path: Path) -> None:
    clock = VirtualClock(NOW)
    paid = paid_game(2.0, NOW)
    async with (
        OddsApiServer(odds={EPL: [paid]}, event_odds={GAME: paid}) as api,
        FootballDataServer({"fixtures.csv": free_file(2.0)}) as football,
    ):
        settings = Settings(
            api_keys=ApiKeys(the_odds_api=api.key),
            data_sources=DataSources(
                the_odds_api=TheOddsApi(base_url=api.base_url, sports=(EPL,), markets=("h2h",), odds_format="decimal"),
                football_data=FootballData(base_url=football.base_url, sports=(EPL,)),
            ),
            results=Results(order=("the_odds_api",)),
        )
        engine = live_engine(settings, tmp_path / "live", clock=clock)
        await engine.start(polling=False)
        desk = engine._feeds.odds
        stand_in = next(seat.feed.source for seat in desk._seats if seat.name == FREE)
        await desk.deliver(await stand_in.fetch_odds(OddsRequest(EPL, ("h2h",), ("pinnacle",))))
        (known,) = engine.board.events()
        assert known.id.startswith("fd-")
        selection = Selection(LineKey(known.id, "h2h", OutcomeSet.THREE_WAY), THEIRS[0])
        assert desk.verify_cost((Leg(selection, "pinnacle", parse_any("2"), source=PAID),)) is None, "not its event yet"
        await engine.fetch_odds((EPL,))
        quote = engine.board.quote(selection, "pinnacle")
        assert quote is not None
        assert quote.source == PAID
        api.asked.clear()
        await desk.verify((Leg(selection, "pinnacle", quote.price, source=PAID),))
        assert [asked.path for asked in api.asked] == [f"/v4/sports/{EPL}/events/{GAME}/odds"]
        assert [each.id for each in engine.board.events()] == [known.id]
        api.event_odds.clear()
        with pytest.raises(EventGone):
            await desk.verify((Leg(selection, "pinnacle", quote.price, source=PAID),))
        assert [each.id for each in engine.board.events()] == [known.id], "gone under the paid feed's name of it"
        assert engine.board.quote(selection, "pinnacle") is None
        await engine.fetch_odds((EPL,))
        assert engine.board.quote(selection, "pinnacle") == quote, "and back when the feed has it again"
        await engine.stop()


# What football-data.co.uk calls the teams of the recorded games.
SHORT = {
    "Newcastle United": "Newcastle", "Leeds United": "Leeds", "Wolverhampton Wanderers": "Wolves",
    "Tottenham Hotspur": "Tottenham", "Brighton and Hove Albion": "Brighton", "Manchester United": "Man United",
    "Nottingham Forest": "Nott'm Forest", "Manchester City": "Man City", "West Ham United": "West Ham",
}  # fmt: skip


@pytest.mark.parametrize("first", [PAID, FREE])
async def test_all_twenty_recorded_games_are_one_event_each(shared_data: Path, tmp_path: Path, first: str) -> None:
    folder = shared_data / "the_odds_api" / "snapshot_2026-04-16" / "json_rebuilt"
    now = datetime(2026, 4, 16, 19, 5, tzinfo=UTC)
    recorded = read_answer(folder / "soccer_epl.odds.json", AnswerKind.ODDS, now=now)
    games = json.loads(recorded.body)
    paid = Answer(PAID, AnswerKind.ODDS, EPL, recorded.body, now, markets=recorded.markets)
    rows = []
    for each in games:
        # British summer time.
        start = datetime.fromisoformat(each["commence_time"]) + timedelta(hours=1)
        home, away = (SHORT.get(each[side], each[side]) for side in ("home_team", "away_team"))
        rows.append(
            row({"Date": f"{start:%d/%m/%Y}", "Time": f"{start:%H:%M}", "HomeTeam": home, "AwayTeam": away,
                 "B365H": "2.1", "B365D": "3.3", "B365A": "3.9"})
        )  # fmt: skip
    free = Answer(FREE, AnswerKind.ODDS, EPL, sheet(*rows), now, markets=("h2h",))
    engine = Engine(Settings(), "live", tmp_path / "live", Equipment(clock=VirtualClock(now), decoders=offline_feeds()))
    await engine.start(polling=False)
    for answer in (paid, free, paid) if first == PAID else (free, paid, free):
        await engine.take_odds(answer)
        assert len(engine.board.events()) == 20
    ids = {each.id for each in engine.board.events()}
    assert (ids == {each["id"] for each in games}) is (first == PAID)
    for known in engine.board.events():
        (line,) = (each for each in engine.board.lines(known.id) if each.market == "h2h")
        quotes = engine.board.quotes(line)
        assert {quote.source for quote in quotes} == {PAID, FREE}
        assert {quote.selection.name for quote in quotes} == {known.home_team, known.away_team, "Draw"}
    await engine.stop()
