"""The texts of many instances, read at a glance.

Phones write what a form asks for one after the other, in the order of the form, without attributes. An
instance of that very shape is read by patterns that are made once for a form, five times as fast as by
parsing it; one of any other shape is parsed. Both give the same texts, which a test holds.

Texts are as they stand in the XML; whoever wants typed answers and findings asks :func:`.read_instance`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from everycount.questionnaire.instance import TEMPLATE
from everycount.questionnaire.markup import local, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.etree import _Element

    from everycount.questionnaire.layout import Place
    from everycount.questionnaire.model import Questionnaire

Texts: TypeAlias = "tuple[str | None, ...]"
MAIN = ""
_META = "meta"
_HEAD = re.compile(
    r"""(?:<\?xml\ version=(['"])1\.0\1(?:\ encoding=(['"])[uU][tT][fF]-8\2)?
    (?:\ standalone=(['"])(?:yes|no)\3)?\ ?\?>)?
    \s*+<(?:[\w.-]++:)?[\w.-]++(?:\s[^<>]*+)?>""",
    re.VERBOSE,
)
_NAME, _ATTRIBUTES = r"(?:[\w.-]++:)?[\w.-]++", r"(?:\s[^<>]*+)?"
_TAIL = re.compile(
    rf"\s*+(?:<(?:[\w.-]++:)?meta{_ATTRIBUTES}>"
    rf"(?:\s*+<{_NAME}(?:\s[^<>/]*+)?(?:/>|>[^<]*+</{_NAME}>))*+"
    rf"\s*+</(?:[\w.-]++:)?meta>)?+\s*+</{_NAME}>\s*+"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Taken:
    """What one instance holds.

    Attributes:
        rows: of each table, in the order of :attr:`Glance.tables`; the main table has one row.
        above: the same, for each row the number of the row that it stands in, counted from 0.
    """

    rows: tuple[list[Texts], ...]
    above: tuple[list[int], ...]


@dataclass(frozen=True, slots=True)
class _Answers:
    """Questions one after the other, and groups of them."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rows:
    """A repeat with nothing but answers inside: its rows stand whole in one pattern."""

    pattern: re.Pattern[str]
    table: int


@dataclass(frozen=True, slots=True)
class _Group:
    """A group with rosters inside; ``count`` is how many texts of its own table it holds."""

    opens: re.Pattern[str]
    parts: tuple[_Part, ...]
    closes: re.Pattern[str]
    count: int


@dataclass(frozen=True, slots=True)
class _Roster:
    """A repeat; ``table`` is the place of its table among all."""

    opens: re.Pattern[str]
    parts: tuple[_Part, ...]
    closes: re.Pattern[str]
    table: int


_Part: TypeAlias = "_Answers | _Rows | _Group | _Roster"


@dataclass
class Glance:
    """Reads instances of one questionnaire.

    Attributes:
        questionnaire: the form that they answer.
        wanted: places (``group/question``) of the answers that are taken; all others are passed over.
        tables: the main table ("") and the place of each roster, in the order of the form.
        places: of each table, the places of what is taken of it, in the order of the form.
    """

    questionnaire: Questionnaire
    wanted: Collection[str]
    tables: tuple[str, ...] = field(init=False)
    places: tuple[tuple[str, ...], ...] = field(init=False)
    _parts: tuple[_Part, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._order = _order(self.questionnaire)
        found: dict[str, list[str]] = {MAIN: []}
        self._parts = self._compiled(self.questionnaire.layout, (), MAIN, found)
        self.tables = tuple(found)
        self.places = tuple(map(tuple, found.values()))

    def read(self, xml: bytes) -> Taken:
        """The texts of an instance; None for what was not answered.

        Raises:
            InputError: it is no XML that can be read.
        """
        return self._at_a_glance(xml) or self.parsed(xml)

    def _compiled(
        self, place: Place, path: tuple[str, ...], table: str, found: dict[str, list[str]]
    ) -> tuple[_Part, ...]:
        """What stands inside a place: as few patterns as there can be, with the rosters between them."""
        parts: list[_Part] = []
        pattern = ""
        for name, each in self._inside(place, path):
            here, tag = (*path, name), re.escape(name)
            if each.question is not None:
                asked = "/".join(each.question.full_path)
                if asked in self.wanted:
                    found[table].append(asked)
                pattern += _leaf(tag, taken=asked in self.wanted)
                continue
            is_roster = each.group is not None and each.group.repeat
            inner_table = "/".join(here) if is_roster else table
            if is_roster:
                found[inner_table] = []
            number, before = len(found) - 1, len(found[table])
            inner = self._compiled(each, here, inner_table, found)
            text = _only_answers(inner)
            if not is_roster and text is not None:
                pattern += rf"\s*+(?:<{tag}>{text}\s*+</{tag}>|<{tag}/>)?+"
                continue
            if text is not None:
                parts += [_Answers(re.compile(pattern))] if pattern else []
                pattern = ""
                parts.append(_Rows(re.compile(rf"\s*+<{tag}>{text}\s*+</{tag}>"), number))
                continue
            opens, closes = re.compile(rf"\s*+<{tag}/?+>"), re.compile(rf"\s*+</{tag}>")
            parts += [_Answers(re.compile(pattern))] if pattern else []
            pattern = ""
            parts.append(
                _Roster(opens, inner, closes, number)
                if is_roster
                else _Group(opens, inner, closes, len(found[table]) - before)
            )
        return (*parts, _Answers(re.compile(pattern))) if pattern else tuple(parts)

    def _inside(self, place: Place, path: tuple[str, ...]) -> list[tuple[str, Place]]:
        """In the order of the form; what phones add about the filling itself is no answer."""
        inside = [(name, each) for name, each in place.inside.items() if path or name != _META]
        return sorted(inside, key=lambda pair: self._order.get((*path, pair[0]), len(self._order)))

    def _at_a_glance(self, xml: bytes) -> Taken | None:
        try:
            text = xml.decode()
        except UnicodeDecodeError:
            return None
        head = _HEAD.match(text)
        if head is None or "\r" in text or ((is_escaped := "&" in text) and _has_other_entities(text)):
            return None
        rows: tuple[list[Texts], ...] = tuple([] for _ in self.tables)
        above: tuple[list[int], ...] = tuple([] for _ in self.tables)
        main: list[str | None] = []
        place = _run(self._parts, text, head.end(), main, (rows, above), 0)
        if place < 0 or not _TAIL.fullmatch(text, place):
            return None
        rows[0].append(tuple(main))
        above[0].append(0)
        if is_escaped:
            for table in rows:
                table[:] = map(_plain, table)
        return Taken(rows, above)

    def parsed(self, xml: bytes) -> Taken:
        """The same for an instance of any shape.

        Raises:
            InputError: it is no XML that can be read.
        """
        rows: tuple[list[Texts], ...] = tuple([] for _ in self.tables)
        above: tuple[list[int], ...] = tuple([] for _ in self.tables)
        main: dict[str, str] = {}
        self._walk(parse(xml, "submission.xml"), self.questionnaire.layout, (), main, (rows, above), 0)
        rows[0].append(self._row(0, main))
        above[0].append(0)
        return Taken(rows, above)

    def _row(self, table: int, texts: dict[str, str]) -> Texts:
        return tuple(texts.get(place) for place in self.places[table])

    def _walk(
        self,
        element: _Element,
        place: Place,
        path: tuple[str, ...],
        texts: dict[str, str],
        made: tuple[tuple[list[Texts], ...], tuple[list[int], ...]],
        row: int,
    ) -> None:
        """As :func:`.read_instance` does: of what stands twice the first is taken, strangers are left."""
        seen: set[str] = set()
        for child in element:
            name = local(child)
            inside = place.inside.get(name)
            if inside is None or (not path and name == _META):
                continue
            here = (*path, name)
            if inside.group is not None and inside.group.repeat:
                self._walk_row(child, inside, here, made, row)
            elif name in seen:
                continue
            elif inside.question is not None:
                if not len(child):
                    texts["/".join(inside.question.full_path)] = child.text or ""
            else:
                self._walk(child, inside, here, texts, made, row)
            seen.add(name)

    def _walk_row(
        self,
        element: _Element,
        place: Place,
        path: tuple[str, ...],
        made: tuple[tuple[list[Texts], ...], tuple[list[int], ...]],
        parent: int,
    ) -> None:
        if element.get(TEMPLATE) is not None:
            return
        table = self.tables.index("/".join(path))
        rows, above = made
        own: dict[str, str] = {}
        number = len(rows[table])
        rows[table].append(())  # its place is taken before the rows inside it look for theirs
        above[table].append(parent)
        self._walk(element, place, path, own, made, number)
        rows[table][number] = self._row(table, own)


def _order(questionnaire: Questionnaire) -> dict[tuple[str, ...], int]:
    """Where each question stands, and each group by the first question in it, as instances have them."""
    order: dict[tuple[str, ...], int] = {}
    repeats = {group.full_path for group in questionnaire.groups if group.repeat}
    for number, question in enumerate(questionnaire.questions):
        path = question.full_path
        if questionnaire.is_flat:
            path = (*(step for depth, step in enumerate(path[:-1], 1) if path[:depth] in repeats), path[-1])
        for depth in range(1, len(path) + 1):
            order.setdefault(path[:depth], number)
    return order


def _leaf(tag: str, *, taken: bool) -> str:
    words = "([^<]*+)" if taken else "[^<]*+"
    return rf"\s*+(?:<{tag}>{words}</{tag}>|<{tag}/>)?+"


def _only_answers(parts: tuple[_Part, ...]) -> str | None:
    """The pattern of a group without rosters; None where it has some."""
    if not parts:
        return ""
    first = parts[0]
    return first.pattern.pattern if len(parts) == 1 and isinstance(first, _Answers) else None


def _run(
    parts: tuple[_Part, ...],
    text: str,
    place: int,
    row: list[str | None],
    made: tuple[tuple[list[Texts], ...], tuple[list[int], ...]],
    number: int,
) -> int:
    """Reads parts one after the other from a place of the text; where they end, or -1 where they do not fit.

    What they hold of the row at hand is added to ``row``; rows of rosters to the tables in ``made``.
    """
    for part in parts:
        if isinstance(part, _Answers):
            found = part.pattern.match(text, place)
            if found is None:
                return -1
            row += found.groups()
            place = found.end()
        elif isinstance(part, _Rows):
            rows, match = made[0][part.table], part.pattern.match
            before = len(rows)
            while found := match(text, place):
                rows.append(found.groups())
                place = found.end()
            made[1][part.table].extend([number] * (len(rows) - before))
        elif isinstance(part, _Group):
            place = _run_group(part, text, place, row, made, number)
        else:
            place = _run_roster(part, text, place, made, number)
        if place < 0:
            return -1
    return place


def _run_group(
    part: _Group,
    text: str,
    place: int,
    row: list[str | None],
    made: tuple[tuple[list[Texts], ...], tuple[list[int], ...]],
    number: int,
) -> int:
    opened = part.opens.match(text, place)
    if opened is None or text[opened.end() - 2] == "/":
        row += [None] * part.count
        return place if opened is None else opened.end()
    place = _run(part.parts, text, opened.end(), row, made, number)
    closed = part.closes.match(text, place) if place >= 0 else None
    return closed.end() if closed else -1


def _run_roster(
    part: _Roster,
    text: str,
    place: int,
    made: tuple[tuple[list[Texts], ...], tuple[list[int], ...]],
    parent: int,
) -> int:
    rows, above = made[0][part.table], made[1][part.table]
    while opened := part.opens.match(text, place):
        number = len(rows)
        rows.append(())  # its place is taken before the rows inside it look for theirs
        above.append(parent)
        own: list[str | None] = []
        place = opened.end()
        if text[place - 2] == "/":
            rows[number] = (None,) * _width(part.parts)
            continue
        place = _run(part.parts, text, place, own, made, number)
        closed = part.closes.match(text, place) if place >= 0 else None
        if closed is None:
            return -1
        rows[number], place = tuple(own), closed.end()
    return place


def _width(parts: tuple[_Part, ...]) -> int:
    """How many texts of its own table parts hold."""
    return sum(_widths(parts))


def _widths(parts: tuple[_Part, ...]) -> Iterator[int]:
    for part in parts:
        if isinstance(part, _Answers):
            yield part.pattern.groups
        elif isinstance(part, _Group):
            yield part.count


def _has_other_entities(text: str) -> bool:
    return text.count("&") != sum(text.count(entity) for entity, _ in _ENTITIES)


def _plain(row: Texts) -> Texts:
    """A row whose texts are without the five entities of XML."""
    return tuple([text if text is None or "&" not in text else _unescaped(text) for text in row])


def _unescaped(text: str) -> str:
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text
