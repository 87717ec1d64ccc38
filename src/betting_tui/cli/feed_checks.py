"""The doctor's look at feeds: what each needs, what it has left, whether it answers when asked, whose clock is off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from betting_tui.cli.checks import Finding, State
from betting_tui.engine.clocks import SystemClock
from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import LedgerError, UsageError
from betting_tui.engine.core.ports import CreditReading
from betting_tui.engine.core.times import clock_off_text
from betting_tui.engine.feeds.checking import FeedCheck, roles_of
from betting_tui.engine.rooms import CACHE_FOLDER, LEDGER_FILE
from betting_tui.engine.sources.failover import missing_need
from betting_tui.engine.store.shapes import Mode
from betting_tui.engine.store.store import Ledger
from betting_tui.screens.show import size

_ASK = "betting-tui doctor --check asks each feed a free question"
_WITHOUT = "recorded files and --demo work without a feed"


def feeds(settings: Settings, readings: Mapping[str, CreditReading]) -> list[Finding]:
    """Without asking any: what each needs and, from the ledger, what was left when it last told."""
    names = dict.fromkeys((*settings.data_sources.priority_order, *settings.results.order))
    usable = any(missing_need(name, settings) == "" for name in settings.data_sources.priority_order)
    found = [_feed(name, settings, readings.get(name), usable) for name in names]
    if not usable:
        found.append(
            Finding("feeds", State.WARN, "none can be asked for odds", f"see above what each needs; {_WITHOUT}")
        )
    return found


def _feed(name: str, settings: Settings, reading: CreditReading | None, odds_come: bool) -> Finding:
    check = f"feed {name}"
    needs = missing_need(name, settings)
    roles = roles_of(name, settings)
    if needs is None:
        advice = "take it out of data_sources.priority_order and results.order"
        return Finding(check, State.BAD, "is no feed of this program", advice, UsageError.exit_code)
    if needs:
        # One that is merely not set up is no trouble while another one gives odds.
        state = State.WARN if "odds" in roles and not odds_come else State.OK
        advice = "free keys: https://the-odds-api.com, then k in the app" if name == "the_odds_api" else ""
        return Finding(check, state, f"not asked: {needs}", advice)
    has_key = name == "the_odds_api" or (name == "thesportsdb" and settings.api_keys.thesportsdb is not None)
    parts = [" and ".join(roles), "its key is set (hidden)" if has_key else "needs no key"]
    if reading is not None and reading.remaining is not None:
        parts.append(f"{reading.remaining:,} credits left when it last told")
    return Finding(check, State.OK, ", ".join(parts))


def asked(checks: Sequence[FeedCheck]) -> list[Finding]:
    """What came of a question to each."""
    found = []
    for it in checks:
        state = State.WARN if it.state == "fails" else State.OK
        found.append(Finding(f"feed {it.name}", state, f"{it.state}: {it.text}"))
    if not any(it.state == "answers" and "odds" in it.roles for it in checks):
        found.append(Finding("feeds", State.BAD, "none answers with odds", _WITHOUT, 3))
    return found


def clock(settings: Settings, checks: Sequence[FeedCheck] | None) -> Finding:
    """This machine's clock against the feed that agrees with it best: one feed's wrong date is that feed's problem."""
    if checks is None:
        return Finding("clock", State.OK, "not compared: no feed was asked", _ASK)
    told = [it.clock_seconds for it in checks if it.clock_seconds is not None]
    if not told:
        return Finding("clock", State.OK, "not compared: no feed told the time")
    off = min(told, key=abs)
    rules = settings.execution
    limit = f"beyond {rules.max_clock_skew_seconds:g} s nothing is placed"
    if abs(off) > rules.max_clock_skew_seconds:
        return Finding("clock", State.BAD, f"{clock_off_text(off)}: no bet is placed", "set the machine's clock")
    if abs(off) > rules.warn_clock_skew_seconds:
        return Finding("clock", State.WARN, clock_off_text(off), f"set the machine's clock: {limit}")
    return Finding("clock", State.OK, f"within {abs(off):.0f} s of the feeds")


def cache(data_dir: Path) -> Finding:
    """Answers kept so that a restart costs nothing."""
    folder = data_dir / CACHE_FOLDER
    files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    if not files:
        return Finding("cache", State.OK, "empty")
    return Finding("cache", State.OK, f"{size(sum(path.stat().st_size for path in files))} of answers in {folder}")


async def readings(data_dir: Path, mode: Mode, settings: Settings) -> dict[str, CreditReading]:
    """What the ledger knows of this month's credits; nothing where it cannot be read."""
    path = data_dir / LEDGER_FILE
    if not path.exists():
        return {}
    now = SystemClock().now()
    try:
        ledger = await Ledger.open(path, now=now, mode=mode, read_only=True)
    except LedgerError:
        return {}
    try:
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        found = {name: ledger.last_credits(name, month) for name in settings.data_sources.priority_order}
    finally:
        await ledger.close()
    return {name: reading for name, reading in found.items() if reading is not None}
