"""Random draws addressed by key, so that no draw depends on which others were made before it."""

from __future__ import annotations

from hashlib import blake2b
from statistics import NormalDist

_STANDARD = NormalDist()
_SCALE = 2.0**-52


class Draws:
    """Draws under one prefix, for example (seed, event): the same purpose and parts always give the same number."""

    __slots__ = ("_base",)

    def __init__(self, *prefix: int | str) -> None:
        self._base = blake2b("|".join(map(str, prefix)).encode() + b"||", digest_size=16)

    def number(self, purpose: str, *parts: int | str) -> int:
        """A uniform 64-bit integer."""
        keyed = self._base.copy()
        keyed.update(f"{purpose}|{parts}".encode())
        return int.from_bytes(keyed.digest()[:8], "big")

    def uniform(self, purpose: str, *parts: int | str) -> float:
        """Strictly between 0 and 1: 52 bits, centred in their cell."""
        return ((self.number(purpose, *parts) >> 12) + 0.5) * _SCALE

    def between(self, low: float, high: float, purpose: str, *parts: int | str) -> float:
        return low + (high - low) * self.uniform(purpose, *parts)

    def whole(self, low: int, high: int, purpose: str, *parts: int | str) -> int:
        """A uniform integer from low to high, both included."""
        return low + self.number(purpose, *parts) % (high - low + 1)

    def normal(self, purpose: str, *parts: int | str) -> float:
        """Standard normal, by inverse transform."""
        return _STANDARD.inv_cdf(self.uniform(purpose, *parts))
