"""What stands in the place of an empty list of opportunities."""

from __future__ import annotations

from betting_tui.engine.core.status_views import Overview
from betting_tui.engine.core.times import span_text
from betting_tui.screens.base import looks_only
from betting_tui.screens.face import EngineFace
from betting_tui.screens.names import feed as feed_name
from betting_tui.screens.opportunity_list import OpportunityList
from betting_tui.screens.show import Show, counted, in_words


def why_empty(listed: OpportunityList, engine: EngineFace, seen: Overview, total: int, show: Show) -> str:
    """What hides all `total` opportunities there are, or why there is none, and the key that helps."""
    if listed.words and listed.kept:
        return f"Nothing matches “{listed.words}”. {show.key('opportunities.clear_filter')} clears the filter"
    if listed.presets.on and listed.kept:
        shows_all = show.say("{opportunities.clear_filter} shows all, {opportunities.preset} is the next preset")
        return f"{listed.presets.mark} hides {counted(listed.kept, 'row')}. {shows_all}"
    if total:
        return show.say(f"All {total} are dismissed. {{opportunities.restore}} brings them back")
    if seen.read_only:
        others = "{app.bets} shows open bets, {app.bankroll} the bankroll, {app.reports} reports"
        return f"{looks_only(seen, show)}\n{show.say(others)}"
    if seen.warning:
        return f"No opportunity is shown while this lasts:\n{seen.warning}"
    if seen.paused:
        return show.say("Paused: nothing is polled. {app.pause} resumes")
    if not any(feed.state != "off" for feed in seen.feeds):
        return show.say("No odds feed is on. {app.welcome} takes a key or opens the demo")
    return _nothing_wrong(engine, seen, show)


def _nothing_wrong(engine: EngineFace, seen: Overview, show: Show) -> str:
    """Whether all was looked at, when the next look is, and where the prices are."""
    odds = [each.status for each in engine.sources().feeds if "odds" in each.roles]
    troubled = [feed_name(status.name) for status in odds if status.state in ("failed", "degraded")]
    newest, limit = engine.newest_age(), engine.settings.strategies.max_quote_age_seconds
    stale = newest is not None and newest > limit
    if newest is not None and stale:
        first = f"No price is fresh: the newest is {span_text(newest)} old, the limit is {span_text(limit)}"
    elif newest is None:
        first = "No prices have come yet"
    else:
        first = "No price looks wrong " + ("in what has come" if troubled else "right now")
    lines = [first]
    if seen.next_poll is not None:
        look = f"The next look is at {show.clock(seen.next_poll)}"
        lines = [first, look] if stale else [f"{first}. {look}"]
    if troubled:
        lines.append(f"{show.key('app.system')} says what is wrong with {in_words(troubled)}")
    if newest is not None:
        lines.append(show.say("{app.markets} shows every price on the board"))
    return "\n".join(lines)
