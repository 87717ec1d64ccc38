"""A second opinion on an odds answer: the three strategies by plain loops over its JSON, slow and obvious.

It shares no arithmetic with the program: only the tables of who owns whom, who takes commission, and which sports
start "not before" are read from it. Rules in words:

* Fair line: the first sharp reference with complete fresh prices (pinnacle; then the middle between back and lay at
  the exchange with the tightest market, both sides on every selection and no wider than 3 points of probability; then
  lowvig, then betonlineag). Its own prices are judged by it too, and fall short by their margin.
* Without one: the mean on the log-odds scale of at least three other owners with complete fresh prices, one vote an
  owner. Each book is devigged alone by the power method; a book whose prices sum to less than one has no say.
* Value: one find for each selection and bookmaker, at the price after commission.
* Line shopping: one find a selection, the best price after commission against the median of the others, in American
  cents, where at least three books quote it.
* Arbitrage: the best set of one price for each selection, no two of one owner; one find a line.
* Started events are out, and prices older than five minutes (two where starts float). An outright has neither a fair
  line nor an arbitrage.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from betting_tui.engine.core.books import commission, is_exchange, ownership_group
from betting_tui.engine.core.sports import floating_start

TOLERANCE = 1e-10
_PERIOD = re.compile(r"(.*)_(q[1-4]|h[12]|p[1-3])")


class Line(NamedTuple):
    event_id: str
    market: str
    period: str
    kind: str
    point: float | None
    participant: str | None


class Found(NamedTuple):
    """What identifies a find: the line, and which selections at which bookmakers."""

    strategy: str
    line: Line
    legs: tuple[tuple[str, str], ...]


class Numbers(NamedTuple):
    edge: float | None
    margin: float | None
    cents: float | None
    probability: float | None
    expires_at: datetime


class Thresholds(NamedTuple):
    min_edge: float = 0.05
    min_difference: float = 5
    min_profit_margin: float = 0.01


class Cell(NamedTuple):
    """One price: decimal as quoted, and after commission."""

    decimal: float
    effective: float
    at: datetime


Book = dict[str, Cell]  # bookmaker -> price
Sides = dict[str, Book]  # selection -> prices


def events_of(body: bytes) -> list[dict[str, Any]]:
    tree = json.loads(body)
    if isinstance(tree, dict) and "data" in tree:
        tree = tree["data"]
    return [tree] if isinstance(tree, dict) else tree


def newest_time(events: list[dict[str, Any]]) -> datetime | None:
    times = [
        holder["last_update"]
        for event in events
        for book in event.get("bookmakers") or []
        for holder in (book, *book["markets"])
        if holder.get("last_update")
    ]
    return max((moment(time) for time in times), default=None)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def find_all(events: list[dict[str, Any]], now: datetime, lowest: Thresholds) -> dict[Found, Numbers]:
    """Every find at or above the lowest thresholds anybody will ask for; see `at_least` for the others."""
    american = any(
        outcome["price"] <= -100
        for event in events
        for book in event.get("bookmakers") or []
        for market in book["markets"]
        for outcome in market["outcomes"]
    )
    found: dict[Found, Numbers] = {}
    for event in events:
        start = moment(event["commence_time"])
        if start <= now:
            continue
        limit = timedelta(seconds=120 if floating_start(event["sport_key"]) else 300)
        backs, lays = quotes_of(event, now, limit, american=american)
        for line, sides in backs.items():
            names = names_of(line, event)
            whole = {book: {n: sides[n][book] for n in names} for book in books_on_all(sides, names)} if names else {}
            references = Reference(names, whole, lays.get(line, {}))
            found.update(value(line, sides, references, start, limit, lowest.min_edge))
            found.update(shopping(line, sides, references, start, limit, lowest.min_difference))
            if names:
                found.update(arbitrage(line, sides, names, start, limit, lowest.min_profit_margin))
    return found


def at_least(found: dict[Found, Numbers], wanted: Thresholds) -> dict[Found, Numbers]:
    """Thresholds are inclusive."""
    kept = {}
    for key, numbers in found.items():
        number, threshold = {
            "value_betting": (numbers.edge, wanted.min_edge),
            "line_shopping": (numbers.cents, wanted.min_difference),
            "arbitrage": (numbers.margin, wanted.min_profit_margin),
        }[key.strategy]
        if number is not None and number >= threshold - TOLERANCE:
            kept[key] = numbers
    return kept


def quotes_of(
    event: dict[str, Any], now: datetime, limit: timedelta, *, american: bool
) -> tuple[dict[Line, Sides], dict[Line, Sides]]:
    """Fresh prices to back and to lay, by line, selection and book. A dead price of 1.0 is no price."""
    backs: dict[Line, Sides] = {}
    lays: dict[Line, Sides] = {}
    for book in event.get("bookmakers") or []:
        for market in book["markets"]:
            time = market.get("last_update") or book.get("last_update")
            at = moment(time) if time else now
            if now - at > limit:
                continue
            for outcome in market["outcomes"]:
                placed = line_of(event, market, outcome)
                price = outcome["price"]
                if placed is None or price in (0, 1):
                    continue
                line, name = placed
                exact = american_to_decimal(Fraction(price)) if american else Fraction(str(price))
                rate = Fraction(str(commission(book["key"], {})))
                cell = Cell(float(exact), float(1 + (exact - 1) * (1 - rate)), at)
                side = lays if market["key"].endswith("_lay") else backs
                side.setdefault(line, {}).setdefault(name, {}).setdefault(book["key"], cell)
    return backs, lays


def american_to_decimal(price: Fraction) -> Fraction:
    return 1 + price / 100 if price > 0 else 1 + 100 / -price


def line_of(event: dict[str, Any], market: dict[str, Any], outcome: dict[str, Any]) -> tuple[Line, str] | None:
    """Where a price belongs; None for an outcome that belongs nowhere. Different sets of outcomes never mix."""
    key = market["key"].removesuffix("_lay")
    period = "full"
    if match := _PERIOD.fullmatch(key):
        key, period = match.groups()
    home, away, name = event["home_team"], event["away_team"], outcome["name"]
    if key == "outrights":
        return Line(event["id"], key, period, "field", None, None), name
    if key == "h2h":
        names = {each["name"] for each in market["outcomes"]}
        # Ninety minutes can end level: a soccer market without a Draw is a three-way one that lost an outcome.
        three_way = "Draw" in names or event["sport_key"].startswith("soccer")
        if not three_way and names != {home, away}:
            return None
        return Line(event["id"], key, period, "three_way" if three_way else "two_way", None, None), name
    if key == "spreads":
        point = outcome["point"] if name == home else -outcome["point"]
        return Line(event["id"], key, period, "two_way", point + 0.0, None), name
    if key == "totals":
        return Line(event["id"], key, period, "two_way", outcome["point"], None), name
    return Line(event["id"], key, period, "two_way", outcome["point"], outcome["description"]), name


def names_of(line: Line, event: dict[str, Any]) -> tuple[str, ...]:
    """The whole set of selections; none when nobody can know it."""
    if line.kind == "field":
        return ()
    if line.kind == "three_way":
        return tuple(sorted((event["home_team"], event["away_team"], "Draw")))
    if line.market in ("h2h", "spreads"):
        return tuple(sorted((event["home_team"], event["away_team"])))
    return ("Over", "Under")


def books_on_all(sides: Sides, names: tuple[str, ...]) -> list[str]:
    books = set(sides.get(names[0], ()))
    for name in names[1:]:
        books &= set(sides.get(name, ()))
    return sorted(books)


class Reference:
    """The fair line of one line, as each owner is to be judged."""

    def __init__(self, names: tuple[str, ...], whole: dict[str, Book], lays: Sides) -> None:
        self.names = names
        self.opinions: dict[str, dict[str, float]] = {}
        for book, cells in whole.items():
            opinion = without_margin([cells[name].decimal for name in names])
            if opinion is not None:
                self.opinions[book] = dict(zip(names, opinion, strict=True))
        self.oldest = {book: min(cell.at for cell in whole[book].values()) for book in self.opinions}
        self.sharp: dict[str, float] = {}
        self.sharp_at = datetime.max.replace(tzinfo=UTC)
        self._choose_sharp(whole, lays)
        self._known: dict[str, tuple[dict[str, float], datetime] | None] = {}

    def _choose_sharp(self, whole: dict[str, Book], lays: Sides) -> None:
        middle = tightest_exchange(self.names, whole, lays)
        for place in ("pinnacle", "exchange", "lowvig", "betonlineag"):
            if place == "exchange" and middle is not None:
                _, self.sharp, self.sharp_at = middle
                return
            if place in self.opinions:
                self.sharp, self.sharp_at = self.opinions[place], self.oldest[place]
                return

    def judge(self, bookmaker: str) -> tuple[dict[str, float], datetime] | None:
        """Fair probabilities for this book's prices and the oldest quote behind them; None without a fair line."""
        if self.sharp:
            return self.sharp, self.sharp_at
        owner = ownership_group(bookmaker)
        if owner not in self._known:
            self._known[owner] = self._consensus(owner)
        return self._known[owner]

    def _consensus(self, judged: str) -> tuple[dict[str, float], datetime] | None:
        votes: dict[str, list[str]] = {}
        for book in self.opinions:
            if ownership_group(book) != judged:
                votes.setdefault(ownership_group(book), []).append(book)
        if len(votes) < 3:
            return None
        combined = {}
        for name in self.names:
            voices = [
                sum(math.log(self.opinions[book][name] / (1 - self.opinions[book][name])) for book in books)
                / len(books)
                for books in votes.values()
            ]
            combined[name] = 1 / (1 + math.exp(-sum(voices) / len(voices)))
        total = sum(combined.values())
        oldest = min(self.oldest[book] for books in votes.values() for book in books)
        return {name: p / total for name, p in combined.items()}, oldest


def without_margin(prices: list[float]) -> list[float] | None:
    """The power method, p = q^k with sum 1, by halving an interval; None for prices that sum to less than one."""
    implied = [1 / price for price in prices]
    if abs(sum(implied) - 1) < 1e-12:
        return implied
    if sum(implied) < 1:
        return None
    low, high = 1.0, 2.0
    while sum(q**high for q in implied) > 1:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if sum(q**middle for q in implied) > 1:
            low = middle
        else:
            high = middle
    return [q**low for q in implied]


def tightest_exchange(
    names: tuple[str, ...], whole: dict[str, Book], lays: Sides
) -> tuple[str, dict[str, float], datetime] | None:
    best: tuple[float, str, dict[str, float], datetime] | None = None
    for book in sorted(whole):
        if not is_exchange(book) or not all(book in lays.get(name, {}) for name in names):
            continue
        back = {name: 1 / whole[book][name].decimal for name in names}
        lay = {name: 1 / lays[name][book].decimal for name in names}
        spreads = [back[name] - lay[name] for name in names]
        if max(spreads) > 0.03 or min(spreads) < 0:
            continue
        if best is None or max(spreads) < best[0]:
            middle = {name: (back[name] + lay[name]) / 2 for name in names}
            total = sum(middle.values())
            at = min(min(whole[book][name].at, lays[name][book].at) for name in names)
            best = (max(spreads), book, {name: p / total for name, p in middle.items()}, at)
    return None if best is None else best[1:]


def value(
    line: Line, sides: Sides, reference: Reference, start: datetime, limit: timedelta, least: float
) -> dict[Found, Numbers]:
    found = {}
    for name, book in sides.items():
        for bookmaker, cell in book.items():
            fair = reference.judge(bookmaker)
            if fair is None:
                continue
            edge = fair[0][name] * cell.effective - 1
            if edge >= least - TOLERANCE:
                expires = min(cell.at + limit, fair[1] + limit, start)
                key = Found("value_betting", line, ((name, bookmaker),))
                found[key] = Numbers(edge, None, None, fair[0][name], expires)
    return found


def shopping(
    line: Line, sides: Sides, reference: Reference, start: datetime, limit: timedelta, least: float
) -> dict[Found, Numbers]:
    found = {}
    for name, book in sides.items():
        if len(book) < 3:
            continue
        best = sorted(book, key=lambda bookmaker: (-book[bookmaker].effective, bookmaker))[0]
        cents = continuous_cents(book[best].effective) - median(
            [continuous_cents(cell.effective) for bookmaker, cell in book.items() if bookmaker != best]
        )
        if cents < least - TOLERANCE:
            continue
        fair = reference.judge(best)
        probability = fair[0][name] if fair else None
        edge = probability * book[best].effective - 1 if probability is not None else None
        expires = min(book[best].at + limit, start)
        found[Found("line_shopping", line, ((name, best),))] = Numbers(edge, None, cents, probability, expires)
    return found


def continuous_cents(decimal: float) -> float:
    """American prices without their hole: -110 is -10, even money 0, +110 is 10."""
    american = 100 * (decimal - 1) if decimal >= 2 else -100 / (decimal - 1)
    return american - 100 if american > 0 else american + 100


def median(numbers: list[float]) -> float:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def arbitrage(
    line: Line, sides: Sides, names: tuple[str, ...], start: datetime, limit: timedelta, least: float
) -> dict[Found, Numbers]:
    """Every combination of one book for each selection is tried; of equal ones the first by bookmaker key stays."""
    offers = [
        [(1 / cell.effective, ownership_group(book), book) for book, cell in sorted(sides.get(name, {}).items())]
        for name in names
    ]
    best_sum = math.inf
    best_books: tuple[str, ...] = ()
    for combination in product(*offers):
        total = 0.0
        for inverse, _, _ in combination:
            total += inverse
        if total < best_sum and len({owner for _, owner, _ in combination}) == len(names):
            best_sum, best_books = total, tuple(book for _, _, book in combination)
    margin = 1 / best_sum - 1
    if not best_books or margin < least - TOLERANCE:
        return {}
    expires = min(start, *(sides[name][book].at + limit for name, book in zip(names, best_books, strict=True)))
    legs = tuple(zip(names, best_books, strict=True))
    return {Found("arbitrage", line, legs): Numbers(None, margin, None, None, expires)}
