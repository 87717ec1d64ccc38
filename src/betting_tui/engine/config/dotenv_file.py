"""`.env` files as a layer of settings: a key put there for several programs works here too.

Nothing goes into the environment of this process, and what other programs keep there is passed over in silence.
"""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from msgspec import Struct

DOTENV_NAME = ".env"
KEY_NAME = "THE_ODDS_API_KEY"
PREFIX = "BETTING_TUI__"
_MAX_BYTES = 262_144


class DotEnvEntry(Struct, frozen=True):
    """One of our names with its value as text; `origin` is the file with the line."""

    name: str
    text: str
    origin: str


class DotEnv(Struct, frozen=True):
    """What one file says to this program. `warnings` are whole sentences and never repeat what stands there.

    `for_others`: somebody else on this machine may read the file.
    """

    path: Path
    entries: tuple[DotEnvEntry, ...] = ()
    warnings: tuple[str, ...] = ()
    for_others: bool = False


def dotenv_files(config_path: Path) -> tuple[Path, ...]:
    """Where they are looked for, the one that counts more first: the current directory, then beside the settings."""
    try:
        here = Path.cwd() / DOTENV_NAME
        beside = config_path.absolute().parent / DOTENV_NAME
    except OSError:
        # The directory was removed while a shell stood in it.
        return ()
    return (here,) if beside == here else (here, beside)


def read_dotenv(path: Path, *, beside_settings: bool = False) -> DotEnv:
    """Never raises: a file that cannot be used is a warning.

    In a file that is not `beside_settings` a line no one can read is told only where it names one of our settings:
    it may be the file of another program, with rules of its own.
    """
    try:
        content, for_others = _content(path)
    except OSError as error:
        return DotEnv(path, warnings=(f"{path} cannot be read and is left out: {error.strerror or error}",))
    if content is None:
        return DotEnv(path)
    if len(content) > _MAX_BYTES:
        return DotEnv(path, warnings=(f"{path} is larger than {_MAX_BYTES // 1024} KiB and is left out",))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return DotEnv(path, warnings=(f"{path} is not UTF-8 text and is left out: save it as UTF-8",))
    entries, broken = _parse(text, path, told=beside_settings)
    return DotEnv(path, entries, broken, for_others)


def _content(path: Path) -> tuple[bytes | None, bool]:
    """At most one byte more than may be, and whether others may read it; None where no such file is.

    Raises OSError for what can be no text file: opening a pipe would wait for its writer, a device has no end.
    """
    try:
        _check_kind(path.stat())
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None, False
    try:
        found = os.fstat(descriptor)
        _check_kind(found)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(_MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    return content, os.name == "posix" and bool(stat.S_IMODE(found.st_mode) & 0o077)


def _check_kind(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        # A virtual environment of Python is often called so.
        raise IsADirectoryError
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is no ordinary file")


def _parse(text: str, path: Path, *, told: bool) -> tuple[tuple[DotEnvEntry, ...], tuple[str, ...]]:
    from dotenv.parser import parse_stream

    entries: dict[str, DotEnvEntry] = {}
    broken = []
    for binding in parse_stream(io.StringIO(text)):
        read = binding.original.string
        # The empty lines before a statement belong to it.
        line = binding.original.line + read[: len(read) - len(read.lstrip())].count("\n")
        where = f"{path}, line {line}"
        if binding.error and (told or _ours_in(read)):
            broken.append(f"{where} cannot be read and is left out: write NAME=value")
        elif binding.key is not None and binding.value and _ours(binding.key):
            entries[binding.key] = DotEnvEntry(binding.key, binding.value, where)
    return tuple(entries.values()), tuple(broken)


def _ours(name: str) -> bool:
    return name == KEY_NAME or name.startswith(PREFIX)


def _ours_in(line: str) -> bool:
    return KEY_NAME in line or PREFIX in line
