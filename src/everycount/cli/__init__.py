"""The command line: ``main`` runs one command, ``parser`` knows them all."""

from everycount.cli.program import main, parser
from everycount.cli.shared import DIFFERENT, DONE, STOPPED, WRONG_INPUT

__all__ = ["DIFFERENT", "DONE", "STOPPED", "WRONG_INPUT", "main", "parser"]
