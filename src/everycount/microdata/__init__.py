"""Records as files, for those who may have them: the door of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.microdata.request import FORMATS, Request

if TYPE_CHECKING:
    from everycount.microdata.exporting import export

__all__ = ["FORMATS", "Request", "export"]


def __getattr__(name: str) -> object:
    """The engine is opened on demand: a node that writes columns needs no estimates, and memory is dear."""
    if name != "export":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from everycount.microdata.exporting import export  # noqa: PLC0415 - see above

    return export
