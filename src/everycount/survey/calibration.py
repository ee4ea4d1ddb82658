"""Known totals of the population, in the survey file or in small tables beside it."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

from everycount.sample import Calibration, CalibrationMethod, Margin
from everycount.survey.document import code_of
from everycount.survey.records import file_inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everycount.survey.document import Reader

POPULATION = "population"


def read_calibration(root: Reader, folder: Path) -> tuple[Calibration | None, tuple[Path, ...]]:
    """The ``[calibrate]`` table, and the files of its margins."""
    reader = root.table("calibrate")
    if reader is None:
        return None, ()
    files: list[Path] = []
    read = [_margin(margin, folder, files) for margin in reader.tables("margins")]
    if not read:
        reader.complain(
            None, "There is no margin.", 'Add margins = [{by = ["sex"], counts = {f = 10, m = 9}}].'
        )
    method = reader.choice("method", CalibrationMethod, CalibrationMethod.RAKING, "method of calibration")
    bounds, trim = _pair(reader, "bounds"), _pair(reader, "trim")
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        reader.complain("bounds", f"The bounds {list(bounds)} leave 1 out.", "Give them like [0.3, 3].")
    if bounds is not None and method is CalibrationMethod.RAKING:
        reader.complain("bounds", "Raking has no bounds.", 'Use method = "logit" or "linear".')
    if bounds is None and method is CalibrationMethod.LOGIT:
        reader.complain(None, 'The method "logit" needs bounds.', "Add bounds = [0.3, 3].")
    strict = reader.boolean("strict")
    reader.close()
    margins = tuple(margin for margin in read if margin is not None)
    made = Calibration(margins, method or CalibrationMethod.RAKING, bounds, trim, strict)
    return made, tuple(files)


def _pair(reader: Reader, key: str) -> tuple[float, float] | None:
    value = reader.raw(key)
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(map(_counts, value)):
        reader.complain(key, f'"{key}" is {value!r}.', "Give the smallest and the largest: [0.3, 3].")
        return None
    low, high = map(float, value)
    if low >= high:
        reader.complain(key, f"{low:g} is not below {high:g}.", "Give the smaller one first.")
        return None
    return low, high


def _counts(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _margin(reader: Reader, folder: Path, files: list[Path]) -> Margin | None:
    if "question" in reader:
        question, total = reader.text("question", required=True), reader.number("total", required=True)
        reader.close()
        if total is not None and total <= 0:
            reader.complain("total", f"The total is {total:g}.", "Give a number above 0.")
            return None
        return Margin((question,), total=total)
    by = reader.strings("by", required=True)
    given = reader.one_of(("counts", "file"), "What is known of the margin")
    lines: list[tuple[tuple[str, ...], float]] = []
    if given == "counts":
        lines = _inline(reader, by)
    elif given == "file" and (path := file_inside(reader, "file", folder)) is not None:
        files.append(path)
        lines = list(_from_file(reader, by, path))
    reader.close()
    return Margin(by, tuple(lines)) if lines and by else None


def _inline(reader: Reader, by: tuple[str, ...]) -> list[tuple[tuple[str, ...], float]]:
    table = reader.table("counts")
    if table is None:
        return []
    if len(by) != 1:
        reader.complain(
            "counts", "Counts in one line are of one question.", "Name a file with a column for each."
        )
        return []
    return [((code_of(code),), _count(table, code, table.raw(code))) for code in table.data]


def _count(reader: Reader, key: str, value: object) -> float:
    """A number of people above 0; 1 after a fault."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
        return float(value)
    reader.complain(key, f'The number of "{key}" is {value!r}.', "Give a number above 0, or drop the group.")
    return 1.0


def _from_file(reader: Reader, by: tuple[str, ...], path: Path) -> Iterator[tuple[tuple[str, ...], float]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        reader.complain("file", f"Byte {error.start} of {path.name} is not UTF-8.", "Save it as UTF-8.")
        return
    table = csv.DictReader(text.splitlines())
    known = table.fieldnames or []
    missing = [name for name in (*by, POPULATION) if name not in known]
    for name in missing:
        reader.unknown("file", f"column of {path.name}", name, known)
    seen: set[tuple[str, ...]] = set()
    for row in () if missing else table:
        codes = tuple((row[name] or "").strip() for name in by)
        place = f"{path.name}, row {table.line_num}"
        try:
            number = float(row[POPULATION])
        except (TypeError, ValueError):
            number = math.nan
        if not 0 < number < math.inf:
            problem = f'{place}: the population "{row[POPULATION]}" is not a number above 0.'
            reader.complain("file", problem, "Mend it, or leave the row out.")
        elif codes in seen:
            reader.complain("file", f"{place}: {', '.join(codes)} stands twice.", "Keep one row.")
        else:
            seen.add(codes)
            yield codes, number
