"""The log file: bounded, for its owner alone, and without secrets whatever is logged."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from betting_tui.engine.config.folders import make_private_folder
from betting_tui.engine.core.text import redact

LOG_FILE = "betting-tui.log"
_MAX_BYTES = 1_000_000
_BACKUPS = 3
_LAYOUT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_secrets: set[str] = set()
_current: list[Path] = []


class RedactingFormatter(logging.Formatter):
    """Masks the finished text: arguments and tracebacks may carry a key as well as messages."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _PrivateFile(RotatingFileHandler):
    """Readable and writable by its owner alone from the first byte on."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def log_path(data_dir: Path) -> Path:
    return data_dir / "logs" / LOG_FILE


def keep_secret(secrets: Iterable[str | None]) -> None:
    """From now on these never appear in the log or in a message of this process."""
    _secrets.update(secret for secret in secrets if secret)


def redacted(text: str) -> str:
    return redact(text, _secrets)


def open_log(data_dir: Path, level: str, *, warnings_on_stderr: bool = False) -> Path | None:
    """Log into the data directory; None when that cannot be written, then nothing is logged to a file."""
    logger = logging.getLogger()
    for handler in list(logger.handlers):
        if getattr(handler, "of_betting_tui", False):
            logger.removeHandler(handler)
            handler.close()
    handlers: list[logging.Handler] = []
    path = log_path(data_dir)
    try:
        make_private_folder(path.parent)
        handlers.append(_PrivateFile(path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8"))
    except OSError:
        handlers.append(logging.NullHandler())
    _current[:] = [path] if isinstance(handlers[0], _PrivateFile) else []
    if warnings_on_stderr:
        screen = logging.StreamHandler()
        screen.setLevel(logging.WARNING)
        handlers.append(screen)
    for handler in handlers:
        handler.setFormatter(RedactingFormatter(_LAYOUT))
        handler.of_betting_tui = True  # type: ignore[attr-defined]
        logger.addHandler(handler)
    logger.setLevel(_LEVELS[level])
    # These write whole addresses, with the key in them, and nothing a user of this program needs.
    for chatty in ("httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return _current[0] if _current else None


def record_failure(error: BaseException) -> str:
    """Put an unexpected error with its traceback into the log; says where, for the person to read."""
    if not _current:
        from betting_tui.engine.config import default_data_dir

        open_log(default_data_dir(), "info")
    logging.getLogger("betting_tui").error("unexpected error", exc_info=error)
    return f"Details: {_current[0]}" if _current else "No log file could be written."
