"""What is told, in words: a title and one line, plain text."""

from __future__ import annotations

from betting_tui.engine.core.bet_views import BetRow, Placed
from betting_tui.engine.core.book_titles import title
from betting_tui.engine.core.model import BetResult, Opportunity
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import OddsFormat, format_price
from betting_tui.engine.core.point_words import point_words
from betting_tui.engine.core.ports import Notice, NoticeKind

RESULT_WORDS = {
    BetResult.WIN: "won",
    BetResult.LOSS: "lost",
    BetResult.PUSH: "push",
    BetResult.VOID: "void",
    BetResult.HALF_WIN: "half won",
    BetResult.HALF_LOSS: "half lost",
}


def value_notice(opportunity: Opportunity, odds_format: OddsFormat) -> Notice:
    leg = opportunity.legs[0]
    price = format_price(leg.price, odds_format)
    picked = _picked(leg.selection.name, leg.selection.line.market, leg.selection.point)
    return Notice(
        NoticeKind.HIGH_VALUE,
        f"opportunity:{opportunity.id}",
        f"Value {(opportunity.edge or 0) * 100:+.1f} %",
        f"{picked} {price} at {title(leg.bookmaker)} · {opportunity.event.name}",
    )


def arbitrage_notice(opportunity: Opportunity) -> Notice:
    books = " + ".join(title(leg.bookmaker) for leg in opportunity.legs)
    return Notice(
        NoticeKind.ARBITRAGE,
        f"opportunity:{opportunity.id}",
        f"Arbitrage {(opportunity.profit_margin or 0) * 100:+.1f} %",
        f"{opportunity.event.name} · {books}",
        urgent=True,
    )


def placed_notice(placed: Placed, odds_format: OddsFormat) -> Notice:
    """What an automatic placement is called in a toast."""
    first = placed.bets[0]
    return Notice(
        NoticeKind.BET_PLACED,
        f"placed:{first.account}:{placed.placement_id}",
        f"{', '.join(bet.id for bet in placed.bets)} placed by {first.strategy or first.origin.value}",
        " + ".join(_taken(bet, odds_format) for bet in placed.bets) + f" · {first.event.name}",
    )


def review_notice(bet: BetRow) -> Notice:
    return Notice(
        NoticeKind.REVIEW,
        f"review:{bet.account}:{bet.id}",
        f"{bet.id} waits for you",
        f"{_about(bet)} · {bet.review_reason}",
    )


def _about(bet: BetRow) -> str:
    """`Lakers · Celtics @ Lakers`, `3 legs · Celtics @ Lakers + …`."""
    what = f"{len(bet.legs)} legs" if bet.legs else bet.selection
    return f"{what} · {' + '.join(event.name for event in bet.events)}"


def _picked(name: str, market: str, point: float | None) -> str:
    return f"{name} {point_words(market, point)}".rstrip()


def _taken(bet: BetRow, odds_format: OddsFormat) -> str:
    price = format_price(bet.price, odds_format)
    book = title(bet.bookmaker)
    if bet.legs:
        return f"{len(bet.legs)} legs {price} at {book} for {format_minor(bet.stake_minor, bet.currency)}"
    way = f", {bet.each_way.words}" if bet.each_way else ""
    picked = _picked(bet.selection, bet.line.market, bet.point)
    return f"{picked} {price} at {book} for {format_minor(bet.staked_minor, bet.currency)}{way}"


def settled_notice(bet: BetRow) -> Notice:
    result = RESULT_WORDS[bet.result] if bet.result is not None else "settled"
    amount = format_minor(bet.profit_minor or 0, bet.currency, sign=True)
    return Notice(
        NoticeKind.BET_SETTLED,
        f"settled:{bet.account}:{bet.id}:{bet.result}",
        f"{bet.id} {result} {amount}",
        _about(bet),
    )
