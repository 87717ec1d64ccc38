"""The reasons behind one price, as text: a panel full, or one line."""

from __future__ import annotations

from textual.content import Content

from betting_tui.engine.core.opportunity_views import JudgedPrice, Why
from betting_tui.screens.names import book, pick, picks
from betting_tui.screens.placing import NO_CLOSE_MARK, leg_text, no_close_text
from betting_tui.screens.show import NOTHING, Show, age, in_words, percent
from betting_tui.widgets.text import fit, plain

_MUTED = "$text-muted"
_LONGEST_NOTE = 22


def why_title(why: Why, show: Show) -> str:
    judged, found = why.judged, why.opportunity
    if found is not None and len(found.legs) != 1:
        return f"Why {found.event.name}"
    said = "Why" if found is not None else "Why not"
    name = pick(judged.selection) if found is None else picks(found)
    return f"{said} {name} {show.price(judged.price)} at {book(judged.bookmaker)}"


def why_lines(why: Why, show: Show) -> list[Content]:
    """Fair line, band, legs, stake, what fired or stopped it, notes, each book's say: most important first."""
    lines = [_fair(why, show)]
    if (band := _band(why.judged)) is not None:
        lines.append(band)
    found = why.opportunity
    if found is not None and len(found.legs) > 1:
        lines += [_fact(f"leg {number}", leg_text(leg, show)) for number, leg in enumerate(found.legs, 1)]
    if found is not None and found.difference_cents is not None:
        lines.append(
            _fact("gap", f"{found.difference_cents:.0f} cents over the middle of {len(found.books)} other books")
        )
    lines.append(_fact("stake", _stake(why, show)))
    lines.append(_verdict(why))
    if why.no_close:
        lines.append(_fact("close", no_close_text(why.no_close)))
    lines += [_fact("note", note) for note in why.notes]
    return [*lines, *_book_lines(why.judged, show)]


def event_line(why: Why, show: Show) -> Content:
    event = why.judged.event
    return plain(f"{event.name} · {event.sport_title} · {show.day_clock(event.commence_time)}")


def full_why(why: Why, show: Show) -> Content:
    """Everything, with the event above and what each strategy said below."""
    head = [event_line(why, show), Content("")]
    said = [plain("what each strategy says", f"bold {_MUTED}")]
    said += [
        _said("✓" if each.found else "✗", each.strategy, "found it" if each.found else each.stopped)
        for each in why.judged.verdicts
    ]
    if not why.judged.verdicts:
        said.append(plain(why.judged.reason))
    return Content("\n").join([*head, *why_lines(why, show), Content(""), *said])


def why_one_line(why: Why, show: Show) -> Content:
    found, judged = why.opportunity, why.judged
    parts = []
    if found is not None and found.profit_margin is not None:
        parts.append(f"{percent(found.profit_margin)} whichever side wins")
    elif judged.fair_probability is not None:
        fair = show.decimal(1 / judged.fair_probability)
        parts.append(f"fair {fair} ({_span(judged, show)}) {judged.method}")
    else:
        parts.append(f"no fair line: {judged.no_fair_line}")
    if why.no_close:
        parts.append(f"{NO_CLOSE_MARK} no close or result")
    parts.append(f"stake {_stake(why, show)}")
    parts += list(why.notes[:1])
    return plain(" · ".join(parts))


def _fair(why: Why, show: Show) -> Content:
    found, judged = why.opportunity, why.judged
    if found is not None and found.profit_margin is not None:
        sure = f"{percent(found.profit_margin)} of the turnover, whichever side wins"
        return Content.assemble(_name("sure"), plain(sure, "bold"))
    if judged.fair_probability is None:
        return Content.assemble(_name("fair"), plain(f"no fair line: {judged.no_fair_line}"))
    fair = f"{show.decimal(1 / judged.fair_probability)}  {percent(judged.fair_probability, sign=False)}"
    oldest = max((each.age_seconds for each in judged.books if each.weight), default=None)
    old = "" if oldest is None else f" · {age(oldest)} old"
    return Content.assemble(_name("fair"), plain(fair, "bold"), plain(f"  {judged.method}{old}", _MUTED))


def _stake(why: Why, show: Show) -> str:
    """What is suggested and what limits it; or none, and why not."""
    if not why.stake_minor:
        return f"none · {show.reason(why.stake_reason)}" if why.stake_reason else "none"
    return " · ".join(part for part in (show.money(why.stake_minor), show.reason(why.stake_reason)) if part)


def _band(judged: JudgedPrice) -> Content | None:
    """What other ways to take the margin out would give, and the edge by the most cautious of them."""
    if judged.edge is None:
        return None
    low, high = judged.low_probability, judged.high_probability
    parts = [percent(judged.edge)]
    if judged.edge_low is not None:
        parts.append(f"low {percent(judged.edge_low)}")
    if low is not None and high is not None:
        parts.append(f"band {low * 100:.1f} – {high * 100:.1f} %")
    if judged.confidence:
        parts.append(f"confidence {judged.confidence}")
    return _fact("edge", " · ".join(parts))


def _span(judged: JudgedPrice, show: Show) -> str:
    """The band in odds, the shorter price first as in the sentence before it."""
    low, high = judged.low_probability, judged.high_probability
    if not low or not high:
        return NOTHING
    return f"{show.decimal(1 / high)} to {show.decimal(1 / low)}"


def _verdict(why: Why) -> Content:
    """Who found it; for a price nobody found, the check that stopped it."""
    found_by = why.judged.found_by or (() if why.opportunity is None else (why.opportunity.strategy,))
    if found_by:
        return _fact("found", f"by {in_words(found_by)}")
    return _fact("not", why.judged.reason)


def _book_lines(judged: JudgedPrice, show: Show) -> list[Content]:
    if not judged.books:
        return []
    lines = [plain(_book_line("book", "price", "fair %", "weight", "age", ""), f"bold {_MUTED}")]
    for share in judged.books:
        fair = NOTHING if share.fair_probability is None else f"{share.fair_probability * 100:.1f}"
        weight = f"{share.weight:.2f}" if share.weight else NOTHING
        here = "▸ " if share.bookmaker == judged.bookmaker else "  "
        name, price = f"{here}{book(share.bookmaker)}", show.price(share.price)
        text = _book_line(name, price, fair, weight, age(share.age_seconds), share.note)
        lines.append(plain(text, "bold" if here.strip() else ""))
    return lines


def _said(sign: str, who: str, what: str) -> Content:
    return Content.assemble(plain(f"{sign} {fit(who, 15)} "), plain(what))


def _fact(name: str, text: str) -> Content:
    return Content.assemble(_name(name), plain(text))


def _name(name: str) -> Content:
    return plain(fit(name, 7), _MUTED)


def _book_line(name: str, price: str, fair: str, weight: str, old: str, note: str) -> str:
    return (
        f"{fit(name, 16)} {fit(price, 7, 'right')} {fit(fair, 6, 'right')} {fit(weight, 6, 'right')} "
        f"{fit(old, 5, 'right')}  {fit(note, _LONGEST_NOTE)}"
    ).rstrip()
