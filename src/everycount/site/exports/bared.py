"""Pictures and sounds without what cameras write beside them: where, when and with which phone.

A photograph of a water point can hold the coordinates of a home (EXIF, GPS). Of a JPEG (ISO/IEC 10918-1) only
what draws the picture stays: the tables, the scans, colour profile and colour transform, and which side is
up. Whatever follows the end of the picture goes, since phones append previews there. Of a PNG (ISO/IEC 15948)
the chunks stay that draw it. Nothing is drawn anew, so no picture loses quality.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 64 * 1024 * 1024  # bytes of a picture that is held in memory; a larger one stays
_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_EOI, _SOS = 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_DRAWS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD",
     b"pHYS"}
)  # fmt: skip
_ORIENTATION, _SHORT, _SIDES = 0x0112, 3, range(2, 9)
_SOUNDS = {
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    ".wav": (b"RIFF",),
    ".ogg": (b"OggS",),
    ".opus": (b"OggS",),
    ".amr": (b"#!AMR",),
    ".flac": (b"fLaC",),
    ".aac": (b"\xff\xf1", b"\xff\xf9"),
}


class UnclearError(ValueError):
    """It cannot be told what in the file draws the picture."""


def picture_of(content: bytes) -> tuple[str, bytes] | None:
    """Ending and bytes of a picture, bare; None of what is no JPEG or PNG, or cannot be understood."""
    try:
        if content.startswith(_JPEG):
            return ".jpg", b"".join(_jpeg(content))
        if content.startswith(_PNG):
            return ".png", b"".join(_png(content))
    except (UnclearError, struct.error, IndexError):
        return None
    return None


def sound_ending(name: str, head: bytes) -> str:
    """The ending of a sound's file; "" of what is none, by its name and its first bytes."""
    for ending, signs in _SOUNDS.items():
        if name.casefold().endswith(ending) and head.startswith(signs):
            return ending
    return ""


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield _JPEG
    side, is_begun = 1, False
    for marker, segment, scan in _segments(content):
        if marker == _APP1:
            side = max(side, _side(segment[4:]))
            continue
        if not is_begun and not _APP0 <= marker <= _APP15:
            is_begun = True
            yield _upright(side)
        if _draws(marker, segment[4:]):
            yield segment + scan
    yield b"\xff\xd9"


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, segment and the coded data behind it, up to the end of the picture."""
    place = 2
    while True:
        if content[place] != 0xFF:
            raise UnclearError("no marker where one is due")
        while content[place + 1] == 0xFF:  # fill bytes
            place += 1
        marker = content[place + 1]
        if marker == _EOI:
            return
        if marker in _ALONE:
            raise UnclearError("a marker that has no place here")
        end = place + 2 + struct.unpack_from(">H", content, place + 2)[0]
        if not place + 4 <= end <= len(content):
            raise UnclearError("a segment is cut")
        after = _after_scan(content, end) if marker == _SOS else end
        yield marker, content[place:end], content[end:after]
        place = after


def _draws(marker: int, body: bytes) -> bool:
    if marker == _APP0:
        return body.startswith(b"JFIF\0")
    if marker == _APP2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == _APP14:
        return body.startswith(b"Adobe")
    return not (_APP0 <= marker <= _APP15 or marker == _COM)


def _after_scan(content: bytes, place: int) -> int:
    """Where the marker after the coded data of a scan stands."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise UnclearError("the picture has no end")
        if content[place + 1] not in {0x00, *range(0xD0, 0xD8)}:
            return place
        place += 2


def _side(body: bytes) -> int:
    """Which side is up (EXIF 2.32, tag 274); 1 where nothing is said."""
    if not body.startswith(b"Exif\0\0"):
        return 1
    tiff = body[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if (tag, kind) == (_ORIENTATION, _SHORT) and value in _SIDES:
                return int(value)
    except struct.error:
        return 1
    return 1


def _upright(side: int) -> bytes:
    """A segment that says which side is up and nothing else; nothing where it is as it is stored."""
    if side == 1:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, side, 0)
    body = b"Exif\0\0" + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG
    place = len(_PNG)
    while True:
        (size,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 12 + size
        if end > len(content):
            raise UnclearError("a chunk is cut")
        if kind in _DRAWS:
            yield content[place:end]
        elif kind[:1].isupper():
            raise UnclearError("a chunk that draws and is not known")
        if kind == b"IEND":
            return
        place = end
