"""Which settings are secrets, and what they are: whoever shows, logs or copies settings asks here."""

from __future__ import annotations

from operator import attrgetter

from betting_tui.engine.config.tree import Settings

SECRET_KEYS = ("api_keys.the_odds_api", "api_keys.thesportsdb", "notifications.webhook_url")


def is_secret(key: str) -> bool:
    """Whether what is written there must not be shown. A whole section may hold one that was put in the wrong place."""
    return any(secret == key or secret.startswith(f"{key}.") or key.startswith(f"{secret}.") for secret in SECRET_KEYS)


def secret_at(settings: Settings, key: str) -> str | None:
    """The secret in force under one of `SECRET_KEYS`; None when there is none."""
    value: str | None = attrgetter(key)(settings)
    return value or None


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """All that are set."""
    found = (secret_at(settings, key) for key in SECRET_KEYS)
    return tuple(secret for secret in found if secret is not None)
