"""Real games through the commands alone: a basket of recorded NHL prices, settled and summed apart."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from cli_kit import Cli
from snapshot_rows import PRICES, Row, read_rows

COLUMNS = ("event", "home", "away", "commence", "sport", "market", "selection", "point", "bookmaker", "odds", "stake",
           "at", "key")  # fmt: skip


def selections(row: Row) -> list[dict[str, str]]:
    """A bet of 10.00 on each price of one row."""
    home, away, total = row["home_team"], row["away_team"], row["total_line"]
    named = {
        "ml_home": ("h2h", home, ""), "ml_away": ("h2h", away, ""),
        "spread_home_odds": ("spreads", home, row["spread_home"]),
        "spread_away_odds": ("spreads", away, row["spread_away"]),
        "total_over_odds": ("totals", "Over", total), "total_under_odds": ("totals", "Under", total),
    }  # fmt: skip
    bets = []
    for column in PRICES:
        if row[column]:
            market, selection, point = named[column]
            odds = int(float(row[column]))
            bets.append({
                "event": row["game_id"], "home": home, "away": away, "commence": row["commence_time"],
                "sport": "icehockey_nhl", "market": market, "selection": selection, "point": point,
                "bookmaker": row["bookmaker"], "odds": f"{odds:+d}", "stake": "10", "at": row["snapshot_taken_at_utc"],
                "key": f"{row['source_file']} {row['game_id']} {row['snapshot_taken_at_utc']} {column}",
            })  # fmt: skip
    return bets


def profit_by_hand(bet: dict[str, str], game: Any) -> int:
    goals = {score["name"]: int(score["score"]) for score in game["scores"]}
    own = {bet["home"]: goals[bet["home"]] - goals[bet["away"]], bet["away"]: goals[bet["away"]] - goals[bet["home"]]}
    line = Fraction(bet["point"] or "0")
    over = sum(goals.values()) - line
    ahead = {"Over": over, "Under": -over}.get(bet["selection"])
    if ahead is None:
        ahead = own[bet["selection"]] + line
    odds = int(bet["odds"])
    won = round(Fraction(1000) * odds / 100 if odds > 0 else Fraction(1000 * 100, -odds))
    return won if ahead > 0 else -1000 if ahead < 0 else 0


def test_every_cent_of_a_recorded_season(cli: Cli, shared_data: Path, home: Path) -> None:
    folder = shared_data / "the_odds_api"
    scores_file = folder / "snapshot_2026-04-16" / "json_rebuilt" / "icehockey_nhl.scores.json"
    finals = {game["id"]: game for game in json.loads(scores_file.read_bytes()) if game["completed"]}
    rows = [row for row in read_rows(folder / "wnba_nhl_snapshots_2026-02-24_to_07-18.csv") if row["game_id"] in finals]
    bets = [bet for row in rows for bet in selections(row)]
    before = [bet for bet in bets if bet["at"] < bet["commence"]]
    basket = home / "basket.csv"
    with basket.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(bets)

    placed = cli("bets", "place", "--from", str(basket), "--format", "json")
    outcomes = [row["outcome"] for row in placed.json()]
    assert (placed.code, len(before), outcomes.count("recorded")) == (1, 446, 446)
    assert set(outcomes) == {"recorded", "event_started"}

    settled = cli("settle", "--from", str(scores_file), "--format", "json").json()
    assert settled["open"] == []
    expected = [profit_by_hand(bet, finals[bet["event"]]) for bet in before]
    assert sorted(bet["profit_minor"] for bet in settled["settled"]) == sorted(expected)
    account = cli("account", "list", "--format", "json").json()[0]
    assert account["bankroll_minor"] == account["available_minor"] == 1_000_000 + sum(expected)
    assert cli("ledger", "verify").code == 0
