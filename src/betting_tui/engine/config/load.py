"""Settings in layers: defaults, the file, `.env` files, the environment, flags. Later wins; all mistakes at once."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import platformdirs
from msgspec import Struct

from betting_tui.engine.config.check import Checker, all_keys
from betting_tui.engine.config.dotenv_file import KEY_NAME, DotEnv, DotEnvEntry, read_dotenv
from betting_tui.engine.config.dotenv_file import PREFIX as ENVIRONMENT_PREFIX
from betting_tui.engine.config.keys import key_problems, key_warnings
from betting_tui.engine.config.problems import InvalidSettings, Problem
from betting_tui.engine.config.secrets import SECRET_KEYS, is_secret, secret_at
from betting_tui.engine.config.tree import ApiKeys, Settings
from betting_tui.engine.config.yaml_file import Found, parse_scalar, parse_yaml
from betting_tui.engine.core.errors import ConfigError, UsageError
from betting_tui.engine.core.money import to_minor

APP_NAME = "betting-tui"
_SHORT_NAMES = {KEY_NAME: "api_keys.the_odds_api", "TRADING_MODE": "execution.mode"}
_PLACEHOLDER = re.compile(
    r"(<.*>|\$\{.*\}|x+|\.+|change_?me|your[_ -].*|.*_here|insert.*|none|null|todo)", re.IGNORECASE
)
_KEY_FORM = re.compile(r"[!-~]{1,200}")
_SPORTS_DB_KEY_FORM = re.compile(r"[A-Za-z0-9]{1,64}")
_PAPER_AMOUNTS = ("starting_bankroll", "flat_bet_size", "stake_unit", "min_stake")
_RISK_AMOUNTS = ("max_bet_size", "daily_bet_limit", "monthly_bet_limit", "max_daily_loss")
_ORDERS = ("data_sources.priority_order", "results.order")
KEY_FORM_WORDS = "a key of printable characters without spaces"
SPORTS_DB_KEY_WORDS = "a key of letters and digits only"


class Override(Struct, frozen=True):
    """One setting from a flag: dotted key, its text, and the flag's name for messages."""

    key: str
    text: str
    flag: str


class Loaded(Struct, frozen=True):
    """`origins` says for each key that is not a default where it came from. `warnings` are whole sentences."""

    settings: Settings
    path: Path
    file_read: bool
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()


class SettingEntry(Struct, frozen=True):
    """One effective setting as it may be shown: secrets are hidden."""

    key: str
    value: str
    origin: str


def default_config_path() -> Path:
    """Where the settings file is looked for; it need not exist."""
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "config.yaml"


def default_data_dir() -> Path:
    """Where ledger and archive live unless `storage.data_dir` or a flag says otherwise."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def load_settings(
    path: Path | None = None,
    *,
    environment: Mapping[str, str],
    flags: Sequence[Override] = (),
    dotenvs: Sequence[Path] = (),
) -> Loaded:
    """Settings from all layers. A named `path` must exist; the default one need not. Of `dotenvs` the first counts
    more; the environment counts more than all of them.

    Raises InvalidSettings with every problem found, ConfigError when the file cannot be read.
    """
    target = path or default_config_path()
    text = _read(target, required=path is not None)
    root, problems = parse_yaml(text, str(target)) if text is not None else (None, [])
    told = [read_dotenv(each, beside_settings=each.parent == target.absolute().parent) for each in dotenvs]
    warnings = [warning for each in told for warning in each.warnings]
    layers = [
        root,
        *(layer for each in reversed(told) for layer in _from_dotenv(each, target, problems, warnings)),
        *_from_environment(environment, problems),
        *(_nested(f.key, f.text, f.flag) for f in flags),
    ]
    merged = _merge_all(layers)
    checker = Checker()
    settings = checker.settings(merged)
    origins = dict(_origins(merged, ""))
    problems += checker.problems
    settings = _without_placeholder(settings, origins, problems)
    if not problems:
        problems += _across_keys(settings, origins)
    if problems:
        raise InvalidSettings(problems)
    readable = [each.path for each in told if each.for_others]
    warnings += [*_warnings(target, settings, text is not None, origins, readable), *key_warnings(settings.ui.keys)]
    return Loaded(settings, target, text is not None, origins, tuple(warnings))


def check_text(text: str, name: str) -> None:
    """Raise InvalidSettings for what is wrong with a settings file by itself, before it is written."""
    root, problems = parse_yaml(text, name)
    checker = Checker()
    settings = checker.settings(root)
    origins = dict(_origins(root, ""))
    problems += checker.problems
    settings = _without_placeholder(settings, origins, problems)
    problems += [] if problems else _across_keys(settings, origins)
    if problems:
        raise InvalidSettings(problems)


def settings_entries(loaded: Loaded) -> tuple[SettingEntry, ...]:
    """Every effective setting in the tree's order, with its origin."""
    entries: list[SettingEntry] = []
    for key in all_keys():
        value: object = loaded.settings
        for part in key.split("."):
            value = getattr(value, part)
        origin = loaded.origins.get(key) or next(
            (name for path, name in loaded.origins.items() if path.startswith(f"{key}.")), "default"
        )
        entries.append(SettingEntry(key, _hidden(value) if is_secret(key) else _text(value), origin))
    return tuple(entries)


def environment_name(key: str) -> str:
    """`BETTING_TUI__UI__THEME` of `ui.theme`."""
    return ENVIRONMENT_PREFIX + key.upper().replace(".", "__")


def check_key(key: str) -> str:
    """The key, stripped. Raises UsageError for a placeholder or what cannot be a key; never repeats it."""
    cleaned = key.strip()
    if is_placeholder(cleaned):
        raise UsageError("that is a placeholder, not a key: copy the key from your account at the-odds-api.com")
    if not _KEY_FORM.fullmatch(cleaned):
        raise UsageError(f"that is no key: expected {KEY_FORM_WORDS}")
    return cleaned


def is_placeholder(text: str) -> bool:
    """Whether it only stands where a key should be, or nothing does."""
    return not text.strip() or _PLACEHOLDER.fullmatch(text.strip()) is not None


def _read(path: Path, *, required: bool) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise ConfigError(f"{path} does not exist: `betting-tui config init` writes a first one") from None
        return None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from None


def _from_environment(environment: Mapping[str, str], problems: list[Problem]) -> list[Found]:
    layers = [_nested(key, environment[name], name) for name, key in _SHORT_NAMES.items() if environment.get(name)]
    for name in sorted(environment):
        if not name.startswith(ENVIRONMENT_PREFIX) or not environment[name]:
            continue
        key = _dotted(name)
        if key is None:
            problems.append(Problem(name, "", f"expected {ENVIRONMENT_PREFIX}SECTION__KEY"))
            continue
        layers.append(_nested(key, environment[name], name))
    return layers


def _dotted(name: str) -> str | None:
    parts = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
    return ".".join(parts) if len(parts) >= 2 and all(parts) else None


def _from_dotenv(told: DotEnv, target: Path, problems: list[Problem], warnings: list[str]) -> list[Found]:
    """The file's settings, the full names above the short one as in the environment."""
    layers = []
    beside_settings = told.path.parent == target.absolute().parent
    for entry in sorted(told.entries, key=lambda each: (each.name != KEY_NAME, each.name)):
        key = _SHORT_NAMES.get(entry.name) or _dotted(entry.name)
        if key is None:
            problems.append(Problem(entry.origin, "", f"expected {ENVIRONMENT_PREFIX}SECTION__KEY=value"))
        elif key.startswith("api_keys.") and is_placeholder(entry.text):
            continue
        elif key.endswith((".base_url", ".webhook_url")) and not beside_settings:
            warnings.append(_refused_address(entry, key, target))
        else:
            layers.append(_nested(key, entry.text, entry.origin))
    return layers


def _refused_address(entry: DotEnvEntry, key: str, target: Path) -> str:
    """A directory somebody else has filled could send the key elsewhere."""
    return f"{entry.origin}: {key} is left out, as an address counts in {target} only"


def _nested(key: str, text: str, origin: str) -> Found:
    found = parse_scalar(text, origin)
    for part in reversed(key.split(".")):
        found = Found({part: found}, origin)
    return found


def _merge_all(layers: Sequence[Found | None]) -> Found | None:
    merged: Found | None = None
    for layer in layers:
        merged = _merge(merged, layer) if layer is not None else merged
    return merged


def _merge(below: Found | None, above: Found) -> Found:
    if below is None or below.value is None:
        return above
    lower, upper = below.section, above.section
    if lower is None or upper is None:
        return above
    joined = {**lower, **{key: _merge(lower.get(key), found) for key, found in upper.items()}}
    return Found(joined, below.origin)


def _origins(found: Found | None, path: str) -> list[tuple[str, str]]:
    if found is None:
        return []
    if found.section is None:
        return [(path, found.origin)] if path and found.value is not None else []
    return [
        pair
        for key, entry in found.section.items()
        for pair in _origins(entry, f"{path}.{key}" if path else key)
    ]  # fmt: skip


def _without_placeholder(settings: Settings, origins: Mapping[str, str], problems: list[Problem]) -> Settings:
    """A placeholder counts as no key, as in the sample file; a key that cannot be one is a problem."""
    keys = settings.api_keys
    cleaned = ApiKeys(
        the_odds_api=_cleaned(keys.the_odds_api, "the_odds_api", (_KEY_FORM, KEY_FORM_WORDS), origins, problems),
        thesportsdb=_cleaned(
            keys.thesportsdb, "thesportsdb", (_SPORTS_DB_KEY_FORM, SPORTS_DB_KEY_WORDS), origins, problems
        ),
    )
    return msgspec.structs.replace(settings, api_keys=cleaned)


def _cleaned(
    key: str | None, name: str, form: tuple[re.Pattern[str], str], origins: Mapping[str, str], problems: list[Problem]
) -> str | None:
    cleaned = (key or "").strip()
    if is_placeholder(cleaned):
        return None
    pattern, words = form
    if not pattern.fullmatch(cleaned):
        path = f"api_keys.{name}"
        problems.append(Problem(origins.get(path, ""), path, f"expected {words}"))
    return cleaned


def _across_keys(settings: Settings, origins: Mapping[str, str]) -> list[Problem]:
    """Rules that need more than one key."""
    problems: list[Problem] = []
    money, risk, execution = settings.paper_trading, settings.risk, settings.execution
    amounts = [(f"paper_trading.{name}", getattr(money, name)) for name in _PAPER_AMOUNTS]
    amounts += [(f"risk.{name}", getattr(risk, name)) for name in _RISK_AMOUNTS]
    for key, amount in amounts:
        try:
            to_minor(amount or 0, money.currency)
        except UsageError as error:
            where = origins.get(key) or origins.get("paper_trading.currency", "default")
            problems.append(Problem(where, key, error.message))
    if risk.min_odds is not None and risk.max_odds is not None and risk.min_odds >= risk.max_odds:
        where = origins.get("risk.max_odds") or origins.get("risk.min_odds", "default")
        problems.append(
            Problem(where, "risk.max_odds", f"expected more than risk.min_odds, which is {risk.min_odds:g}")
        )
    if execution.warn_clock_skew_seconds > execution.max_clock_skew_seconds:
        key = "execution.max_clock_skew_seconds"
        where = origins.get(key) or origins.get("execution.warn_clock_skew_seconds", "default")
        problems.append(Problem(where, key, "expected at least execution.warn_clock_skew_seconds"))
    for key, names in zip(_ORDERS, (settings.data_sources.priority_order, settings.results.order), strict=True):
        twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
        if twice is not None:
            problems.append(Problem(origins.get(key, "default"), key, f"names {twice} twice: keep the first"))
    return [*problems, *key_problems(settings.ui.keys, origins)]


def _warnings(
    path: Path, settings: Settings, file_read: bool, origins: Mapping[str, str], dotenvs: Sequence[Path]
) -> list[str]:
    """Files with a key in force that others on this machine can read."""
    if os.name != "posix":
        return []
    places = {key: origins.get(key, "") for key in SECRET_KEYS if secret_at(settings, key)}
    open_files = [*dotenvs, *([path] if file_read and stat.S_IMODE(path.stat().st_mode) & 0o077 else [])]
    warnings = []
    for each in open_files:
        held = [key for key, place in places.items() if place.startswith(f"{each}, line ")]
        if held:
            what = "your key" if held[0].startswith("api_keys.") else "the webhook's address"
            warnings.append(f"{each} holds {what} and others on this machine can read it: run chmod 600 {each}")
    return warnings


def _hidden(value: object) -> str:
    return "set (hidden)" if value else "not set"


def _text(value: object) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(str(item) for item in value)
        case dict():
            return ", ".join(f"{name}: {_text(item)}" for name, item in value.items()) or "none"
        case Struct():
            return msgspec.json.encode(value).decode()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
