"""The ledger checked by an independent fold: nothing here shares code or SQL with what wrote it.

`verify` reads everything. The quick check, in `quick_check`, looks at sums alone.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from betting_tui.engine.core.money_views import VerifyReport
from betting_tui.engine.core.progress import Progress, silent, watched
from betting_tui.engine.store.summaries import summaries_differ

_MAX_PROBLEMS = 20
_OWN_MONEY = ("wallet", "open_bets", "working_orders")

# What of the stake wins and what of it is lost, written out apart from the grading rules; the rest comes back.
_WON_AND_LOST = {
    "win": (Fraction(1), Fraction(0)),
    "half_win": (Fraction(1, 2), Fraction(0)),
    "push": (Fraction(0), Fraction(0)),
    "void": (Fraction(0), Fraction(0)),
    "half_loss": (Fraction(0), Fraction(1, 2)),
    "loss": (Fraction(0), Fraction(1)),
}
_TERMS = (
    " LEFT JOIN settlements t ON t.bet_id = b.id AND t.reversed_by_entry_id IS NULL"
    " LEFT JOIN settlement_terms x ON x.bet_id = t.bet_id AND x.number = t.number"
)


class _Fold:
    """Everything that moved, added up in plain Python."""

    def __init__(self, progress: Progress = silent) -> None:
        self.progress = progress
        self.problems: list[str] = []
        self.of_entry: dict[int, int] = defaultdict(int)
        self.of_account: dict[tuple[str, str], int] = defaultdict(int)
        self.of_bet: dict[tuple[int, str], int] = defaultdict(int)
        self.of_order: dict[tuple[int, str], int] = defaultdict(int)
        self.of_period: dict[tuple[int, str, str], int] = defaultdict(int)
        # Whose wallets money of a bet or an order went through.
        self.purses_of_bet: dict[int, set[str]] = defaultdict(set)
        self.purses_of_order: dict[int, set[str]] = defaultdict(set)

    def differ(self, what: str, found: object, expected: object) -> None:
        if found != expected and len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(f"{what} is {found}, should be {expected}")


def verify(conn: sqlite3.Connection, progress: Progress = silent) -> VerifyReport:
    """Recompute every sum; `problems` names the first differences in the order they are found."""
    fold = _Fold(progress)
    _check_file(conn, fold)
    entries = _fold_postings(conn, fold)
    bets = _check_bets(conn, fold)
    _check_commissions(conn, fold)
    _check_settlements(conn, fold)
    _check_placements(conn, fold)
    _check_orders(conn, fold)
    _check_periods(conn, fold)
    for difference in summaries_differ(conn, progress)[: _MAX_PROBLEMS - len(fold.problems)]:
        fold.problems.append(difference)
    return VerifyReport(ok=not fold.problems, entries=entries, bets=bets, problems=tuple(fold.problems))


def _all(conn: sqlite3.Connection, fold: _Fold, query: str, table: str, what: str) -> Iterator[sqlite3.Row]:
    """The rows of a query, about one for each row of a table."""
    rows = int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return watched(conn.execute(query), rows, fold.progress, f"Checking {what}")


def _check_file(conn: sqlite3.Connection, fold: _Fold) -> None:
    fold.progress(0, 0, "Checking the file")
    fold.differ("the file's own check", conn.execute("PRAGMA integrity_check(1)").fetchone()[0], "ok")
    for row in conn.execute("PRAGMA foreign_key_check"):
        fold.differ(f"row {row[1]} of {row[0]}: its {row[2]}", "missing", "there")


def _fold_postings(conn: sqlite3.Connection, fold: _Fold) -> int:
    accounts = {
        row["id"]: row
        for row in conn.execute(
            "SELECT la.id, a.name, la.kind, la.bookmaker, la.account_id, la.balance_minor FROM ledger_accounts la"
            " JOIN accounts a ON a.id = la.account_id"
        )
    }
    entries = {
        row["id"]: row
        for row in conn.execute("SELECT id, account_id, period_id, bet_id, order_id, kind FROM journal_entries")
    }
    sums: dict[int, int] = defaultdict(int)
    query = "SELECT entry_id, ledger_account_id, amount_minor FROM postings"
    for row in _all(conn, fold, query, "postings", "postings"):
        place, entry = accounts[row["ledger_account_id"]], entries[row["entry_id"]]
        kind = place["kind"]
        sums[row["ledger_account_id"]] += row["amount_minor"]
        fold.of_entry[row["entry_id"]] += row["amount_minor"]
        fold.of_account[place["name"], kind] += row["amount_minor"]
        fold.differ(f"the account of a posting of entry {row['entry_id']}", place["account_id"], entry["account_id"])
        if kind in _OWN_MONEY:
            fold.of_period[entry["period_id"], kind, place["bookmaker"]] += row["amount_minor"]
        if entry["bet_id"] is not None:
            fold.of_bet[entry["bet_id"], kind] += row["amount_minor"]
            if kind == "wallet":
                fold.purses_of_bet[entry["bet_id"]].add(place["bookmaker"])
        elif entry["order_id"] is not None:
            fold.of_order[entry["order_id"], kind] += row["amount_minor"]
            if kind == "wallet":
                fold.purses_of_order[entry["order_id"]].add(place["bookmaker"])
    for entry_id, total in fold.of_entry.items():
        fold.differ(f"the sum of entry {entry_id}", total, 0)
    for place in accounts.values():
        name = " ".join(word for word in (place["kind"], place["bookmaker"], "of", place["name"]) if word)
        fold.differ(f"the balance kept of {name}", place["balance_minor"], sums[place["id"]])
    _check_entries(conn, fold)
    return len(entries)


def _check_entries(conn: sqlite3.Connection, fold: _Fold) -> None:
    """Entries stay in the account and period of their bet, and move something unless it is a free one."""
    query = (
        "SELECT j.id, j.account_id, j.period_id, b.account_id AS owner, b.period_id AS period, b.risk_minor,"
        " o.account_id AS of_period FROM journal_entries j"
        " LEFT JOIN bets b ON b.id = j.bet_id JOIN account_periods o ON o.id = j.period_id"
    )
    for row in _all(conn, fold, query, "journal_entries", "entries"):
        fold.differ(f"the account of the period of entry {row['id']}", row["of_period"], row["account_id"])
        if row["owner"] is not None:
            fold.differ(f"the account of entry {row['id']}", row["account_id"], row["owner"])
            fold.differ(f"the period of entry {row['id']}", row["period_id"], row["period"])
        if row["id"] not in fold.of_entry and row["risk_minor"] != 0:
            fold.differ(f"what entry {row['id']} moves", "nothing", "something")


def _check_bets(conn: sqlite3.Connection, fold: _Fold) -> int:
    reserved: dict[str, int] = defaultdict(int)
    count = 0
    query = (
        "SELECT b.*, a.name, o.side, o.kind, o.funding, p.format AS price_format, p.text AS price_text,"
        " w.text AS bookmaker, x.share, x.deduction, x.multiple, x.place, x.tied,"
        " ifnull(x.commission_minor, 0) AS booked_commission"
        " FROM bets b JOIN accounts a ON a.id = b.account_id"
        " LEFT JOIN orders o ON o.id = b.order_id LEFT JOIN words w ON w.id = o.bookmaker_id"
        " LEFT JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number"
        f" LEFT JOIN prices p ON p.id = f.price_id{_TERMS} ORDER BY b.id"
    )
    for bet in _all(conn, fold, query, "bets", "bets"):
        count += 1
        name = f"BET-{bet['id']:06d}"
        if bet["price_text"] is None:
            fold.differ(f"{name}: its fill", "missing", "there")
            continue
        fold.differ(f"{name}: what it may lose", bet["risk_minor"], _risk(bet) * (2 if bet["each_way"] else 1))
        still_open = bet["state"] in ("pending", "review")
        if still_open:
            reserved[bet["name"]] += bet["risk_minor"]
        held = fold.of_bet[bet["id"], "open_bets"]
        fold.differ(f"{name}: money held for it", held, bet["risk_minor"] if still_open else 0)
        profit = bet["profit_minor"] if bet["state"] == "settled" else 0
        own = sum(fold.of_bet[bet["id"], kind] for kind in _OWN_MONEY)
        fold.differ(f"{name}: what its entries changed", own, profit)
        purses = fold.purses_of_bet[bet["id"]] | fold.purses_of_order[bet["order_id"]]
        if len(purses) > 1 or not purses <= {"", bet["bookmaker"]}:
            fold.differ(f"{name}: wallets its money went through", sorted(purses), "its own or its bookmaker's")
        if bet["state"] == "settled":
            due = round(_return(bet)) if bet["kind"] == "single" else _parlay_return(conn, bet)
            fold.differ(f"{name}: its return", bet["return_minor"], due)
            fold.differ(f"{name}: its profit", profit, due - bet["commission_minor"] - bet["risk_minor"])
        fold.differ(f"{name}: its commission as settled", bet["commission_minor"], bet["booked_commission"])
    accounts = [row["name"] for row in conn.execute("SELECT name FROM accounts")]
    for account in accounts:
        held = fold.of_account[account, "open_bets"]
        fold.differ(f"account {account}: money held for open bets", held, reserved[account])
    return count


def _risk(bet: sqlite3.Row) -> int:
    if bet["funding"] == "free":
        return 0
    if bet["side"] == "lay":
        return round((_exact(bet) - 1) * int(bet["stake_minor"]))
    return int(bet["stake_minor"])


def _return(bet: sqlite3.Row) -> Fraction:
    """Of a single bet before commission, unrounded. A laid selection wins what the bet loses."""
    if bet["each_way"] is not None:
        return _each_way_return(bet)
    won, lost = _WON_AND_LOST[bet["result"]]
    if bet["side"] == "lay":
        won, lost = lost, won
    share = Fraction(bet["share"] or 1)
    won, lost = won * share, lost + won * (1 - share)
    stake, risk = int(bet["stake_minor"]), int(bet["risk_minor"])
    kept = 1 - Fraction(bet["deduction"] or 0)
    if bet["side"] == "lay":
        return risk + lost * stake - won * risk * kept
    net = (_exact(bet) - 1) * kept
    if bet["funding"] == "free":
        return stake * net * won
    return stake * (1 + net * won - lost)


def _each_way_return(bet: sqlite3.Row) -> Fraction:
    """Two stakes: one on the first place at the whole odds, one on all that pay at a share of them. Who ties shares
    what is left of the places with the others."""
    stake, place = int(bet["stake_minor"]), bet["place"]
    if place is None or place == 0:
        return Fraction(2 * stake if bet["result"] == "void" else 0)
    share, _, places = str(bet["each_way"]).partition(",")
    net = (_exact(bet) - 1) * (1 - Fraction(bet["deduction"] or 0))
    first, placed = (min(Fraction(max(paying - place + 1, 0), bet["tied"]), Fraction(1)) for paying in (1, int(places)))
    return stake * (first * (1 + net) + placed * (1 + net * Fraction(share)))


def _parlay_return(conn: sqlite3.Connection, bet: sqlite3.Row) -> int:
    """By its legs, unless it was void or lost as a whole, or is told by what it paid. -1, which no return is, where a
    leg has no result."""
    if bet["result"] == "loss":
        return 0
    stake = int(bet["stake_minor"])
    own = stake if bet["funding"] == "free" else 0
    if bet["result"] == "void":
        return stake - own
    if bet["multiple"] is not None:
        return round(max(stake * Fraction(bet["multiple"]) - own, Fraction(0)))
    product = Fraction(1)
    for leg in conn.execute(
        "SELECT g.result, h.share, h.deduction, p.format AS price_format, p.text AS price_text FROM legs g"
        " JOIN prices p ON p.id = g.price_id"
        " LEFT JOIN legs_by_hand h ON h.order_id = g.order_id AND h.ordinal = g.ordinal WHERE g.order_id = ?",
        (bet["order_id"],),
    ):
        if leg["result"] is None:
            return -1
        won, lost = _WON_AND_LOST[leg["result"]]
        share = Fraction(leg["share"] or 1)
        won, lost = won * share, lost + won * (1 - share)
        product *= 1 + (_exact(leg) - 1) * (1 - Fraction(leg["deduction"] or 0)) * won - lost
    return round(max(stake * product - own, Fraction(0)))


def _check_commissions(conn: sqlite3.Connection, fold: _Fold) -> None:
    """Once on what all bets of an account and period won on one line at one bookmaker, shared by those that won."""
    markets: dict[tuple[object, ...], list[sqlite3.Row]] = defaultdict(list)
    for bet in conn.execute(
        "SELECT b.*, o.side, o.funding, o.bookmaker_id, s.line_id, p.format AS price_format, p.text AS price_text,"
        " x.share, x.deduction, x.place, x.tied FROM bets b JOIN orders o ON o.id = b.order_id"
        " JOIN legs g ON g.order_id = o.id"
        " JOIN selections s ON s.id = g.selection_id JOIN fills f ON f.order_id = b.order_id"
        f" AND f.number = b.fill_number JOIN prices p ON p.id = f.price_id{_TERMS}"
        " WHERE b.state = 'settled' AND b.commission IS NOT NULL AND o.kind = 'single' ORDER BY b.id"
    ):
        market = (bet["account_id"], bet["period_id"], bet["bookmaker_id"], bet["line_id"], bet["commission"])
        markets[market].append(bet)
    for bets in markets.values():
        profits = [_return(bet) - bet["risk_minor"] for bet in bets]
        won = sum(profit for profit in profits if profit > 0)
        fee = Fraction(bets[0]["commission"]) * max(sum(profits), Fraction(0))
        for bet, profit in zip(bets, profits, strict=True):
            gross = _return(bet)
            own = round(gross) - round(gross - fee * profit / won) if profit > 0 and fee else 0
            fold.differ(f"BET-{bet['id']:06d}: its commission", bet["commission_minor"], own)


def _exact(bet: sqlite3.Row) -> Fraction:
    """Decimal odds of the price as quoted, by the definitions of the formats."""
    text = str(bet["price_text"]).strip().lower().replace("\u2212", "-")
    if text in ("even", "ev", "evens", "evs", "pk"):
        return Fraction(2)
    number = Fraction(text)
    match bet["price_format"]:
        case "american" | "indonesian":
            net = number / 100 if bet["price_format"] == "american" else number
            return 1 + (net if net > 0 else -1 / net)
        case "malay":
            return 1 + number if number > 0 else 1 - 1 / number
        case "fractional" | "hong_kong":
            return 1 + number
        case "probability":
            return 1 / number
        case _:
            return number


def _check_settlements(conn: sqlite3.Connection, fold: _Fold) -> None:
    standing: dict[int, list[sqlite3.Row]] = defaultdict(list)
    query = (
        "SELECT t.*, j.bet_id AS entry_of FROM settlements t JOIN journal_entries j ON j.id = t.entry_id"
        " ORDER BY t.bet_id, t.number"
    )
    for row in _all(conn, fold, query, "settlements", "settlements"):
        if row["entry_of"] != row["bet_id"]:
            fold.differ(f"BET-{row['bet_id']:06d}: the entry of its settlement", row["entry_id"], "one of its own")
        if row["reversed_by_entry_id"] is None:
            standing[row["bet_id"]].append(row)
    query = "SELECT id, state, result, return_minor, profit_minor FROM bets"
    for bet in _all(conn, fold, query, "bets", "settled bets"):
        rows = standing[bet["id"]]
        name = f"BET-{bet['id']:06d}"
        fold.differ(f"{name}: settlements that stand", len(rows), int(bet["state"] == "settled"))
        for row in rows:
            said = (row["result"], row["return_minor"], row["profit_minor"])
            fold.differ(f"{name}: as settled", (bet["result"], bet["return_minor"], bet["profit_minor"]), said)


def _check_placements(conn: sqlite3.Connection, fold: _Fold) -> None:
    placed: dict[int, int] = defaultdict(int)
    query = (
        "SELECT b.id, b.stake_minor, b.account_id, p.account_id AS owner, o.placement_id, f.stake_minor AS filled"
        " FROM bets b JOIN orders o ON o.id = b.order_id JOIN placements p ON p.id = o.placement_id"
        " LEFT JOIN fills f ON f.order_id = b.order_id AND f.number = b.fill_number"
    )
    for row in _all(conn, fold, query, "bets", "placements"):
        placed[row["placement_id"]] += 1
        fold.differ(f"BET-{row['id']:06d}: what was filled", row["filled"] or 0, row["stake_minor"])
        fold.differ(f"BET-{row['id']:06d}: its account", row["account_id"], row["owner"])
    for row in conn.execute("SELECT id, state FROM placements"):
        if (row["state"] == "accepted") != (placed[row["id"]] > 0):
            fold.differ(f"placement {row['id']} ({row['state']}): its bets", placed[row["id"]], "some if accepted")


def _check_orders(conn: sqlite3.Connection, fold: _Fold) -> None:
    """What waiting orders hold back is in `working_orders`; the others have left nothing there."""
    held: dict[str, int] = defaultdict(int)
    query = (
        "SELECT o.id, o.state, o.reserved_minor, o.stake_minor, o.side, o.funding, a.name, p.state AS placement,"
        " pr.format AS price_format, pr.text AS price_text, b.id AS bet FROM orders o"
        " JOIN placements p ON p.id = o.placement_id JOIN accounts a ON a.id = p.account_id"
        " JOIN prices pr ON pr.id = o.price_id LEFT JOIN bets b ON b.order_id = o.id ORDER BY o.id"
    )
    for row in _all(conn, fold, query, "orders", "orders"):
        name = f"ORD-{row['id']:06d}"
        works = row["state"] in ("working", "part_filled")
        kept = fold.of_order[row["id"], "working_orders"]
        if row["bet"] is not None:
            kept += fold.of_bet[row["bet"], "working_orders"]
        fold.differ(f"{name}: money held for it", kept, row["reserved_minor"] if works else 0)
        if works:
            held[row["name"]] += row["reserved_minor"]
            fold.differ(f"{name}: what it may lose", row["reserved_minor"], _risk(row))
            fold.differ(f"{name}: its placement", row["placement"], "working")
    for account in [row["name"] for row in conn.execute("SELECT name FROM accounts")]:
        fold.differ(
            f"account {account}: money held for working orders",
            fold.of_account[account, "working_orders"],
            held[account],
        )


def _check_periods(conn: sqlite3.Connection, fold: _Fold) -> None:
    """A closed period has given all its money back, wallet by wallet, and left nothing open."""
    closed = {}
    for row in conn.execute(
        "SELECT p.id, p.number, p.account_id, a.name, p.ended_at, (SELECT count(*) FROM bets b WHERE b.period_id = p.id"
        " AND b.state IN ('pending', 'review')) AS open_bets FROM account_periods p JOIN accounts a"
        " ON a.id = p.account_id ORDER BY p.id"
    ):
        if row["ended_at"] is not None:
            closed[row["id"]] = f"period {row['number']} of {row['name']}"
            fold.differ(f"{closed[row['id']]}, which is closed: its open bets", row["open_bets"], 0)
    for (period, kind, bookmaker), total in sorted(fold.of_period.items()):
        if period in closed:
            where = f"{kind} {bookmaker}".strip()
            fold.differ(f"{closed[period]}, which is closed: money left in {where}", total, 0)
    for row in conn.execute(
        "SELECT b.id FROM bets b JOIN account_periods p ON p.id = b.period_id WHERE p.account_id <> b.account_id"
    ):
        fold.differ(f"BET-{row['id']:06d}: the account of its period", "another", "its own")
