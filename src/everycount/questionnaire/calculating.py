"""Values that a form works out by itself, for answers that no client of a form has worked with.

Expressions are XPath 1.0 (W3C, 1999) with the functions of the ODK XForms specification that need nothing
but the answers (section "XPath evaluation"). libxml2 evaluates them. What asks for a clock, for chance, for
another file or for a function that is not here has no value here: it stays empty, and its name is told.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from everycount.questionnaire.filling import Filled, write_filled
from everycount.questionnaire.kinds import Kind
from everycount.questionnaire.markup import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    from everycount.questionnaire.model import Questionnaire
    from everycount.questionnaire.question import Question

    Path: TypeAlias = tuple[str, ...]

_NAMED = re.compile(r"\$\{([^}\s]+)\}")
_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")
_UNKNOWN = re.compile(
    r"\b(?:today|now|random|uuid|once|pulldata|position|instance|indexed-repeat)\s*\(|[\w-]+:[\w-]"
)
_NO_VALUE = (ArithmeticError, LookupError, TypeError, ValueError)  # as of a number that was not answered
_PASSES = 20  # how often a value may follow from another one
_LONGEST = 2000  # signs of an expression


def with_values(xml: bytes, questionnaire: Questionnaire) -> bytes:
    """An instance with the values that its form calculates; see :func:`calculate`."""
    from lxml import etree  # noqa: PLC0415 - as below

    root = parse(xml, "instance.xml")
    calculate(root, questionnaire)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def without_value(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Places of the calculated values that cannot be worked out here, whatever is answered."""
    return calculate(parse(write_filled(questionnaire, "", Filled()), "instance.xml"), questionnaire)


def calculate(root: _Element, questionnaire: Questionnaire) -> tuple[str, ...]:
    """Fills in the values of an instance that the form calculates.

    Args:
        root: the instance; its calculated values are written over.
        questionnaire: the form that it answers.

    Returns:
        places of the values that cannot be worked out here; they are left empty.
    """
    asked = [each for each in questionnaire.questions if each.kind is Kind.CALCULATE and each.calculation]
    worker = _Worker(root, questionnaire)
    left = [each for each in asked if not worker.knows(each)]
    known = [each for each in asked if each not in left]
    for _ in range(min(len(known) + 1, _PASSES)):
        if not [each for each in known if worker.works_out(each)]:
            break
    return tuple("/".join(each.full_path) for each in left)


class _UnknownError(Exception):
    """The expression is more than what is understood here."""


class _Worker:
    """Works out the values of one instance."""

    def __init__(self, root: _Element, questionnaire: Questionnaire) -> None:
        self._root = root
        self._groups = {group.full_path: group for group in questionnaire.groups}
        self._paths = {group.name: group.full_path for group in questionnaire.groups if group.repeat}
        self._paths |= {each.name: each.full_path for each in questionnaire.questions}
        self._evaluate = _evaluator()

    def knows(self, question: Question) -> bool:
        """Whether everything that its value and its conditions ask for is here."""
        return all(self._can(each, question) for each in (question.calculation, *self._conditions(question)))

    def _can(self, expression: str, question: Question) -> bool:
        plain = _TEXTS.sub("''", _NAMED.sub("x", expression))
        if len(expression) > _LONGEST or _UNKNOWN.search(plain):
            return False
        if not all(name in self._paths for name in _NAMED.findall(expression)):
            return False
        try:
            self._of(expression, question, self._root)
        except (_UnknownError, TypeError):
            return False
        except _NO_VALUE:  # of no answers
            return True
        return True

    def _conditions(self, question: Question) -> list[str]:
        around = [self._groups[question.path[:depth]].relevance for depth in range(1, len(question.path) + 1)]
        return [each for each in (*around, question.relevance) if each]

    def works_out(self, question: Question) -> bool:
        """Writes its value wherever it stands; whether any is another one than before."""
        has_changed = False
        for element in list(self._elements(question.full_path)):
            value = self._value(question, element) or None
            has_changed = has_changed or element.text != value
            element.text = value
        return has_changed

    def _elements(self, path: Path) -> Iterator[_Element]:
        here = [self._root]
        for name in path:
            here = [inside for each in here for inside in each if inside.tag == name]
        return iter(here)

    def _value(self, question: Question, element: _Element) -> str:
        try:
            if not all(_truth(self._of(each, question, element)) for each in self._conditions(question)):
                return ""
            return _text(self._of(question.calculation, question, element))
        except _NO_VALUE:
            return ""

    def _of(self, expression: str, question: Question, element: _Element) -> Any:
        written = _NAMED.sub(lambda found: self._way(question.full_path, self._paths[found[1]]), expression)
        return self._evaluate(element, written)

    def _way(self, here: Path, there: Path) -> str:
        """From one answer to another: within the rows that they share, else to all rows."""
        shared = 0
        for depth in range(1, min(len(here), len(there))):
            if here[:depth] != there[:depth]:
                break
            shared = depth if self._groups[here[:depth]].repeat else shared
        return "/".join([*[".."] * (len(here) - shared), *there[shared:]])


def _text(value: Any) -> str:
    """As clients write a value."""
    value = _first(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)


def _first(value: Any) -> Any:
    """Of some answers the first one, as text."""
    if isinstance(value, list):
        return "".join(value[0].itertext()) if value else ""
    return value


def _truth(value: Any) -> bool:
    value = _first(value)
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def _number(value: Any) -> float:
    value = _first(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return math.nan
    return float(value)


def _numbers(values: tuple[Any, ...]) -> list[float]:
    """All numbers of some answers; of what was not answered none."""
    flat = [one for each in values for one in (each if isinstance(each, list) else [each])]
    texts = ["".join(one.itertext()) if hasattr(one, "itertext") else one for one in flat]
    return [_number(each) for each in texts if each != ""]


def _round(value: Any, digits: Any = 0.0) -> float:
    """Halves go up, as in XPath 1.0, and not to the even one."""
    scale = 10.0 ** int(_number(digits))
    return math.floor(_number(value) * scale + 0.5) / scale


def _int(value: Any) -> float:
    return float(math.trunc(_number(value)))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "if": lambda test, yes, no: _first(yes) if _truth(test) else _first(no),
    "coalesce": lambda one, other: _first(one) or _first(other),
    "selected": lambda given, code: str(_text(code)) in str(_text(given)).split(),
    "count-selected": lambda given: float(len(str(_text(given)).split())),
    "selected-at": lambda given, at: ([*str(_text(given)).split(), ""])[int(_number(at))],
    "int": _int,
    "round": _round,
    "abs": lambda value: abs(_number(value)),
    "pow": lambda base, power: _number(base) ** _number(power),
    "min": lambda *values: min(_numbers(values), default=math.nan),
    "max": lambda *values: max(_numbers(values), default=math.nan),
    "sum": lambda *values: math.fsum(_numbers(values)),
    "count-non-empty": lambda *values: float(len(_numbers(values))),
    "substr": lambda text, begin, end="": str(_text(text))[
        int(_number(begin)) : int(_number(end)) if end != "" else None
    ],
    "join": lambda by, *values: str(_text(by)).join(
        "".join(one.itertext()) if hasattr(one, "itertext") else _text(one)
        for each in values
        for one in (each if isinstance(each, list) else [each])
    ),
}


_OURS = "form-"
_CALLED = re.compile(rf"(?<![\w$-])({'|'.join(map(re.escape, _FUNCTIONS))})\s*\(")


def _evaluator() -> Callable[[_Element, str], Any]:
    """Evaluates an expression with our functions beside those of XPath.

    Raises:
        _UnknownError: it is no XPath, or asks for a function that is not here.
    """
    from lxml import etree  # noqa: PLC0415 - reading a form alone does without it

    ours = {(None, f"{_OURS}{name}"): _called(function) for name, function in _FUNCTIONS.items()}

    def evaluate(element: _Element, expression: str) -> Any:
        try:
            return etree.XPath(_renamed(expression), extensions=ours)(element)
        except etree.XPathError as error:
            raise _UnknownError(str(error)) from None

    return evaluate


def _renamed(expression: str) -> str:
    """With our functions under their own names, for those of XPath 1.0 cannot be replaced."""
    texts = [*_TEXTS.findall(expression), ""]
    ours = [_CALLED.sub(lambda found: f"{_OURS}{found[1]}(", each) for each in _TEXTS.split(expression)]
    return "".join(outside + text for outside, text in zip(ours, texts, strict=True))


def _called(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _context, *given: function(*given)
