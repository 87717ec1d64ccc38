"""Every error a person may read. Each names what is wrong and what to do; the exit code is part of the contract.

BettingError
├── UsageError            a command or setting is wrong (exit 2)
│   └── ConfigError       names file, line, key, what was expected
├── SourceError           a feed cannot be used now (exit 3)
├── LedgerError           the ledger cannot be trusted or written (exit 4)
└── PricingError          a number cannot be computed from these inputs (exit 1)
"""

from __future__ import annotations

from typing import ClassVar


class BettingError(Exception):
    """Base of all errors shown to a person: `title` is the short form, `message` says what to do."""

    title: ClassVar[str] = "Failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(BettingError):
    title = "Wrong usage"
    exit_code = 2


class ConfigError(UsageError):
    title = "Settings"


class SourceError(BettingError):
    """A feed refused or failed. `code` is the provider's error code where it gives one."""

    title = "Feed unavailable"
    exit_code = 3

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


class KeyRejected(SourceError):
    """The key is missing, wrong or switched off: polling stops until the user acts."""

    title = "Key rejected"


class CreditsSpent(SourceError):
    """The month's credits are used up: polling stops until they are renewed."""

    title = "Credits spent"


class RequestRejected(SourceError):
    """The provider says the question itself is wrong (sport, market, region, plan): asking again does not help."""

    title = "Request rejected"


class EventGone(RequestRejected):
    """The provider knows this event no more: it is over, expired or never was."""

    title = "Event gone"


class RateLimited(SourceError):
    title = "Too many requests"


class SourceUnreachable(SourceError):
    """Network failure, time-out or a provider's own fault: worth asking again later."""

    title = "Feed unreachable"


class BadAnswer(SourceError):
    """The body is not what the provider documents: nothing was taken from it."""

    title = "Unreadable answer"


class LedgerError(BettingError):
    title = "Ledger problem"
    exit_code = 4


class LedgerReadOnly(LedgerError):
    """Somebody else writes this ledger, or it cannot be written at all."""

    title = "Read-only"


class DiskRefused(LedgerReadOnly):
    """The disk took nothing: full, not writable or failing. The ledger is as it was, and may be written again later."""

    title = "Ledger problem"


class LedgerDamaged(LedgerError):
    """The file is not what was once written to it."""


class LedgerGone(LedgerError):
    """The file that was opened no longer lies where it did: nothing more can be written by this run."""


class PricingError(BettingError):
    title = "Cannot price"


class InvalidOdds(PricingError):
    title = "Invalid odds"


class IncompleteMarket(PricingError):
    title = "Incomplete market"


class Underround(PricingError):
    title = "Underround"


class NotConverged(PricingError):
    title = "Not converged"
