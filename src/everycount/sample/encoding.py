"""Which encoding the bytes of a text file are in, and where they are in none."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from everycount.faults import Fault, InputError
from everycount.intake import AGAIN
from everycount.limits import SHRINKING, UNPACKED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK = 2**20
_WESTERN = re.compile(r"[\udc80-\udcff]+")  # bytes that are no UTF-8, as "surrogateescape" keeps them
_WORD = 3  # accented letters in a row: hardly any word of a Western European language has so many
_SCRIPT = 0.25  # share of such letters above which the text is in another script
_HALF = 0.3  # share of zero bytes at odd or even places: letters of two bytes
NAME_IT = 'Save the file as UTF-8, or name its encoding: records = {main = "...", encoding = "cp1256"}.'


def check_encoding(name: str, place: str) -> None:
    """Refuses the name of an encoding that does not exist or is none of texts.

    Raises:
        InputError: with the remedy.
    """
    try:
        io.TextIOWrapper(io.BytesIO(), name)
    except (LookupError, ValueError) as error:
        problem = f'The encoding "{name}" is not known.'
        raise InputError(Fault(place, problem, 'Write for example "utf-8" or "cp1252".')) from error


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning names."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def blocks(stream: BinaryIO, packed: int, place: str) -> Iterator[bytes]:
    """The bytes of a stream; refused where a small file unpacks to far too much.

    Args:
        stream: the unpacked bytes.
        packed: the size of the file; 0 where it is not packed.
        place: how messages call it.

    Raises:
        InputError: it unpacks to more than answers ever do.
    """
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if packed and size > UNPACKED and size > SHRINKING * packed:
            problem = f"The file unpacks to more than {SHRINKING} times its size."
            remedy = "Unpack it by hand, look at it, and name the file you need."
            raise InputError(Fault(place, problem, remedy))
        yield block


def refuse_zeros(found: Iterator[bytes], head: bytes, place: str) -> None:
    """Refuses zero bytes, which no text in a single-byte encoding or UTF-8 has.

    Raises:
        InputError: with the line, or with the encoding that the zeros look like.
    """
    lines = 1
    for block in found:
        at = block.find(b"\0")
        if at >= 0:
            raise InputError(_zero(place, lines + block.count(b"\n", 0, at), head))
        lines += block.count(b"\n")


def _zero(place: str, line: int, head: bytes) -> Fault:
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        half = head[first::2]
        if half and half.count(0) > _HALF * len(half):
            problem = "The file looks like UTF-16 without a byte order mark."
            return Fault(place, problem, f'Save it as UTF-8, or name its encoding: encoding = "{name}".')
    return Fault(f"{place}, line {line}", "A zero byte stands in the text: the file is damaged.", AGAIN)


@dataclass
class _Signs:
    """What a text that is not all UTF-8 consists of."""

    good: int = 0  # signs of several bytes
    bad: int = 0  # bytes that are no UTF-8
    in_words: int = 0  # of them, those in rows of three and more
    line: int = 0  # of the first bad byte
    lines: int = field(default=1)

    def add(self, text: str) -> None:
        """Counts a piece."""
        found = [(each.start(), len(each[0])) for each in _WESTERN.finditer(text)]
        if found and not self.line:
            self.line = self.lines + text.count("\n", 0, found[0][0])
        self.lines += text.count("\n")
        bad = sum(length for _, length in found)
        self.bad += bad
        self.in_words += sum(length for _, length in found if length >= _WORD)
        if not text.isascii():
            self.good += sum(1 for sign in text if sign > "\x7f") - bad


def guess(opener: Callable[[], BinaryIO], place: str) -> str:
    """UTF-8 where the whole stream is; else Windows-1252, or Latin-1 where its five gaps are used.

    What is neither UTF-8 nor looks like a Western European text is not guessed at: read in the wrong
    encoding, the names of places and groups would be garbled and published so.

    Raises:
        InputError: the bytes mix two encodings, or look like another script.
    """
    signs = _signs(opener)
    if not signs.bad:
        return "utf-8"
    if signs.good:
        problem = "Other letters of the file are UTF-8, those of this line are not: two encodings are mixed."
        raise InputError(Fault(f"{place}, line {signs.line}", problem, "Save the file anew, as UTF-8."))
    if signs.in_words > _SCRIPT * signs.bad:
        problem = "The letters are not UTF-8, and look like no Western European text either."
        raise InputError(Fault(f"{place}, line {signs.line}", problem, NAME_IT))
    return "cp1252" if _decodes(opener, "cp1252") else "latin-1"


def _signs(opener: Callable[[], BinaryIO]) -> _Signs:
    signs = _Signs()
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with opener() as stream:
        while block := stream.read(_BLOCK):
            signs.add(decoder.decode(block))
    signs.add(decoder.decode(b"", final=True))
    return signs


def _decodes(opener: Callable[[], BinaryIO], encoding: str) -> bool:
    return undecoded(opener, encoding) is None


def undecoded(opener: Callable[[], BinaryIO], encoding: str) -> tuple[int, int] | None:
    """Line and byte of the first byte that is no text in an encoding; None where all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with opener() as stream:
        try:
            while block := stream.read(_BLOCK):
                lines += decoder.decode(block).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            before = bytes(error.object[: error.start])
            return lines + before.count(b"\n"), error.object[error.start]
    return None
