"""Every feed whose answers are archived has a decoder that needs no network."""

from __future__ import annotations

import subprocess
import sys

import pytest

from betting_tui.engine.config import Settings
from betting_tui.engine.core.errors import RequestRejected
from betting_tui.engine.core.ports import SIMULATED, Answer, AnswerKind, OddsRequest
from betting_tui.engine.core.times import EPOCH
from betting_tui.engine.decoders import OfflineFeed, offline_feeds, remade

WITHOUT_ANSWERS = {"odds_scraping"}


def test_each_feed_of_the_settings_has_one() -> None:
    settings = Settings()
    named = {*settings.data_sources.priority_order, *settings.results.order} - WITHOUT_ANSWERS
    assert named <= {feed.name for feed in offline_feeds()}


@pytest.mark.parametrize("feed", offline_feeds(), ids=lambda feed: feed.name)
async def test_none_of_them_asks_anybody(feed: OfflineFeed) -> None:
    with pytest.raises(RequestRejected, match="a replay asks nobody"):
        await feed.fetch_odds(OddsRequest("soccer_epl"))
    with pytest.raises(RequestRejected, match="a replay asks nobody"):
        await feed.fetch_scores("soccer_epl", 3)
    assert await feed.sports() == ()
    assert not feed.covers("soccer_epl")
    await feed.aclose()


@pytest.mark.parametrize("body", [b"", b"[]"])
def test_an_answer_is_only_made_again_by_the_market_it_came_from(body: bytes) -> None:
    for source in ("the_odds_api", SIMULATED):
        answer = Answer(source, AnswerKind.ODDS, "basketball_nba", body, EPOCH)
        assert remade(answer, None) is answer


def test_naming_the_commands_does_not_load_the_decoders() -> None:
    code = "import sys, betting_tui.cli.root; print('betting_tui.engine.decoders' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
