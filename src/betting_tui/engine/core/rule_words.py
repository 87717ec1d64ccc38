"""A rule set in words, for whoever has to decide about a bet."""

from __future__ import annotations

from betting_tui.engine.core.model import OutcomeSet
from betting_tui.engine.core.rule_sets import OfficialGame, Retirement, RuleSet, Window


def in_words(rules: RuleSet, outcome_set: OutcomeSet = OutcomeSet.TWO_WAY) -> tuple[str, ...]:
    """The rules that matter to a bet with so many ways to end, one a line."""
    field = outcome_set is OutcomeSet.FIELD
    overtime = rules.overtime and outcome_set is not OutcomeSet.THREE_WAY
    lines = [] if field else [_overtime(overtime), _official(rules.official)]
    lines += [
        f"put off: {_window(rules.window)}; stopped: {_window(rules.resume)}",
        "what was decided before a stop " + ("stands" if rules.decided_stand else "is void like the rest"),
    ]
    if rules.retirement is not None:
        lines.append(_retirement(rules.retirement))
    if rules.walkover_stands:
        lines.append("a walkover is won by who advances")
    if rules.listed_pitchers:
        lines.append("void when another pitcher than the listed one starts")
    if field:
        lines.append("tied places " + ("divide the stake" if rules.tied_places_reduce else "give the stake back"))
    if rules.deductions:
        lines.append(f"withdrawn runners reduce winnings ({rules.deductions.capitalize()} scale)")
    return tuple(lines)


def _overtime(counts: bool) -> str:
    return "overtime counts in two-way bets" if counts else "regulation time only"


def _official(official: OfficialGame | None) -> str:
    if official is None:
        return "a game must be finished"
    unit = official.unit.value
    least = f"a game counts after {official.enough:g} {unit}"
    if official.home_ahead == official.enough:
        return least
    return f"{least}, after {official.home_ahead:g} with the home side ahead"


def _window(window: Window) -> str:
    if window.day_zone:
        return "waits until the local day ends"
    days, hours = divmod(window.hours, 24)
    return f"waits {window.hours} hours" if hours or days < 3 else f"waits {days} days"


def _retirement(retirement: Retirement) -> str:
    match retirement:
        case Retirement.WHOLE_MATCH:
            return "void when a player retires"
        case Retirement.ONE_SET:
            return "stands when a player retires after a full set"
        case Retirement.STARTED:
            return "stands once play has begun"
