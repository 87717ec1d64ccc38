"""The numbers of a full report, each with its label and written for people: for a terminal, a page, a screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from betting_tui.engine.core.performance_views import (
    Acceptance,
    Drawdown,
    FullReport,
    GroupPerformance,
    Performance,
    Range,
)
from betting_tui.engine.core.report_views import ReportGroup
from betting_tui.engine.core.report_words import Money, acceptance_lines, free_bets, luck_line, more_bets, ruin_line
from betting_tui.engine.core.statistics.words import times

NOTHING = "–"


class Hand(Struct, frozen=True):
    """How this reader wants things written: amounts (plain and with a sign), decimal odds, moments."""

    money: Money
    gain: Money
    odds: Callable[[float], str]
    when: Callable[[datetime], str]


class Fact(Struct, frozen=True):
    label: str
    text: str


class Section(Struct, frozen=True):
    title: str
    facts: tuple[Fact, ...]


def sections(found: GroupPerformance, report: FullReport, hand: Hand, *, whole: bool = True) -> tuple[Section, ...]:
    """All measures of a group, or, where it is the `whole` report, also what holds for all bets together alone."""
    group, performance = found.group, found.performance
    made = [
        Section("Result", _result(group, performance, hand)),
        Section("Skill or luck", _luck(group, performance, hand)),
        Section("Closing line", _closing(group, report if whole else None)),
        Section("Risk", _risk(performance, report if whole else None, hand)),
        Section("Probabilities", _probabilities(performance)),
        Section("Placing", _placing(found.acceptance)),
    ]
    return tuple(made)


# What the sentences of a report leave out.
_UNSAID = ("won", "average odds", "edge at placement", "luck so far")
_UNSAID_WHOLE = ("Risk", "Probabilities")


def other_measures(found: GroupPerformance, report: FullReport, hand: Hand) -> list[str]:
    """A line for each kind of measure that the headlines of a report say nothing of; none without bets."""
    if not found.group.bets:
        return []
    made = sections(found, report, hand, whole=False)
    lines = [[fact for section in made for fact in section.facts if fact.label in _UNSAID]]
    lines += [list(section.facts) for section in made if section.title in _UNSAID_WHOLE]
    return [" · ".join(f"{fact.label} {fact.text}" for fact in line) for line in lines]


def percent(fraction: float | None, *, sign: bool = False, places: int = 1) -> str:
    """`5.0 %` of 0.05; a dash for nothing."""
    return NOTHING if fraction is None else f"{fraction * 100:{'+' if sign else ''}.{places}f} %"


def number(value: float | None, places: int = 2) -> str:
    return NOTHING if value is None else f"{value:.{places}f}"


def counted(count: int, one: str) -> str:
    """`1 bet`, `2 bets`."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def fall_text(fall: Drawdown, hand: Hand) -> str:
    """`-412.00 (4.1 %), 12 Apr to 3 May, made good 1 Jun`."""
    if not fall.depth_minor:
        return "none"
    share = "" if fall.share is None else f" ({percent(fall.share)})"
    since = "the beginning" if fall.peak_at is None else hand.when(fall.peak_at)
    until = NOTHING if fall.low_at is None else hand.when(fall.low_at)
    after = "not made good yet" if fall.recovered_at is None else f"made good {hand.when(fall.recovered_at)}"
    return f"{hand.money(-fall.depth_minor)}{share}, {since} to {until}, {after}"


def _result(group: ReportGroup, found: Performance, hand: Hand) -> tuple[Fact, ...]:
    needed = "" if found.break_even_rate is None else f", {percent(found.break_even_rate)} to break even"
    free = (Fact("free bets", free_bets(group, hand.money)),) if group.free_bets else ()
    return (
        Fact("profit", hand.gain(group.profit_minor)),
        Fact("yield", f"{percent(group.yield_fraction, sign=True)}{_range(found.yield_range, sign=True)}"),
        Fact("won", f"{percent(group.win_rate)}{_range(found.win_rate_range)}{needed}"),
        Fact("average odds", NOTHING if found.average_odds is None else hand.odds(found.average_odds)),
        *free,
    )


def _luck(group: ReportGroup, found: Performance, hand: Hand) -> tuple[Fact, ...]:
    luck = found.luck
    facts = [
        Fact("edge at placement", percent(found.edge_at_placement, sign=True)),
        Fact("expected at placement", _expected(found.expected_profit_minor, found.expected_bets, group, hand)),
        Fact("expected at the close", _expected(found.close_profit_minor, found.close_bets, group, hand)),
    ]
    if found.z is not None:
        word = "above" if found.z >= 0 else "below"
        facts.append(Fact("luck so far", f"{abs(found.z):.1f} standard deviations {word} what the edges promised"))
    if luck.no_edge_share is None:
        facts.append(Fact("by luck alone", luck_line(luck, group) or NOTHING))
        return tuple(facts)
    facts.append(Fact("a bettor with no edge", f"does this well {times(luck.no_edge_share)}"))
    if luck.at_hold_share is not None and luck.hold is not None and luck.hold > 0:
        facts.append(Fact(f"one losing the {percent(luck.hold)} hold", f"does this well {times(luck.at_hold_share)}"))
    told = more_bets(luck, group)
    return (*facts, Fact("to know", told)) if told else tuple(facts)


def _expected(minor: int | None, bets: int, group: ReportGroup, hand: Hand) -> str:
    if minor is None:
        return NOTHING
    return hand.gain(minor) + ("" if bets >= group.graded else f", of {counted(bets, 'bet')}")


def _closing(group: ReportGroup, report: FullReport | None) -> tuple[Fact, ...]:
    def told(mean: float | None, weighted: float | None, coverage: float | None) -> str:
        if mean is None:
            return NOTHING
        beside = "" if weighted is None else f", {percent(weighted, sign=True)} by stake"
        return f"{percent(mean, sign=True)}{beside}, on {percent(coverage, places=0)} of bets"

    facts = [
        Fact("CLV, fair close", told(group.clv_ev, group.clv_ev_weighted, group.clv_ev_coverage)),
        Fact("CLV, same book", told(group.clv_price, group.clv_price_weighted, group.clv_coverage)),
        Fact("beat the close", percent(group.beat_close, places=0)),
    ]
    if report is not None:
        for label, missing in (
            ("no fair close", report.view.missing_references),
            ("no close of the book", report.view.missing_closes),
        ):
            told_of = ", ".join(f"{count:,} {reason}" for reason, count in missing)
            facts += [Fact(label, told_of)] if told_of else []
    return tuple(facts)


def _risk(found: Performance, report: FullReport | None, hand: Hand) -> tuple[Fact, ...]:
    facts = [
        Fact("deepest fall", NOTHING if found.drawdown is None else fall_text(found.drawdown, hand)),
        Fact("longest losing run", counted(found.longest_losing_run, "bet")),
        Fact("Sharpe, a year", number(found.sharpe)),
        Fact("Sortino, a year", number(found.sortino)),
        Fact("profit factor", number(found.profit_factor)),
    ]
    if report is not None and report.ruin is not None:
        facts.append(Fact("going on like that", ruin_line(report.ruin)))
    return tuple(facts)


def _probabilities(found: Performance) -> tuple[Fact, ...]:
    if not found.probability_bets:
        return (Fact("probabilities", "no bet had one of its own"),)
    return (
        Fact("Brier score", f"{number(found.brier, 3)} (0 is perfect, 0.25 a coin)"),
        Fact("log loss", f"{number(found.log_loss, 3)} (0 is perfect, 0.693 a coin)"),
        Fact("of", counted(found.probability_bets, "bet")),
    )


def _placing(asked: Acceptance) -> tuple[Fact, ...]:
    if not asked.asked:
        return (Fact("orders", "nothing was asked for"),)
    lines = acceptance_lines(asked)
    return (Fact("orders", f"{asked.accepted:,} of {asked.asked:,} accepted"), Fact("headline", lines[0]))


def _range(span: Range | None, *, sign: bool = False) -> str:
    if span is None:
        return ""
    plus = "+" if sign else ""
    return f" (95 %: {span.low * 100:{plus}.1f} … {span.high * 100:{plus}.1f})"
