"""The POST that nearly every submission is: the XML alone, written as ODK Collect and its like write it.

Django's reader of multipart bodies takes anything in any shape, piece by piece, and that is most of what
taking a submission costs. A small body of this one shape is read at a glance; any other one goes to Django.
"""

from __future__ import annotations

import re

SMALL = 64 * 1024  # bytes; what is read piece by piece is held in pieces of this size, too
_KIND = re.compile(r'multipart/form-data; ?boundary=("?)([0-9A-Za-z_-]{1,70})\1')
_HEAD = re.compile(
    rb'Content-Disposition: form-data; name="xml_submission_file"; filename="[0-9A-Za-z_-][0-9A-Za-z_.-]*"'
    rb"(?:\r\nContent-Type: (?:text|application)/xml(?:; ?charset=[0-9A-Za-z-]+)?)?"
    rb"(?:\r\nContent-Transfer-Encoding: binary)?"
    rb"(?:\r\nContent-Length: [0-9]{1,9})?"
)


def only_xml(content_type: str, body: bytes) -> bytes | None:
    """The XML of a body that holds nothing else; None where it is not of that very shape.

    Args:
        content_type: the header.
        body: all of it.
    """
    kind = _KIND.fullmatch(content_type)
    if kind is None:
        return None
    border = b"--" + kind[2].encode()
    begins, ends = border + b"\r\n", b"\r\n" + border + b"--"
    whole = body.removesuffix(b"\r\n")
    if not (whole.startswith(begins) and whole.endswith(ends) and whole.count(border) == 2):
        return None
    head, gap, xml = whole[len(begins) : -len(ends)].partition(b"\r\n\r\n")
    return xml if gap and _HEAD.fullmatch(head) else None
