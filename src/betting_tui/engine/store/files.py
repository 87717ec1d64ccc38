"""Files and folders only their owner may read, whatever the umask."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from betting_tui.engine.config.folders import make_private_folder as make_private_folder


def make_private_file(path: Path) -> bool:
    """Create an empty file, 0600; False when it was there already."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        return False
    os.close(descriptor)
    return True


def replace_private_file(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 under another name and put it in the place of this one: whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    make_private_file(part)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_new_private_file(path: Path, content: bytes) -> None:
    """`new_private_file` of this content."""
    with new_private_file(path) as file:
        file.write(content)


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file of mode 0600, there whole or not at all, and never in the place of another. FileExistsError when one
    of that name is there. It is written under another name beside it."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:
            # Where files have one name only (FAT, some network drives), the name is taken first.
            make_new(path)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def make_new(path: Path) -> None:
    """Like `make_private_file`. FileExistsError when it is there already."""
    if not make_private_file(path):
        raise FileExistsError(f"{path} is there already")


def sync_folder(folder: Path) -> None:
    """Make a change of names last through a power cut, where the system lets folders be synced."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
