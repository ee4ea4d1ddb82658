"""Records as files, for those who may have them: the door of the package."""

from everycount.microdata.export import export
from everycount.microdata.request import FORMATS, Request

__all__ = ["FORMATS", "Request", "export"]
