"""The way to pyxform, which knows how an XLSForm becomes an XForm. Nobody else imports it."""

from __future__ import annotations

import contextlib
import importlib
import io
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, foreign

if TYPE_CHECKING:
    from types import ModuleType


class _Nowhere(io.TextIOBase):
    """Takes what is written and keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


def pyxform(module: str) -> ModuleType:
    """A module of pyxform, imported when first needed: it takes 0.3 s and reading a form does without.

    The xlrd behind it remembers from its import where to print oddities of old Excel files. They tell people
    nothing, and standard output is not theirs.
    """
    with contextlib.redirect_stdout(_Nowhere()):
        return importlib.import_module(f"pyxform.{module}")


def read_xls(data: bytes, name: str) -> dict[str, Any]:
    """The sheets of an old binary Excel file, as pyxform reads them: rows by sheet and their headers.

    Raises:
        InputError: the file is broken, or two columns have one name.
    """
    backends = pyxform("xls2json_backends")
    try:
        found: dict[str, Any] = backends.xls_to_dict(data)
    except Exception as error:  # pyxform and xlrd raise whatever a broken file leads to
        raise InputError(
            Fault(
                name,
                f"The form cannot be opened ({foreign(error)}).",
                "Mend that, or save it again as .xlsx.",
            )
        ) from error
    return found
