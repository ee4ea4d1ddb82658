"""Every file that a release becomes: the door of the package."""

from everycount.formats.writing import FORMATS, write

__all__ = ["FORMATS", "write"]
