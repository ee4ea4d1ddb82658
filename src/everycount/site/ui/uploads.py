"""Uploads of pages are stopped where no form wants more; nothing fills the disk on its way to a refusal."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MOST = 25_000_000  # bytes of all files of one request: the largest that a page takes, and some air


class Limited(FileUploadHandler):
    """The first of the handlers; it keeps nothing and counts."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        """Passes a chunk on, or ends the upload: the request then has no file and no fields."""
        self._seen += len(raw_data)
        if self._seen > MOST:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""
