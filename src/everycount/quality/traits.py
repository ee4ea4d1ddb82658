"""What the checks of single interviews need of a record, and no more: no name, no address, no picture."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from everycount.quality.holding import broken
from everycount.questionnaire import Kind, Point
from everycount.questionnaire.kinds import LINES, MEDIA, METADATA, POINTS, SPOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.questionnaire import Answer, Question, Questionnaire, Record

_NAMED = re.compile(r"\$\{([^}\s]+)\}")
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
_COMPARED = SPOKEN - METADATA - MEDIA - POINTS - LINES - {Kind.NOTE}


@dataclass(frozen=True, slots=True)
class Traits:
    """One interview.

    Attributes:
        answers: by the question's place, as text; those outside rosters that name nobody and no place.
        numbers: by the question's place, as written; of rosters one for each row.
        digest: of everything that was answered, rosters too, but for what only the phone says.
        is_named: something that names a person was answered, and is in the digest.
        begin, finish: minutes since 1970, by the phone's clock; None where it does not say.
        point: degrees north and east, metres of accuracy; None where no place was taken.
        device: what tells the phone apart, or "".
        place: the answer to the question that holds the place in the plan, or "".
        asked: how many questions are put to everyone.
        left_open: how many of these have no answer.
        broken: places of questions whose answer breaks its constraint.
        consents_open: questions of consent that nobody answered, neither yes nor no.
    """

    answers: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    digest: str = ""
    is_named: bool = False
    begin: float | None = None
    finish: float | None = None
    point: tuple[float, float, float] | None = None
    device: str = ""
    place: str = ""
    asked: int = 0
    left_open: int = 0
    broken: tuple[str, ...] = ()
    consents_open: int = 0

    def to_bytes(self) -> bytes:
        """As it is kept, sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Traits:
        """What was kept."""
        held = json.loads(data)
        held["numbers"] = {name: tuple(each) for name, each in held["numbers"].items()}
        held["broken"] = tuple(held["broken"])
        held["point"] = tuple(held["point"]) if held["point"] else None
        return cls(**held)


def traits_of(record: Record, questionnaire: Questionnaire, place: str = "") -> Traits:
    """The traits of a record.

    Args:
        record: the answers.
        questionnaire: the form in the version that was answered.
        place: full place of the question that holds the place in the plan of the fieldwork, or "".
    """
    asked = everybodys(questionnaire)
    answers = dict(_answers(questionnaire, record))
    begin, finish = (_moment(questionnaire, record, kind) for kind in (Kind.START, Kind.END))
    said = record.answers.get(place) if place else None
    return Traits(
        answers=answers,
        numbers=_numbers(questionnaire, record),
        digest=_digest(questionnaire, record),
        is_named=any(
            each.direct_identifier and record.answers.get("/".join(each.full_path)) is not None
            for each in questionnaire.questions_of(None)
            if each.kind in _COMPARED
        ),
        begin=begin,
        finish=finish,
        point=_point(questionnaire, record),
        device=str(_first(questionnaire, record, (Kind.DEVICEID,)) or ""),
        place="" if said is None else as_text(said),
        asked=len(asked),
        left_open=sum(record.answers.get("/".join(each.full_path)) is None for each in asked),
        broken=broken(record, questionnaire),
        consents_open=sum(1 for _ in _consents_open(questionnaire, record)),
    )


def everybodys(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """Questions outside rosters that everybody is asked who agrees to be asked at all.

    Forms put what follows consent into groups under a condition on it; such a condition skips nobody whose
    answers are here.
    """
    consents = {each.name for each in questionnaire.questions if each.consent_purpose}
    skipping = {each.full_path for each in questionnaire.groups if not _only_of(each.relevance, consents)}
    return tuple(
        question
        for question in questionnaire.questions_of(None)
        if question.kind in SPOKEN - METADATA - {Kind.NOTE}
        and not question.generated
        and _only_of(question.relevance, consents)
        and not any(question.path[:end] in skipping for end in range(1, len(question.path) + 1))
    )


def _only_of(relevance: str, names: set[str]) -> bool:
    """Whether a condition is none, or one on those questions alone."""
    asked = _NAMED.findall(relevance)
    return not relevance or (bool(asked) and set(asked) <= names)


def as_text(answer: Answer) -> str:
    """An answer as text, the same for the same answer."""
    if isinstance(answer, float):
        return repr(answer)
    if isinstance(answer, tuple) and not isinstance(answer, Point):
        return " ".join(map(str, answer))
    return str(answer)


def _answers(questionnaire: Questionnaire, record: Record) -> Iterator[tuple[str, str]]:
    for question in questionnaire.questions_of(None):
        place = "/".join(question.full_path)
        answer = record.answers.get(place)
        if answer is not None and _is_compared(question):
            yield place, as_text(answer)


def _is_compared(question: Question) -> bool:
    return (
        question.kind in _COMPARED
        and not question.direct_identifier
        and not question.consent_purpose
        and not question.chooses_people
    )


def _numbers(questionnaire: Questionnaire, record: Record) -> dict[str, tuple[str, ...]]:
    found = {}
    for question in questionnaire.questions:
        if question.kind not in NUMBERS or question.direct_identifier:
            continue
        place = "/".join(question.full_path)
        given = tuple(as_text(row[place]) for row in _rows(question, record) if row.get(place) is not None)
        if given:
            found[place] = given
    return found


def _rows(question: Question, record: Record) -> Iterable[dict[str, Answer]]:
    if question.roster is None:
        return [record.answers]
    return [row.answers for row in record.rosters.get(question.roster, ())]


def _digest(questionnaire: Questionnaire, record: Record) -> str:
    """Of two interviews with the same digest everything is the same that somebody said."""
    asked = [each for each in questionnaire.questions if each.kind in _COMPARED and not each.consent_purpose]
    told = [
        [as_text(row[place]) if row.get(place) is not None else "" for row in _rows(question, record)]
        for question in asked
        for place in ["/".join(question.full_path)]
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32] if any(map(any, told)) else ""


def _first(questionnaire: Questionnaire, record: Record, kinds: Iterable[Kind]) -> Answer:
    """The first answer of one of the kinds, in their order."""
    for kind in kinds:
        for question in questionnaire.questions_of(None):
            answer = record.answers.get("/".join(question.full_path)) if question.kind is kind else None
            if answer is not None:
                return answer
    return None


def _moment(questionnaire: Questionnaire, record: Record, kind: Kind) -> float | None:
    answer = _first(questionnaire, record, (kind,))
    if not isinstance(answer, dt.datetime):
        return None
    zoned = answer if answer.tzinfo else answer.replace(tzinfo=dt.UTC)
    return zoned.timestamp() / 60


def _point(questionnaire: Questionnaire, record: Record) -> tuple[float, float, float] | None:
    """Where it was held: the place that was asked for, else what the phone took by itself."""
    found = _first(questionnaire, record, (Kind.GEOPOINT, Kind.START_GEOPOINT, Kind.BACKGROUND_GEOPOINT))
    return (found.latitude, found.longitude, found.accuracy or 0.0) if isinstance(found, Point) else None


def _consents_open(questionnaire: Questionnaire, record: Record) -> Iterator[Question]:
    """Questions of consent that everybody is asked and that have no answer in this record."""
    everybody = {each.full_path for each in everybodys(questionnaire)}
    for question in questionnaire.questions:
        is_open = record.answers.get("/".join(question.full_path)) is None
        if question.consent_purpose and question.full_path in everybody and is_open:
            yield question
