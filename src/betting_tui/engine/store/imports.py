"""Reading older files into the ledger. What is in it already, told by its content, is left as it is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from msgspec import Struct, structs

from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Fill
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import BetState, Evidence, Leg, Origin
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.parlays import whole, why_no_parlay
from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import to_micros
from betting_tui.engine.store.bookings import Verdict
from betting_tui.engine.store.closing_values import set_close
from betting_tui.engine.store.diary import audit
from betting_tui.engine.store.identities import event_of, price_of
from betting_tui.engine.store.ledger import book_starting_bankroll
from betting_tui.engine.store.older_fields import Fields
from betting_tui.engine.store.older_layout import IMPORTED, OlderBet, OlderLeg, read_bet, read_result, result_id
from betting_tui.engine.store.older_parlays import keep_legs, older_end
from betting_tui.engine.store.older_written import as_older, major
from betting_tui.engine.store.payments import each_way_end
from betting_tui.engine.store.placing import book
from betting_tui.engine.store.read_models import bets
from betting_tui.engine.store.requests import Request
from betting_tui.engine.store.settlement import settle_scores
from betting_tui.engine.store.settling import bet_row, settle
from betting_tui.engine.store.shapes import AccountRow, BetFilter, ImportReport
from betting_tui.engine.store.summaries import period_ids

_MAX_PROBLEMS = 200
# Pieces of text between two words of progress.
_PARTS = 10_000
_OPEN = (BetState.PENDING, BetState.REVIEW)
_KINDS: dict[type, str] = {int: "a number", Decimal: "a number", str: "text", list: "a list", bool: "true or false"}
_TABLES = ("bets", "results", "games", "scores")
_SCORES = ("scores", "home_score", "away_score", "home_points", "away_points")
_STAKES = ("stake", "amount", "wager", "bet_amount", "risk")
Row = Mapping[str, object]


class Source(Struct, frozen=True):
    """Who imports what into which account, and how its times are to be read."""

    owner: AccountRow
    now: datetime
    created_by: str
    zone: tzinfo
    progress: Progress = silent


class _Said(Struct, frozen=True):
    """What is worth telling of an import: what was left out, and what was brought in with a difference."""

    left_out: list[str]
    notes: list[str]

    def report(self, added: int, unchanged: int) -> ImportReport:
        return ImportReport(added, unchanged, tuple(self.left_out[:_MAX_PROBLEMS]), tuple(self.notes[:_MAX_PROBLEMS]))


def export_state(
    conn: sqlite3.Connection, owner: AccountRow, period: int | None = None, progress: Progress = silent
) -> bytes:
    """The older layout, of the current period or an earlier one. Same ledger, same bytes: `last_updated` is the newest
    change, not the time of writing. UsageError for a period the account has not had."""
    (period_id,) = period_ids(conn, owner, period)
    books = conn.execute("SELECT number, starting_minor FROM account_periods WHERE id = ?", (period_id,)).fetchone()
    rows = bets(conn, BetFilter(account=owner.name, period=books["number"]), progress)[::-1]
    moments = [owner.created_at, *(bet.settled_at or bet.placed_at for bet in rows)]
    state = {
        "bankroll": major(_bankroll_minor(conn, period_id), owner.currency),
        "starting_bankroll": major(books["starting_minor"], owner.currency),
        "bet_counter": len(rows),
        "bets": [as_older(bet) for bet in watched(rows, len(rows), progress, "Writing bets")],
        "last_updated": max(moments).isoformat().replace("+00:00", "Z"),
        "currency": owner.currency,
    }
    parts = json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(state)
    # How many pieces there are says nothing to anybody.
    told = watched(parts, 0, lambda _done, _total, what: progress(0, 0, what), "Writing the file", every=_PARTS)
    text = "".join(told)
    return (text + "\n").encode("utf-8", "replace")


def _bankroll_minor(conn: sqlite3.Connection, period_id: int) -> int:
    """What a period holds, or held before the reset that closed it took everything out."""
    return int(
        conn.execute(
            "SELECT ifnull(sum(p.amount_minor), 0) FROM journal_entries j JOIN postings p ON p.entry_id = j.id"
            " JOIN ledger_accounts la ON la.id = p.ledger_account_id JOIN account_periods t ON t.id = j.period_id"
            " WHERE t.id = ? AND la.kind IN ('wallet', 'open_bets', 'working_orders')"
            " AND NOT (j.kind = 'withdrawal' AND t.ended_at IS NOT NULL AND j.created_at >= t.ended_at)",
            (period_id,),
        ).fetchone()[0]
    )


def import_file(conn: sqlite3.Connection, data: bytes, source: Source) -> ImportReport:
    """State, bets or results in JSON, or a CSV of bets: told by the content. UsageError when it is none of these."""
    source.progress(0, 0, "Reading the file")
    text = _text(data)
    content = _json(text) if text.lstrip()[:1] in ("{", "[") else _csv(text)
    state = content if isinstance(content, dict) else {}
    rows, odd = _rows(content)
    said = _Said(odd, [])
    has_stakes = any(Fields(row, UTC).raw(*_STAKES) is not None for row in rows)
    if not (has_stakes or any(key in state for key in _TABLES) or any(_has_score(row) for row in rows)):
        raise UsageError(
            "the file is none of the files this program reads: an older state, bets with their stakes, or results with"
            " their scores"
        )
    _check_currency(source.owner, state)
    if "bets" not in state and rows and not has_stakes:
        report = _import_results(conn, source, rows, said)
    else:
        report = _import_bets(conn, source, rows, state, said)
    counts = f"{report.added} added, {report.unchanged} unchanged"
    audit(conn, source.now, source.created_by, "import", source.owner.name, counts)
    return report


def _has_score(row: Row) -> bool:
    """Whether it tells a score, be it one that is still to come."""
    return any(str(key).strip().lower().replace(" ", "_") in _SCORES for key in row)


def _check_currency(owner: AccountRow, state: Row) -> None:
    """Amounts mean what they say only in their own currency. Older files do not say theirs."""
    told = Fields(state, UTC).text("currency").upper()
    if told and told != owner.currency:
        raise UsageError(
            f"the file's amounts are in {told}, those of account {owner.name} in {owner.currency}: import it into an"
            f" account in {told} (`account create NAME --currency {told}`)"
        )


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("the file is not UTF-8 text") from None


def _json(text: str) -> object:
    try:
        # Amounts and odds stay the decimal numbers that were written.
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the file is no valid JSON: {error}") from None


def _csv(text: str) -> object:
    try:
        return list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise UsageError(f"the file is no valid CSV: {error}") from None


def _rows(content: object) -> tuple[list[Row], list[str]]:
    """The rows of a list, of `bets`, `results` or `games` in an object, or of an object of rows by id; and what among
    them is no row at all."""
    if isinstance(content, list):
        odd = [f"item {number}: {_KINDS.get(type(row), 'something else')}, where an object is expected"
               for number, row in enumerate(content, start=1) if not isinstance(row, dict)]  # fmt: skip
        return [row for row in content if isinstance(row, dict)], odd
    if not isinstance(content, dict):
        return [], []
    for key in _TABLES:
        inner = content.get(key)
        if isinstance(inner, (list, dict)):
            return _rows(inner)
    return [{"id": key, **row} for key, row in content.items() if isinstance(row, dict)], []


def _import_bets(
    conn: sqlite3.Connection, source: Source, rows: Sequence[Row], state: Row, said: _Said
) -> ImportReport:
    added = unchanged = 0
    _starting_bankroll(conn, source, state, said)
    claimed: set[int] = set()
    for number, row in enumerate(watched(rows, len(rows), source.progress, "Importing bets"), start=1):
        label = f"row {number}"
        conn.execute("SAVEPOINT one_row")
        try:
            bet = read_bet(row, label, source.owner.currency, source.zone)
            changed, note = _import_bet(conn, source, bet, claimed)
        except BettingError as error:
            conn.execute("ROLLBACK TO one_row")
            said.left_out.append(f"{_name(row, label)}: {error.message}")
        else:
            added, unchanged = added + changed, unchanged + (not changed)
            if note:
                said.notes.append(f"{bet.label}: {note}")
        conn.execute("RELEASE one_row")
    _check_bankroll(conn, source, state, claimed, said)
    return said.report(added, unchanged)


def _check_bankroll(conn: sqlite3.Connection, source: Source, state: Row, claimed: set[int], said: _Said) -> None:
    """A file whose bankroll is not what its starting bankroll and bets make is not whole, or was edited."""
    currency, fields = source.owner.currency, Fields(state, UTC)
    try:
        told = fields.minor(currency, "bankroll", "current_bankroll")
        starting = fields.minor(currency, "starting_bankroll", "initial_bankroll")
    except UsageError as error:
        said.left_out.append(error.message)
        return
    if told is None or starting is None:
        return
    bets_of_file = [bet_row(conn, str(number)) for number in claimed]
    settled = starting + sum(bet["profit_minor"] or 0 for bet in bets_of_file)
    available = settled - sum(bet["risk_minor"] for bet in bets_of_file if bet["state"] in _OPEN)
    # Some programs wrote what was left beside open bets; each rounded its bets in its own way.
    if min(abs(told - settled), abs(told - available)) > len(bets_of_file):
        shown, right = format_minor(told, currency), format_minor(settled, currency)
        said.notes.append(
            f"bankroll {shown} in the file, {right} by its starting bankroll and bets: the latter is booked"
        )


def _starting_bankroll(conn: sqlite3.Connection, source: Source, state: Row, said: _Said) -> None:
    try:
        starting = Fields(state, UTC).minor(source.owner.currency, "starting_bankroll", "initial_bankroll")
    except UsageError as error:
        said.left_out.append(error.message)
        return
    if starting is None or starting == source.owner.starting_minor:
        return
    if starting < 0 or not book_starting_bankroll(conn, source.owner.id, starting, source.now, source.created_by):
        told, kept = (format_minor(each, source.owner.currency) for each in (starting, source.owner.starting_minor))
        said.notes.append(f"starting bankroll {told} in the file, {kept} in {source.owner.name}, which is in use: kept")


def _import_bet(conn: sqlite3.Connection, source: Source, bet: OlderBet, claimed: set[int]) -> tuple[bool, str]:
    """Whether anything changed, and what is worth saying about it."""
    known = next((each for each in _same(conn, source.owner.id, bet) if each not in claimed), None)
    number = _book(conn, source, bet) if known is None else known
    claimed.add(number)
    row = bet_row(conn, str(number))
    if bet.closing is not None and row["state"] in _OPEN:
        set_close(conn, number, bet.closing, IMPORTED)
    is_open, is_news = row["state"] in _OPEN, known is None or bet.result is not None
    if bet.legs and is_open and is_news:
        keep_legs(conn, row["order_id"], bet, source.created_by)
    if bet.result is None:
        return known is None, ""
    verdict = Verdict(bet.result, bet.settled_at, source.created_by, "imported")
    if bet.each_way is not None and bet.finish is not None:
        verdict = structs.replace(verdict, result=each_way_end(row, bet.finish), finish=bet.finish)
    if bet.legs:
        end = older_end(bet, bet.result, source.owner.currency)
        verdict = structs.replace(verdict, result=end.result, multiple=end.multiple, by_money=end.by_money)
    if is_open:
        settle(conn, row, verdict)
        return True, _doubt(conn, source, bet, number)
    kept = row["result"] or "void"
    if kept != verdict.result:
        return False, f"{verdict.result.value} in the file, {kept} in the ledger: kept"
    return False, ""


def _doubt(conn: sqlite3.Connection, source: Source, bet: OlderBet, number: int) -> str:
    profit = bet_row(conn, str(number))["profit_minor"]
    # Older files rounded binary fractions: a difference of one unit is theirs.
    if bet.profit_minor is None or abs(bet.profit_minor - profit) <= 1:
        return ""
    told, right = (format_minor(each, source.owner.currency) for each in (bet.profit_minor, profit))
    return f"profit {told} in the file, {right} by its odds and result: the latter is booked"


def _same(conn: sqlite3.Connection, account_id: int, bet: OlderBet) -> Iterable[int]:
    """Bets of the account with this content: when, what, where, at which price and stake."""
    rows = conn.execute(
        "SELECT b.id, e.event_id, l.market, l.period, l.participant, s.name, s.point, w.text AS bookmaker, o.side,"
        " p.format AS price_format, p.text AS price_text, p.decimal AS price_decimal, b.each_way FROM bets b"
        " JOIN orders o ON o.id = b.order_id JOIN words w ON w.id = o.bookmaker_id"
        " JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number JOIN prices p ON p.id = f.price_id"
        " JOIN legs g ON g.order_id = b.order_id AND g.ordinal = 0 JOIN selections s ON s.id = g.selection_id"
        " JOIN lines l ON l.id = s.line_id JOIN events e ON e.id = l.event_id"
        " WHERE b.period_id IN (SELECT id FROM account_periods WHERE account_id = ?) AND b.placed_at = ?"
        " AND b.stake_minor = ? ORDER BY b.id",
        (account_id, to_micros(bet.placed_at), bet.stake_minor),
    ).fetchall()
    line = bet.selection.line
    wanted = (line.event_id, line.market, line.period, line.participant, bet.selection.name, bet.selection.point)
    return [
        row["id"]
        for row in rows
        if (row["event_id"], row["market"], row["period"], row["participant"], row["name"], row["point"]) == wanted
        and (row["bookmaker"], row["side"]) == (bet.bookmaker, bet.side)
        and price_of(row).exact == bet.price.exact
        and row["each_way"] == (bet.each_way.text if bet.each_way else None)
    ]


def _book(conn: sqlite3.Connection, source: Source, bet: OlderBet) -> int:
    told = bet.legs or (OlderLeg(bet.event, bet.selection, bet.price),)
    events = tuple(each.event for each in told)
    legs = [Leg(each.selection, bet.bookmaker, each.price, bet.side, stake_minor=bet.stake_minor) for each in told]
    fills = tuple(
        Fill(leg, leg.price, bet.stake_minor, Evidence.NONE, IMPORTED, None, None, bet.each_way) for leg in legs
    )
    impossible = why_no_parlay(legs, {event.id: event for event in events}) if bet.legs else None
    if impossible is not None:
        raise UsageError(impossible.message)
    request = Request(
        account=source.owner.name,
        key=_key(conn, source, bet),
        origin=Origin.IMPORT,
        created_by=source.created_by,
        fills=fills,
        events=events,
        parlay=whole(legs, fills, bet.stake_minor) if bet.legs else None,
        placed_at=bet.placed_at,
        booked_at=source.now,
        strategy=bet.strategy,
        note=bet.note,
        history=True,
        funding=bet.funding,
    )
    outcome = book(conn, request)
    if isinstance(outcome, NotPlaced):
        raise UsageError(outcome.refusal.message)
    assert isinstance(outcome, Placed)
    return int(outcome.bets[0].id.removeprefix("BET-"))


def _key(conn: sqlite3.Connection, source: Source, bet: OlderBet) -> str:
    """From the content; twins in one file are told apart by their count."""
    told = "|".join(
        (
            bet.selection.line.text,
            bet.selection.name,
            bet.bookmaker,
            bet.side.value,
            str(bet.price.exact),
            str(bet.stake_minor),
            bet.placed_at.isoformat(),
            *((bet.each_way.text,) if bet.each_way else ()),
        )
    )
    digest = hashlib.sha256(told.encode()).hexdigest()[:24]
    twins = len(list(_same(conn, source.owner.id, bet)))
    return f"{IMPORTED}:{digest}:{twins}"


def _import_results(conn: sqlite3.Connection, source: Source, rows: Sequence[Row], said: _Said) -> ImportReport:
    scores: list[Score] = []
    for number, row in enumerate(watched(rows, len(rows), source.progress, "Reading results"), start=1):
        known = conn.execute("SELECT * FROM events WHERE event_id = ?", (result_id(row),)).fetchone()
        try:
            score = read_result(row, f"row {number}", source.zone, event_of(known) if known else None)
        except BettingError as error:
            said.left_out.append(f"{_name(row, f'row {number}')}: {error.message}")
        else:
            scores.append(score)
    before = _count_results(conn)
    report = settle_scores(conn, scores, source.now)
    added = _count_results(conn) - before
    said.notes.extend(f"{each.bet_id} stays open: {each.reason}" for each in report.open)
    return said.report(added, len(scores) - added)


def _count_results(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM results").fetchone()[0])


def _name(row: Row, label: str) -> str:
    return Fields(row, UTC).text("id", "bet_id", "game_id", limit=40) or label
