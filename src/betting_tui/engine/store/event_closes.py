"""The closing lines of bets: what was seen of the prices of their events before the start is read once for all."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from betting_tui.engine.core.model import START_UNKNOWN
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.closing_values import CloseFound, Compared, Copy, Whose, measured
from betting_tui.engine.store.columns import Columns, named
from betting_tui.engine.store.identities import price_of

# The newest price of every selection in the markets bet on, at the books bet at, that was there before the start. Runs
# of one price follow each other, so the one that began last is the one seen last.
_SEEN = """
    WITH wanted AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS event, json_extract(value, '$[1]') AS start,
        json_extract(value, '$[2]') AS market, json_extract(value, '$[3]') AS book, json_extract(value, '$[4]') AS side
        FROM json_each(?))
    SELECT wanted.event, wanted.book, s.name, s.point, l.market, l.period, l.participant, l.outcome_set, l.rule,
        c.selection_id, c.quoted_at, c.source_id, iif(c.seen_at < wanted.start, c.seen_at, c.first_seen_at) AS close_at,
        {columns}
    FROM wanted CROSS JOIN lines l ON l.event_id = wanted.event AND l.market = wanted.market
    CROSS JOIN selections s ON s.line_id = l.id
    CROSS JOIN {table} c ON c.selection_id = s.id AND c.bookmaker_id = wanted.book {side} AND c.first_seen_at = (
        SELECT max(n.first_seen_at) FROM {table} n
        WHERE n.selection_id = s.id AND n.bookmaker_id = wanted.book {newest} AND n.first_seen_at < wanted.start)
    {joins}
"""
_BOOKS_SEEN = _SEEN.format(
    table="closing_lines",
    columns="wanted.side, c.price_id, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal",
    side="AND c.side = wanted.side",
    newest="AND n.side = wanted.side",
    joins="JOIN prices p ON p.id = c.price_id",
)
_FAIR_SEEN = _SEEN.format(
    table="reference_lines",
    columns="c.fair_probability, c.main, c.method_id, c.books_id, m.text AS method",
    side="",
    newest="",
    joins="JOIN words m ON m.id = c.method_id",
)
_POLLS = """
    SELECT p.event_id, p.at, p.answered FROM json_each(?) wanted
    CROSS JOIN event_polls p ON p.event_id = json_extract(wanted.value, '$[0]')
        AND p.at < json_extract(wanted.value, '$[1]')
    ORDER BY p.event_id, p.at
"""
_GIVEN = """
    SELECT c.*, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal
    FROM json_each(?) bet CROSS JOIN closes c ON c.bet_id = bet.value LEFT JOIN prices p ON p.id = c.price_id
    WHERE c.ordinal = 0 AND c.missing IS NULL
"""
_Place = tuple[object, ...]


def closing_of(conn: sqlite3.Connection, bet: Columns) -> Compared:
    """What one bet is compared with. To be called before it is settled."""
    return EventCloses(conn, (bet,)).of(bet)


class EventCloses:
    """Of bets, with the columns of CLOSING_CASE; or of legs of opportunities, which are given nothing.

    To be made before they are settled, when start and prices are as final as they will be.
    """

    def __init__(self, conn: sqlite3.Connection, bets: Sequence[Columns], *, given: bool = True) -> None:
        self._conn = conn
        starts = sorted({(bet["event"], bet["commence_at"]) for bet in bets})
        # When somebody asked for prices, and whether there was an answer.
        self._polls: dict[int, list[int]] = {event: [] for event, _ in starts}
        self._answered: dict[int, list[int]] = {event: [] for event, _ in starts}
        for event, at, answered in conn.execute(_POLLS, (_json(starts),)).fetchall():
            self._polls[event].append(at)
            self._answered[event].append(answered)
        self._given: dict[tuple[int, str], Columns] = {}
        if given:
            ids = _json([bet["id"] for bet in bets])
            self._given = {(row["bet_id"], row["whose"]): row for row in conn.execute(_GIVEN, (ids,)).fetchall()}
        self._books: dict[_Place, list[Columns]] = defaultdict(list)
        self._fair: dict[_Place, list[Columns]] = defaultdict(list)
        self._read(bets)

    def of(self, bet: Columns) -> Compared:
        """The last closes of its book and of the reference between its placing and the start, and what they tell of
        its price. Those it was given before it was opened again stay, unless it started before them or more was seen
        since."""
        if bet["kind"] != "single":
            return Compared()
        book, fair = self._kept(bet, "book"), self._kept(bet, "reference")
        if bet["quotes_seen_at"] is not None:
            book = book or self.seen(bet, "book") or self._of_another(bet)
            fair = fair or self.seen(bet, "reference")
        reasons = ("", "") if book is not None and fair is not None else self.why_missing(bet)
        value, line = measured(bet, book, fair)
        return Compared(value, line, book, fair, reasons)

    def seen(self, bet: Columns, whose: Whose) -> CloseFound | None:
        """What was last seen of its price before the start, since `bet["placed_at"]`: at its own point, or at another
        where the line was seen there last."""
        place = (*_family(bet), bet["bookmaker_id"])
        found = self._books.get((*place, bet["side"])) if whose == "book" else self._fair.get(place)
        newest, together = bet["placed_at"], list[Columns]()
        for row in found or ():
            if row["close_at"] > newest:
                newest, together = row["close_at"], [row]
            elif together and row["close_at"] == newest:
                together.append(row)
        if not together:
            return None
        line = next((row for row in together if row["selection_id"] == bet["selection_id"]), together[0])
        if whose == "book":
            stood = next((row for row in together if row is not line), line)
        else:
            stood = next((row for row in together if row["main"]), line)
        return self._copied(bet, line, whose, stood["point"])

    def why_missing(self, bet: Columns) -> tuple[str, str]:
        """Of the book, and of the reference."""
        if bet["commence_at"] >= to_micros(START_UNKNOWN):
            return "start_unknown", "start_unknown"
        polled, seen_at = self._polled(bet, bet["placed_at"]), bet["quotes_seen_at"]
        if polled is None and seen_at is not None:
            polled = 1 if bet["placed_at"] < seen_at < bet["commence_at"] else None
        if polled:
            return "market_gone", "no_reference"
        reason = "not_polled" if polled is None else "feed_down"
        return reason, reason

    def _read(self, bets: Sequence[Columns]) -> None:
        # Nothing was ever seen of most events of a file, and there is nothing to look for.
        unknown = to_micros(START_UNKNOWN)
        judged = {
            (bet["event"], bet["commence_at"], bet["market"], bet["bookmaker_id"]): None
            for bet in bets
            if bet["quotes_seen_at"] is not None and bet["commence_at"] < unknown
        }
        if not judged:
            return
        sides = {
            (bet["event"], bet["commence_at"], bet["market"], bet["bookmaker_id"], bet["side"]): None for bet in bets
        }
        for row in named(self._conn, _BOOKS_SEEN, (_json([each for each in sides if each[:4] in judged]),)):
            self._books[(*_family(row), row["book"], row["side"])].append(row)
        for row in named(self._conn, _FAIR_SEEN, (_json(list(judged)),)):
            self._fair[(*_family(row), row["book"])].append(row)

    def _kept(self, bet: Columns, whose: Whose) -> CloseFound | None:
        row = self._given.get((bet["id"], whose))
        if row is None:
            return None
        point, seen_at = bet["point"] if row["point"] is None else row["point"], row["seen_at"]
        if seen_at is not None and not self._is_last(bet, whose, seen_at):
            self._conn.execute("DELETE FROM closes WHERE bet_id = ? AND ordinal = 0 AND whose = ?", (bet["id"], whose))
            return None
        return CloseFound(
            None if row["price_text"] is None else price_of(row),
            row["fair_probability"],
            point,
            point,
            None if seen_at is None else bet["commence_at"] - seen_at,
            None if seen_at is None else self._after(bet, seen_at),
        )

    def _is_last(self, bet: Columns, whose: Whose, seen_at: int) -> bool:
        """Whether what was seen at that moment is still the last before the start."""
        newer, start = self.seen(bet, whose), bet["commence_at"]
        return seen_at < start and (newer is None or newer.age_us is None or newer.age_us > start - seen_at)

    def _copied(self, bet: Columns, line: Columns, whose: Whose, main_point: float | None) -> CloseFound:
        book, seen_at, quoted_at = whose == "book", line["close_at"], line["quoted_at"]
        copy = Copy(
            whose,
            bet["bookmaker_id"] if book else None,
            line["price_id"] if book else None,
            None if book else line["fair_probability"],
            None if book else line["method_id"],
            None if book else line["books_id"],
            line["point"] if line["point"] != bet["point"] else None,
            # When the shown price was quoted; not when it was repeated after the start.
            quoted_at if quoted_at is not None and quoted_at < bet["commence_at"] else None,
            seen_at,
            line["source_id"],
        )
        return CloseFound(
            price_of(line) if book else None,
            copy.fair_probability,
            line["point"],
            main_point,
            bet["commence_at"] - seen_at,
            self._after(bet, seen_at),
            "" if book else line["method"],
            copy,
        )

    def _of_another(self, bet: Columns) -> CloseFound | None:
        """The close that another bet on the same price was given, for one recorded after that."""
        row = self._conn.execute(
            "SELECT c.price_id, c.quoted_at, c.seen_at AS close_at, c.source_id, ifnull(c.point, ?6) AS point,"
            " p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal FROM legs g"
            " CROSS JOIN orders o ON o.id = g.order_id CROSS JOIN bets b ON b.order_id = o.id"
            " CROSS JOIN closes c ON c.bet_id = b.id AND c.ordinal = 0 AND c.whose = 'book'"
            " CROSS JOIN prices p ON p.id = c.price_id WHERE g.selection_id = ?1 AND o.bookmaker_id = ?2"
            " AND o.side = ?3 AND c.seen_at > ?4 AND c.seen_at < ?5 ORDER BY c.seen_at DESC LIMIT 1",
            (bet["selection_id"], bet["bookmaker_id"], bet["side"], bet["placed_at"], bet["commence_at"], bet["point"]),
        ).fetchone()
        return None if row is None else self._copied(bet, row, "book", row["point"])

    def _polled(self, bet: Columns, since: int) -> int | None:
        """Whether somebody answered when its prices were asked for after that, before the start; None: nobody asked."""
        answered = self._answered[bet["event"]][bisect_right(self._polls[bet["event"]], since) :]
        return max(answered, default=None)

    def _after(self, bet: Columns, seen_at: int) -> str | None:
        """What became of a price after it was last seen, before the start."""
        polled = self._polled(bet, seen_at)
        return None if polled is None else "market_gone" if polled else "feed_down"


def _family(row: Columns) -> _Place:
    """A selection at whatever point its line stands."""
    return row["event"], row["market"], row["period"], row["participant"], row["outcome_set"], row["rule"], row["name"]


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()
