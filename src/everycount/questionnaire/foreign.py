"""Files that hold a questionnaire, or answers to one, but are no XLSForm: named for what they are."""

from __future__ import annotations

import re

from everycount.faults import Fault, InputError

_BEFORE = b"\xef\xbb\xbf \t\r\n"
_LOOKED_AT = 4096  # bytes; an XForm names its kind in its first element
_XFORM = re.compile(rb"<(?:\w+:)?(?:html|xform)\b[^>]*\bhttp://www\.w3\.org/2002/xforms\b", re.IGNORECASE)
_PAGE = re.compile(rb"<!doctype html|<html", re.IGNORECASE)

_GET_XLSFORM = (
    "Name the XLSForm that it was made from: KoboToolbox gives it under Download XLS, "
    "ODK Central under Form definition, Download form as .xlsx."
)


def is_xform(data: bytes) -> bool:
    """Whether a file is an XForm."""
    return bool(_XFORM.search(data[:_LOOKED_AT]))


def refuse_foreign(data: bytes, name: str) -> None:
    """Refuses XForms, submissions, web pages and JSON with the way to the XLSForm.

    Raises:
        InputError: the file is one of them.
    """
    found = _kind(data[:_LOOKED_AT].lstrip(_BEFORE))
    if found:
        raise InputError(Fault(name, *found))


def _kind(start: bytes) -> tuple[str, str] | None:
    if start.startswith((b"{", b"[")):
        return "This is JSON, not an XLSForm.", _GET_XLSFORM
    if not start.startswith(b"<"):
        return None
    if _XFORM.search(start):
        return "This is an XForm, made from an XLSForm for phones to read.", _GET_XLSFORM
    if _PAGE.search(start):
        return "This is a web page, not an XLSForm.", "Sign in to the server, then download the form again."
    return "This is XML, such as one person's answers, and not an XLSForm.", _GET_XLSFORM
