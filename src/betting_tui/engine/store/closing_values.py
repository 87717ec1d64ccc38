"""What a settled bet is compared with, and what that says: copied at settlement, because a start may move after that.

Every measure that can be had is stored with the age of its close; where there is none, why. The age limit is applied
when bets are read, so that another one needs no rewriting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct, structs

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.closes import BookClose, ReferenceClose, reason_in_full, too_old
from betting_tui.engine.core.clv import Close, ClosingValue, Taken, closing_value, clv_line
from betting_tui.engine.core.model import FULL_GAME, Side
from betting_tui.engine.core.odds import Price
from betting_tui.engine.store.columns import Columns
from betting_tui.engine.store.identities import SIDES, moment, price_id, price_of, word_id
from betting_tui.engine.store.many_rows import write_many

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
    copy: Copy | None = None


class Copy(Struct, frozen=True):
    """A close as it is given to a bet: the columns of its row."""

    whose: Whose
    bookmaker_id: int | None
    price_id: int | None
    fair_probability: float | None
    method_id: int | None
    books_id: int | None
    point: float | None
    quoted_at: int | None
    seen_at: int
    source_id: int


# What `EventCloses` needs of a bet's row beside the columns of its bet and its price; to be joined with o (orders), g
# (legs), s (selections), l (lines) and e (events).
CLOSING_CASE = """
    o.kind, o.side, o.bookmaker_id, g.selection_id, s.name, s.point, l.market, l.period, l.participant, l.outcome_set,
    l.rule, e.id AS event, e.sport_key, e.commence_at, e.quotes_seen_at
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
    "clv_price", "clv_net_odds", "clv_ev", "clv_line", "price_converted", "ev_converted", "close_age_us", "fair_age_us",
    "close_after", "fair_after", "closing_missing", "fair_missing",
)  # fmt: skip


def keep_copies(conn: sqlite3.Connection, given: Iterable[tuple[int, Compared]]) -> None:
    """Give bets (row ids) the closes they were compared with and do not have yet."""
    write_many(
        conn,
        "INSERT INTO closes (bet_id, ordinal, whose, bookmaker_id, price_id, fair_probability, method_id, books_id,"
        " point, quoted_at, seen_at, source_id) {rows}",
        [
            (bet, 0, *structs.astuple(found.copy))
            for bet, compared in given
            for found in (compared.book, compared.fair)
            if found is not None and found.copy is not None
        ],
    )


def measured(row: Columns, book: CloseFound | None, fair: CloseFound | None) -> tuple[ClosingValue, float | None]:
    """Every measure of the price in `row` (of a bet or of an opportunity's leg), and the points gained on the line."""
    # There is no model of how parts of a game or one team's points scatter.
    whole = row["period"] == FULL_GAME and row["participant"] is None
    taken = Taken(
        price_of(row).exact,
        row["market"],
        row["name"],
        row["point"],
        SIDES[row["side"]],
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
