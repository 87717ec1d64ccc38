"""Where the program starts and where every error ends: one line for people, an exit code for scripts."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from betting_tui.cli.options import common_of
from betting_tui.cli.output import OutputFailed, ReaderGone
from betting_tui.cli.root import root
from betting_tui.engine.core.errors import BettingError

PROGRAM = "betting-tui"
FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: 0 ok, 1 failed, 2 usage or settings, 3 source unavailable,
    4 ledger problem, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_any_terminal()
    try:
        code = _run(given)
        _flush()
    except ReaderGone:
        _let_go_of_stdout()
        return 0
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except click.UsageError as error:
        error.show(sys.stderr)
        return WRONG_USAGE
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except BaseExceptionGroup as group:
        return _failed(_innermost(group))
    except Exception as error:
        return _failed(error)
    return code


def _run(arguments: list[str]) -> int:
    if f"_{PROGRAM.replace('-', '_').upper()}_COMPLETE" in os.environ:
        root.main(arguments, prog_name=PROGRAM)
    try:
        with root.make_context(PROGRAM, arguments) as context:
            outcome = _invoked(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except BrokenPipeError:
        raise ReaderGone from None
    return outcome if isinstance(outcome, int) else 0


def _invoked(context: click.Context) -> object:
    """What is wrong is told as this reader reads it."""
    try:
        return root.invoke(context)
    except BettingError as error:
        error.message = common_of(context).told(error.message)
        raise


def _failed(error: BaseException) -> int:
    if isinstance(error, OutputFailed):
        _let_go_of_stdout()
    if isinstance(error, BettingError):
        _say(f"{error.title}: {error.message}")
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, OSError) and (error.filename is not None or error.errno == errno.ENOSPC):
        _say("Failed: " + ": ".join(str(part) for part in (error.filename, error.strerror) if part))
        return FAILED
    from betting_tui.cli.logs import record_failure

    where = record_failure(error)
    _say(f"Failed: an error inside betting-tui ({type(error).__name__}). {where}")
    return FAILED


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _say(text: str) -> None:
    from betting_tui.cli.logs import redacted

    try:
        print(redacted(text), file=sys.stderr)
    except OSError:
        return


def _speak_any_terminal() -> None:
    """A terminal that cannot show a character shows its number instead of failing the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flush() -> None:
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise OutputFailed.because(error) from None


def _let_go_of_stdout() -> None:
    """Python flushes stdout once more at exit, into a pipe nobody reads."""
    try:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return


if __name__ == "__main__":
    sys.exit(main())
