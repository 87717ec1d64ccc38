"""What became of a bet, from the books: each step with who said it, from what to what, and why."""

from __future__ import annotations

from msgspec import structs
from store_samples import AFTER, NOW, minutes, record, score

from betting_tui.engine.core.commands import CancelBet, SettleBet
from betting_tui.engine.core.history_views import Ending, Step
from betting_tui.engine.core.model import BetResult, Side
from betting_tui.engine.store import Ledger

WON, LOST = Ending(BetResult.WIN, 15_000), Ending(BetResult.LOSS, -10_000)


def steps(ledger: Ledger, bet: str = "1") -> list[Step]:
    return [row.step for row in ledger.history(bet)]


async def test_from_placing_to_a_result_and_its_correction(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    await ledger.settle_scores([score()], AFTER)
    await ledger.settle_scores([score(90, 100)], AFTER)
    placed, settled, corrected = ledger.history("BET-000001")
    assert (placed.at, placed.step, placed.by, placed.text) == (NOW, Step.PLACED, "test", "manual, evidence none")
    assert (settled.step, settled.by, settled.source, settled.score) == (
        Step.SETTLED, "results", "the_odds_api", "110-100",
    )  # fmt: skip
    assert (settled.before, settled.after) == (None, WON)
    assert (corrected.step, corrected.before, corrected.after) == (Step.CORRECTED, WON, LOST)
    assert corrected.text == "win corrected to loss; loss, 90-100"


async def test_opened_again_and_settled_by_a_person(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    await ledger.settle_scores([score()], AFTER)
    await ledger.settle_scores([structs.replace(score(90, 100), source="espn", event_id="e1")], AFTER)
    await ledger.settle_bet(SettleBet("1", BetResult.VOID, "me", "they will never agree"), AFTER)
    assert steps(ledger) == [Step.PLACED, Step.SETTLED, Step.REOPENED, Step.SETTLED]
    reopened, by_hand = ledger.history("1")[2:]
    assert reopened.before == WON
    assert "espn" in reopened.text
    assert (by_hand.by, by_hand.source, by_hand.text, by_hand.before) == ("me", "", "they will never agree", None)


async def test_confirmed_by_a_person(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    await ledger.settle_scores([score()], AFTER)
    await ledger.settle_bet(SettleBet("1", BetResult.WIN, "me"), AFTER)
    assert ledger.history("1")[-1].confirmed_by == "me"


async def test_charged_anew_is_no_correction(ledger: Ledger) -> None:
    for key, side in (("a", Side.BACK), ("b", Side.LAY)):
        wanted = record("3.0" if side is Side.BACK else "2.5", key=key, side=side)
        await ledger.record_bet(structs.replace(wanted, bookmaker="betfair_ex_uk"), NOW)
    await ledger.settle_bet(SettleBet("1", BetResult.WIN, "me"), AFTER)
    await ledger.settle_bet(SettleBet("2", BetResult.LOSS, "me"), AFTER)
    anew = ledger.history("1")[-1]
    assert (anew.step, anew.before, anew.after) == (
        Step.CHARGED_ANEW, Ending(BetResult.WIN, 19_000), Ending(BetResult.WIN, 19_750),
    )  # fmt: skip


async def test_cancelled_and_put_up_for_review(ledger: Ledger) -> None:
    await ledger.record_bet(record(), NOW)
    await ledger.mark_review("1", "look at it", "me", NOW)
    await ledger.cancel_bet(CancelBet("1", "me", "a slip of the finger"), minutes(5))
    assert steps(ledger) == [Step.PLACED, Step.REVIEW, Step.CANCELLED]
    assert [row.text for row in ledger.history("1")[1:]] == ["look at it", "a slip of the finger"]


async def test_one_written_down_late_was_placed_when_it_was_made(ledger: Ledger) -> None:
    await ledger.record_bet(record(placed_at=NOW), AFTER)
    (placed,) = ledger.history("1")
    assert (placed.at, placed.text) == (NOW, "manual, evidence none, written down 2026-04-18T21:00:00Z")
