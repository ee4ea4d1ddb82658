"""Files that lie beside an export, found for a record; read where they lie, never unpacked to disk.

ODK Central puts all into the folder ``media`` of its ZIP; KoboToolbox gives a ZIP of its own, with a folder
for each submission that is called by its ``_uuid``.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from everycount.faults import Fault, InputError
from everycount.intake import refuse_archive
from everycount.sample.instances import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_CHUNK = 64 * 1024
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, EOFError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Picture:
    """A file: where it lies, and how its bytes are reached."""

    place: PurePosixPath
    opener: Callable[[], BinaryIO]

    def chunks(self) -> Iterator[bytes]:
        """Its bytes.

        Raises:
            InputError: the archive is damaged.
        """
        try:
            with self.opener() as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except _DAMAGED as error:
            raise InputError(Fault(str(self.place), "The file is damaged.", "Download it again.")) from error


@dataclass
class Pictures:
    """The files of folders and archives, by name."""

    _named: dict[str, list[Picture]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Pictures:
        """The files in these folders and ZIP archives.

        Raises:
            InputError: one of them is neither.
        """
        made = cls()
        for path in paths:
            if path.is_dir():
                made._take_folder(path)
            elif zipfile.is_zipfile(path):
                made._take_archive(path)
            else:
                remedy = "Name a folder, or the ZIP archive that was downloaded."
                raise InputError(Fault(str(path), "Here are no pictures or other files.", remedy))
        return made

    def _take_folder(self, folder: Path) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                self._add(
                    PurePosixPath(path.as_posix()), cast("Callable[[], BinaryIO]", partial(path.open, "rb"))
                )

    def _take_archive(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            refuse_archive(archive, path.stat().st_size, path.name)
            names = [each.filename for each in archive.infolist() if not each.is_dir()]
        opened = zipfile.ZipFile(path)
        for name in names:
            self._add(PurePosixPath(name), cast("Callable[[], BinaryIO]", partial(opened.open, name)))

    def _add(self, place: PurePosixPath, opener: Callable[[], BinaryIO]) -> None:
        self._named[place.name].append(Picture(place, opener))

    def find(self, name: str, submission: str) -> Picture | None:
        """The file of that name that belongs to a submission; None where none does, or several may."""
        found = self._named.get(name, [])
        own = [each for each in found if each.place.parent.name == submission.removeprefix("uuid:")]
        common = [each for each in found if not UUID.fullmatch(each.place.parent.name)]
        chosen = own or common
        return chosen[0] if len(chosen) == 1 else None
