"""Settings: the layers, the sample, and what every mistake is answered with."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting_tui.engine.config import (
    InvalidSettings,
    Loaded,
    Override,
    Settings,
    all_keys,
    default_config_path,
    load_settings,
    settings_entries,
)
from betting_tui.engine.core.errors import ConfigError

SAMPLE = """\
api_keys: {the_odds_api: "YOUR_KEY_HERE"}
paper_trading: {starting_bankroll: 10000, bet_sizing_method: 'flat', flat_bet_size: 100}
strategies:
  value_betting: {enabled: true, min_edge: 0.05}
  line_shopping: {enabled: true, min_difference: 5}
  arbitrage: {enabled: true, min_profit_margin: 0.01}
data_sources:
  priority_order: ["the_odds_api", "odds_scraping"]
  cache: {enabled: true, ttl_minutes: 5}
notifications: {enabled: true, high_value_threshold: 0.10, arbitrage_alerts: true, daily_summary: true}
storage: {bets_file: 'data/bets.json', results_file: 'data/results.json', state_file: 'data/paper_trader_state.json'}
"""
SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00"


def load(tmp_path: Path, text: str, environment: dict[str, str] | None = None, *flags: Override) -> Loaded:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load_settings(path, environment=environment or {}, flags=flags)


def problems(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(InvalidSettings) as caught:
        load(tmp_path, text, environment)
    assert caught.value.exit_code == 2
    return caught.value.message


def test_no_file_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    loaded = load_settings(environment={})
    assert loaded.settings == Settings()
    assert not loaded.file_read
    assert loaded.path == default_config_path()


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load_settings(tmp_path / "nothing.yaml", environment={})


def test_the_sample_loads_as_it_is(tmp_path: Path) -> None:
    settings = load(tmp_path, SAMPLE).settings
    assert settings.paper_trading.starting_bankroll == Decimal(10_000)
    assert settings.strategies.line_shopping.min_difference == 5
    assert settings.data_sources.priority_order == ("the_odds_api", "odds_scraping")
    assert settings.storage.state_file == "data/paper_trader_state.json"


@pytest.mark.parametrize("text", ["", "# only words\n", "---\n", "strategies:\n", "storage:\n  # bets_file: x\n"])
def test_a_file_that_sets_nothing_gives_the_defaults(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text).settings == Settings()


@pytest.mark.parametrize("key", ["YOUR_KEY_HERE", "your-api-key", "<your key>", "xxxx", "", "changeme", "${KEY}"])
def test_a_placeholder_counts_as_no_key(tmp_path: Path, key: str) -> None:
    assert load(tmp_path, f'api_keys: {{the_odds_api: "{key}"}}').settings.api_keys.the_odds_api is None


def test_later_layers_win(tmp_path: Path) -> None:
    text = "paper_trading: {flat_bet_size: 10, kelly_fraction: 0.5, min_stake: 3}\nlog: {level: error}\n"
    environment = {"BETTING_TUI__PAPER_TRADING__FLAT_BET_SIZE": "20", "BETTING_TUI__LOG__LEVEL": "warning"}
    loaded = load(tmp_path, text, environment, Override("log.level", "debug", "--log-level"))
    assert loaded.settings.paper_trading.flat_bet_size == 20
    assert loaded.settings.paper_trading.kelly_fraction == 0.5
    assert loaded.settings.log.level == "debug"
    assert loaded.origins["paper_trading.min_stake"].endswith("config.yaml, line 1")
    assert loaded.origins["paper_trading.flat_bet_size"] == "BETTING_TUI__PAPER_TRADING__FLAT_BET_SIZE"
    assert loaded.origins["log.level"] == "--log-level"


def test_the_environment_gives_every_kind_of_value(tmp_path: Path) -> None:
    environment = {
        "BETTING_TUI__STRATEGIES__ARBITRAGE__ENABLED": "false",
        "BETTING_TUI__BOOKMAKERS__MINE": "pinnacle, fanduel",
        "BETTING_TUI__BOOKMAKERS__SHARP": "[lowvig/betonlineag]",
        "BETTING_TUI__BOOKMAKERS__COMMISSION__SMARKETS": "0.01",
        "BETTING_TUI__UI__DAY_STARTS_AT": "12:30",
        "BETTING_TUI__PAPER_TRADING__STARTING_BANKROLL": "2500.50",
        "BETTING_TUI__RESULTS__DAYS_FROM": "2",
        "BETTING_TUI__UI__THEME": "",
    }
    settings = load(tmp_path, "bookmakers: {commission: {matchbook: 0.03}}\n", environment).settings
    assert settings.strategies.arbitrage.enabled is False
    assert settings.bookmakers.mine == ("pinnacle", "fanduel")
    assert settings.bookmakers.sharp == ("lowvig/betonlineag",)
    assert settings.bookmakers.commission == {"matchbook": 0.03, "smarkets": 0.01}
    assert settings.ui.day_starts_at == "12:30"
    assert settings.paper_trading.starting_bankroll == Decimal("2500.50")
    assert settings.results.days_from == 2


def test_limits_are_set_one_by_one_and_unset_again(tmp_path: Path) -> None:
    text = "risk: {risk_tolerance: none, max_bet_size: 250.50, max_open_bets: 3, min_edge: 0.02, max_odds: }\n"
    risk = load(tmp_path, text).settings.risk
    assert (risk.risk_tolerance, risk.max_bet_size, risk.max_open_bets) == ("none", Decimal("250.50"), 3)
    assert (risk.min_edge, risk.max_odds, risk.min_odds) == (0.02, None, None)
    environment = {
        "BETTING_TUI__RISK__RISK_TOLERANCE": "low",
        "BETTING_TUI__RISK__MAX_BET_SIZE": "null",
        "BETTING_TUI__RISK__MAX_DAILY_LOSS": "100",
        "BETTING_TUI__ACCOUNTS__CURRENT": "ideas",
        "BETTING_TUI__PAPER_TRADING__AUTO_KELLY_SIZING": "true",
    }
    loaded = load(tmp_path, text, environment)
    risk = loaded.settings.risk
    assert (risk.risk_tolerance, risk.max_bet_size, risk.max_daily_loss) == ("low", None, Decimal(100))
    assert (loaded.settings.accounts.current, loaded.settings.paper_trading.auto_kelly_sizing) == ("ideas", True)
    shown = {entry.key: entry.value for entry in settings_entries(loaded)}
    assert (shown["risk.max_bet_size"], shown["risk.max_daily_loss"]) == ("not set", "100")


def test_the_key_from_its_own_variable_wins_over_the_file(tmp_path: Path) -> None:
    loaded = load(tmp_path, SAMPLE, {"THE_ODDS_API_KEY": f" {SECRET} "})
    assert loaded.settings.api_keys.the_odds_api == SECRET


def test_this_program_only_bets_on_paper(tmp_path: Path) -> None:
    assert load(tmp_path, "", {"TRADING_MODE": "paper"}).settings.execution.mode == "paper"
    for message in (problems(tmp_path, "", {"TRADING_MODE": "live"}), problems(tmp_path, "execution: {mode: live}")):
        assert "only bets on paper" in message
    assert "TRADING_MODE: execution.mode: expected paper, found 'real'" in problems(
        tmp_path, "", {"TRADING_MODE": "real"}
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paper_trading:\n  kelly_fractoin: 0.5", ["line 2", "nearest is paper_trading.kelly_fraction"]),
        ("papertrading: {}", ["line 1", "papertrading", "the nearest is paper_trading"]),
        ("kelly_fraction: 0.5", ["the nearest is paper_trading.kelly_fraction"]),
        ("strategies: {steam_chasing: {enabled: true}}", ["strategies.steam_chasing", "unknown key", "value_betting"]),
        ("paper_trading: {starting_bankroll: -5}", ["starting_bankroll", "0 or more", "-5"]),
        ("paper_trading: {starting_bankroll: .nan}", ["starting_bankroll", "finite"]),
        ("paper_trading: {starting_bankroll: .inf}", ["starting_bankroll", "finite"]),
        ("paper_trading: {starting_bankroll: ten}", ["starting_bankroll", "an amount", "'ten'"]),
        ("paper_trading: {starting_bankroll: 1e4}", ["YAML reads 1e4 as text: write 10000"]),
        ('paper_trading: {starting_bankroll: "100"}', ["write 100 without quotes"]),
        ("paper_trading: {starting_bankroll: true}", ["starting_bankroll", "an amount", "true"]),
        ("paper_trading: {flat_bet_size: 0}", ["flat_bet_size", "above 0"]),
        ("paper_trading: {flat_bet_size: 1:40}", ["YAML reads 1:40 as the number 100"]),
        ("paper_trading: {flat_bet_size: 010}", ["YAML reads 010 as the number 8"]),
        ("paper_trading: {flat_bet_size: 10.005}", ["flat_bet_size", "more decimals than USD"]),
        ("paper_trading: {currency: JPY, stake_unit: 0.5}", ["stake_unit", "more decimals than JPY"]),
        ("paper_trading: {kelly_fraction: 1.5}", ["kelly_fraction", "at most 1", "1.5"]),
        ("paper_trading: {kelly_fraction: .NaN}", ["kelly_fraction", "finite"]),
        ("paper_trading: {kelly_fraction: 1e-1}", ["YAML reads 1e-1 as text: write 0.1"]),
        ("paper_trading: {currency: dollars}", ["currency", "three capital letters"]),
        ("paper_trading: {currency: NO}", ["currency", "YAML reads NO as false: put it in quotes"]),
        ("paper_trading: {bet_sizing_method: kely}", ["one of flat, percent, kelly", "did you mean kelly?"]),
        ("strategies: {value_betting: {min_edge: 5}}", ["min_edge", "from 0 to 1", "found 5"]),
        ("strategies: {value_betting: {min_edge: -0.1}}", ["min_edge", "from 0 to 1"]),
        ("strategies: {value_betting: {enabled: 1}}", ["enabled", "true or false", "found 1"]),
        ("strategies: {value_betting: {min_books: 2.5}}", ["min_books", "whole number"]),
        ("strategies: {value_betting: [1]}", ["expected a section with keys such as enabled", "a list"]),
        ("strategies: yes", ["strategies", "expected a section"]),
        ("bookmakers: {mine: pinnacle}", ["bookmakers.mine", "a list such as"]),
        ("bookmakers: {mine: [no]}", ["bookmakers.mine", "YAML reads no as false"]),
        ("bookmakers: {mine: [Pinnacle]}", ["bookmakers.mine", "a bookmaker's key"]),
        ("bookmakers: {commission: {smarkets: 2}}", ["bookmakers.commission.smarkets", "0.02 = 2 %"]),
        ("results: {days_from: 4}", ["results.days_from", "from 1 to 3"]),
        ("ui: {day_starts_at: 12:30}", ["HH:MM", "YAML reads 12:30 as the number 750: put it in quotes"]),
        ('ui: {day_starts_at: "25:00"}', ["HH:MM", "'25:00'"]),
        ("ui: {day_starts_at: 6}", ["HH:MM", "put it in quotes"]),
        ("ui: {time_zone: Europe/Lodnon}", ["ui.time_zone", "did you mean Europe/London?"]),
        ("ui: {time_zone: ../../etc/passwd}", ["ui.time_zone", "a time zone"]),
        ("ui: {theme: 2026-01-01}", ["ui.theme", "as a date"]),
        ("data_sources: {the_odds_api: {base_url: ftp://x}}", ["base_url", "expected an https address"]),
        ("data_sources: {the_odds_api: {base_url: 'https://u:p@host'}}",
         ["'https://***@host': leave user name and password out"]),
        ("data_sources: {espn: {base_url: 'http://espn.example'}}", ["espn.base_url", "plain http shows everybody"]),
        ("data_sources:\n  priority_order:\n    - football_data\n    - footbal_data",
         ["line 4: data_sources.priority_order: expected one of the_odds_api, football_data, odds_scraping",
          "did you mean football_data?"]),
        ("data_sources: {priority_order: [football_data, football_data]}", ["names football_data twice"]),
        ("results: {order: [espn, odds_scraping]}",
         ["results.order: expected one of espn, the_odds_api, football_data, thesportsdb"]),
        ("api_keys: {thesportsdb: 'ab-cd/ef'}", ["line 1: api_keys.thesportsdb: expected a key of letters and digits"]),
        ("execution: {verify: sometimes}", ["expected one of auto, ask, never"]),
        ("storage: {archive_days: 0}", ["storage.archive_days", "1 or more"]),
        ("storage: {archive_days: 9999999999}", ["storage.archive_days", "at most 1000000000"]),
        ("risk: {max_open_bet: 3}", ["line 1", "nearest is risk.max_open_bets"]),
        ("max_drawdown: 0.2", ["the nearest is risk.max_drawdown"]),
        ("risk: {risk_tolerance: meduim}", ["one of low, medium, high, none", "did you mean medium?"]),
        ("risk: {risk_tolerance: 3}", ["risk.risk_tolerance", "one of low"]),
        ("risk: {max_bet_size: 0}", ["risk.max_bet_size", "an amount above 0"]),
        ("risk: {max_bet_size: [5]}", ["risk.max_bet_size", "an amount above 0", "a list"]),
        ("risk: {max_bet_size: 1e2}", ["YAML reads 1e2 as text: write 100"]),
        ("risk: {daily_bet_limit: 10.005}", ["risk.daily_bet_limit", "more decimals than USD"]),
        ("risk: {max_event_exposure: 5}", ["risk.max_event_exposure", "0.05 = 5 %"]),
        ("risk: {max_open_bets: 1.5}", ["risk.max_open_bets", "a whole number, 1 or more"]),
        ("risk: {min_odds: 1}", ["risk.min_odds", "decimal odds above 1"]),
        ("risk: {min_odds: 3.5, max_odds: 3.5}", ["risk.max_odds", "more than risk.min_odds, which is 3.5"]),
        ("risk: {cool_down_minutes: -1}", ["risk.cool_down_minutes", "from 0 to 1440"]),
        ("paper_trading: {auto_kelly_sizing: maybe}", ["auto_kelly_sizing", "true or false"]),
        ("execution: {warn_clock_skew_seconds: 200}", ["execution.max_clock_skew_seconds"]),
        ("presets: {mine: {where: 'edgee > 0.1'}}", ["presets.mine.where", "the nearest is edge"]),
        ("log:\n  level: info\n  level: debug", ["line 3", "log.level", "written twice", "line 2"]),
        ("log: {level: info}\nui: {}\nlog: {level: debug}", ["line 3", "log", "written twice"]),
        ("base: &b {level: info}\nlog:\n  <<: *b", ["a key must be plain text"]),
        ("? [1, 2]\n: 3", ["a key must be plain text"]),
        ("log: {level: info", ["line 1", "not valid YAML"]),
        ("log:\n\tlevel: info", ["line 2", "not valid YAML"]),
        ("a: 1\n---\nb: 2", ["not valid YAML"]),
        ("log: !!python/object:os.system {}", ["not valid YAML"]),
        ("log: &a\n  level: *a", ["not valid YAML"]),
        ("- 1\n- 2", ["expected sections"]),
        ("just words", ["expected sections"]),
        ("log: {level: \x00}", ["characters that are no text"]),
        ("[" * 5000, ["nested too deeply"]),
    ],
)  # fmt: skip
def test_every_mistake_is_answered(tmp_path: Path, text: str, said: list[str]) -> None:
    message = problems(tmp_path, text)
    assert "config.yaml" in message
    for part in said:
        assert part in message


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "ui: {odds_format: roman}\nlog: {level: loud}\npaper_trading:\n  kelly_fraction: 7\n"
    message = problems(tmp_path, text, {"BETTING_TUI__NOPE": "1", "BETTING_TUI__LOG__COLOUR": "red"})
    assert message.startswith("5 problems:")
    assert "line 4: paper_trading.kelly_fraction" in message
    assert "BETTING_TUI__LOG__COLOUR: log.colour: unknown key" in message
    assert "BETTING_TUI__NOPE: expected BETTING_TUI__SECTION__KEY" in message


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"log: \xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(path, environment={})


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path, environment={})


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "too many values" in problems(tmp_path, "\n".join(levels))


@pytest.mark.parametrize(
    "wrong", ["api_keys: [{0}]", "api_keys: {{the_odds_api: [{0}]}}", "api_keys: {{the_odds_api: '{0} x'}}"]
)
def test_a_misplaced_key_is_not_repeated(tmp_path: Path, wrong: str) -> None:
    assert SECRET not in problems(tmp_path, wrong.format(SECRET))


def test_settings_shown_hide_the_key(tmp_path: Path) -> None:
    loaded = load(tmp_path, f"api_keys: {{the_odds_api: {SECRET}}}")
    shown = repr(loaded.settings) + str(loaded.settings) + f"{loaded.settings.api_keys}"
    shown += "".join(str(part) for part in loaded.settings.api_keys.__rich_repr__())
    shown += str(settings_entries(loaded))
    assert loaded.settings.api_keys.the_odds_api == SECRET
    assert SECRET not in shown
    assert "hidden" in shown


def test_every_key_is_listed_with_its_origin(tmp_path: Path) -> None:
    loaded = load(tmp_path, "bookmakers: {commission: {smarkets: 0.01}}\npresets: {a: {where: 'edge > 3%'}}\n")
    entries = {entry.key: entry for entry in settings_entries(loaded)}
    assert tuple(entries) == all_keys()
    assert entries["ui.theme"].origin == "default"
    assert entries["bookmakers.commission"].value == "smarkets: 0.01"
    assert entries["bookmakers.commission"].origin.endswith("line 1")
    assert entries["presets"].value == 'a: {"where":"edge > 3%"}'
    assert entries["api_keys.the_odds_api"].value == "not set"


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_a_key_others_can_read_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"api_keys: {{the_odds_api: {SECRET}}}")
    path.chmod(0o644)
    assert "chmod 600" in load_settings(path, environment={}).warnings[0]
    assert not load_settings(path, environment={"THE_ODDS_API_KEY": "another-key"}).warnings
    path.chmod(0o600)
    assert not load_settings(path, environment={}).warnings


@given(st.text(max_size=80))
def test_whatever_the_file_holds_the_answer_is_settings_or_a_reason(text: str) -> None:
    from betting_tui.engine.config.check import Checker
    from betting_tui.engine.config.yaml_file import parse_yaml

    found, _ = parse_yaml(text, "config.yaml")
    assert isinstance(Checker().settings(found), Settings)


@given(st.text(alphabet="abc:{}[]-!&*#|>'\"%@`\n ,?0.", max_size=60))
def test_yaml_punctuation_never_crashes(text: str) -> None:
    from betting_tui.engine.config.check import Checker
    from betting_tui.engine.config.yaml_file import parse_yaml

    found, _ = parse_yaml(f"paper_trading: {text}", "config.yaml")
    assert isinstance(Checker().settings(found), Settings)


def test_one_key_does_not_take_the_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("api_keys: {the_odds_api: YOUR_KEY_HERE, thesportsdb: ' 5f3a9c '}\n")
    keys = load_settings(path, environment={}).settings.api_keys
    assert (keys.the_odds_api, keys.thesportsdb) == (None, "5f3a9c")
    keys = load_settings(path, environment={"THE_ODDS_API_KEY": "a" * 32}).settings.api_keys
    assert (keys.the_odds_api, keys.thesportsdb) == ("a" * 32, "5f3a9c")
    assert "5f3a9c" not in repr(keys)
