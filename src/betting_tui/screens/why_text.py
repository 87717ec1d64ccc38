"""The reasons behind one opportunity, as text: a panel full, or one line."""

from __future__ import annotations

from textual.content import Content

from betting_tui.engine.core.opportunity_views import Why
from betting_tui.screens.names import book, picks
from betting_tui.screens.placing import NO_CLOSE_MARK, leg_text, no_close_text
from betting_tui.screens.show import NOTHING, Show, age, percent
from betting_tui.widgets.text import fit, plain

_MUTED = "$text-muted"


def why_title(why: Why, show: Show) -> str:
    opportunity = why.opportunity
    if len(opportunity.legs) != 1:
        return f"Why {opportunity.event.name}"
    return f"Why {picks(opportunity)} {show.price(opportunity.legs[0].price)}"


def why_lines(why: Why, show: Show) -> list[Content]:
    """Fair line, band, legs, each book's say, stake and notes: most important first."""
    lines = [_fair(why, show)]
    if (band := _band(why)) is not None:
        lines.append(band)
    if len(why.opportunity.legs) > 1:
        lines += [_fact(f"leg {number}", leg_text(leg, show)) for number, leg in enumerate(why.opportunity.legs, 1)]
    if (gap := why.opportunity.difference_cents) is not None:
        lines.append(_fact("gap", f"{gap:.0f} cents over the middle of {len(why.opportunity.books)} other books"))
    lines.append(_fact("stake", _stake(why, show)))
    if why.no_close:
        lines.append(_fact("close", no_close_text(why.no_close)))
    lines += [_fact("note", note) for note in why.notes]
    if why.books:
        lines.append(plain(_book_line("book", "price", "fair %", "weight", "age", ""), f"bold {_MUTED}"))
    for share in why.books:
        fair = NOTHING if share.fair_probability is None else f"{share.fair_probability * 100:.1f}"
        weight = f"{share.weight:.2f}" if share.weight else NOTHING
        name, price = book(share.bookmaker), show.price(share.price)
        lines.append(plain(_book_line(name, price, fair, weight, age(share.age_seconds), share.note)))
    return lines


def event_line(why: Why, show: Show) -> Content:
    event = why.opportunity.event
    return plain(f"{event.name} · {event.sport_title} · {show.day_clock(event.commence_time)}")


def full_why(why: Why, show: Show) -> Content:
    """Everything, with the event and who found it above."""
    opportunity = why.opportunity
    found = " · ".join((f"found by {opportunity.strategy}", *opportunity.flags))
    head = [
        event_line(why, show),
        plain(found, _MUTED),
        Content(""),
    ]
    return Content("\n").join(head + why_lines(why, show))


def why_one_line(why: Why, show: Show) -> Content:
    opportunity = why.opportunity
    parts = []
    if opportunity.fair_odds is not None:
        band = "" if why.low_probability is None else f" (low {percent(why.low_probability, sign=False)})"
        parts.append(f"fair {show.decimal(opportunity.fair_odds)}{band} {why.method}")
    elif opportunity.profit_margin is not None:
        parts.append(f"{percent(opportunity.profit_margin)} whichever side wins")
    else:
        parts.append(why.method or "no fair line")
    if why.no_close:
        parts.append(f"{NO_CLOSE_MARK} no close or result")
    parts.append(f"stake {_stake(why, show)}")
    parts += list(why.notes[:1])
    return plain(" · ".join(parts))


def _fair(why: Why, show: Show) -> Content:
    opportunity = why.opportunity
    if opportunity.profit_margin is not None:
        sure = f"{percent(opportunity.profit_margin)} of the turnover, whichever side wins"
        return Content.assemble(_name("sure"), plain(sure, "bold"))
    if opportunity.fair_odds is None:
        return Content.assemble(_name("fair"), plain(why.method or "no fair line"))
    fair = f"{show.decimal(opportunity.fair_odds)}  {percent(why.fair_probability, sign=False)}"
    return Content.assemble(_name("fair"), plain(fair, "bold"), plain(f"  {why.method}", _MUTED))


def _stake(why: Why, show: Show) -> str:
    """What is suggested and what limits it; or none, and why not."""
    if not why.stake_minor:
        return f"none · {why.stake_reason}" if why.stake_reason else "none"
    return f"{show.money(why.stake_minor)} · {why.stake_reason}" if why.stake_reason else show.money(why.stake_minor)


def _band(why: Why) -> Content | None:
    edge, low = why.opportunity.ev_per_unit, why.opportunity.edge_low
    if edge is None:
        return None
    text = f"{percent(edge)} per unit staked"
    if low is not None:
        text += f" · cautious {percent(low)}"
    if why.opportunity.confidence:
        text += f" · confidence {why.opportunity.confidence}"
    return _fact("edge", text)


def _fact(name: str, text: str) -> Content:
    return Content.assemble(_name(name), plain(text))


def _name(name: str) -> Content:
    return plain(fit(name, 7), _MUTED)


def _book_line(name: str, price: str, fair: str, weight: str, old: str, note: str) -> str:
    return (
        f"{fit(name, 14)} {fit(price, 7, 'right')} {fit(fair, 6, 'right')} {fit(weight, 6, 'right')} "
        f"{fit(old, 5, 'right')}  {note}"
    )
