"""Settings of what is told: quiet hours, a webhook whose address is a secret, and keys chosen by the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from betting_tui.engine.config import (
    SECRET_KEYS,
    InvalidSettings,
    Loaded,
    Settings,
    environment_name,
    is_secret,
    load_settings,
    secrets_of,
    settings_entries,
)

HOOK = "https://hooks.example.com/services/T0/c0ffee?sig=5ec4e7"


def load(tmp_path: Path, text: str) -> Loaded:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return load_settings(path, environment={})


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(InvalidSettings) as caught:
        load(tmp_path, text)
    return caught.value.message


@pytest.mark.parametrize("text", ["22:00-07:00", "00:00 - 00:01", "", "13:00-14:30"])
def test_quiet_hours_are_two_times_of_day_or_nothing(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, f"notifications: {{quiet_hours: '{text}'}}").settings.notifications.quiet_hours == text


@pytest.mark.parametrize("text", ["22:00", "24:00-07:00", "22:00-7", "07:00-07:00", "22-07", "late"])
def test_other_quiet_hours_are_answered_with_an_example(tmp_path: Path, text: str) -> None:
    said = refused(tmp_path, f"notifications: {{quiet_hours: '{text}'}}")
    assert "notifications.quiet_hours" in said
    assert "22:00-07:00" in said


@pytest.mark.parametrize(
    "address",
    [
        HOOK,
        "http://127.0.0.1:8080/hook",
        "http://localhost/x",
        "http://[::1]:9/x",
        "http://192.168.1.20/hook",
        "http://nas:8123/api/webhook/abc",
        "http://home.local/hook",
        "",
    ],
)
def test_a_webhook_is_https_or_near(tmp_path: Path, address: str) -> None:
    assert load(tmp_path, f"notifications: {{webhook_url: '{address}'}}").settings.notifications.webhook_url == address


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/c0ffee",
        "http://8.8.8.8/c0ffee",
        "ftp://hooks.example.com/c0ffee",
        "https://me:c0ffee@hooks.example.com/",
        "https:///c0ffee",
        "https://hooks.example.com:99999/c0ffee",
        "https://hooks.example.com/c0ffee#part",
        "https://hooks.example.com/c0ffee x",
        "c0ffee",
    ],
)
def test_another_address_is_refused_without_being_repeated(tmp_path: Path, address: str) -> None:
    said = refused(tmp_path, f"notifications: {{webhook_url: '{address}'}}")
    assert "notifications.webhook_url" in said
    assert "c0ffee" not in said


@pytest.mark.parametrize("text", [f"notifications: {HOOK}", f"notifications: {{webhook_url: [{HOOK}]}}"])
def test_an_address_in_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    assert "c0ffee" not in refused(tmp_path, text)


def test_settings_shown_hide_the_address(tmp_path: Path) -> None:
    loaded = load(tmp_path, f"notifications: {{webhook_url: '{HOOK}'}}")
    chosen = loaded.settings.notifications
    shown = f"{loaded.settings!r} {chosen} {list(chosen.__rich_repr__())} {settings_entries(loaded)}"
    assert "c0ffee" not in shown
    assert "<hidden>" in shown
    assert {entry.key: entry.value for entry in settings_entries(loaded)}["notifications.webhook_url"] == "set (hidden)"
    assert secrets_of(loaded.settings) == (HOOK,)
    assert secrets_of(Settings()) == ()


def test_a_webhooks_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    load(tmp_path, f"notifications: {{webhook_url: '{HOOK}'}}")
    (tmp_path / "config.yaml").chmod(0o644)
    (warning,) = load_settings(tmp_path / "config.yaml", environment={}).warnings
    assert "webhook" in warning
    assert "chmod 600" in warning


def test_a_file_found_by_the_way_does_not_choose_who_is_told(tmp_path: Path) -> None:
    load(tmp_path, "log: {level: info}\n")
    (tmp_path / "elsewhere").mkdir()
    dotenv = tmp_path / "elsewhere" / ".env"
    dotenv.write_text(f"{environment_name('notifications.webhook_url')}={HOOK}\n")
    dotenv.chmod(0o600)
    loaded = load_settings(tmp_path / "config.yaml", environment={}, dotenvs=[dotenv])
    assert loaded.settings.notifications.webhook_url is None
    assert "webhook_url is left out" in loaded.warnings[0]


def test_each_secret_is_one_of_the_trees_keys(tmp_path: Path) -> None:
    keys = {entry.key for entry in settings_entries(load(tmp_path, ""))}
    assert set(SECRET_KEYS) <= keys
    assert {key for key in keys if is_secret(key)} == set(SECRET_KEYS)


def test_kinds_for_the_webhook_are_chosen_by_name(tmp_path: Path) -> None:
    chosen = load(tmp_path, "notifications: {webhook_kinds: [daily_summary]}").settings.notifications
    assert chosen.webhook_kinds == ("daily_summary",)
    assert "did you mean daily_summary?" in refused(tmp_path, "notifications: {webhook_kinds: [daily_sumary]}")


def test_keys_are_given_by_the_actions_id(tmp_path: Path) -> None:
    keys = load(tmp_path, "ui: {keys: {opportunities.dismiss: 'f6, ctrl+t'}}").settings.ui.keys
    assert keys == {"opportunities.dismiss": "f6, ctrl+t"}


@pytest.mark.parametrize("text", ["''", "'f6,'", "'f 6'", "6", "[f6]"])
def test_what_can_be_no_key_is_refused(tmp_path: Path, text: str) -> None:
    assert "ui.keys.place" in refused(tmp_path, f"ui: {{keys: {{place: {text}}}}}")
