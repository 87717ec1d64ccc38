"""A bet that waits for a person, in words: why nobody could settle it, what feeds say, what each end pays."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from betting_tui.engine.core.model import BetResult
from betting_tui.engine.core.review_views import Candidate, FeedWord, ReviewLeg, ReviewRow
from betting_tui.engine.core.scores import Score, ScoreStatus
from betting_tui.screens.bet_rows import RESULT_WORDS
from betting_tui.screens.names import book, feed, market, pick_of
from betting_tui.screens.show import Show
from betting_tui.widgets.text import fit, plain

_NAME_WIDTH = 9
_FEED_WIDTH = 13


def review_text(row: ReviewRow, place: int, show: Show) -> Content:
    """Everything about the bet with the leg at `place` (from 0) in front, a fact a line."""
    leg, bet = row.legs[place], row.bet
    lines = []
    if row.reason:
        lines.append(_fact("why", row.reason, "$text-warning"))
    if len(row.legs) > 1:
        lines += _legs(row, place, show)
    else:
        side = "lay " if bet.side == "lay" else ""
        pick = f"{side}{pick_of(leg.line, leg.selection, leg.point)}"
        lines.append(_fact("bet", f"{market(leg.line)} · {pick} {show.price(bet.price)} at {book(bet.bookmaker)}"))
    funding = " free bet" if bet.funding == "free" else ""
    by = f"by {bet.origin.value} · {bet.strategy or 'no strategy'}"
    lines.append(_fact("stake", f"{show.money(bet.stake_minor)} {bet.currency}{funding} · {by}"))
    start = show.day_clock(leg.event.commence_time) if leg.event.start_known else "start not known"
    lines.append(_fact("event", f"{leg.event.name} · {leg.event.sport_title or leg.event.sport_key} · {start}"))
    lines += _named("feeds", [_word_text(word, show) for word in leg.words] or ["no feed has said anything of it"])
    lines += _named("perhaps", [_candidate_text(each) for each in leg.candidates])
    lines += _named("rules", [f"{leg.rules_key}: {leg.rules[0]}", *leg.rules[1:]])
    if bet.note and bet.note != row.reason:
        lines.append(_fact("note", bet.note))
    return Content("\n").join(lines)


def outcome_text(leg: ReviewLeg, result: BetResult, key: str, show: Show, width: int) -> str:
    """`w won 62.50 +37.50`, in as many cells."""
    end = leg.outcome(result)
    money = f"{show.money(end.return_minor)} {show.money(end.profit_minor, sign=True):>8}"
    word = f"{key} {RESULT_WORDS[result]}"
    return f"{word}{money:>{max(1, width - len(word))}}"


def contradiction(leg: ReviewLeg, result: BetResult, key: str) -> str:
    """Why the key is asked for once more; empty where no feed says otherwise."""
    against = leg.outcome(result).against
    if not against:
        return ""
    said = {word.score.source: word for word in leg.words}
    told = [f"{feed(name)} says {_score_text(said[name].score)}: {_result_word(said[name])}" for name in against]
    return f"{' · '.join(told)}. {key} again settles it as {RESULT_WORDS[result]} all the same"


def _legs(row: ReviewRow, place: int, show: Show) -> list[Content]:
    lines = [_fact("parlay", f"{len(row.legs)} legs {show.price(row.bet.price)} at {book(row.bet.bookmaker)}")]
    for number, leg in enumerate(row.legs):
        mark = "▌" if number == place else " "
        known = RESULT_WORDS[leg.result] if leg.result is not None else "open"
        text = f"{market(leg.line)} · {pick_of(leg.line, leg.selection, leg.point)} {show.price(leg.price)} · {known}"
        lines.append(_fact(f"{mark} leg {number + 1}", text, "$text-accent" if number == place else ""))
    return lines


def _word_text(word: FeedWord, show: Show) -> str:
    """`ESPN         won · 110-100 (24-31 20-18) · 18 Apr 14:05`"""
    told = _result_word(word) or "undecided"
    why = f" · {word.reason}" if word.reason else ""
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


def _named(name: str, texts: Iterable[str]) -> list[Content]:
    """The first line with the name, the others under it."""
    return [_fact(name if not number else "", text) for number, text in enumerate(texts)]


def _fact(name: str, text: str, style: str = "") -> Content:
    return Content.assemble(plain(fit(name, _NAME_WIDTH), "$text-muted"), plain(text, style))
