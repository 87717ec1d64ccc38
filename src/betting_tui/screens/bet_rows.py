"""Bets as table rows and as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from betting_tui.engine.core.bet_views import BetRow, OpenBetRow, OrderRow
from betting_tui.engine.core.model import START_UNKNOWN, BetResult, BetState, Event, Funding, Side
from betting_tui.engine.core.places import at_best_minor
from betting_tui.engine.core.scores import PlayingScore
from betting_tui.screens.names import book, joint, market, pick_of, pick_parts, short_pick, sport
from betting_tui.screens.show import NOTHING, Show, age, countdown, percent, to_win, total_return
from betting_tui.widgets.columns import Column
from betting_tui.widgets.row import Cell, Look
from betting_tui.widgets.text import fit, plain

OPEN_COLUMNS = (
    Column("id", "Bet", 10, priority=3),
    Column("starts", "Starts", 7, "right"),
    Column("league", "League", 6, priority=8, max_width=16),
    Column("event", "Event", 16, flexible=True),
    Column("market", "Market", 8, priority=7, max_width=20),
    Column("pick", "Pick", 14, max_width=40),
    Column("book", "Book", 10, priority=2, max_width=18),
    Column("edge", "Edge", 7, "right", priority=6),
    Column("price", "Taken", 6, "right"),
    Column("now", "Now", 7, "right"),
    Column("stake", "Stake", 9, "right"),
    Column("returns", "Returns", 9, "right"),
    Column("clv", "CLV", 8, "right", priority=5),
    Column("state", "State", 12, priority=4, max_width=30),
)
SETTLED_COLUMNS = (
    Column("id", "Bet", 10, priority=3),
    Column("settled", "Settled", 12, priority=2),
    Column("league", "League", 6, priority=7, max_width=16),
    Column("event", "Event", 16, flexible=True),
    Column("market", "Market", 9, priority=6, max_width=20),
    Column("pick", "Pick", 14, max_width=40),
    Column("book", "Book", 10, priority=4, max_width=18),
    Column("price", "Taken", 6, "right"),
    Column("close", "Close", 6, "right", priority=5),
    Column("clv", "CLV", 8, "right", priority=1),
    Column("result", "Result", 9),
    Column("profit", "Profit", 10, "right"),
)
ORDER_COLUMNS = (
    Column("id", "Order", 10, priority=3),
    Column("until", "Until", 12, "right"),
    Column("event", "Event", 16, flexible=True),
    Column("pick", "Pick", 14, max_width=40),
    Column("book", "Book", 10, priority=2, max_width=18),
    Column("limit", "Waits for", 9, "right"),
    Column("now", "Now", 6, "right"),
    Column("stake", "Stake", 9, "right"),
    Column("reserved", "Reserved", 9, "right", priority=1),
)
RESULT_WORDS = {
    BetResult.WIN: "won",
    BetResult.LOSS: "lost",
    BetResult.PUSH: "push",
    BetResult.VOID: "void",
    BetResult.HALF_WIN: "half won",
    BetResult.HALF_LOSS: "half lost",
}


REVIEW_COLUMNS = (
    Column("id", "Bet", 10, priority=3),
    Column("started", "Started", 12, "right", priority=2),
    Column("event", "Event", 14, max_width=24),
    Column("pick", "Pick", 10, max_width=18),
    Column("stake", "Stake", 9, "right", priority=1),
    Column("why", "Why it waits for you", 20, flexible=True),
)


def review_look(row: OpenBetRow, show: Show, now: datetime) -> Look:
    bet = row.bet
    first, _ = bet.starts
    cells = (
        Cell(bet.id, "muted"),
        Cell(show.near(first, now) if bet.event.start_known else NOTHING, "muted"),
        _event_cell(bet),
        _pick_cell(bet, "strong"),
        Cell(show.money(bet.staked_minor)),
        Cell(show.told(bet.review_reason or bet.note, now), "warn"),
    )
    return Look(cells, "!")


def bet_pick(bet: BetRow) -> str:
    if bet.legs:
        named = (short_pick(leg.line, leg.selection, leg.point) for leg in bet.legs)
        return f"{len(bet.legs)} legs: {' / '.join(named)}"
    side = "lay " if bet.side is Side.LAY else ""
    way = "" if bet.each_way is None else f", {bet.each_way.words}"
    return side + pick_of(bet.line, bet.selection, bet.point) + way


def _event_cell(bet: BetRow) -> Cell:
    if bet.legs:
        # Its legs are named in the next column.
        return Cell(f"{bet.events[0].name} + {len(bet.events) - 1} more")
    return Cell(bet.event.name, joint=joint(bet.event))


def _pick_cell(bet: BetRow, kind: str) -> Cell:
    if bet.legs or bet.each_way is not None:
        return Cell(bet_pick(bet), kind)
    side = "lay " if bet.side is Side.LAY else ""
    name, points = pick_parts(bet.line, bet.selection, bet.point)
    return Cell(side + name, kind, tail=points)


def _countdown_cell(row: OpenBetRow) -> Cell:
    if row.bet.starts[0] >= START_UNKNOWN:
        return Cell(NOTHING, "muted")
    return Cell(countdown(row.starts_in_seconds), "warn" if row.starts_in_seconds <= 0 else "")


def open_look(row: OpenBetRow, show: Show) -> Look:
    bet = row.bet
    now, kind = _price_now(row, show)
    cells = (
        Cell(bet.id, "muted"),
        _countdown_cell(row),
        Cell(bet.event.sport_title or sport(bet.event.sport_key), "muted"),
        _event_cell(bet),
        Cell("Parlay" if bet.legs else market(bet.line), "muted"),
        _pick_cell(bet, "strong"),
        Cell(book(bet.bookmaker)),
        Cell(percent(bet.edge), "muted"),
        Cell(show.price(bet.price), "strong"),
        Cell(now, kind),
        Cell(show.money(bet.staked_minor)),
        Cell(show.money(row.potential_return_minor)),
        _clv_so_far(row),
        Cell(row.state_text, "warn" if bet.state is BetState.REVIEW else "muted"),
    )
    return Look(cells, "!" if bet.state is BetState.REVIEW else "")


def _clv_so_far(row: OpenBetRow) -> Cell:
    """Against the fair line as it stands, else against the same book's price."""
    value = row.clv_ev if row.clv_ev is not None else row.clv_price
    if value is None:
        return Cell(NOTHING, "muted")
    return Cell(percent(value), "gain" if value > 0 else "loss" if value < 0 else "")


def _price_now(row: OpenBetRow, show: Show) -> tuple[str, str]:
    """`▲+140`: the price taken is better than what could be had now. After the start the score, where it is known."""
    if row.score is not None:
        return score_text(row.bet.event, row.score), "strong"
    if row.price_now is None:
        return NOTHING, "muted"
    gained = row.bet.price.decimal - row.price_now.decimal
    if row.bet.side is Side.LAY:
        gained = -gained
    text = show.price(row.price_now)
    if abs(gained) < 1e-12:
        return text, ""
    return (f"▲{text}", "gain") if gained > 0 else (f"▼{text}", "loss")


def score_text(event: Event, score: PlayingScore) -> str:
    """`48–54`, in the order of the event's name."""
    home_first = not event.name.startswith(f"{event.away_team} ")
    first, second = (score.home, score.away) if home_first else (score.away, score.home)
    return f"{first}–{second}"


def _score_told(event: Event, score: PlayingScore) -> str:
    played = ""
    if score.played is not None:
        unit = {"soccer": "minutes", "baseball": "innings"}.get(event.sport_key.partition("_")[0])
        played = f" after {score.played:g} {unit}" if unit else ""
    return f"{score_text(event, score)}{played}, as a feed last said"


def settled_look(bet: BetRow, show: Show, now: datetime) -> Look:
    profit = bet.profit_minor
    kind = "" if not profit else ("gain" if profit > 0 else "loss")
    word = RESULT_WORDS[bet.result] if bet.result is not None else bet.state.value
    cells = (
        Cell(bet.id, "muted"),
        Cell(NOTHING if bet.settled_at is None else show.near(bet.settled_at, now), "muted"),
        Cell(bet.event.sport_title or sport(bet.event.sport_key), "muted"),
        _event_cell(bet),
        Cell("Parlay" if bet.legs else market(bet.line), "muted"),
        _pick_cell(bet, ""),
        Cell(book(bet.bookmaker)),
        Cell(show.price(bet.price)),
        Cell(show.price(bet.closing_price)),
        Cell(percent(bet.clv_ev if bet.clv_ev is not None else bet.clv_price)),
        Cell(word, kind),
        Cell(show.money(profit, sign=True), kind),
    )
    return Look(cells)


def order_look(order: OrderRow, show: Show, now: datetime) -> Look:
    leg = order.leg
    name, points = pick_parts(leg.selection.line, leg.selection.name, leg.selection.point)
    free = order.funding is Funding.FREE
    cells = (
        Cell(order.id, "muted"),
        Cell(show.near(order.expires_at, now), "muted"),
        Cell(order.event.name, joint=joint(order.event)),
        Cell(name, "strong", tail=points),
        Cell(book(leg.bookmaker)),
        Cell(show.price(leg.price), "strong"),
        Cell(show.price(order.price_now), "muted"),
        Cell(show.money(order.stake_minor)),
        Cell("free bet" if free else show.money(order.reserved_minor)),
    )
    return Look(cells, "◷")


def order_text(order: OrderRow, show: Show) -> Content:
    """Everything about one waiting order, a fact a line."""
    leg = order.leg
    pick = pick_of(leg.selection.line, leg.selection.name, leg.selection.point)
    wanted = f"{pick} {show.price(leg.price)} or better at {book(leg.bookmaker)}"
    facts = [
        ("event", _event_text(order.event, show)),
        ("waits", f"{market(leg.selection.line)} · {wanted}"),
        ("now", show.price(order.price_now)),
        ("stake", f"{show.money(order.stake_minor)} · {show.money(order.reserved_minor)} reserved"),
        ("filled", show.money(order.filled_minor)),
        ("since", show.day_clock(order.created_at)),
        ("until", f"{show.day_clock(order.expires_at)} · then its money is free again"),
    ]
    return _facts(facts)


def _event_text(event: Event, show: Show) -> str:
    return f"{event.name} · {event.sport_title or sport(event.sport_key)} · {show.start(event)}"


def _facts(facts: Sequence[tuple[str, str]]) -> Content:
    lines = [Content.assemble(plain(fit(name, 8), "$text-muted"), plain(text)) for name, text in facts]
    return Content("\n").join(lines)


def bet_text(bet: BetRow, show: Show, waiting: OpenBetRow | None = None) -> Content:
    """Everything about one bet, a fact a line; `waiting` adds what is only known of an open one."""
    facts = [
        *_what(bet, show),
        ("stake", _stake(bet, show)),
        ("placed", f"{show.day_clock(bet.placed_at)} · by {bet.origin.value} · {bet.strategy or 'no strategy'}"),
        ("proof", _evidence(bet, show)),
        ("edge", f"{percent(bet.edge)} at placement · fair {percent(bet.fair_probability, sign=False)}"),
        ("state", bet.state.value if waiting is None else waiting.state_text),
        ("close", _close(bet, show)),
    ]
    if waiting is not None and waiting.score is not None:
        facts.append(("score", _score_told(bet.event, waiting.score)))
    if waiting is not None and waiting.price_now is not None:
        facts.append(("now", f"{show.price(waiting.price_now)} · {age(waiting.price_now_age_seconds)} old"))
    if waiting is not None and (waiting.clv_ev is not None or waiting.clv_price is not None):
        facts.append(("CLV", f"so far {percent(waiting.clv_ev)} no-vig, {percent(waiting.clv_price)} price"))
    if bet.result is not None:
        facts.append(("result", f"{RESULT_WORDS[bet.result]} · {show.money(bet.profit_minor, sign=True)}"))
    if bet.note:
        facts.append(("note", show.told(bet.note)))
    return _facts(facts)


def _what(bet: BetRow, show: Show) -> list[tuple[str, str]]:
    """What it is on: event and bet, or a line a leg."""
    if not bet.legs:
        return [
            ("event", _event_text(bet.event, show)),
            ("bet", f"{market(bet.line)} · {bet_pick(bet)} {show.price(bet.price)} at {book(bet.bookmaker)}"),
        ]
    facts = [("parlay", f"{len(bet.legs)} legs {show.price(bet.price)} at {book(bet.bookmaker)}")]
    for number, leg in enumerate(bet.legs, start=1):
        pick = f"{market(leg.line)} · {pick_of(leg.line, leg.selection, leg.point)} {show.price(leg.price)}"
        known = "" if leg.result is None else f" · {RESULT_WORDS[leg.result]}"
        facts.append((f"leg {number}", f"{pick} · {leg.event.name} · {show.start(leg.event)}{known}"))
    return facts


def _stake(bet: BetRow, show: Show) -> str:
    stake = f"{show.money(bet.stake_minor)} {bet.currency}"
    if bet.each_way is not None:
        best = at_best_minor(bet.stake_minor, bet.price.exact, bet.each_way)
        return f"{stake} each way, {show.money(bet.staked_minor)} in all · first returns {show.money(best)}"
    if bet.funding is Funding.FREE:
        return f"{stake} free bet · a win pays {show.money(to_win(bet.stake_minor, bet.price))}"
    return f"{stake} · a win returns {show.money(total_return(bet.stake_minor, bet.price))}"


def _evidence(bet: BetRow, show: Show) -> str:
    quoted = "" if bet.quoted_at is None else f" · quoted {show.day_clock(bet.quoted_at)}"
    return f"{bet.evidence.value.replace('_', ' ')} · {bet.source or 'no source'}{quoted}"


def _close(bet: BetRow, show: Show) -> str:
    """The last prices before the start, how old they were then, and what they say of the price taken."""
    parts: list[str] = []
    if bet.reference is not None:
        before = _before(bet.reference.seconds_before_start)
        parts.append(f"fair {percent(bet.reference.probability, sign=False)}{before}")
    if bet.closing_price is not None:
        parts.append(f"{show.price(bet.closing_price)}{_before(bet.closing_seconds_before_start)}")
    known = [
        (percent(bet.clv_ev), "no-vig", bet.clv_ev, bet.ev_converted),
        (percent(bet.clv_price), "price", bet.clv_price, bet.price_converted),
        (percent(bet.clv_net_odds), "net odds", bet.clv_net_odds, bet.price_converted),
    ]
    told = [
        f"{text} {name}{' converted' if converted else ''}"
        for text, name, value, converted in known
        if value is not None
    ]
    if told:
        parts.append(f"CLV {', '.join(told)}")
    if bet.clv_line:
        parts.append(f"{bet.clv_line:+g} on the line")
    if bet.closing_missing:
        parts.append(f"none: {bet.closing_missing}")
    return " · ".join(parts) or "not there yet"


def _before(seconds: float | None) -> str:
    return "" if seconds is None else f" {age(seconds)} before the start"
