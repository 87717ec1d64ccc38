"""The closing lines of bets on one event: what was seen of its prices before the start is read once for all of them."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from msgspec import structs

from betting_tui.engine.core.model import START_UNKNOWN
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.closing_values import CloseFound, Compared, Copy, Whose, measured
from betting_tui.engine.store.columns import Columns, by_name
from betting_tui.engine.store.identities import price_of

# The newest price of every selection in the markets bet on, at the books bet at, that was there before the start. Runs
# of one price follow each other, so the one that began last is the one seen last.
_SEEN = """
    SELECT c.*, s.name, s.point, l.market, l.period, l.participant, l.outcome_set, l.rule,
        iif(c.seen_at < ?2, c.seen_at, c.first_seen_at) AS close_at, {columns}
    FROM json_each(?3) book {sides}
    CROSS JOIN lines l ON l.event_id = ?1 AND l.market IN (SELECT value FROM json_each(?4))
    CROSS JOIN selections s ON s.line_id = l.id
    CROSS JOIN {table} c ON c.selection_id = s.id AND c.bookmaker_id = book.value {side} AND c.first_seen_at = (
        SELECT max(n.first_seen_at) FROM {table} n
        WHERE n.selection_id = s.id AND n.bookmaker_id = book.value {newest} AND n.first_seen_at < ?2)
    {joins}
"""
_BOOKS_SEEN = _SEEN.format(
    table="closing_lines",
    columns="p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal",
    sides="CROSS JOIN json_each(?5) side",
    side="AND c.side = side.value",
    newest="AND n.side = side.value",
    joins="JOIN prices p ON p.id = c.price_id",
)
_FAIR_SEEN = _SEEN.format(
    table="reference_lines", columns="m.text AS method", sides="", side="", newest="",
    joins="JOIN words m ON m.id = c.method_id",
)  # fmt: skip
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
    """Of bets on one event, with the columns of CLOSING_CASE; or of legs of opportunities, which are given nothing.

    To be made before they are settled, when start and prices are as final as they will be.
    """

    def __init__(self, conn: sqlite3.Connection, bets: Sequence[Columns], *, given: bool = True) -> None:
        self._conn = conn
        self._event: int = bets[0]["event"]
        self._start: int = bets[0]["commence_at"]
        self._seen_at: int | None = bets[0]["quotes_seen_at"]
        polls = conn.execute(
            "SELECT at, answered FROM event_polls WHERE event_id = ? AND at < ? ORDER BY at", (self._event, self._start)
        ).fetchall()
        self._polls = [poll[0] for poll in polls]
        self._answered = [poll[1] for poll in polls]
        self._given: dict[tuple[int, str], Columns] = {}
        if given:
            ids = msgspec.json.encode([bet["id"] for bet in bets]).decode()
            self._given = {(row["bet_id"], row["whose"]): row for row in conn.execute(_GIVEN, (ids,)).fetchall()}
        self._books: dict[_Place, list[Columns]] = defaultdict(list)
        self._fair: dict[_Place, list[Columns]] = defaultdict(list)
        # Nothing was ever seen of most events of a file, and there is nothing to look for.
        if self._seen_at is not None and self._start < to_micros(START_UNKNOWN):
            self._read(bets)

    def of(self, bet: Columns) -> Compared:
        """The last closes of its book and of the reference between its placing and the start, and what they tell of
        its price. Those it was given before it was opened again stay, unless it started before them or more was seen
        since."""
        if bet["kind"] != "single":
            return Compared()
        book, fair = self._kept(bet, "book"), self._kept(bet, "reference")
        if self._seen_at is not None:
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
        since = [row for row in found or () if row["close_at"] > bet["placed_at"]]
        if not since:
            return None
        newest = max(row["close_at"] for row in since)
        together = [row for row in since if row["close_at"] == newest]
        own = next((row for row in together if row["selection_id"] == bet["selection_id"]), None)
        line = own or together[0]
        if whose == "book":
            stood = next((row for row in together if row is not line), line)
        else:
            stood = next((row for row in together if row["main"]), line)
        return structs.replace(self._copied(bet, line, whose), main_point=stood["point"])

    def why_missing(self, bet: Columns) -> tuple[str, str]:
        """Of the book, and of the reference."""
        if self._start >= to_micros(START_UNKNOWN):
            return "start_unknown", "start_unknown"
        polled = self._polled(bet["placed_at"])
        if polled is None and self._seen_at is not None:
            polled = 1 if bet["placed_at"] < self._seen_at < self._start else None
        if polled:
            return "market_gone", "no_reference"
        reason = "not_polled" if polled is None else "feed_down"
        return reason, reason

    def _read(self, bets: Sequence[Columns]) -> None:
        def among(column: str) -> str:
            return msgspec.json.encode(sorted({bet[column] for bet in bets})).decode()

        where = (self._event, self._start, among("bookmaker_id"), among("market"))
        for row in by_name(self._conn.execute(_BOOKS_SEEN, (*where, among("side"))).fetchall()):
            self._books[(*_family(row), row["bookmaker_id"], row["side"])].append(row)
        for row in by_name(self._conn.execute(_FAIR_SEEN, where).fetchall()):
            self._fair[(*_family(row), row["bookmaker_id"])].append(row)

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
            None if seen_at is None else self._start - seen_at,
            None if seen_at is None else self._after(seen_at),
        )

    def _is_last(self, bet: Columns, whose: Whose, seen_at: int) -> bool:
        """Whether what was seen at that moment is still the last before the start."""
        newer = self.seen(bet, whose)
        return seen_at < self._start and (newer is None or newer.age_us is None or newer.age_us > self._start - seen_at)

    def _copied(self, bet: Columns, line: Columns, whose: Whose) -> CloseFound:
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
            quoted_at if quoted_at is not None and quoted_at < self._start else None,
            seen_at,
            line["source_id"],
        )
        return CloseFound(
            price_of(line) if book else None,
            copy.fair_probability,
            line["point"],
            line["point"],
            self._start - seen_at,
            self._after(seen_at),
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
            (bet["selection_id"], bet["bookmaker_id"], bet["side"], bet["placed_at"], self._start, bet["point"]),
        ).fetchone()
        return None if row is None else self._copied(bet, row, "book")

    def _polled(self, since: int) -> int | None:
        """Whether somebody answered when its prices were asked for after that, before the start; None: nobody asked."""
        answered = self._answered[bisect_right(self._polls, since) :]
        return max(answered, default=None)

    def _after(self, seen_at: int) -> str | None:
        """What became of a price after it was last seen, before the start."""
        polled = self._polled(seen_at)
        return None if polled is None else "market_gone" if polled else "feed_down"


def _family(row: Columns) -> _Place:
    """A selection at whatever point its line stands."""
    return row["market"], row["period"], row["participant"], row["outcome_set"], row["rule"], row["name"]
