"""What a settled bet is compared with, and what that says: copied at settlement, because a start may move after that.

Every measure that can be had is stored with the age of its close; where there is none, why. The age limit is applied
when bets are read, so that another one needs no rewriting.
"""

from __future__ import annotations

import sqlite3
from typing import Literal

import msgspec
from msgspec import Struct, structs

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.closes import BookClose, ReferenceClose, reason_in_full, too_old
from betting_tui.engine.core.clv import Close, ClosingValue, Taken, closing_value, clv_line
from betting_tui.engine.core.model import FULL_GAME, START_UNKNOWN, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.identities import moment, price_id, price_of, word_id

Whose = Literal["book", "reference"]


class CloseFound(Struct, frozen=True):
    """A kept close of a bet: at another point than the bet's where `moved`; `main_point` is where the line stood."""

    price: Price | None
    probability: float | None
    point: float | None
    main_point: float | None
    age_us: int | None
    after: str | None
    method: str = ""


# What `closing_of` needs of a bet's row beside the columns of its bet and its price; to be joined with o (orders), g
# (legs), s (selections), l (lines) and e (events).
CLOSING_CASE = """
    o.kind, o.side, o.bookmaker_id, g.selection_id, s.name, s.point, l.market, l.period, l.participant,
    e.id AS event, e.sport_key, e.commence_at, e.quotes_seen_at,
    (SELECT max(answered) FROM event_polls WHERE event_id = e.id AND at > b.placed_at AND at < e.commence_at) AS polled
"""


class Compared(Struct, frozen=True):
    """What a settled bet's row says of its closes: of the book's and of the reference's, ages in microseconds."""

    value: ClosingValue = ClosingValue()
    line: float | None = None
    book: CloseFound | None = None
    fair: CloseFound | None = None
    reasons: tuple[str, str] = ("parlay", "parlay")

    def columns(self) -> tuple[object, ...]:
        """The values of COMPARED, in its order."""
        value, book, fair = self.value, self.book, self.fair
        return (
            value.clv_price, value.clv_net_odds, value.clv_ev, self.line, value.price_converted, value.ev_converted,
            None if book is None else book.age_us,
            None if fair is None else fair.age_us,
            None if book is None else book.after,
            None if fair is None else fair.after,
            None if value.clv_price is not None else self.reasons[0] if book is None else "moved_line",
            None if value.clv_ev is not None else self.reasons[1] if fair is None else "moved_line",
        )  # fmt: skip


COMPARED = (
    "clv_price = ?, clv_net_odds = ?, clv_ev = ?, clv_line = ?, price_converted = ?, ev_converted = ?,"
    " close_age_us = ?, fair_age_us = ?, close_after = ?, fair_after = ?, closing_missing = ?, fair_missing = ?"
)


def closing_of(conn: sqlite3.Connection, bet: Columns) -> Compared:
    """Give the bet the closing lines of its book and of the reference, and say what they tell of its price.

    Those it was given before it was opened again stay, unless it started before them or more was seen since. To be
    called before the bet is settled, when start and prices are as final as they
    will be. `bet` has the columns of CLOSING_CASE.
    """
    if bet["kind"] != "single":
        return Compared()
    kept = _still_close(conn, bet, _kept(conn, bet))
    book, fair = kept.get("book"), kept.get("reference")
    # Nothing was ever seen of most events of a file, and there is nothing to look for.
    if bet["quotes_seen_at"] is not None:
        book = book or _copy_book(conn, bet)
        fair = fair or _copy_reference(conn, bet)
    reasons = ("", "") if book is not None and fair is not None else _why_missing(bet, bet["polled"])
    value, line = measured(bet, book, fair)
    return Compared(value, line, book, fair, reasons)


def _still_close(conn: sqlite3.Connection, bet: Columns, kept: dict[Whose, CloseFound]) -> dict[Whose, CloseFound]:
    """Those that are still the last before the start; the others are forgotten."""
    stay: dict[Whose, CloseFound] = {}
    for whose, found in kept.items():
        seen = None if found.age_us is None else close_since(conn, bet, whose)
        newer = seen is not None and seen.age_us is not None and seen.age_us <= (found.age_us or 0)
        if newer or (found.age_us is not None and found.age_us <= 0):
            conn.execute("DELETE FROM closes WHERE bet_id = ? AND ordinal = 0 AND whose = ?", (bet["id"], whose))
        else:
            stay[whose] = found
    return stay


def measured(row: Columns, book: CloseFound | None, fair: CloseFound | None) -> tuple[ClosingValue, float | None]:
    """Every measure of the price in `row` (of a bet or of an opportunity's leg), and the points gained on the line."""
    # There is no model of how parts of a game or one team's points scatter.
    whole = row["period"] == FULL_GAME and row["participant"] is None
    taken = Taken(
        price_of(row).exact,
        row["market"],
        row["name"],
        row["point"],
        Side(row["side"]),
        row["sport_key"] if whole else "",
    )
    close = Close(
        None if book is None or book.price is None else book.price.exact,
        None if book is None else book.point,
        None if fair is None else fair.probability,
        None if fair is None else fair.point,
    )
    return closing_value(taken, close), _line_gain(taken, book, fair)


def _line_gain(taken: Taken, book: CloseFound | None, fair: CloseFound | None) -> float | None:
    """Against where the line stood at the close: the reference's, else the book's."""
    for found in (fair, book):
        if taken.point is not None and found is not None and found.main_point is not None:
            gained = clv_line(taken.market, taken.selection, taken.point, found.main_point)
            return gained if taken.side is Side.BACK else 0.0 - gained
    return None


def why_missing(conn: sqlite3.Connection, bet: Columns) -> tuple[str, str]:
    """Of the book, and of the reference."""
    polled = conn.execute(
        "SELECT max(answered) FROM event_polls WHERE event_id = ? AND at > ? AND at < ?",
        (bet["event"], bet["placed_at"], bet["commence_at"]),
    ).fetchone()[0]
    return _why_missing(bet, polled)


def _why_missing(bet: Columns, polled: int | None) -> tuple[str, str]:
    if bet["commence_at"] >= to_micros(START_UNKNOWN):
        return "start_unknown", "start_unknown"
    if polled is None and bet["quotes_seen_at"] is not None:
        polled = 1 if bet["placed_at"] < bet["quotes_seen_at"] < bet["commence_at"] else None
    if polled:
        return "market_gone", "no_reference"
    reason = "not_polled" if polled is None else "feed_down"
    return reason, reason


def _after(conn: sqlite3.Connection, bet: Columns, seen_at: int) -> str | None:
    """What became of a price after it was last seen, before the start."""
    polled = conn.execute(
        "SELECT max(answered) FROM event_polls WHERE event_id = ? AND at > ? AND at < ?",
        (bet["event"], seen_at, bet["commence_at"]),
    ).fetchone()[0]
    return None if polled is None else "market_gone" if polled else "feed_down"


# The same selection at whatever point its line stood, what was seen last first and the bet's own point before others.
_SEEN = """
    SELECT c.*, s2.point, s2.id = s.id AS same, iif(c.seen_at < ?1, c.seen_at, c.first_seen_at) AS close_at
    FROM selections s CROSS JOIN lines l ON l.id = s.line_id
    CROSS JOIN lines l2 ON l2.event_id = l.event_id AND l2.market = l.market AND l2.period = l.period
        AND l2.participant IS l.participant AND l2.outcome_set = l.outcome_set AND l2.rule = l.rule
    CROSS JOIN selections s2 ON s2.line_id = l2.id AND s2.name = s.name
    CROSS JOIN {table} c ON c.selection_id = s2.id AND c.bookmaker_id = ?4 {side}
    WHERE s.id = ?3 AND c.first_seen_at < ?1 AND close_at > ?2 ORDER BY close_at DESC, same DESC LIMIT {limit}
"""
_BOOK_SEEN = _SEEN.format(table="closing_lines", side="AND c.side = ?5", limit=2)
_FAIR_SEEN = _SEEN.format(table="reference_lines", side="", limit=2)


def _seen(conn: sqlite3.Connection, bet: Columns, query: str, *side: object) -> tuple[sqlite3.Row, float] | None:
    """The close of a bet, and the point at which its line stood then."""
    if bet["commence_at"] >= to_micros(START_UNKNOWN):
        return None
    rows = conn.execute(
        query, (bet["commence_at"], bet["placed_at"], bet["selection_id"], bet["bookmaker_id"], *side)
    ).fetchall()
    if not rows:
        return None
    first = rows[0]
    together = [row for row in rows if row["close_at"] == first["close_at"]]
    if "main" in first.keys():  # noqa: SIM118 - a Row's keys are no mapping's
        stood = next((row["point"] for row in together if row["main"]), first["point"])
    else:
        stood = together[-1]["point"]
    return first, stood


def close_since(conn: sqlite3.Connection, row: Columns, whose: Whose) -> CloseFound | None:
    """What was last seen of a price before the start, since `row["placed_at"]`; nothing is copied."""
    seen = _seen(conn, row, _BOOK_SEEN, row["side"]) if whose == "book" else _seen(conn, row, _FAIR_SEEN)
    if seen is None:
        return None
    line, stood = seen
    at = line["close_at"]
    if whose == "book":
        price = conn.execute(
            "SELECT format AS price_format, text AS price_text, decimal AS price_decimal FROM prices WHERE id = ?",
            (line["price_id"],),
        ).fetchone()
        return CloseFound(price_of(price), None, line["point"], stood, row["commence_at"] - at, None)
    method = conn.execute("SELECT text FROM words WHERE id = ?", (line["method_id"],)).fetchone()[0]
    return CloseFound(None, line["fair_probability"], line["point"], stood, row["commence_at"] - at, None, method)


def _copy_book(conn: sqlite3.Connection, bet: Columns) -> CloseFound | None:
    """The last price seen between its placing and the start, if there is one."""
    seen = _seen(conn, bet, _BOOK_SEEN, bet["side"])
    if seen is None:
        line = _close_of_another(conn, bet)
        if line is None:
            return None
        seen = line, line["point"]
    line, stood = seen
    conn.execute(
        "INSERT INTO closes (bet_id, ordinal, whose, bookmaker_id, price_id, point, quoted_at, seen_at, source_id)"
        " VALUES (?, 0, 'book', ?, ?, ?, ?, ?, ?)",
        (
            bet["id"],
            bet["bookmaker_id"],
            line["price_id"],
            line["point"] if line["point"] != bet["point"] else None,
            _quoted_before(line["quoted_at"], bet),
            line["close_at"],
            line["source_id"],
        ),
    )
    found = _kept(conn, bet).get("book")
    return None if found is None else structs.replace(found, main_point=stood)


def _copy_reference(conn: sqlite3.Connection, bet: Columns) -> CloseFound | None:
    seen = _seen(conn, bet, _FAIR_SEEN)
    if seen is None:
        return None
    line, stood = seen
    conn.execute(
        "INSERT INTO closes (bet_id, ordinal, whose, fair_probability, method_id, books_id, point, quoted_at, seen_at,"
        " source_id) VALUES (?, 0, 'reference', ?, ?, ?, ?, ?, ?, ?)",
        (
            bet["id"],
            line["fair_probability"],
            line["method_id"],
            line["books_id"],
            line["point"] if line["point"] != bet["point"] else None,
            _quoted_before(line["quoted_at"], bet),
            line["close_at"],
            line["source_id"],
        ),
    )
    found = _kept(conn, bet).get("reference")
    return None if found is None else structs.replace(found, main_point=stood)


def _quoted_before(quoted_at: int | None, bet: Columns) -> int | None:
    """When the shown price was quoted; not when it was repeated after the start."""
    return quoted_at if quoted_at is not None and quoted_at < bet["commence_at"] else None


def _kept(conn: sqlite3.Connection, bet: Columns) -> dict[Whose, CloseFound]:
    """What the bet has been given, by whose it is."""
    found: dict[Whose, CloseFound] = {}
    for row in conn.execute(
        "SELECT c.*, p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal FROM closes c"
        " LEFT JOIN prices p ON p.id = c.price_id WHERE c.bet_id = ? AND c.ordinal = 0 AND c.missing IS NULL",
        (bet["id"],),
    ).fetchall():
        point = bet["point"] if row["point"] is None else row["point"]
        found[row["whose"]] = CloseFound(
            None if row["price_text"] is None else price_of(row),
            row["fair_probability"],
            point,
            point,
            None if row["seen_at"] is None else bet["commence_at"] - row["seen_at"],
            None if row["seen_at"] is None else _after(conn, bet, row["seen_at"]),
        )
    return found


def _close_of_another(conn: sqlite3.Connection, bet: Columns) -> sqlite3.Row | None:
    """The close that another bet on the same price was given, for one recorded after that."""
    row = conn.execute(
        "SELECT c.price_id, c.quoted_at, c.seen_at AS close_at, c.source_id, ifnull(c.point, ?6) AS point FROM legs g"
        " CROSS JOIN orders o ON o.id = g.order_id CROSS JOIN bets b ON b.order_id = o.id"
        " CROSS JOIN closes c ON c.bet_id = b.id AND c.ordinal = 0 AND c.whose = 'book'"
        " WHERE g.selection_id = ?1 AND o.bookmaker_id = ?2 AND o.side = ?3 AND c.price_id IS NOT NULL"
        " AND c.seen_at > ?4 AND c.seen_at < ?5 ORDER BY c.seen_at DESC LIMIT 1",
        (bet["selection_id"], bet["bookmaker_id"], bet["side"], bet["placed_at"], bet["commence_at"], bet["point"]),
    ).fetchone()
    assert row is None or isinstance(row, sqlite3.Row)
    return row


def set_close(conn: sqlite3.Connection, bet: int, close: Price, source: str) -> None:
    """A close that a file tells, without its time."""
    conn.execute(
        "INSERT INTO closes (bet_id, ordinal, whose, bookmaker_id, price_id, source_id)"
        " SELECT b.id, 0, 'book', o.bookmaker_id, ?2, ?3 FROM bets b JOIN orders o ON o.id = b.order_id WHERE b.id = ?1"
        " ON CONFLICT DO UPDATE SET price_id = ?2, source_id = ?3, quoted_at = NULL, seen_at = NULL",
        (bet, price_id(conn, close), word_id(conn, source)),
    )


# Reading

# To be joined to bets `b`; `CLOSE_COLUMNS` are then what `close_of_row` and `reference_of_row` need.
CLOSE_COLUMNS = """
    b.clv_ev, b.clv_line, b.price_converted, b.ev_converted, b.close_after, b.fair_after, b.fair_missing,
    b.close_age_us, b.fair_age_us,
    cp.format AS closing_format, cp.text AS closing_text, cp.decimal AS closing_decimal, c.seen_at AS closing_seen_at,
    c.quoted_at AS closing_quoted_at, c.point AS closing_point, cs.text AS closing_source,
    r.fair_probability AS fair_close, r.point AS fair_point, r.quoted_at AS fair_quoted_at, r.seen_at AS fair_seen_at,
    rm.text AS fair_method, rb.text AS fair_books, rs.text AS fair_source
"""
CLOSE_JOINS = """
    LEFT JOIN closes c ON c.bet_id = b.id AND c.ordinal = 0 AND c.whose = 'book'
        AND (b.state = 'settled' OR c.seen_at IS NULL)
    LEFT JOIN prices cp ON cp.id = c.price_id
    LEFT JOIN words cs ON cs.id = c.source_id
    LEFT JOIN closes r ON r.bet_id = b.id AND r.ordinal = 0 AND r.whose = 'reference' AND b.state = 'settled'
    LEFT JOIN words rm ON rm.id = r.method_id
    LEFT JOIN words rb ON rb.id = r.books_id
    LEFT JOIN words rs ON rs.id = r.source_id
"""


def close_of_row(row: Columns) -> BookClose | None:
    if row["closing_text"] is None:
        return None
    point = row["closing_point"]
    return BookClose(
        price=price_of(row, "closing"),
        bookmaker=row["bookmaker"],
        source=row["closing_source"] or "",
        point=row["selection_point"] if point is None else point,
        quoted_at=moment(row["closing_quoted_at"]),
        seen_at=moment(row["closing_seen_at"]),
        seconds_before_start=_seconds(row["close_age_us"]),
        after=row["close_after"],
    )


def reference_of_row(row: Columns) -> ReferenceClose | None:
    if row["fair_close"] is None:
        return None
    point = row["fair_point"]
    return ReferenceClose(
        probability=row["fair_close"],
        method=row["fair_method"] or "",
        books=msgspec.json.decode(row["fair_books"], type=tuple[str, ...]) if row["fair_books"] else (),
        source=row["fair_source"] or "",
        point=row["selection_point"] if point is None else point,
        quoted_at=moment(row["fair_quoted_at"]),
        seen_at=moment(row["fair_seen_at"]),
        seconds_before_start=_seconds(row["fair_age_us"]),
        after=row["fair_after"],
    )


def _seconds(age_us: int | None) -> float | None:
    return None if age_us is None else age_us / 1_000_000


def as_read(bet: BetRow, max_age_minutes: int | None) -> BetRow:
    """The bet with what its closes say within the age limit; what is left out has a reason instead."""
    close, fair = bet.close, bet.reference
    old_close = close is not None and too_old(close.seconds_before_start, max_age_minutes)
    old_fair = fair is not None and too_old(fair.seconds_before_start, max_age_minutes)
    reason, fair_reason = bet.closing_missing, bet.fair_missing
    if old_close and close is not None and reason is None:
        reason = close.after or "too_old"
    if old_fair and fair is not None and fair_reason is None:
        fair_reason = fair.after or "too_old"
    if close is None and fair is None and reason is None and fair_reason is None and bet.clv_line is None:
        # An open bet has none of it.
        return bet
    has_price = bet.clv_price is not None and not old_close
    has_ev = bet.clv_ev is not None and not old_fair
    return structs.replace(
        bet,
        clv_price=bet.clv_price if has_price else None,
        clv_net_odds=bet.clv_net_odds if has_price else None,
        clv_ev=bet.clv_ev if has_ev else None,
        clv_line=None if (old_fair or fair is None) and (old_close or close is None) else bet.clv_line,
        price_converted=bet.price_converted and has_price,
        ev_converted=bet.ev_converted and has_ev,
        closing_missing=None if has_price or has_ev or reason is None else reason_in_full(reason),
        fair_missing=None if has_ev or fair_reason is None else reason_in_full(fair_reason),
    )
