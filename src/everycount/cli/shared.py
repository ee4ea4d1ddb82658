"""What the commands have in common."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no other name

DONE, DIFFERENT, WRONG_INPUT, STOPPED = 0, 1, 2, 130


class Progress:
    """Says on stderr what is being done, once the work has lasted long enough to make one wonder."""

    patience = 0.8  # seconds

    def __init__(self, *, quiet: bool) -> None:
        self.shown = not quiet and sys.stderr.isatty()
        self.began = time.monotonic()
        self.waiting = False

    def __call__(self, stage: str) -> None:
        """The stage that begins now."""
        if self.shown and time.monotonic() - self.began > self.patience:
            sys.stderr.write(f"\r\033[K{stage} ...")
            sys.stderr.flush()
            self.waiting = True

    def end(self) -> None:
        """Wipe the line."""
        if self.waiting:
            sys.stderr.write("\r\033[K")


def command(
    commands: Commands,
    run: Callable[[argparse.Namespace], int],
    more: str,
) -> argparse.ArgumentParser:
    """A command with the help that its docstring gives, and more."""
    words = (run.__doc__ or "").strip()
    sub = commands.add_parser(
        run.__name__.replace("_", "-"),
        help=words,
        description=f"{words}\n\n{more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.set_defaults(run=run)
    return sub


def add_engine(sub: argparse.ArgumentParser) -> None:
    """The options of commands that count."""
    sub.add_argument(
        "--engine",
        choices=["duckdb", "postgres", "spark"],
        default="duckdb",
        help="what evaluates conditions and adds up (default: duckdb); the numbers are the same",
    )
    sub.add_argument("--quiet", action="store_true", help="say nothing unless something is wrong")
