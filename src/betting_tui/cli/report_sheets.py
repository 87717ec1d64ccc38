"""The groups of a report as tables: sums for everybody, measures for spreadsheets, luck in words for people."""

from __future__ import annotations

from collections.abc import Sequence

from betting_tui.cli.output import Cell, Column, Kind, Sheet
from betting_tui.engine.core.performance_views import GroupPerformance, Range
from betting_tui.engine.core.report_views import ReportGroup
from betting_tui.engine.core.statistics.words import of_hundred

_SUMS = (
    Column("bets", "Bets", Kind.NUMBER),
    Column("graded", "Graded", Kind.NUMBER, wide=True),
    Column("wins", "Won", Kind.NUMBER),
    Column("losses", "Lost", Kind.NUMBER),
    Column("pushes", "Push", Kind.NUMBER, spare=4),
    Column("turnover", "Turnover", Kind.MONEY),
    Column("profit", "Profit", Kind.MONEY),
    Column("yield_fraction", "Yield", Kind.GAIN),
    Column("win_rate", "Win rate", Kind.SHARE, spare=1),
    Column("expected_profit", "Expected", Kind.MONEY, spare=2),
    Column("clv_ev", "CLV", Kind.GAIN),
    Column("clv_ev_coverage", "of bets", Kind.SHARE, spare=3),
    Column("clv_price", "CLV price", Kind.GAIN, spare=2),
    Column("clv_coverage", "of bets", Kind.SHARE, spare=3),
    Column("beat_close", "Beat close", Kind.SHARE, spare=2),
    Column("median_close_minutes", "Median age min", Kind.NUMBER, spare=5),
    Column("clv_ev_count", "CLV bets", Kind.NUMBER, wide=True),
    Column("clv_count", "CLV price bets", Kind.NUMBER, wide=True),
    Column("clv_ev_weighted", "CLV by stake", Kind.GAIN, wide=True),
    Column("clv_price_weighted", "CLV price by stake", Kind.GAIN, wide=True),
    Column("converted_closes", "Converted", Kind.NUMBER, wide=True),
    Column("free_bets", "Free bets", Kind.NUMBER, wide=True),
    Column("free_profit", "Of free bets", Kind.MONEY, wide=True),
)
_MEASURES = (
    Column("yield_low", "Yield from", Kind.GAIN, wide=True),
    Column("yield_high", "Yield to", Kind.GAIN, wide=True),
    Column("no_edge_share", "No edge does so well", Kind.SHARE, wide=True),
    Column("at_hold_share", "At the hold", Kind.SHARE, wide=True),
    Column("hold", "Hold", Kind.SHARE, wide=True),
    Column("more_bets", "More bets", Kind.NUMBER, wide=True),
    Column("average_odds", "Average odds", Kind.NUMBER, wide=True),
    Column("break_even_rate", "Break even", Kind.SHARE, wide=True),
    Column("edge_at_placement", "Edge", Kind.GAIN, wide=True),
    Column("expected_at_close", "Expected at the close", Kind.MONEY, wide=True),
    Column("z", "Luck in deviations", Kind.SIGNED, wide=True),
    Column("max_drawdown", "Deepest fall", Kind.MONEY, wide=True),
    Column("max_drawdown_share", "Deepest fall share", Kind.SHARE, wide=True),
    Column("longest_losing_run", "Losing run", Kind.NUMBER, wide=True),
    Column("sharpe", "Sharpe", Kind.NUMBER, wide=True),
    Column("sortino", "Sortino", Kind.NUMBER, wide=True),
    Column("profit_factor", "Profit factor", Kind.NUMBER, wide=True),
    Column("brier", "Brier", Kind.NUMBER, wide=True),
    Column("log_loss", "Log loss", Kind.NUMBER, wide=True),
    Column("asked", "Asked", Kind.NUMBER, wide=True),
    Column("accepted", "Accepted", Kind.NUMBER, wide=True),
    Column("with_evidence_asked", "Asked with evidence", Kind.NUMBER, wide=True),
    Column("with_evidence_accepted", "Accepted with evidence", Kind.NUMBER, wide=True),
    Column("slippage", "Slippage", Kind.GAIN, wide=True),
    Column("currency", "Currency", wide=True),
)
_IN_WORDS = (Column("interval", "95 %", spare=1), Column("luck", "No edge", Kind.NUMBER, spare=2))


def sums_sheet(groups: Sequence[ReportGroup], grouped_by: str, currency: str) -> Sheet:
    """Bets, money and closes of each group."""
    return Sheet(
        (_name(grouped_by), *_SUMS),
        tuple(_sums(group) for group in groups),
        currency,
        tuple(group.currency for group in groups),
    )


def measures_sheet(groups: Sequence[GroupPerformance], grouped_by: str, currency: str) -> Sheet:
    """The same with every measure that is one number."""
    sums = sums_sheet([each.group for each in groups], grouped_by, currency)
    rows = tuple((*cells, *_measures(each), own) for (cells, own), each in zip(sums.priced_rows, groups, strict=True))
    return Sheet((*sums.columns, *_MEASURES), rows, currency, sums.currencies)


def words_sheet(groups: Sequence[GroupPerformance], grouped_by: str, currency: str) -> Sheet:
    """For people: beside the yield its interval, and of 100 bettors without an edge those who do as well."""
    sums = sums_sheet([each.group for each in groups], grouped_by, currency)
    place = [column.key for column in sums.columns].index("yield_fraction") + 1
    rows = tuple((*cells[:place], *_words(each), *cells[place:]) for cells, each in zip(sums.rows, groups, strict=True))
    columns = (*sums.columns[:place], *_IN_WORDS, *sums.columns[place:])
    if any(sums.currencies):
        # Beside the name: amounts of one column are then of several currencies.
        rows = tuple((cells[0], own, *cells[1:]) for cells, (_, own) in zip(rows, sums.priced_rows, strict=True))
        columns = (columns[0], Column("currency", "Currency", firm=True), *columns[1:])
    return Sheet(columns, rows, currency, sums.currencies)


def _name(grouped_by: str) -> Column:
    return Column("name", "Total" if grouped_by == "none" else grouped_by.replace("_", " ").capitalize())


def _sums(group: ReportGroup) -> tuple[Cell, ...]:
    return (
        group.name, group.bets, group.graded, group.wins, group.losses, group.pushes, group.turnover_minor,
        group.profit_minor, group.yield_fraction, group.win_rate, group.expected_profit_minor, group.clv_ev,
        group.clv_ev_coverage, group.clv_price, group.clv_coverage, group.beat_close, group.median_close_minutes,
        group.clv_ev_count, group.clv_count, group.clv_ev_weighted, group.clv_price_weighted, group.converted,
        group.free_bets, group.free_profit_minor,
    )  # fmt: skip


def _measures(found: GroupPerformance) -> tuple[Cell, ...]:
    measured, luck, fall, asked = (
        found.performance,
        found.performance.luck,
        found.performance.drawdown,
        found.acceptance,
    )
    span = measured.yield_range
    return (
        None if span is None else span.low, None if span is None else span.high, luck.no_edge_share,
        luck.at_hold_share, luck.hold, luck.more_bets, measured.average_odds, measured.break_even_rate,
        measured.edge_at_placement, measured.close_profit_minor, measured.z,
        None if fall is None else fall.depth_minor, None if fall is None else fall.share, measured.longest_losing_run,
        measured.sharpe, measured.sortino, measured.profit_factor, measured.brier, measured.log_loss, asked.asked,
        asked.accepted, asked.with_evidence_asked, asked.with_evidence_accepted, asked.slippage,
    )  # fmt: skip


def _words(found: GroupPerformance) -> tuple[Cell, ...]:
    share = found.performance.luck.no_edge_share
    return (_interval(found.performance.yield_range), None if share is None else of_hundred(share))


def _interval(span: Range | None) -> str | None:
    return None if span is None else f"{span.low * 100:+.1f} … {span.high * 100:+.1f}"
