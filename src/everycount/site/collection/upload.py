"""What a phone's POST carries, taken as it arrives: the XML in memory, files sealed straight to disk.

A picture is never held in memory and never lies open on disk, not even for a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from everycount.site.collection.marks import begun
from everycount.site.vault.actions import Prepared, Stream

if TYPE_CHECKING:
    import hmac
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

XML_PART = "xml_submission_file"
LARGEST_XML = 10_000_000  # bytes; answers of a person are text
MOST_FILES = 200  # in one POST; Collect sends at most a hundred
_HEAD = 2  # bytes that say how long the name is, which is sealed before the file's own bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file of a POST: its name for a moment, the mark of its bytes, and where it lies sealed."""

    name: str
    digest: str
    prepared: Prepared


@dataclass
class Catch:
    """What a POST carried.

    Attributes:
        xml: the part of the answers; None where it did not come.
        files: all others.
        problem: why it cannot be taken, or "".
        broken: it ended before its end.
    """

    xml: bytes | None = None
    files: list[Sealed] = field(default_factory=list)
    problem: str = ""
    broken: bool = False


class SealingHandler(FileUploadHandler):
    """Django's hook for uploads."""

    def __init__(self, *, initiative: UUID, by: str, at: datetime) -> None:
        super().__init__()
        self.caught = Catch()
        self._where: dict[str, Any] = {"initiative": initiative, "by": by, "at": at}
        self._xml: bytearray | None = None
        self._stream: Stream | None = None
        self._mark: hmac.HMAC

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A part with a file name begins."""
        super().new_file(*args, **kwargs)
        if self.field_name == XML_PART and self.caught.xml is None:
            self._xml = bytearray()
            return
        if len(self.caught.files) >= MOST_FILES:
            self._refuse(f"There are more than {MOST_FILES} files in one request.")
        self._stream, self._mark = Stream(**self._where), begun("file", of=self._where["initiative"])
        self._stream.write(_head(self.file_name or ""))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        """Takes a chunk."""
        if self._xml is not None:
            self._xml += raw_data
            if len(self._xml) > LARGEST_XML:
                self._refuse(f"The XML is larger than {LARGEST_XML // 1_000_000} MB.")
        elif self._stream is not None:
            self._mark.update(raw_data)
            self._stream.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """The part ended. Django gets a name without bytes."""
        if self._xml is not None:
            self.caught.xml, self._xml = bytes(self._xml), None
        elif self._stream is not None:
            prepared, self._stream = self._stream.finish(), None
            self.caught.files.append(Sealed(self.file_name or "", self._mark.hexdigest(), prepared))
        return UploadedFile(BytesIO(), self.file_name, size=file_size)  # Django closes it

    def upload_interrupted(self) -> None:
        """The body ended in the middle of a part: what it would have been nobody knows."""
        self.caught.broken = True
        self.let_go()

    def let_go(self) -> None:
        """Nothing stays of a part that did not end."""
        if self._stream is not None:
            self._stream.abort()
            self._stream = None

    def _refuse(self, problem: str) -> None:
        self.caught.problem = problem
        self.let_go()
        raise StopUpload(connection_reset=False)


def _head(name: str) -> bytes:
    """What stands before the bytes of a file: its name, which may be a person's."""
    cut = name.encode()[: (1 << 8 * _HEAD) - 1]
    return len(cut).to_bytes(_HEAD, "big") + cut


def seal_file(name: str, chunks: Iterable[bytes], *, initiative: UUID, by: str, at: datetime) -> Sealed:
    """A file that lies somewhere else, sealed as one that a phone sends."""
    stream, made = Stream(initiative=initiative, by=by, at=at), begun("file", of=initiative)
    try:
        stream.write(_head(name))
        for chunk in chunks:
            made.update(chunk)
            stream.write(chunk)
        return Sealed(name, made.hexdigest(), stream.finish())
    except BaseException:
        stream.abort()
        raise


def split_name(content: bytes) -> tuple[str, bytes]:
    """Name and bytes of an opened attachment."""
    size = int.from_bytes(content[:_HEAD], "big")
    return content[_HEAD : _HEAD + size].decode(errors="replace"), content[_HEAD + size :]
