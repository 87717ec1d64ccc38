"""A bet that waits for a person, in words: why nobody could settle it, what feeds say, what each end pays."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from betting_tui.engine.core.bet_views import BetRow
from betting_tui.engine.core.market_grading import can_end
from betting_tui.engine.core.model import BetResult, BetState, Selection
from betting_tui.engine.core.review_views import Candidate, FeedWord, Outcome, ReviewLeg, ReviewRow, whole_against
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.screens.bet_rows import RESULT_WORDS
from betting_tui.screens.names import book, feed, market, sport
from betting_tui.screens.short_names import short_event, short_pick
from betting_tui.screens.show import Show
from betting_tui.widgets.facts import Fact
from betting_tui.widgets.text import fit, plain

_FEED_WIDTH = 13


def review_facts(row: ReviewRow, place: int, show: Show) -> list[Fact]:
    """Everything about the bet with the leg at `place` (from 0) in front; at one past the last, a parlay as a whole."""
    bet = row.bet
    whole = place == len(row.legs)
    facts = [Fact("why", show.told(row.reason), "$text-warning")] if row.reason else []
    if bet.state is BetState.SETTLED:
        facts.append(Fact("settled", _settled_text(bet, show), "$text-warning"))
    if len(row.legs) > 1:
        facts += _legs(row, place, show)
    else:
        side = "lay " if bet.side == "lay" else ""
        way = "" if bet.each_way is None else f", {bet.each_way.words}"
        pick = f"{side}{_pick(row.legs[0])}{way}"
        facts.append(Fact("bet", f"{market(bet.line)} · {pick} {show.price(bet.price)} at {book(bet.bookmaker)}"))
    funding = " free bet" if bet.funding == "free" else ""
    by = f"by {bet.origin.value} · {bet.strategy or 'no strategy'}"
    funding = funding if bet.each_way is None else f" each way, {show.money(bet.staked_minor)} in all"
    facts.append(Fact("stake", f"{show.money(bet.stake_minor)} {bet.currency}{funding} · {by}"))
    if not whole:
        facts += _leg_facts(row, row.legs[place], show)
    if bet.note and bet.note != row.reason:
        facts.append(Fact("note", show.told(bet.note)))
    return facts


def _leg_facts(row: ReviewRow, leg: ReviewLeg, show: Show) -> list[Fact]:
    event = leg.event
    start = show.start(event)
    told = [_word_text(word, row.reason, show) for word in leg.words] or ["no feed has said anything of it"]
    return [
        Fact("event", f"{short_event(event)} · {event.sport_title or sport(event.sport_key)} · {start}"),
        *_named("feeds", told),
        *_named("perhaps", [_candidate_text(each) for each in leg.candidates]),
        Fact("rules", f"{leg.rules_key}: {' · '.join(leg.rules)}"),
    ]


def ends_text(ends: Iterable[tuple[Outcome, str, bool]], show: Show, width: int) -> Content:
    """Side by side; each with its key, and muted where the bet cannot end so."""
    parts = [
        plain(outcome_text(end, key, show, width), "$foreground" if can else "$text-muted") for end, key, can in ends
    ]
    return Content("   ").join(parts)


def outcome_text(end: Outcome, key: str, show: Show, width: int) -> str:
    """`w won 62.50 +37.50`, in as many cells; where they are too few, what is won or lost alone."""
    profit = f"{show.money(end.profit_minor, sign=True):>8}"
    word = f"{key} {end.label or RESULT_WORDS[end.result]}"
    money = f"{show.money(end.return_minor)} {profit}"
    if len(word) + 1 + len(money) > width:
        money = profit
    return f"{word}{money:>{max(1, width - len(word))}}"


def possible(leg: ReviewLeg, result: BetResult) -> bool:
    """Whether a bet on this market can end so at all."""
    if any(each.label and each.result is result for each in leg.outcomes):
        return True
    return can_end(Selection(leg.line, leg.selection, leg.point), result)


def doubt_text(row: ReviewRow, place: int, result: BetResult) -> str:
    """Why the key is to be asked for once more; empty where nothing speaks against it."""
    if place == len(row.legs):
        said = [(leg, word) for leg in row.legs for word in whole_against(leg, result)]
        return " · ".join(f"{feed(word.score.source)} says {_said(word)} of {_pick(leg)}" for leg, word in said)
    leg = row.legs[place]
    against = leg.outcome(result).against
    told = [f"{feed(word.score.source)} says {_said(word)}" for word in leg.words if word.score.source in against]
    if not possible(leg, result):
        told.append(f"{market(leg.line)} {_pick(leg)} cannot end {RESULT_WORDS[result]}")
    return " · ".join(told)


def _said(word: FeedWord) -> str:
    return f"{_score_text(word.score)}: {_result_word(word)}"


def _settled_text(bet: BetRow, show: Show) -> str:
    word = "" if bet.result is None else f"{RESULT_WORDS[bet.result]} {show.money(bet.profit_minor, sign=True)}"
    at = "" if bet.settled_at is None else f" · {show.day_clock(bet.settled_at)}"
    return f"{word}{at} · a key corrects it"


def _legs(row: ReviewRow, place: int, show: Show) -> list[Fact]:
    bet = row.bet
    facts = [Fact("parlay", f"{len(row.legs)} legs {show.price(bet.price)} at {book(bet.bookmaker)}")]
    for number, leg in enumerate(row.legs):
        mark = "▌" if number == place else " "
        known = RESULT_WORDS[leg.result] if leg.result is not None else "open"
        text = f"{market(leg.line)} · {_pick(leg)} {show.price(leg.price)} · {known}"
        facts.append(Fact(f"{mark} leg {number + 1}", text, "$text-accent" if number == place else ""))
    whole = place == len(row.legs)
    facts.append(Fact("▌ whole" if whole else "  whole", "all legs by one word", "$text-accent" if whole else ""))
    return facts


def _pick(leg: ReviewLeg) -> str:
    return short_pick(Selection(leg.line, leg.selection, leg.point))


def _word_text(word: FeedWord, known: str, show: Show) -> str:
    """`ESPN         won · 110-100 (24-31 20-18) · 18 Apr 14:05`; its reason where it is not `known` already."""
    told = _result_word(word) or "undecided"
    why = f" · {show.told(word.reason)}" if word.reason and word.reason not in known else ""
    return (
        f"{fit(feed(word.score.source), _FEED_WIDTH)}{told} · {_score_text(word.score)}"
        f" · {show.day_clock(word.received_at)}{why}"
    )


def _result_word(word: FeedWord) -> str:
    return "" if word.result is None else RESULT_WORDS[word.result]


def _score_text(score: Score) -> str:
    """`110-100 (24-31, 20-18)`, or the status where there is no final score."""
    told = "" if score.home_score is None or score.away_score is None else f"{score.home_score}-{score.away_score}"
    status = score.status or (ScoreStatus.FINAL if score.completed else ScoreStatus.SCHEDULED)
    parts = [] if status is ScoreStatus.FINAL and told else [status.value.replace("_", " ")]
    parts += [told] if told else []
    if score.home_regulation is not None and (score.home_regulation, score.away_regulation) != (
        score.home_score,
        score.away_score,
    ):
        parts.append(f"({score.home_regulation}-{score.away_regulation} in regulation)")
    if score.periods:
        parts.append(f"({' '.join(f'{_points(each.home)}-{_points(each.away)}' for each in score.periods)})")
    return " ".join(parts)


def _points(count: int | None) -> str:
    return "x" if count is None else str(count)


def _candidate_text(found: Candidate) -> str:
    score = found.score
    apart = "" if found.hours_apart is None else f" · starts {found.hours_apart:.1f} h apart"
    names = f"{score.home_team or '?'} {_score_text(score)} {score.away_team or '?'}"
    return f"{fit(feed(score.source), _FEED_WIDTH)}{names} · {found.likeness * 100:.0f} % alike{apart}"


def _named(name: str, texts: Iterable[str]) -> list[Fact]:
    """The first line with the name, the others under it."""
    return [Fact(name if not number else "", text) for number, text in enumerate(texts)]
