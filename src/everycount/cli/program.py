"""The library for people who type: one sub-command for each thing that one can do with a survey folder.

Exit codes: 0 done; 2 the input is wrong (each fault in one line, nothing written); 1 a fault of the program;
for ``verify`` and ``compare``, 1 also says that there are differences.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import everycount
from everycount.cli.bringing import add_bringing
from everycount.cli.carrying import add_carrying
from everycount.cli.node import add_node
from everycount.cli.people import add_people
from everycount.cli.pooling import add_pooling
from everycount.cli.publishing import add_publishing
from everycount.cli.records import add_records
from everycount.cli.releasing import add_others, add_release
from everycount.cli.sdg import add_sdg
from everycount.cli.shared import DONE, STOPPED, WRONG_INPUT, command
from everycount.cli.signing import add_signing
from everycount.faults import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.cli.shared import Commands

_ABOUT = """\
From a survey folder to a protected release.

  everycount init answers.csv --form form.xlsx --area BGD --out my-survey
  everycount check my-survey                      look at the folder without releasing
  everycount release my-survey --out out          make the release, then open out/report.html
  everycount verify out                           is the release as it was written?

A node to which people and phones send, with everycount[site]:

  everycount demo                                 look at an invented one
  everycount serve                                keep one
"""


def completion(args: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    import shtab

    print(shtab.complete(parser(), shell=args.shell))
    return DONE


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="everycount", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"everycount {everycount.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_release(commands)
    add_pooling(commands)
    add_others(commands)
    add_records(commands)
    add_node(commands)
    add_people(commands)
    add_bringing(commands)
    add_carrying(commands)
    add_publishing(commands)
    add_signing(commands)
    add_sdg(commands)
    _add_completion(commands)
    return top


def _add_completion(commands: Commands) -> None:
    sub = command(commands, completion, 'Use it so: eval "$(everycount completion bash)"')
    sub.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="which shell")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except InputError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return WRONG_INPUT
    except BrokenPipeError:
        return DONE
    except OSError as error:
        if error.filename is None:
            raise  # no file that the person named
        print(f"{error.filename}: {error.strerror}. Check the name and who may use it.", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return STOPPED
