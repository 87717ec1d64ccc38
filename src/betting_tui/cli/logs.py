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
_REPEAT_SECONDS = 300.0
_MAX_SAID = 1000
_LAYOUT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_secrets: set[str] = set()
_current: list[Path] = []


class RedactingFormatter(logging.Formatter):
    """Masks the finished text: arguments and tracebacks may carry a key as well as messages."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _BriefFormatter(RedactingFormatter):
    """For a person: what failed and why in one line; the traceback is in the file."""

    def format(self, record: logging.LogRecord) -> str:
        brief = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None, "stack_info": None})
        text = super().format(brief)
        cause = record.exc_info[1] if record.exc_info else None
        return text if cause is None else redacted(f"{text}: {cause}".splitlines()[0])


class _Once(logging.Filter):
    """Lets the same words of the same logger pass once in a while only: a fault may repeat every second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        said = (record.name, record.getMessage())
        if record.created - self._said.get(said, -_REPEAT_SECONDS) < _REPEAT_SECONDS:
            return False
        if len(self._said) > _MAX_SAID:
            self._said.clear()
        self._said[said] = record.created
        return True


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
        screen.addFilter(_Once())
        handlers.append(screen)
    for handler in handlers:
        on_screen = type(handler) is logging.StreamHandler
        handler.setFormatter(_BriefFormatter(_LAYOUT) if on_screen else RedactingFormatter(_LAYOUT))
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
