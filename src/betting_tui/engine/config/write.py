"""Writing the settings file: a commented first one, and values put in without touching anything else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from betting_tui.engine.config.edit import Change, put
from betting_tui.engine.config.folders import make_private_folder
from betting_tui.engine.config.load import check_key, check_text, default_config_path
from betting_tui.engine.config.unset import take_out
from betting_tui.engine.core.errors import ConfigError

KEY_SETTING = "api_keys.the_odds_api"

TEMPLATE = """\
# Settings of betting-tui. Every key is optional: what is commented out shows the default.
# `betting-tui config check` says what is wrong, `betting-tui config show` what is in force and why.

api_keys:
  # A free key: https://the-odds-api.com. Or set THE_ODDS_API_KEY. Without one, try betting-tui --demo.
  the_odds_api: "YOUR_KEY_HERE"
  # thesportsdb: "123"            # results of the last resort; without one the key everybody has

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
    # bet_limits: false           # ask for what each bookmaker takes at most
    # links: false                # ask for the address of each price
  # priority_order: [the_odds_api, football_data, odds_scraping]   # odds: the first that can answer is asked
  # football_data:                # football-data.co.uk: no key, real prices twice a week
  #   sports: []                  # none named: all of its leagues

# results:
#   order: [espn, the_odds_api, football_data, thesportsdb]        # each is asked for what is left open

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

# execution:
#   verify: "auto"                # ask for the price again before a bet: auto, ask or never

notifications:
  enabled: true
  # desktop: true
  # high_value_threshold: 0.10
  # arbitrage_alerts: true
  # daily_summary: true           # at the end of the betting day, and as a file
  # quiet_hours: "22:00-07:00"    # no pop-ups and no messages then
  # webhook_url: ""               # an address that takes messages as JSON; keep it secret

# reports:
#   close_max_age_minutes: 15     # an older price before the start is no closing line; 0 for no limit

# ui:
#   odds_format: "american"       # american, decimal, fractional or hong_kong
#   time_zone: "local"            # or a name such as Europe/London
#   day_starts_at: "06:00"

# storage:
#   archive_days: 90              # prices are kept so long
#   archive_max_mb: 500
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
    return save_settings(path, (Change(KEY_SETTING, check_key(key)),))


def save_settings(path: Path | None, changes: Sequence[Change]) -> Path:
    """Put these values into the file, keeping comments and layout; the file is made when missing, mode 0600.

    All or none. Raises ConfigError when the file cannot be edited safely, InvalidSettings when it would say nonsense.
    """
    target = path or default_config_path()
    try:
        text = target.read_bytes().decode("utf-8")
    except FileNotFoundError:
        text = TEMPLATE
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{target} cannot be read: {error}") from None
    for change in changes:
        text = put(text, change, str(target))
    check_text(text, str(target))
    _write(target, text)
    return target


def save_reset(path: Path | None, key: str) -> Path:
    """Take a value out of the file, keeping comments and layout: its default holds then.

    Raises ConfigError when the file cannot be edited safely, InvalidSettings when what is left makes no sense.
    """
    target = path or default_config_path()
    try:
        text = target.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{target} cannot be read: {error}") from None
    edited = take_out(text, key, str(target))
    if edited != text:
        check_text(edited, str(target))
        _write(target, edited)
    return target


def restore(path: Path, old: bytes | None) -> None:
    """Put back what was in the file; None takes a file away that was not there. Raises ConfigError."""
    if old is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, old.decode("utf-8"))


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
