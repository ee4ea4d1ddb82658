"""Archives and workbooks of strangers, looked at before they are opened."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.limits import SHRINKING, UNPACKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

WORKBOOK = "[Content_Types].xml"  # every Office document is a ZIP with this member (ECMA-376, part 2)
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones with a password (MS-CFB 2.2)
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream that holds a locked workbook (MS-OFFCRYPTO 2.3)
_HEAD = 4096  # a DOCTYPE stands before the first element
_SHOWN = 10
_CONSTANTS = {"=TRUE()": True, "=FALSE()": False}
AGAIN = "Copy it again from where it came."


def refuse_archive(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    """Refuses an archive that unpacks to far too much, points out of itself, or has a name twice.

    Args:
        archive: the archive.
        packed: its size in bytes.
        name: how messages call it.

    Raises:
        InputError: with what is wrong.
    """
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > UNPACKED and unpacked > SHRINKING * packed:
        problem = f"The archive unpacks to {unpacked // 1_000_000} MB, more than {SHRINKING} times its size."
        remedy = "Unpack it by hand, look at it, and name the file you need."
        raise InputError(Fault(name, problem, remedy))
    for member, times in Counter(archive.namelist()).items():
        if times > 1:
            problem = f'The archive holds "{member}" {times} times.'
            raise InputError(Fault(name, problem, "Pack it again with each file once."))
        if _leaves(member):
            problem = f'The archive holds "{member}", which points out of it.'
            raise InputError(Fault(name, problem, "Do not trust it; pack the records again yourself."))


def _leaves(member: str) -> bool:
    plain = member.replace("\\", "/")
    return ".." in PurePosixPath(plain).parts or plain.startswith("/") or plain[1:2] == ":"


def refuse_workbook(archive: zipfile.ZipFile, name: str) -> None:
    """Refuses a workbook with a DOCTYPE: no program writes one, and entities in it grow or read other files.

    Raises:
        InputError: with the part that has one.
    """
    for part in archive.namelist():
        if part.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                head = stream.read(_HEAD)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                problem = f'The part "{part}" declares a DOCTYPE, which no spreadsheet program does.'
                raise InputError(Fault(name, problem, "Do not trust it; save it again as .xlsx or CSV."))


def is_locked(data: bytes) -> bool:
    """Whether the bytes are a workbook with a password."""
    return data.startswith(COMPOUND) and _LOCKED in data


def locked(name: str) -> InputError:
    """The error of a workbook with a password."""
    return InputError(
        Fault(name, "The workbook is protected by a password.", "Save it again without a password.")
    )


@dataclass
class OddCells:
    """Cells of a sheet that are more than values: by coordinate, such as ``D4``.

    Attributes:
        empty: formulas without a value: no program has calculated them.
        errors: the error that stands in a cell, such as ``#REF!``.
        formulas: formulas with a value.
        constants: ``=TRUE()`` and ``=FALSE()`` without a value, as LibreOffice writes answers to options:
            what they say is known without calculating.
    """

    empty: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    constants: dict[str, bool] = field(default_factory=dict)

    def faults(self, place: str, missing: Iterable[str] = ()) -> Iterator[Fault]:
        """What must be mended; errors that ``missing`` names mean no answer."""
        if self.empty:
            problem = f"No value is stored for the formula in {_cells(self.empty)}."
            yield Fault(
                place, problem, "Open it in a spreadsheet program, let it calculate, and save it again."
            )
        known = set(missing)
        wrong = {cell: error for cell, error in self.errors.items() if error not in known}
        if wrong:
            errors = ", ".join(f'"{error}"' for error in dict.fromkeys(wrong.values()))
            problem = f"The error {errors} stands in {_cells(list(wrong))}."
            yield Fault(place, problem, "Mend the formula, or write the answer itself.")


def _cells(found: list[str]) -> str:
    shown = ", ".join(found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"cell{'s' if len(found) > 1 else ''} {shown}{more}"


def odd_cells(source: Path | IO[bytes], titles: Iterable[str]) -> Mapping[str, OddCells]:
    """The formulas and errors of the sheets with these titles; looked for only where there are any at all.

    Values alone cannot tell a formula without a value from an empty cell, so the workbook is read once more
    with its formulas.
    """
    if not _has_odd(source):
        return {}
    import openpyxl  # noqa: PLC0415 - loaded by the reader already; not at start-up

    values = openpyxl.load_workbook(source, read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(source, read_only=True)
    try:
        return {title: _compare(values[title], formulas[title]) for title in titles}
    finally:
        values.close()
        formulas.close()


def _has_odd(source: Path | IO[bytes]) -> bool:
    with zipfile.ZipFile(source) as archive:
        return any(
            _mentions(archive, part) for part in archive.namelist() if part.startswith("xl/worksheets/")
        )


def _mentions(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet has an element ``f`` (a formula) or a cell of the type ``e`` (an error)."""
    before = b""
    with archive.open(part) as stream:
        while block := stream.read(2**20):
            here = before + block
            if b"<f>" in here or b"<f " in here or b"<f/" in here or b't="e"' in here:
                return True
            before = block[-8:]
    return False


def _compare(values: Any, formulas: Any) -> OddCells:
    found = OddCells()
    if not hasattr(values, "iter_rows"):
        return found  # a sheet that is a chart
    values.reset_dimensions()
    formulas.reset_dimensions()
    for row, written in zip(values.iter_rows(), formulas.iter_rows(), strict=False):
        for cell, formula in zip(row, written, strict=False):
            if cell.data_type == "e":
                found.errors[cell.coordinate] = str(cell.value)
            elif formula.data_type == "f":
                _note(found, formula.coordinate, str(formula.value), known=cell.value is not None)
    return found


def _note(found: OddCells, cell: str, formula: str, *, known: bool) -> None:
    if known:
        found.formulas.append(cell)
    elif formula in _CONSTANTS:
        found.constants[cell] = _CONSTANTS[formula]
    else:
        found.empty.append(cell)
