"""Kept opportunities: their life, their best edge, who took them or why not, and finding them again."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from msgspec.structs import replace
from store_samples import GAME, NOW, OTHER, START, h2h, leg, minutes, opportunity, place, placed

from betting_tui.engine.core.bet_views import NotPlaced
from betting_tui.engine.core.filters import compile_filter
from betting_tui.engine.core.model import Opportunity
from betting_tui.engine.core.odds import parse_any
from betting_tui.engine.core.refusals import Refusal, RefusalCode
from betting_tui.engine.store import BetFilter, Ledger, NewAccount
from betting_tui.engine.store.opportunity_search import KEPT_FIELDS
from betting_tui.engine.store.shapes import GoneOpportunity, OpportunityChanges, OpportunityFilter, Passed


def changes(*found: Opportunity, gone: tuple[str, ...] = (), reason: str = "not placed") -> OpportunityChanges:
    return OpportunityChanges(
        gone=tuple(GoneOpportunity(each, (Passed("main", reason),)) for each in gone), found=found
    )


def ids(ledger: Ledger, **wanted: object) -> list[str]:
    now = wanted.pop("now", minutes(1))
    found = ledger.find_opportunities(OpportunityFilter(now=now, **wanted))  # type: ignore[arg-type]
    return [row.opportunity.id for row in found.rows]


class TestLife:
    async def test_the_best_edge_only_rises_and_the_legs_are_the_newest(self, ledger: Ledger) -> None:
        for minute, edge, price in ((0, 0.05, "+150"), (1, 0.08, "+155"), (2, 0.06, "+152")):
            await ledger.note_changes(changes(opportunity("o", leg(price), edge=edge)), minutes(minute))
        (kept,) = ledger.opportunities()
        assert (kept.best_ev, kept.opportunity.edge) == (0.08, 0.06)
        assert kept.opportunity.legs[0].price == parse_any("+152")
        assert (kept.discovered_at, kept.updated_at) == (NOW, minutes(2))

    async def test_what_comes_and_goes_adds_up_its_stretches(self, ledger: Ledger) -> None:
        found = opportunity("o")
        await ledger.note_changes(changes(found), minutes(0))
        await ledger.note_changes(changes(gone=("o",)), minutes(3))
        await ledger.note_changes(changes(found), minutes(10))
        await ledger.note_changes(changes(gone=("o",)), minutes(14))
        (kept,) = ledger.opportunities()
        assert (kept.stretches, kept.lived_seconds) == (2, 7 * 60)

    async def test_gone_and_found_in_one_answer_is_there(self, ledger: Ledger) -> None:
        found = opportunity("o")
        await ledger.note_changes(changes(found), minutes(0))
        await ledger.note_changes(changes(found, gone=("o",)), minutes(3))
        (kept,) = ledger.opportunities()
        assert (kept.expired_at, kept.stretches) == (None, 2)

    async def test_what_ran_out_while_nobody_looked_ended_then_and_not_now(self, ledger: Ledger) -> None:
        await ledger.note_changes(changes(replace(opportunity("o"), expires_at=minutes(5))), minutes(0))
        assert ids(ledger, active=True, now=minutes(4)) == ["o"]
        assert ids(ledger, active=True, now=minutes(6)) == []
        assert await ledger.expire_left_over(minutes(4)) == 0
        assert await ledger.expire_left_over(minutes(90)) == 1
        (kept,) = ledger.opportunities()
        assert kept.expired_at == minutes(5)

    async def test_seen_again_without_news_only_prolongs_it(self, ledger: Ledger) -> None:
        first = replace(opportunity("o"), expires_at=minutes(5))
        await ledger.note_changes(changes(first), minutes(0))
        again = replace(first, expires_at=minutes(9), edge=0.01)
        await ledger.note_changes(OpportunityChanges(still_there=(again,)), minutes(4))
        (kept,) = ledger.opportunities()
        assert (kept.updated_at, kept.opportunity.expires_at, kept.opportunity.edge) == (minutes(4), minutes(9), 0.05)

    async def test_nothing_to_note_writes_nothing(self, ledger: Ledger) -> None:
        before = ledger.export_ledger("json")
        await ledger.note_changes(OpportunityChanges(), NOW)
        assert ledger.export_ledger("json") == before
        assert ledger.opportunities() == ()


class TestTakenOrWhyNot:
    async def test_one_that_is_over_without_a_bet_says_why(self, ledger: Ledger) -> None:
        await ledger.note_changes(changes(opportunity("o")), NOW)
        await ledger.note_changes(changes(gone=("o",), reason="no stake: below the minimum"), minutes(2))
        (kept,) = ledger.opportunities()
        (decision,) = kept.decisions
        assert (decision.account, decision.decision, decision.code) == ("main", "passed", "")
        assert (decision.reason, decision.at) == ("no stake: below the minimum", minutes(2))

    async def test_a_refusal_says_more_than_that_nothing_was_placed(self, ledger: Ledger) -> None:
        found = opportunity("o")
        refused = NotPlaced(Refusal(RefusalCode.PRICE_MOVED, "it is +120 now"))
        await ledger.record_refusal(place(opportunity=found), refused, [GAME], NOW)
        await ledger.note_changes(changes(gone=("o",)), minutes(2))
        (decision,) = ledger.opportunities()[0].decisions
        assert (decision.decision, decision.code, decision.reason) == ("refused", "price_moved", "it is +120 now")

    async def test_an_account_with_a_bet_has_nothing_to_say(self, ledger: Ledger) -> None:
        await placed(ledger, place(opportunity=opportunity("o")))
        await ledger.note_changes(changes(gone=("o",)), minutes(2))
        (kept,) = ledger.opportunities()
        assert (kept.taken_by, kept.decisions) == (("main",), ())

    async def test_taken_and_missed_are_an_accounts_own(self, ledger: Ledger) -> None:
        await ledger.ensure_account(NewAccount("other", "USD", 100_000, "test"), NOW)
        await placed(ledger, place(opportunity=opportunity("taken")))
        await ledger.note_changes(changes(opportunity("missed"), opportunity("there")), NOW)
        await ledger.note_changes(changes(gone=("missed", "taken")), minutes(2))
        assert ids(ledger, taken=True, account="main") == ["taken"]
        assert ids(ledger, taken=False, account="main") == ["missed"]
        assert ids(ledger, taken=True, account="other") == []
        assert ids(ledger, taken=False, account="other") == ["missed", "taken"]
        assert ids(ledger, taken=True) == ["taken"]

    async def test_a_bet_taken_again_beside_no_first_one_counts_as_taken(self, ledger: Ledger) -> None:
        await placed(ledger, place(opportunity=opportunity("o"), again=True))
        assert ledger.opportunities()[0].taken_by == ("main",)
        assert len(ledger.bets(BetFilter(opportunity_id="o"))) == 1


class TestFinding:
    async def test_what_was_found_since_some_day_is_sought_from_that_day_on(self, ledger: Ledger) -> None:
        for day in (0, 3, 1, 2):
            found = replace(opportunity(f"day {day}"), discovered_at=NOW + timedelta(days=day))
            await ledger.note_changes(changes(found), NOW)
        assert ids(ledger, since=NOW + timedelta(days=2)) == ["day 2", "day 3"]
        assert ids(ledger, since=NOW + timedelta(days=1)) == ["day 2", "day 1", "day 3"]
        assert ids(ledger, since=NOW + timedelta(days=4)) == []
        assert len(ids(ledger, since=NOW - timedelta(days=9))) == 4

    @pytest.fixture
    async def kept(self, ledger: Ledger) -> Ledger:
        total = opportunity("nets", leg("-110", 100, h2h("Nets", OTHER), "betmgm"), edge=0.30)
        total = replace(total, event=OTHER, flags=("suspicious",), strategy="line_shopping")
        await ledger.note_changes(changes(opportunity("small", edge=0.03), opportunity("big", edge=0.09), total), NOW)
        await ledger.note_changes(changes(gone=("small",)), minutes(1))
        return ledger

    async def test_the_best_first_and_what_is_too_good_to_be_true_apart(self, kept: Ledger) -> None:
        assert ids(kept, order="best") == ["big", "small", "nets"]
        assert ids(kept, order="newest") == ["nets", "big", "small"]
        assert ids(kept, order="life")[0] == "small"

    async def test_pages_add_up_to_the_total(self, kept: Ledger) -> None:
        seen: list[str] = []
        for offset in range(4):
            page = kept.find_opportunities(OpportunityFilter(now=NOW, order="best", limit=1, offset=offset))
            assert page.total == 3
            seen += [row.opportunity.id for row in page.rows]
        assert seen == ["big", "small", "nets"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("nets", ["nets"]),
            ("LAKERS", ["big", "small"]),
            ("betmgm", ["nets"]),
            ("knicks betmgm", ["nets"]),
            ("lakers betmgm", []),
            ("nba", ["nets", "big", "small"]),
            ("h2h", ["nets", "big", "small"]),
            ("%", []),
            ("_", ["nets", "big", "small"]),
            ("", ["nets", "big", "small"]),
        ],
    )
    async def test_every_word_must_be_somewhere(self, kept: Ledger, text: str, found: list[str]) -> None:
        """Signs of the database's own are letters like any other."""
        assert ids(kept, text=text) == found

    async def test_by_strategy_sport_and_time(self, kept: Ledger) -> None:
        assert ids(kept, strategy="line_shopping") == ["nets"]
        assert len(ids(kept, sport="basketball_nba")) == len(ids(kept, sport="basketball")) == 3
        assert ids(kept, sport="basketball_n") == []
        assert ids(kept, since=NOW + timedelta(seconds=1)) == []
        assert len(ids(kept, since=NOW)) == 3
        assert ids(kept, active=True) == ["nets", "big"]
        assert ids(kept, active=True, now=START) == []

    @pytest.mark.parametrize(
        ("where", "found"),
        [
            ("edge >= 5%", ["nets", "big"]),
            ("best_ev < 5%", ["small"]),
            ("'suspicious' in flags", ["nets"]),
            ("bookmaker == 'betmgm' or lived_seconds > 30", ["nets", "small"]),
            ("selection ~ 'lak' and not strategy == 'arbitrage'", ["big", "small"]),
            ("books >= 2 and profit_margin == null", ["nets", "big", "small"]),
            ("commence_time < '2026-04-18T12'", []),
        ],
    )
    async def test_a_written_filter_means_what_it_means_on_the_board(
        self, kept: Ledger, where: str, found: list[str]
    ) -> None:
        assert ids(kept, where=compile_filter(where, KEPT_FIELDS)) == found

    async def test_every_field_of_a_filter_can_be_read(self, kept: Ledger) -> None:
        for name in KEPT_FIELDS:
            wanted = OpportunityFilter(
                now=NOW,
                where=compile_filter(f"{name} == null", KEPT_FIELDS)
                if name not in ("flags", "book_keys", "bookmaker", "selection")
                else compile_filter(f"'x' in {name}", KEPT_FIELDS),
            )
            assert kept.find_opportunities(wanted).total <= 3, name

    async def test_exported_they_are_whole(self, kept: Ledger) -> None:
        everything = OpportunityFilter(now=NOW)
        listed = json.loads(kept.export_opportunities("json", everything))
        assert [each["id"] for each in listed] == ["nets", "big", "small"]
        assert listed[2]["decisions"][0]["reason"] == "not placed"
        assert listed[0]["legs"][0]["price_american"] == -110
        rows = list(csv.DictReader(io.StringIO(kept.export_opportunities("csv", everything).decode())))
        assert (rows[0]["legs"], rows[2]["decisions"]) == ("Nets -110 at betmgm", "main: passed, not placed")
