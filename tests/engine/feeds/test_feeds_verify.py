"""Whether a price is asked for again before a placement, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from betting_tui.engine.clocks import VirtualClock
from betting_tui.engine.core.bet_views import NotPlaced, Placed
from betting_tui.engine.core.commands import Place
from betting_tui.engine.core.errors import EventGone, SourceError, SourceUnreachable
from betting_tui.engine.core.model import Event, Leg, Origin
from betting_tui.engine.core.refusals import RefusalCode
from betting_tui.engine.feeds.verify import Ask, Asker, Decline, Leave, Ready, Setting, Verifier, wants
from betting_tui.engine.strategies.base import leg_of
from market_samples import NOW, quote

LEGS = tuple(
    replace(leg_of(each), stake_minor=10_000)
    for each in (quote("Home", "fanduel", "+150"), quote("Away", "betmgm", "+110"))
)
NO_ANSWER = SourceUnreachable("no answer within 20 s")
COMMAND = Place("main", LEGS, "key", Origin.APP, "test")


class Feeds:
    """A feed that is asked, at a price, and takes a second to answer or fail."""

    def __init__(self, clock: VirtualClock, fails: SourceError | None = None) -> None:
        self.clock, self.fails = clock, fails
        self.asked: list[tuple[Leg, ...]] = []

    def verifier(self, setting: Setting, *, worth: bool = True) -> Verifier:
        asker = Asker(lambda _legs, _events: 1, lambda cost: "" if cost <= 5 else "too much", self._ask)
        return Verifier(setting, asker, self.clock, lambda _command: worth)

    async def _ask(self, legs: Sequence[Leg], events: Sequence[Event]) -> None:
        del events
        self.asked.append(tuple(legs))
        self.clock.advance(1)
        if self.fails is not None:
            raise self.fails


async def ready(feeds: Feeds, setting: Setting = "auto", verify: bool | None = None, *, worth: bool = True) -> Ready:
    outcome = await feeds.verifier(setting, worth=worth).ready(COMMAND, verify=verify)
    assert isinstance(outcome, Ready), outcome
    return outcome


@pytest.mark.parametrize(
    ("setting", "verify", "asks"),
    [
        ("auto", None, True),
        ("auto", False, False),
        ("auto", True, True),
        ("ask", None, False),
        ("ask", True, True),
        ("ask", False, False),
        ("never", None, False),
        ("never", True, True),
    ],
)
def test_a_wish_for_this_bet_goes_before_the_setting(setting: Setting, verify: bool | None, asks: bool) -> None:
    assert wants(COMMAND, setting, verify, 1, lambda _cost: "") == (Ask(1) if asks else Leave())


def test_only_what_is_free_today_is_spent_and_why_not_is_told() -> None:
    assert wants(COMMAND, "auto", None, 2, lambda cost: "" if cost <= 2 else "too much") == Ask(2)
    assert wants(COMMAND, "auto", None, 2, lambda cost: "" if cost <= 1 else "more than is free today: wait") == Leave(
        "price not asked for again: 2 credits, more than is free today: wait"
    )
    assert wants(COMMAND, "ask", True, 1, lambda _cost: "more than is free today: wait") == Decline(
        "asking for the price again takes 1 credit, more than is free today: wait"
    )


def test_where_nobody_can_be_asked_only_a_wish_is_declined() -> None:
    assert wants(COMMAND, "auto", None, None, lambda _cost: "") == Leave()
    assert isinstance(wants(COMMAND, "auto", True, None, lambda _cost: ""), Decline)


@pytest.mark.parametrize("verify", [None, True])
def test_an_armed_strategy_is_never_held_up(verify: bool | None) -> None:
    assert wants(replace(COMMAND, origin=Origin.AUTO), "auto", verify, 0, lambda _cost: "") == Leave()


async def test_all_legs_are_asked_for_in_one_go_and_the_moment_before_it_is_kept() -> None:
    feeds = Feeds(VirtualClock(NOW))
    asked = await ready(feeds)
    assert feeds.asked == [LEGS]
    assert asked.command == replace(COMMAND, asked_at=NOW)
    assert feeds.clock.now() == NOW + timedelta(seconds=1)


async def test_what_a_newer_price_cannot_decide_costs_no_credit() -> None:
    feeds = Feeds(VirtualClock(NOW))
    assert await ready(feeds, verify=True, worth=False) == Ready(COMMAND)
    assert feeds.asked == []


async def test_a_feed_that_fails_leaves_the_placement_as_it_was_and_is_told_with_it() -> None:
    feeds = Feeds(VirtualClock(NOW), fails=NO_ANSWER)
    asked = await ready(feeds)
    assert asked.command == COMMAND, "nothing of it may count as fresh"
    assert asked.note == "price not asked for again: feed unreachable"
    assert asked.told(Placed(1, ())) == Placed(1, (), note=asked.note)
    assert asked.told(Placed(1, (), repeated=True)) == Placed(1, (), repeated=True)


async def test_a_feed_that_fails_on_a_wish_refuses_with_its_reason() -> None:
    feeds = Feeds(VirtualClock(NOW), fails=NO_ANSWER)
    outcome = await feeds.verifier("ask").ready(COMMAND, verify=True)
    assert isinstance(outcome, NotPlaced)
    assert outcome.refusal.code is RefusalCode.NOT_VERIFIED
    assert outcome.refusal.message == "the price could not be asked for again: no answer within 20 s"


@pytest.mark.parametrize("verify", [None, True])
async def test_an_event_the_feed_has_no_more_is_an_answer(verify: bool | None) -> None:
    feeds = Feeds(VirtualClock(NOW), fails=EventGone("no such event"))
    assert (await ready(feeds, verify=verify)).command.asked_at == NOW, "the broker finds nothing seen since then"
