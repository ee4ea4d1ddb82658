"""Every file that a release becomes: the door of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.formats.writing import FORMATS, write

__all__ = ["FORMATS", "write"]


def __getattr__(name: str) -> object:
    """Writers are opened on demand: who wants a page's style alone needs no arrays, and memory is dear."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from everycount.formats import writing  # noqa: PLC0415 - see above

    return getattr(writing, name)
