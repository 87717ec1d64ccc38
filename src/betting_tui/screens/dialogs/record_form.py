"""A bet made anywhere, typed in: any event, bookmaker and price, checked for sense before it goes into the books."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from betting_tui.engine.core.book_titles import key_of
from betting_tui.engine.core.commands import RecordBet
from betting_tui.engine.core.errors import BettingError, UsageError
from betting_tui.engine.core.model import FULL_GAME, START_UNKNOWN, Event, Funding, Origin, Selection, Side
from betting_tui.engine.core.money import format_minor
from betting_tui.engine.core.odds import Price, parse_any
from betting_tui.engine.core.text import clean, clean_key
from betting_tui.engine.selections import Words, selection_of
from betting_tui.screens.dialogs.form import Agreed, Field, Filled, FormDialog
from betting_tui.screens.dialogs.money_forms import typed_amount
from betting_tui.screens.names import book, pick
from betting_tui.screens.session import ME
from betting_tui.screens.show import Show, to_win, total_return
from betting_tui.widgets.text import visible

_WORDS = Words("the market", "the pick", "the points", "whose it is", "the home team", "the away team")
_PAID = ("cash", "free or bonus bet: no stake back")
_TIME_FORM = "2026-04-18 20:00"
_UNKNOWN_SPORT = "unknown"
_LONGEST = 60
_ABOUT = (
    "A bet made anywhere, at any price: boosts, bonus bets, any bookmaker. It counts as made by hand: nothing proves "
    "its price."
)


class Known(Struct, frozen=True):
    """What the form may rely on: the account, the events on the board, and the price it begins with."""

    account: str
    currency: str
    now: datetime
    events: tuple[Event, ...]
    event: Event | None = None
    selection: Selection | None = None
    bookmaker: str = ""
    price: Price | None = None
    stake_minor: int = 0


def record_form(known: Known, show: Show, key: str) -> FormDialog[RecordBet]:
    """`key` makes the request count once."""

    def check(filled: Filled) -> Agreed[RecordBet]:
        command = read_bet(filled, known, show, key)
        return Agreed(command, _told(command, show, known))

    return FormDialog("Record a bet", record_fields(known, show), check, yes="record it", about=_ABOUT)


def read_bet(filled: Filled, known: Known, show: Show, key: str) -> RecordBet:
    """What the fields say. UsageError that says what is missing or wrong."""
    event, selection, side = _bet_on(filled, known, show)
    return RecordBet(
        account=known.account,
        event=event,
        selection=selection,
        bookmaker=_bookmaker(filled.text("bookmaker")),
        price=_price_of(filled.text("odds"), known, show),
        stake_minor=typed_amount(filled.text("stake"), known.currency, nothing="type the stake"),
        key=key,
        origin=Origin.MANUAL,
        created_by=ME,
        side=side,
        placed_at=_made_at(filled.text("made"), known.now, show),
        note=clean(filled.text("note"), 500),
        funding=Funding.FREE if filled.chosen("paid") else Funding.CASH,
    )


def record_fields(known: Known, show: Show) -> tuple[Field, ...]:
    """What is typed, with what is known of it already."""
    event, begun = known.event, known.selection
    line = None if begun is None else begun.line
    point = None if begun is None else begun.point
    start = "" if event is None or not event.start_known else _time_text(event.commence_time, show)
    market = "" if line is None else line.market if line.period == FULL_GAME else f"{line.market}_{line.period}"
    stake = _money(known.stake_minor, known) if known.stake_minor else ""
    return (
        Field("odds", "odds", "" if known.price is None else show.price(known.price), "+150, 2.5, 6/4 or EVEN"),
        Field("stake", f"stake, {known.currency}", stake, "25 or 25.50"),
        Field("bookmaker", "bookmaker", known.bookmaker, "fanduel, or any other name"),
        Field("paid", "paid with", words=_PAID),
        Field("pick", "pick", "" if begun is None else begun.name, "a team, Draw, Over, Under, Yes, No"),
        Field("point", "points", "" if point is None else f"{point:+g}", "-3.5 or 224.5, where the market has any"),
        Field("market", "market", market, "h2h, spreads, totals, …"),
        Field("home", "home", "" if event is None else event.home_team or "", "home team, or the first player"),
        Field("away", "away", "" if event is None else event.away_team or "", "away team, or the second player"),
        Field("starts", "starts", start, f"{_TIME_FORM}, empty when not known"),
        Field("sport", "sport", "" if event is None else event.sport_key, "basketball_nba, soccer_epl, …"),
        Field("whose", "whose, for a prop", "" if line is None else line.participant or "", "player or team"),
        Field("made", "made at", "", f"empty for now, or {_TIME_FORM}"),
        Field("note", "note", "", "optional, kept with the bet"),
    )


def _bet_on(filled: Filled, known: Known, show: Show) -> tuple[Event, Selection, Side]:
    """The event, the selection and its side. What the form began with stays what it is as long as it is not changed."""
    texts = {field.key: visible(field.value).strip() for field in record_fields(known, show)}

    def as_it_was(*names: str) -> bool:
        return all(filled.text(name) in (texts[name], texts[name][:_LONGEST].strip()) for name in names)

    same_event = known.event is not None and as_it_was("home", "away", "sport")
    event = known.event if same_event and known.event is not None else _typed_event(filled, known.events)
    starts = filled.text("starts")
    if starts and (not as_it_was("starts") or event not in (known.event, *known.events)):
        event = _moved(event, _time(starts, "starts", show))
    if same_event and known.selection is not None and as_it_was("pick", "point", "market", "whose"):
        return event, known.selection, Side.BACK
    market, name = filled.text("market").lower(), filled.text("pick")
    if not market:
        raise UsageError("type the market: h2h for who wins, spreads, totals, …")
    if not name:
        raise UsageError("type the pick: what wins the bet")
    selection, side = selection_of(
        event, market, name, _point(filled.text("point")), filled.text("whose") or None, _WORDS
    )
    return event, selection, side


def _typed_event(filled: Filled, events: Sequence[Event]) -> Event:
    """The board's where it has these two sides, else a new one with an id of its own."""
    home, away = clean(filled.text("home")), clean(filled.text("away"))
    sport = filled.text("sport").lower()
    if not home or not away:
        raise UsageError("type both sides of the event: home and away")
    if home.casefold() == away.casefold():
        raise UsageError("home and away are the same team")
    if sport and not clean_key(sport):
        raise UsageError(f"{sport[:40]!r} is no sport key: letters, digits and _, as basketball_nba")
    sides = {home.casefold(), away.casefold()}
    for event in events:
        theirs = {(team or "").casefold() for team in (event.home_team, event.away_team)}
        if theirs == sides and sport in ("", event.sport_key):
            return event
    name = "\n".join((sport, home.casefold(), away.casefold(), filled.text("starts")[:10]))
    made = f"hand:{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"
    return Event(made, sport or _UNKNOWN_SPORT, "", START_UNKNOWN, home, away)


def _moved(event: Event, start: datetime) -> Event:
    return Event(event.id, event.sport_key, event.sport_title, start, event.home_team, event.away_team)


def _bookmaker(text: str) -> str:
    if not text:
        raise UsageError("type the bookmaker")
    key = key_of(text) or clean_key(text.lower().replace(" ", "_"))
    if not key:
        raise UsageError(f"{text[:40]!r} is no bookmaker: letters, digits and _, as williamhill_us")
    return key


def _price_of(text: str, known: Known, show: Show) -> Price:
    """The price it began with as long as it is not changed: -300 shown as 1.33 would pay less."""
    return known.price if known.price is not None and text == show.price(known.price) else _price(text)


def _price(text: str) -> Price:
    if not text:
        raise UsageError("type the odds: +150, 2.5, 6/4 or EVEN")
    try:
        return parse_any(text)
    except BettingError as error:
        raise UsageError(error.message) from None


def _point(text: str) -> float | None:
    if not text:
        return None
    try:
        point = float(Decimal(text.replace("\u2212", "-")))
    except (InvalidOperation, OverflowError):
        point = math.nan
    if not math.isfinite(point):
        raise UsageError(f"{text[:20]!r} are no points: write -3.5 or 224.5")
    return point


def _made_at(text: str, now: datetime, show: Show) -> datetime | None:
    if not text:
        return None
    made = _time(text, "made at", show)
    if made > now:
        raise UsageError("made at lies ahead: a bet is recorded once it is made")
    return made


def _time(text: str, what: str, show: Show) -> datetime:
    """In the user's zone unless it names one."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=show.zone) if moment.tzinfo is None and show.zone is not None else moment
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{what}: {text[:30]!r} is no time, write it as {_TIME_FORM}") from None


def _time_text(moment: datetime, show: Show) -> str:
    return moment.astimezone(show.zone).strftime("%Y-%m-%d %H:%M")


def _told(command: RecordBet, show: Show, known: Known) -> str:
    stake, price = command.stake_minor, command.price
    side = "lay " if command.side is Side.LAY else ""
    what = f"{_money(stake, known)} on {side}{pick(command.selection)} {show.price(price)} at {book(command.bookmaker)}"
    if command.side is Side.LAY:
        back = f"liability {_money(to_win(stake, price), known)}"
    elif command.funding is Funding.FREE:
        back = f"a win pays {_money(to_win(stake, price), known)}, the stake not returned"
    else:
        back = f"returns {_money(total_return(stake, price), known)}"
    on_board = any(event.id == command.event.id for event in known.events)
    where = "" if on_board else " (not on the board)"
    start = show.start(command.event)
    return f"{what} · {back} · {command.event.name}{where} · {start} · account {known.account}"


def _money(minor: int, known: Known) -> str:
    return format_minor(minor, known.currency, grouping=False)
