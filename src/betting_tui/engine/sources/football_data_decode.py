"""From football-data.co.uk's bytes to quotes, scores and history. Pure: the same bytes give the same structs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from betting_tui.engine.core.decoded import Coverage, DecodedOdds, DecodedScores, EventQuotes, Rejection
from betting_tui.engine.core.errors import BadAnswer, InvalidOdds
from betting_tui.engine.core.model import DRAW, Event, LineKey, OutcomeSet, Phase, Quote, Selection
from betting_tui.engine.core.odds import OddsFormat, Price, parse_price
from betting_tui.engine.core.ports import Answer
from betting_tui.engine.core.scores import PeriodScore, Score, ScoreStatus
from betting_tui.engine.sources.football_data_columns import (
    H2H,
    MARKETS,
    SPREADS,
    TOTAL_POINT,
    TOTALS,
    PriceColumn,
    Side,
)
from betting_tui.engine.sources.football_data_leagues import BY_SPORT, League, gathered_before
from betting_tui.engine.sources.football_data_rows import MAX_ROWS, ROW_LOST, Fate, Game, Sheet, cell, games, read_sheet
from betting_tui.engine.sources.the_odds_api_lines import on_quarter_grid
from betting_tui.engine.sources.the_odds_api_payload import Tally

NAME = "football_data"
_NO_PRICE = re.compile(r"[01](?:\.0*)?")
# The closing columns hold the last prices before kick-off, at a time the files do not give.
CLOSE_BEFORE_START = timedelta(minutes=1)


class MarketFigure(Struct, frozen=True):
    """The highest (`Max`) or mean (`Avg`) price of many books: to compare with, not to bet at."""

    name: str
    selection: Selection
    price: Price
    closing: bool


class HistoryGame(Struct, frozen=True):
    """One past game with its prices twice: as gathered days before (`opening`) and as last seen before the start.

    The quotes' `seen_at` is a stand-in, as the files give none: the site's last gathering before the game, and a
    minute before the start. `score` is None unless it was played. A handicap that moved between the two
    (`handicap` is not `closing_handicap`) has its opening and closing prices on different lines.
    """

    event: Event
    start_known: bool
    fate: Fate
    score: Score | None
    opening: tuple[Quote, ...]
    closing: tuple[Quote, ...]
    figures: tuple[MarketFigure, ...]
    handicap: float | None
    closing_handicap: float | None


class History(Struct, frozen=True):
    games: tuple[HistoryGame, ...]
    rejected: tuple[Rejection, ...]


def decode_odds(answer: Answer) -> DecodedOdds:
    """The opening quotes of games that have not begun at `received_at`. The site's prices are no live ones: they are
    dated by the file's last change, else by its custom of gathering them, so their age is never flattered.

    An answer for a sport that is not known here is read for all competitions. Raises BadAnswer.
    """
    sheet, tally = read_sheet(answer.body), Tally()
    markets = (MARKETS & frozenset(answer.markets)) or MARKETS
    quoted_at = min(sheet.modified_at or gathered_before(answer.received_at), answer.received_at)
    reader = _PriceReader(sheet, answer.source, tally)
    decoded: dict[str, EventQuotes] = {}
    for game in _read(sheet, answer, tally):
        if game.fate is not Fate.SCHEDULED or game.start <= answer.received_at:
            tally.add("already_started", f"{game.home} v {game.away}")
            continue
        if game.id in decoded:
            tally.add("duplicate_event", f"{game.home} v {game.away}")
            continue
        wanted = (column for column in sheet.columns.prices if not column.closing and column.market in markets)
        quotes = reader.quotes(game, wanted, answer.received_at, quoted_at)
        decoded[game.id] = EventQuotes(game.event, quotes)
    covers = frozenset(Coverage(market) for market in markets)
    return DecodedOdds(tuple(decoded.values()), tally.rejections(), markets, covers)


def decode_scores(answer: Answer) -> DecodedScores:
    """The results of played games. An awarded game is stated as abandoned, without its score; one that is stated twice
    differently is left out. Both are counted. Raises BadAnswer."""
    sheet, tally = read_sheet(answer.body), Tally()
    decoded: dict[str, Score] = {}
    doubtful: set[str] = set()
    for game in _read(sheet, answer, tally):
        match game.fate:
            case Fate.SCHEDULED:
                continue
            case Fate.AWARDED:
                tally.add("awarded", f"{game.home} v {game.away} {game.day}")
            case Fate.PLAYED:
                pass
        score = _score(game, answer.source, sheet.modified_at)
        first = decoded.setdefault(score.event_id, score)
        if first is not score:
            tally.add("duplicate_event", f"{game.home} v {game.away}")
        if (first.status, first.home_score, first.away_score) != (score.status, score.home_score, score.away_score):
            doubtful.add(score.event_id)
    return DecodedScores(tuple(each for key, each in decoded.items() if key not in doubtful), tally.rejections())


def decode_history(body: bytes, sport_key: str = "", source: str = NAME) -> History:
    """Every game of a season's or country's file, in the file's order. `sport_key` names the competition of a file
    that does not say it (no `Div`, no `Country`). Raises BadAnswer."""
    sheet, tally = read_sheet(body), Tally()
    reader = _PriceReader(sheet, source, tally)
    decoded: dict[str, HistoryGame] = {}
    for game in _readable(sheet, BY_SPORT.get(sport_key), tally):
        if game.id in decoded:
            tally.add("duplicate_event", f"{game.home} v {game.away}")
            continue
        decoded[game.id] = _history(game, sheet, reader)
    return History(tuple(decoded.values()), tally.rejections())


def _history(game: Game, sheet: Sheet, reader: _PriceReader) -> HistoryGame:
    columns = sheet.columns.prices
    opening = [column for column in columns if not column.closing]
    closing = [column for column in columns if column.closing]
    return HistoryGame(
        event=game.event,
        start_known=game.start_known,
        fate=game.fate,
        score=_score(game, reader.source, sheet.modified_at) if game.fate is Fate.PLAYED else None,
        opening=reader.quotes(game, opening, gathered_before(game.start), None),
        closing=reader.quotes(game, closing, game.start - CLOSE_BEFORE_START, None),
        figures=reader.figures(game, columns),
        handicap=_handicap(game, opening),
        closing_handicap=_handicap(game, closing),
    )


def _read(sheet: Sheet, answer: Answer, tally: Tally) -> Iterable[Game]:
    return _readable(sheet, BY_SPORT.get(answer.sport_key), tally)


def _readable(sheet: Sheet, asked: League | None, tally: Tally) -> Iterable[Game]:
    """Raises BadAnswer after the last row when there were rows and each was counted as unreadable."""
    found = False
    for game in games(sheet, asked, tally):
        found = True
        yield game
    lost = [each for each in tally.rejections() if each.reason in ROW_LOST]
    if not found and lost and sum(each.count for each in lost) >= min(len(sheet.lines), MAX_ROWS):
        worst = max(lost, key=lambda each: each.count)
        raise BadAnswer(f"not one row of the file can be read ({worst.reason}: {worst.example})")


def _score(game: Game, source: str, updated_at: datetime | None) -> Score:
    """What the row says became of the game: final with its goals, or, when it was awarded, abandoned without."""
    played = game.fate is Fate.PLAYED
    home, away = (game.home_score, game.away_score) if played else (None, None)
    plain = not game.league.knockouts
    return Score(
        event_id=game.id,
        source=source,
        sport_key=game.league.sport_key,
        commence_time=game.match_time,
        completed=played,
        home_team=game.home,
        away_team=game.away,
        home_score=home,
        away_score=away,
        includes_overtime=False if plain else None,
        updated_at=updated_at,
        status=ScoreStatus.FINAL if played else ScoreStatus.ABANDONED,
        home_regulation=home if plain else None,
        away_regulation=away if plain else None,
        periods=_halves(game) if played and plain else (),
    )


def _halves(game: Game) -> tuple[PeriodScore, ...]:
    """Both halves of a game without extra time, where the score at half time is told."""
    if game.half_time is None or game.home_score is None or game.away_score is None:
        return ()
    home, away = game.half_time
    return PeriodScore(home, away), PeriodScore(game.home_score - home, game.away_score - away)


def _handicap(game: Game, columns: Iterable[PriceColumn]) -> float | None:
    """The line the columns share; None without one."""
    points = (_point(game.cells, column) for column in columns if column.market == SPREADS)
    return next((point for point in points if point is not None), None)


def _point(cells: Sequence[str], column: PriceColumn) -> float | None:
    try:
        return on_quarter_grid(float(cell(cells, column.line)))
    except (ValueError, OverflowError):
        return None


class _PriceReader:
    """Cells to quotes: each text is read once a file, each selection built once a game."""

    def __init__(self, sheet: Sheet, source: str, tally: Tally) -> None:
        self.source = source
        self._sheet = sheet
        self._tally = tally
        self._known: dict[str, Price | None] = {}

    def quotes(
        self, game: Game, columns: Iterable[PriceColumn], seen_at: datetime, quoted_at: datetime | None
    ) -> tuple[Quote, ...]:
        """One a selection and bookmaker; the market's figures are no bookmaker's."""
        selections = _Selections(game)
        found: dict[tuple[Selection, str], Quote] = {}
        phase = Phase.INPLAY if game.start <= seen_at else Phase.PREMATCH
        for column in columns:
            if column.bookmaker is None:
                continue
            price, selection = self._priced(game, column, selections)
            if price is None or selection is None:
                continue
            quote = Quote(selection, column.bookmaker, price, self.source, seen_at, quoted_at, phase=phase)
            first = found.setdefault((selection, column.bookmaker), quote)
            if first.price != price:
                self._tally.add("duplicate_price", f"{column.bookmaker} {selection.name}")
        return tuple(found.values())

    def figures(self, game: Game, columns: Iterable[PriceColumn]) -> tuple[MarketFigure, ...]:
        selections = _Selections(game)
        found = []
        for column in columns:
            if column.bookmaker is None:
                price, selection = self._priced(game, column, selections)
                if price is not None and selection is not None:
                    name = "Max" if column.code in ("Max", "BbMx") else "Avg"
                    found.append(MarketFigure(name, selection, price, column.closing))
        return tuple(found)

    def _priced(
        self, game: Game, column: PriceColumn, selections: _Selections
    ) -> tuple[Price | None, Selection | None]:
        text = cell(game.cells, column.index)
        if not text:
            return None, None
        price = self._price(text)
        if price is None:
            self._tally.add("no_price" if _NO_PRICE.fullmatch(text) else "bad_price", text)
            return None, None
        selection = selections.of(column)
        if selection is None:
            self._tally.add("bad_point", cell(game.cells, column.line) or "no handicap")
        return price, selection

    def _price(self, text: str) -> Price | None:
        if text not in self._known:
            try:
                self._known[text] = parse_price(text, OddsFormat.DECIMAL)
            except InvalidOdds:
                self._known[text] = None
        return self._known[text]


class _Selections:
    """One game's lines and selections. Handicaps are the home side's; 1X2 has a draw, the others have two ways."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._id = game.id
        self._known: dict[tuple[str, Side, float | None], Selection] = {}

    def of(self, column: PriceColumn) -> Selection | None:
        """None for a handicap whose line is missing or lies between quarters."""
        point = None
        if column.market == SPREADS:
            point = _point(self._game.cells, column)
            if point is None:
                return None
        known = (column.market, column.side, point)
        if known not in self._known:
            self._known[known] = self._build(column.market, column.side, point)
        return self._known[known]

    def _build(self, market: str, side: Side, home_point: float | None) -> Selection:
        if market == H2H:
            return Selection(LineKey(self._id, H2H, OutcomeSet.THREE_WAY), self._name(side))
        if market == TOTALS:
            line = LineKey(self._id, TOTALS, OutcomeSet.TWO_WAY, point=TOTAL_POINT)
            return Selection(line, self._name(side), TOTAL_POINT)
        line = LineKey(self._id, SPREADS, OutcomeSet.TWO_WAY, point=home_point)
        own = home_point if side is Side.HOME or home_point is None else 0.0 - home_point
        return Selection(line, self._name(side), own)

    def _name(self, side: Side) -> str:
        match side:
            case Side.HOME:
                return self._game.home
            case Side.AWAY:
                return self._game.away
            case Side.DRAW:
                return DRAW
            case Side.OVER:
                return "Over"
            case Side.UNDER:
                return "Under"
