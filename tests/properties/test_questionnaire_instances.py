"""What must hold for every form and every submission."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everycount.faults import InputError
from everycount.questionnaire import (
    Kind,
    Point,
    Question,
    Questionnaire,
    Record,
    RosterRow,
    read_envelope,
    read_instance,
    read_xlsform,
    read_xlsform_csv,
    write_xform,
)

if TYPE_CHECKING:
    from everycount.questionnaire import Answer

COMMON = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TYPES = (
    "text", "integer", "decimal", "range", "date", "time", "dateTime", "select_one codes",
    "select_multiple codes", "rank codes", "geopoint", "geotrace", "geoshape", "image", "barcode", "start",
    "today", "deviceid",
)  # fmt: skip
CODES = ("a", "b", "c", "1", "-9")
CHOICES = "list_name,name,label\n" + "".join(f"codes,{code},{code}\n" for code in CODES)


@dataclass
class Branch:
    """A group or repeat of a drawn form; leaves are type names."""

    repeat: bool
    inside: list[Branch | str] = field(default_factory=list)


branches = st.recursive(
    st.lists(st.sampled_from(TYPES), min_size=1, max_size=3).map(list),
    lambda deeper: st.lists(
        st.one_of(st.sampled_from(TYPES), st.builds(Branch, st.booleans(), deeper)), min_size=1, max_size=3
    ),
    max_leaves=8,
)


def rows(inside: list[Branch | str], prefix: str = "q") -> list[tuple[str, str, str]]:
    """The survey sheet of a drawn form; every name is used once."""
    written = []
    for number, part in enumerate(inside):
        name = f"{prefix}_{number}"
        if isinstance(part, str):
            written.append((part, name, name))
        else:
            control = "repeat" if part.repeat else "group"
            written += [
                (f"begin_{control}", name, name),
                *rows(part.inside, name),
                (f"end_{control}", "", ""),
            ]
    return written


def questionnaire_of(inside: list[Branch | str]) -> Questionnaire:
    survey = io.StringIO()
    csv.writer(survey).writerows([("type", "name", "label"), *rows(inside)])
    return read_xlsform_csv(survey.getvalue().encode(), CHOICES.encode(), b"form_id\ndrawn\n")


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=12
).filter(str.strip)
degrees = st.floats(-90, 90)
points = st.one_of(
    st.tuples(degrees, degrees), st.tuples(degrees, degrees, st.floats(-500, 9000), st.floats(0, 1000))
).map(lambda parts: Point(*parts))
zones = st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30))])
finite = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(10**17), 10**17)
codes = st.sampled_from(CODES)
several = st.lists(codes, unique=True, min_size=1).map(tuple)
ANSWERS = {
    Kind.INTEGER: whole,
    Kind.DECIMAL: finite,
    Kind.RANGE: whole | finite,
    Kind.DATE: st.dates(),
    Kind.TODAY: st.dates(),
    Kind.TIME: st.times(timezones=zones),
    Kind.DATETIME: st.datetimes(timezones=zones),
    Kind.START: st.datetimes(timezones=zones),
    Kind.SELECT_ONE: codes,
    Kind.SELECT_MULTIPLE: several,
    Kind.RANK: several,
    Kind.GEOPOINT: points,
    Kind.GEOTRACE: st.lists(points, min_size=1, max_size=3).map(tuple),
    Kind.GEOSHAPE: st.lists(points, min_size=1, max_size=3).map(tuple),
    Kind.IMAGE: st.just("1424308569120.jpg"),
    Kind.DEVICEID: st.just("collect:Abc"),
}


def answer_of(question: Question) -> st.SearchStrategy[Answer]:
    return st.none() | ANSWERS.get(question.kind, words)


@st.composite
def records(draw: st.DrawFn) -> tuple[Questionnaire, Record]:
    """A form, and a record that answers it."""
    questionnaire = questionnaire_of(draw(branches))
    answers = {"/".join(each.full_path): draw(answer_of(each)) for each in questionnaire.questions_of(None)}
    rosters: dict[str, tuple[RosterRow, ...]] = {}
    for roster in questionnaire.rosters:
        above = next(
            (each.name for each in reversed(questionnaire.rosters) if each.name in roster.path), None
        )
        parents: list[int | None] = [None] if above is None else list(range(len(rosters[above])))
        rosters[roster.name] = tuple(
            RosterRow(
                {
                    "/".join(each.full_path): draw(answer_of(each))
                    for each in questionnaire.questions_of(roster.name)
                },
                parent,
            )
            for parent in parents
            for _ in range(draw(st.integers(0, 2)))
        )
    envelope = read_envelope(b'<data id="drawn"/>')
    return questionnaire, Record(envelope, answers, rosters)


def written(answer: Answer) -> str:
    """An answer as a client writes it."""
    match answer:
        case None:
            return ""
        case Point():
            return " ".join(repr(part) for part in answer if part is not None)
        case tuple() if answer and isinstance(answer[0], Point):
            return "; ".join(written(point) for point in answer)
        case tuple():
            return " ".join(str(code) for code in answer)
        case dt.datetime() | dt.date() | dt.time():
            return answer.isoformat()
        case _:
            return str(answer)


def instance_of(questionnaire: Questionnaire, record: Record) -> bytes:
    """The submission that a client makes of a record."""
    from lxml import etree

    root = etree.Element("data", id="drawn")
    places = {group.full_path: group for group in questionnaire.groups}
    made: dict[tuple[tuple[str, ...], int | None], etree._Element] = {((), None): root}

    def element(path: tuple[str, ...], row: int | None) -> etree._Element:
        """The group at a path, in a row of the innermost roster above it."""
        if (path, row) not in made:
            made[path, row] = etree.SubElement(element(path[:-1], row), path[-1])
        return made[path, row]

    def fill(answers: dict[str, Answer], row: int | None) -> None:
        for place, answer in answers.items():
            *path, name = place.split("/")
            etree.SubElement(element(tuple(path), row), name).text = written(answer) or None

    fill(record.answers, None)
    for roster in (group for group in places.values() if group.repeat):
        for index, row in enumerate(record.rosters[roster.name]):
            made[roster.full_path, index] = etree.SubElement(element(roster.path, row.parent), roster.name)
            fill(row.answers, index)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


@given(records())
@COMMON
def test_an_instance_reads_back_as_the_record_it_was_made_from(drawn: tuple[Questionnaire, Record]) -> None:
    questionnaire, record = drawn
    assert read_instance(instance_of(questionnaire, record), questionnaire) == record


@given(records(), st.data())
@COMMON
def test_reading_mutated_xml_never_fails_in_another_way(
    drawn: tuple[Questionnaire, Record], data: st.DataObject
) -> None:
    questionnaire, record = drawn
    xml = mutated(instance_of(questionnaire, record), data)
    try:
        read = read_instance(xml, questionnaire)
    except InputError as error:
        assert error.faults  # noqa: PT017 - either outcome is right, but no other one
    else:
        assert set(read.answers) == set(record.answers)
        assert set(read.rosters) == set(record.rosters)


@given(st.binary(max_size=80))
@COMMON
def test_reading_any_bytes_never_fails_in_another_way(data: bytes) -> None:
    questionnaire = questionnaire_of(["text"])
    for reading in (
        lambda: read_envelope(data),
        lambda: read_instance(data, questionnaire),
        lambda: read_xlsform(data),
        lambda: read_xlsform(b"PK\x03\x04" + data),
        lambda: read_xlsform_csv(data, data, data),
    ):
        try:
            reading()
        except InputError as error:
            assert error.faults  # noqa: PT017 - the same


def mutated(whole: bytes, data: st.DataObject) -> bytes:
    """The bytes with a few of them cut out, doubled or replaced."""
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, max(len(whole) - 1, 0)))
        end = min(start + data.draw(st.integers(0, 12)), len(whole))
        middle = data.draw(
            st.sampled_from([b"", whole[start:end] * 2, b"<a/>", b"&x;", b"<", b"\x00", b"]]>"])
        )
        whole = whole[:start] + middle + whole[end:]
    return whole


@given(branches, st.data())
@COMMON
def test_reading_a_mutated_form_never_fails_in_another_way(
    inside: list[Branch | str], data: st.DataObject
) -> None:
    cells = [list(row) for row in rows(inside)]
    for _ in range(data.draw(st.integers(1, 3))):
        row, column = data.draw(st.integers(0, len(cells) - 1)), data.draw(st.integers(0, 2))
        cells[row][column] = data.draw(
            st.sampled_from(
                ["", "end_group", "begin_repeat", "${q_0}", "select_one x", "q_0", "é x", "%(name)s"]
            )
        )
    survey = io.StringIO()
    csv.writer(survey).writerows([("type", "name", "label"), *cells])
    try:
        questionnaire = read_xlsform_csv(survey.getvalue().encode(), CHOICES.encode())
        write_xform(questionnaire)
    except InputError as error:
        assert all(fault.place and fault.problem and fault.remedy for fault in error.faults)  # noqa: PT017 - the same


@cache
def workbook() -> bytes:
    """A small form as Excel writes it."""
    from openpyxl import Workbook

    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (
        ("type", "name", "label"),
        ("integer", "age", "How old?"),
        ("select_one codes", "one", "Which?"),
    ):
        survey.append(row)
    choices = book.create_sheet("choices")
    for row in (("list_name", "name", "label"), ("codes", 1, "One"), ("codes", 2.0, "Two")):
        choices.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_numbers_in_cells_are_codes_without_decimals() -> None:
    assert read_xlsform(workbook()).question("one").codes == ("1", "2")


@given(st.data())
@COMMON
def test_reading_a_mutated_workbook_never_fails_in_another_way(data: st.DataObject) -> None:
    source, target = zipfile.ZipFile(io.BytesIO(workbook())), io.BytesIO()
    hurt = data.draw(st.sampled_from(source.namelist()))
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            archive.writestr(name, mutated(part, data) if name == hurt else part)
    whole = target.getvalue()
    if data.draw(st.booleans()):
        whole = mutated(whole, data)
    try:
        read_xlsform(whole)
    except InputError as error:
        assert error.faults  # noqa: PT017 - the same


@given(branches)
@settings(max_examples=25, deadline=None)
def test_the_model_and_the_xform_have_the_same_questions(inside: list[Branch | str]) -> None:
    from lxml import etree

    questionnaire = questionnaire_of(inside)
    root = etree.fromstring(write_xform(questionnaire))
    xforms = "{http://www.w3.org/2002/xforms}"
    bound = {bind.get("nodeset", "").removeprefix("/data/") for bind in root.iter(f"{xforms}bind")}
    assert {"/".join(each.full_path) for each in questionnaire.questions} == bound - {"meta/instanceID"}
