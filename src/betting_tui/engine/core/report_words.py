"""What a full report says, in sentences: on the screen, on paper and in a terminal alike.

Never a number that does not exist, and no flattering one without what speaks against it.
"""

from __future__ import annotations

from collections.abc import Callable

from betting_tui.engine.core.clv_words import clv_sentences
from betting_tui.engine.core.performance_views import Acceptance, FullReport, Luck, Performance, Range, Ruin
from betting_tui.engine.core.report_views import ReportGroup
from betting_tui.engine.core.statistics.words import times

# Writes minor units as an amount, and with a sign where one is wanted.
Money = Callable[[int], str]
_FEW = 30


def headlines(report: FullReport, money: Money, gain: Money) -> list[str]:
    """The first lines of a report: record and yield, luck, closing line, acceptance, expectation.

    `money` writes an amount, `gain` one with its sign.
    """
    total = report.total
    if not total.group.bets:
        return [nothing_settled(report), *acceptance_lines(total.acceptance)]
    lines = [record(total.group, total.performance, money), luck_line(total.performance.luck, total.group)]
    lines += clv_sentences(report.view)
    lines += acceptance_lines(total.acceptance)
    lines.append(expectation(total.group, total.performance, gain))
    return [line for line in lines if line]


def nothing_settled(report: FullReport) -> str:
    count = report.view.open_bets
    return f"No bet was settled in this time · {count:,} open {'bet' if count == 1 else 'bets'}"


def record(group: ReportGroup, performance: Performance, money: Money) -> str:
    """`412 settled bets · turnover 9,870.00 · yield +3.1 % (95 %: -6.5 … +12.7)`."""
    parts = [f"{group.bets:,} settled {'bet' if group.bets == 1 else 'bets'}"]
    if group.pushes:
        parts[0] += f" ({group.wins:,} won, {group.losses:,} lost, {group.pushes:,} pushed or void)"
    parts.append(f"turnover {money(group.turnover_minor)}")
    if group.yield_fraction is None:
        own = "no money of its own was at risk" if group.graded else "nothing was won or lost"
        parts.append(f"no yield: {own}")
    else:
        parts.append(f"yield {gain_text(group.yield_fraction)}{interval(performance.yield_range)}")
    if group.free_bets:
        parts.append(free_bets(group, money))
    return " · ".join(parts)


def free_bets(group: ReportGroup, money: Money) -> str:
    """`3 free bets brought 120.00, which is in the profit and not in the yield`."""
    bets = f"{group.free_bets:,} free {'bet' if group.free_bets == 1 else 'bets'}"
    return f"{bets} brought {money(group.free_profit_minor)}, which is in the profit and not in the yield"


def interval(span: Range | None) -> str:
    """` (95 %: -6.5 … +12.7)`; nothing where there is none."""
    return "" if span is None else f" (95 %: {span.low * 100:+.1f} … {span.high * 100:+.1f})"


def luck_line(luck: Luck, group: ReportGroup) -> str:
    """How often chance alone does this well, and how many more bets would tell."""
    if luck.no_edge_share is None:
        return "" if group.yield_fraction is None else "too few bets to tell skill from luck"
    parts = [f"a bettor with no edge does this well {times(luck.no_edge_share)}"]
    # Prices that were fair or better leave a bettor nothing to lose by.
    if luck.at_hold_share is not None and luck.hold is not None and luck.hold > 0:
        parts.append(f"one who loses the {luck.hold * 100:.1f} % hold {times(luck.at_hold_share)}")
    parts.append(more_bets(luck, group))
    return " · ".join(part for part in parts if part)


def more_bets(luck: Luck, group: ReportGroup) -> str:
    if luck.more_bets is None:
        return "no number of such bets would show an edge" if (group.yield_fraction or 0) <= 0 else ""
    if luck.more_bets == 0:
        return "this is outside of what luck does in 95 of 100 cases"
    return f"about {_rounded(luck.more_bets):,} more bets to know"


def acceptance_lines(acceptance: Acceptance) -> list[str]:
    """`accepted 87 % · slippage -0.6 % (fills with evidence: 64 %)`; nothing where nothing was asked for."""
    if not acceptance.asked:
        return []
    parts = []
    if acceptance.with_evidence_asked:
        share = acceptance.with_evidence_accepted / acceptance.with_evidence_asked
        parts.append(f"accepted {share * 100:.0f} % of {acceptance.with_evidence_asked:,} asked with evidence")
    else:
        share = acceptance.accepted / acceptance.asked
        parts.append(f"accepted {share * 100:.0f} % of {acceptance.asked:,}, none of them with evidence")
    if acceptance.slippage is not None:
        parts.append(f"slippage {acceptance.slippage * 100:+.1f} %")
    if acceptance.fills:
        parts.append(f"fills with evidence: {acceptance.fills_with_evidence / acceptance.fills * 100:.0f} %")
    return [" · ".join(parts)]


def expectation(group: ReportGroup, performance: Performance, gain: Money) -> str:
    """`profit +306.00 · expected +410.00 at placement, +190.00 at the close`, each with the bets it speaks for."""
    parts = []
    if performance.expected_profit_minor is not None:
        parts.append(f"{gain(performance.expected_profit_minor)} at placement{_of(performance.expected_bets, group)}")
    if performance.close_profit_minor is not None:
        parts.append(f"{gain(performance.close_profit_minor)} at the close{_of(performance.close_bets, group)}")
    profit = f"profit {gain(group.profit_minor)}"
    return f"{profit} · expected {', '.join(parts)}" if parts else profit


def ruin_line(ruin: Ruin) -> str:
    return (
        f"staking {ruin.sizing}, the bankroll falls to a half within {ruin.horizon_bets:,} bets {times(ruin.halved)}"
        f" and is lost {times(ruin.lost)} · assumed edge {gain_text(ruin.edge)}, {ruin.edge_from}"
    )


def few_bets(group: ReportGroup) -> str:
    """A warning beside numbers that a handful of bets made."""
    bets = "1 bet" if group.bets == 1 else f"{group.bets} bets"
    return f"only {bets}: every number here is mostly luck" if 0 < group.bets < _FEW else ""


def gain_text(fraction: float) -> str:
    """`+3.1 %`."""
    return f"{fraction * 100:+.1f} %"


def _of(count: int, group: ReportGroup) -> str:
    return "" if count >= group.graded else f" (of {count:,} {'bet' if count == 1 else 'bets'})"


def _rounded(count: int) -> int:
    """Two digits: what is about so many is not told to the last bet."""
    step = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // step) * step
