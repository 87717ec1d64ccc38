"""Writing the settings file: a commented first one, and a key put in without touching anything else."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import yaml

from betting_tui.engine.config.folders import make_private_folder
from betting_tui.engine.config.load import check_key, default_config_path
from betting_tui.engine.config.yaml_file import Found, parse_yaml
from betting_tui.engine.core.errors import ConfigError

_SECTION, _NAME = "api_keys", "the_odds_api"

TEMPLATE = """\
# Settings of betting-tui. Every key is optional: what is commented out shows the default.
# `betting-tui config check` says what is wrong, `betting-tui config show` what is in force and why.

api_keys:
  # A free key: https://the-odds-api.com. Or set THE_ODDS_API_KEY. Without one, try betting-tui --demo.
  the_odds_api: "YOUR_KEY_HERE"

paper_trading:
  starting_bankroll: 10000
  currency: "USD"
  bet_sizing_method: "flat"       # flat, percent or kelly
  flat_bet_size: 100
  # percent_bet_size: 0.01        # share of what is available
  # auto_kelly_sizing: false      # Kelly wherever there is a fair line, else the method above
  # kelly_fraction: 0.25          # quarter Kelly
  # max_bet_share: 0.05           # no bet above this share of what is available
  # stake_unit: 1                 # stakes are rounded down to this
  # min_stake: 1

strategies:
  value_betting: {enabled: true, min_edge: 0.05}
  line_shopping: {enabled: true, min_difference: 5}
  arbitrage: {enabled: true, min_profit_margin: 0.01}
  # max_quote_age_seconds: 300    # older prices are not compared

data_sources:
  the_odds_api:
    sports: [basketball_nba, icehockey_nhl, americanfootball_nfl, soccer_epl]
    # markets: [h2h, spreads, totals]
    # daily_credits: 25           # soft cap a day

bookmakers:
  # Ten named books cost as much as one region.
  mine: [pinnacle, fanduel, draftkings, betmgm, williamhill_us, betrivers, fanatics, espnbet, betonlineag, lowvig]
  # sharp: [pinnacle, exchange_midpoint, lowvig/betonlineag]
  # commission: {betfair_ex_uk: 0.05}

risk:
  # Fills in what is not set: low, medium or high; none for no limits but those written here.
  # risk_tolerance: "medium"
  # max_bet_size: 250
  # max_bet_share: 0.05           # of the bankroll
  # daily_bet_limit: 1000
  # max_daily_loss_share: 0.05    # placing then rests until the next betting day
  # max_open_bets: 8
  # max_event_exposure: 0.10
  # max_drawdown: 0.25            # placing then stops until you let it go on

notifications:
  enabled: true
  # desktop: true
  # high_value_threshold: 0.10
  # arbitrage_alerts: true

# ui:
#   odds_format: "american"       # american, decimal, fractional or hong_kong
#   time_zone: "local"            # or a name such as Europe/London
#   day_starts_at: "06:00"
"""


def init_file(path: Path | None = None) -> Path:
    """Write a commented first file; never over an existing one. Raises ConfigError."""
    target = path or default_config_path()
    if target.exists() or target.is_symlink():
        raise ConfigError(f"{target} exists already: edit it, or remove it first")
    _write(target, TEMPLATE)
    return target


def save_key(path: Path | None, key: str) -> Path:
    """Put the key into the file, keeping comments and layout; the file is made when missing, mode 0600.

    Raises UsageError for no key, ConfigError when the file cannot be edited safely.
    """
    quoted = json.dumps(check_key(key))
    target = path or default_config_path()
    try:
        text = target.read_bytes().decode("utf-8")
    except FileNotFoundError:
        text = TEMPLATE
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{target} cannot be read: {error}") from None
    edited = _with_key(text, quoted, str(target))
    _prove(text, edited, check_key(key), str(target))
    _write(target, edited)
    return target


def _with_key(text: str, quoted: str, name: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise ConfigError(f"{name} is not valid YAML: `betting-tui config check` says where") from None
    if root is None:
        return f"{_with_line_end(text, newline)}{_SECTION}:{newline}  {_NAME}: {quoted}{newline}"
    section = _child(root, _SECTION)
    if section is None:
        if isinstance(root, yaml.MappingNode) and root.flow_style:
            return _into_flow(text, root, f"{_SECTION}: {{{_NAME}: {quoted}}}")
        indent = " " * root.start_mark.column
        end = _end_of_values(text, root)
        addition = f"{indent}{_SECTION}:{newline}{indent}  {_NAME}: {quoted}{newline}"
        return _with_line_end(text[:end], newline) + addition + text[end:]
    value = _child(section, _NAME)
    if value is not None:
        start, end = value.start_mark.index, value.end_mark.index
        return f"{text[:start]}{'' if end > start else ' '}{quoted}{_line_end(text[start:end])}{text[end:]}"
    if isinstance(section, yaml.MappingNode) and section.flow_style:
        return _into_flow(text, section, f"{_NAME}: {quoted}")
    if isinstance(section, yaml.MappingNode):
        start = section.start_mark.index
        return f"{text[:start]}{_NAME}: {quoted}{newline}{' ' * section.start_mark.column}{text[start:]}"
    start, end = section.start_mark.index, section.end_mark.index
    return f"{text[:start]}{newline}  {_NAME}: {quoted}{text[end:]}"


def _child(node: yaml.Node, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _into_flow(text: str, node: yaml.MappingNode, entry: str) -> str:
    start = node.start_mark.index + 1
    return f"{text[:start]}{entry}{', ' if node.value else ''}{text[start:]}"


def _end_of_values(text: str, root: yaml.Node) -> int:
    """Where the document's last value ends: a `...` line and what follows it must stay behind."""
    end = root.end_mark.index
    return end if text[end : end + 3] == "..." else len(text)


def _with_line_end(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _line_end(replaced: str) -> str:
    stripped = replaced.rstrip("\r\n")
    return replaced[len(stripped) :]


def _prove(before: str, after: str, key: str, name: str) -> None:
    """The edited text must say the same as before but for the key: anything else is left to a person."""
    old, _ = parse_yaml(before, name)
    new, problems = parse_yaml(after, name)
    expected = _plain(old) if old is not None and old.value is not None else {}
    if isinstance(expected, dict):
        section = expected.get(_SECTION)
        expected = {**expected, _SECTION: {**(section if isinstance(section, dict) else {}), _NAME: key}}
    if problems or new is None or _plain(new) != expected:
        raise ConfigError(f"{name} has a layout this program does not edit: write {_SECTION}.{_NAME} by hand")


def _plain(found: Found) -> object:
    if found.section is not None:
        return {name: _plain(entry) for name, entry in found.section.items()}
    if isinstance(found.value, tuple):
        return [_plain(entry) for entry in found.value]
    return repr(found.value) if isinstance(found.value, float) else found.value


def _write(path: Path, text: str) -> None:
    """All or nothing, readable by the owner alone. A link stays a link: its target is replaced."""
    target = path.resolve() if path.is_symlink() else path
    temporary = ""
    try:
        make_private_folder(target.parent)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from None
