"""A small HTTP server on 127.0.0.1 that gives results: pages by path and the day asked for, in any weather."""

from __future__ import annotations

import json
from collections.abc import Mapping

from odds_api_server import Asked, OddsApiServer


class ResultsServer(OddsApiServer):
    """`pages` by the text their address and query contain; anything else is an empty list of events."""

    def __init__(self, pages: Mapping[str, object] | None = None, *, empty: object = None) -> None:
        super().__init__()
        self.pages = dict(pages or {})
        self.empty = {"events": []} if empty is None else empty

    def _answer(self, asked: Asked) -> tuple[int, bytes, int]:
        address = f"{asked.path}?{'&'.join(f'{name}={value}' for name, value in sorted(asked.query.items()))}"
        page = next((page for text, page in self.pages.items() if text in address), self.empty)
        return 200, page if isinstance(page, bytes) else json.dumps(page).encode(), 0
