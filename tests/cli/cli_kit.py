"""What a command line test works with: what a command did, and a way to run one."""

from __future__ import annotations

import json
from typing import Any, Protocol

from msgspec import Struct


class Ran(Struct, frozen=True):
    """What one command did."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Cli(Protocol):
    def __call__(self, *arguments: str) -> Ran: ...
