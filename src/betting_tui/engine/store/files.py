"""Files and folders only their owner may read, whatever the umask."""

from __future__ import annotations

import os
from pathlib import Path

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


def sync_folder(folder: Path) -> None:
    """Make a change of names last through a power cut, where the system lets folders be synced."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
