"""What is known of a bet's events: what each feed says, the rules in force, what each result would pay."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.cli.output import Style
from betting_tui.engine.core.history_views import Ending, HistoryRow
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import format_price
from betting_tui.engine.core.review_views import Candidate, FeedWord, ReviewLeg, ReviewRow
from betting_tui.engine.core.scores import Score
from betting_tui.engine.core.times import iso
from betting_tui.screens import names


def inquiry_lines(row: ReviewRow, style: Style) -> tuple[str, ...]:
    """For people, a fact a line."""
    lines: list[str] = []
    for number, leg in enumerate(row.legs, start=1):
        if len(row.legs) > 1:
            known = f" · {leg.result.value}" if leg.result else ""
            pick = names.pick_of(leg.line, leg.selection, leg.point)
            price = format_price(leg.price, style.odds_format)
            lines.append(f"Leg {number}  {leg.event.name} · {leg.line.market} · {pick} {price}{known}")
        lines += [f"Feed  {_word_text(word, style)}" for word in leg.words] or ["Feed  no feed has said anything of it"]
        lines += [f"Perhaps  {_candidate_text(each)}" for each in leg.candidates]
        lines.append(f"Rules  {leg.rules_key}: {'; '.join(leg.rules)}")
        if row.bet.state in ("pending", "review"):
            lines.append(f"Pays  {_pays_text(leg, row.bet.currency)}")
    return tuple(lines)


def inquiry_object(row: ReviewRow) -> dict[str, object]:
    """For JSON."""
    return {"reason": row.reason or None, "legs": [_leg_object(leg) for leg in row.legs]}


def history_lines(steps: Sequence[HistoryRow], currency: str, style: Style) -> tuple[str, ...]:
    """For people, a step a line."""
    return tuple(f"History  {_step_text(each, currency, style)}" for each in steps)


def _step_text(row: HistoryRow, currency: str, style: Style) -> str:
    ends = [
        f"{each.result.value} {format_minor(each.profit_minor, currency)}" for each in (row.before, row.after) if each
    ]
    why = ", ".join(part for part in (row.source, row.score) if part)
    step = f"{style.when(row.at)} {row.step.value.replace('_', ' ')}"
    told = [step, " -> ".join(ends), why, style.told(row.text), f"by {row.by}"]
    told.append(f"confirmed by {row.confirmed_by}" if row.confirmed_by else "")
    return " · ".join(part for part in told if part)


def history_objects(steps: Sequence[HistoryRow]) -> list[dict[str, object]]:
    """For JSON."""
    return [
        {
            "at": iso(row.at),
            "step": row.step.value,
            "by": row.by,
            "before": _ending_object(row.before),
            "after": _ending_object(row.after),
            "source": row.source or None,
            "score": row.score or None,
            "confirmed_by": row.confirmed_by or None,
            "text": row.text or None,
        }
        for row in steps
    ]


def _ending_object(end: Ending | None) -> dict[str, object] | None:
    return None if end is None else {"result": end.result.value, "profit_minor": end.profit_minor}


def _leg_object(leg: ReviewLeg) -> dict[str, object]:
    return {
        "event_id": leg.event.id,
        "event": leg.event.name,
        "market": leg.line.market,
        "selection": leg.selection,
        "point": leg.point,
        "price": leg.price.text,
        "result": leg.result.value if leg.result else None,
        "rules": leg.rules_key,
        "rules_in_words": list(leg.rules),
        "feeds": [
            {
                **_score_object(word.score),
                "received_at": iso(word.received_at),
                "result": word.result.value if word.result else None,
                "reason": word.reason or None,
            }
            for word in leg.words
        ],
        "candidates": [
            {**_score_object(each.score), "likeness": round(each.likeness, 2), "hours_apart": each.hours_apart}
            for each in leg.candidates
        ],
        "outcomes": [
            {
                "result": each.result.value,
                "label": each.label or None,
                "return_minor": each.return_minor,
                "profit_minor": each.profit_minor,
                "against": list(each.against),
            }
            for each in leg.outcomes
        ],
    }


def _score_object(score: Score) -> dict[str, object]:
    return {
        "source": score.source,
        "status": score.status.value if score.status else None,
        "home_team": score.home_team,
        "away_team": score.away_team,
        "home_score": score.home_score,
        "away_score": score.away_score,
        "home_regulation": score.home_regulation,
        "away_regulation": score.away_regulation,
        "periods": [[each.home, each.away] for each in score.periods],
    }


def _word_text(word: FeedWord, style: Style) -> str:
    told = word.result.value if word.result else "undecided"
    why = f" ({word.reason})" if word.reason else ""
    return f"{word.score.source}: {_score_text(word.score)}, {told}{why}, {style.when(word.received_at)}"


def _candidate_text(found: Candidate) -> str:
    score = found.score
    named = f"{score.source}: {score.home_team} {_score_text(score)} {score.away_team}"
    return f"{named}, {found.likeness * 100:.0f} % alike"


def _score_text(score: Score) -> str:
    if score.home_score is None or score.away_score is None:
        return score.status.value.replace("_", " ") if score.status else "no score"
    told = f"{score.home_score}-{score.away_score}"
    if score.home_regulation is not None and score.home_regulation != score.home_score:
        told += f" ({score.home_regulation}-{score.away_regulation} in regulation)"
    return told


def _pays_text(leg: ReviewLeg, currency: str) -> str:
    return ", ".join(
        f"{each.label or each.result.value} {format_minor(each.return_minor, currency)}" for each in leg.outcomes
    )
