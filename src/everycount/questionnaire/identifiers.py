"""Which answers name or find a person directly, when the form does not say it itself.

The guess is careful in one direction: a question that is not recognised stays open, and a person who designs
the survey decides with the column ``everycount::identifier``. What is guessed is marked as guessed.
"""

from __future__ import annotations

import re

from everycount.questionnaire.kinds import DEVICE, LINES, POINTS, Kind

# A place to the metre, a face or a voice finds a person as surely as a name.
ALWAYS = DEVICE | POINTS | LINES | {Kind.IMAGE, Kind.AUDIO, Kind.BACKGROUND_AUDIO, Kind.VIDEO}
WRITTEN = frozenset({Kind.TEXT, Kind.BARCODE, Kind.INTEGER, Kind.CALCULATE, Kind.HIDDEN})

WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_a-zA-Z]+")
NAME_WORDS = frozenset(
    {"name", "names", "surname", "firstname", "lastname", "fullname", "forename", "nickname", "nom", "prenom",
     "nombre", "apellido", "nome", "naam", "jina"}
)  # fmt: skip
# A name of one of these is the name of no person.
_THINGS = """
village town city district province region state county ward block area camp site settlement street
school facility hospital clinic organisation organization org ngo company project form instance device
file product brand crop water point source market language group community admin country cluster
hotspot slum item list variable question scheme program programme tribe caste transport type food
"""
THINGS = frozenset(_THINGS.split())
PHONE_WORDS = frozenset({"phone", "telephone", "cellphone", "msisdn", "whatsapp", "telefono", "telefone"})
NUMBER_WORDS = frozenset({"number", "no", "num", "nr", "contact"})
MAIL_WORDS = frozenset({"email", "mail"})
PAPERS = frozenset({"passport", "aadhaar", "aadhar", "ssn", "nid", "nin"})
POSSESSION = frozenset({"has", "have", "own", "owns", "count", "many", "number_of", "use", "uses"})
ASKERS = frozenset(
    {"enum", "enumerator", "enumerators", "interviewer", "interviewers", "enqueteur", "enqueteurs",
     "surveyor", "surveyors", "supervisor", "fieldworker", "encuestador", "encuestadora"}
)  # fmt: skip
_TOLD_APART = frozenset({"id", "no", "num", "nr", "number", "code", "index", "name", "names", "list"})


def is_asker(name: str) -> bool:
    """Whether a question asks who asks, by its name: ``enumerator``, ``enum_id``; not ``enum_age``."""
    words = frozenset(word.lower() for word in WORDS.findall(name))
    return bool(words & ASKERS) and words <= ASKERS | _TOLD_APART


def is_identifier(name: str, kind: Kind) -> bool:
    """Whether the kind or the name of a question says that its answer finds a person."""
    if kind in ALWAYS:
        return True
    if kind not in WRITTEN:
        return False
    words = frozenset(word.lower() for word in WORDS.findall(name))
    if words & POSSESSION:
        return False
    if kind is Kind.INTEGER:
        return _is_number_of_person(words)
    return _is_number_of_person(words) or _is_name(words) or _is_address(words)


def _is_name(words: frozenset[str]) -> bool:
    return bool(words & NAME_WORDS) and not words & THINGS


def _is_address(words: frozenset[str]) -> bool:
    return bool(words & (MAIL_WORDS | PHONE_WORDS)) or ("home" in words and "address" in words)


def _is_number_of_person(words: frozenset[str]) -> bool:
    numbered = bool(words & NUMBER_WORDS)
    calls = numbered and bool(words & (PHONE_WORDS | {"mobile", "cell", "tel"}))
    national = {"national", "id"} <= words
    return calls or national or bool(words & PAPERS)
