"""Changes single parts of a survey file and leaves every other line of it as somebody wrote it.

A part is a table (``[policy]``) or one item of a list (the second ``[[measure]]``), with the tables inside.
Its own lines are written anew; comments and order of all others stay. What was written is read again and
held against what was meant: where a file is laid out so that lines cannot be exchanged
(``measure = [{...}]``), the whole file is written anew.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.survey.proposal import key_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Strings of several lines, strings, comments, brackets and the ends of lines: what a header may be hidden in.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*|[\[\]{}]|\n",
    re.DOTALL,
)
_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([^\[\]\n]+?)[ \t]*\]\]?[ \t]*(?:#[^\n]*)?(?=\n|\Z)")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def with_table(text: str, key: str, table: Mapping[str, Any] | None) -> str:
    """The file with another table ``[key]``; without it where there is None."""
    wanted = tomllib.loads(text)
    wanted.pop(key, None)
    if table is not None:
        wanted[key] = dict(table)
    lines = "" if table is None else _table(f"[{key_of(key)}]", table)
    return _checked(_exchanged(text, key, None, lines), wanted)


def with_item(text: str, key: str, number: int, item: Mapping[str, Any] | None) -> str:
    """The file with another item in its list ``[[key]]``; without it where there is None.

    Args:
        text: the file.
        key: name of the list.
        number: of the item, from 0; the length of the list adds one.
        item: what it says.
    """
    wanted = tomllib.loads(text)
    items = [copy.deepcopy(each) for each in wanted.get(key, [])]
    items[number : number + 1] = [] if item is None else [dict(item)]
    wanted[key] = items
    if not items:
        del wanted[key]
    lines = "" if item is None else _table(f"[[{key_of(key)}]]", item)
    return _checked(_exchanged(text, key, number, lines), wanted)


def to_toml(data: Mapping[str, Any]) -> str:
    """A whole file from its data: plain keys, then tables, then lists of tables."""
    plain = [f"{key_of(key)} = {_value(value)}\n" for key, value in data.items() if not _is_own(value)]
    parts = ["".join(plain)]
    for key, value in data.items():
        if isinstance(value, dict):
            parts.append(_table(f"[{key_of(key)}]", value))
        elif _is_own(value):
            parts += [_table(f"[[{key_of(key)}]]", each) for each in value]
    return "\n".join(part for part in parts if part)


# --- Lines --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines from one header to the next: ``names`` as the header has them, none before the first."""

    names: tuple[str, ...]
    is_item: bool
    lines: str


def _blocks(text: str) -> list[_Block]:
    starts = list(_headers(text))
    ends = [at for at, _, _ in starts[1:]] + [len(text)] * bool(starts)
    found = [_Block((), is_item=False, lines=text[: starts[0][0]] if starts else text)]
    for (at, names, is_item), end in zip(starts, ends, strict=True):
        found.append(_Block(names, is_item, text[at:end]))
    return found


def _headers(text: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Where each header begins, its names, and whether it begins an item of a list."""
    depth, line, skip = 0, 0, 0
    for token in _TOKEN.finditer(text):
        sign, at = token.group(), token.start()
        if at < skip:
            continue
        if sign == "\n":
            line = token.end()
        elif sign in "[{" and depth == 0 and not text[line:at].strip():
            header = _HEADER.match(text, line)
            if header is None:
                return  # laid out in a way that is not known: the file is written anew
            names = tuple(part.strip("\"'") for part in _PART.findall(header[2]))
            yield line, names, header[1] == "[["
            skip = header.end()
        else:
            depth += (sign in "[{") - (sign in "]}")


def _exchanged(text: str, key: str, number: int | None, lines: str) -> str:
    """The text with other lines for one part; they come last where the part is new."""
    parts: list[str] = []
    place: int | None = None
    after = None
    item = -1
    for block in _blocks(text):
        mine = block.names[:1] == (key,)
        item += mine and block.is_item and len(block.names) == 1
        if mine and number in (None, item):
            if place is None:
                place = len(parts)
                parts.append(lines)
            parts.append(_loose(block.lines))
            continue
        parts.append(block.lines)
        after = len(parts) if mine else after
    if place is not None and lines and not "".join(parts[place + 1 :])[:1].isspace():
        parts[place] += "\n"
    if place is None and lines:
        at = after if after is not None else len(parts)
        before = "".join(parts[:at])
        gap = (
            "" if not before.strip() or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
        )
        parts.insert(at, f"{gap}{lines}\n" if at < len(parts) else f"{gap}{lines}")
    return "".join(parts)


def _loose(lines: str) -> str:
    """What stands before the next header and belongs to it."""
    kept = lines.splitlines(keepends=True)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith("#")):
        kept.pop()
    return lines[len("".join(kept)) :]


def _checked(text: str, wanted: Mapping[str, Any]) -> str:
    try:
        if tomllib.loads(text) == wanted:
            return text
    except tomllib.TOMLDecodeError:
        pass
    return to_toml(wanted)


# --- Values -------------------------------------------------------------------------------------------------


def _is_own(value: object) -> bool:
    """Whether it is written under a header of its own."""
    is_list = isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
    return isinstance(value, dict) or is_list


def _table(header: str, table: Mapping[str, Any]) -> str:
    return "".join((f"{header}\n", *(f"{key_of(key)} = {_value(value)}\n" for key, value in table.items())))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key_of(key)} = {_value(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return _list(value)
    return repr(value)  # inf, nan, 1e+20 and whole numbers are TOML as Python writes them


def _list(items: Sequence[Any]) -> str:
    if not any(isinstance(each, dict) for each in items):
        return f"[{', '.join(map(_value, items))}]"
    inner = "".join(f"  {_value(each)},\n" for each in items)
    return f"[\n{inner}]"
