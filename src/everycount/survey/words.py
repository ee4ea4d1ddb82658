"""What the words in names and answers suggest, in the languages that questionnaires speak most.

Only for guesses that a person reads before anything is counted: a word that is not known here leaves a line
of the proposal out, and nothing else depends on it.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


YES = _set("yes y true oui si sí sim ja ndiyo evet haan हाँ हां জি হ্যাঁ نعم بلی")
NO = _set("no n false non não nao nein hapana hayır nahin नहीं না لا نه")
NOT_SAID = _set("""
    dk dnk dknow pnta nsp pnr dont_know don_t_know do_not_know not_known unknown no_answer refused refuse
    prefer_not_to_answer prefer_not_to_say ne_sait_pas no_sabe nsp_pnr
    niu not_in_universe niu_not_in_universe not_applicable
""")
NO_ANSWERS = ("NA", "N/A", "#N/A", "n/a", "NULL", "null", "NaN", "nan")  # what programs write for "nothing"
_DIGITS = "77 88 97 98 99 777 888 997 998 999 8888 9998 9999 99999"
# Numbers that stand for "does not know" or "was not asked".
STAND_INS = frozenset({-1.0, -2.0, -7.0, -8.0, -9.0}.union(*({float(d), -float(d)} for d in _DIGITS.split())))
OTHER = _set("other others autre autres otro otra outro")
CONSENT = _set("consent consented consentement consentimiento consentimento agree agreed")
# Who asked, and who answered in another's place: not the people whom the survey is about.
ASKER = _set("enum enumerator enumerators interviewer enqueteur surveyor supervisor proxy caregiver")
MALE = _set("male m man men boy homme masculin hombre masculino homem ذكر رجل পুরুষ पुरुष")
FEMALE = _set("""
    female f woman women girl femme féminin feminin mujer femenino mulher feminino
    أنثى انثى امرأة মহিলা নারী महिला
""")
# Words of questions about something that happened, not about who somebody is.
_HAPPENING = _set("""
    freq frequency often concern concerns reason reasons why issue issues problem problems challenge barrier
    support preferred received expenditure income source other specify need needs priority access service
    services engaged suggestions type treatment disrupted check water supply quality rest
""")
# The numbers of these are names, not amounts: wherever the word stands, and where it stands last.
_NAMES = _set("""
    id code index idx serial key uuid uid pid hid hhid idno lat lon lng latitude longitude altitude accuracy
    gps coordinates phone tel psu ea cluster stratum strata zone ward quadrat village district region province
    state area area1 area2 area3 admin admin1 admin2 admin3 admin4 country version position
""")
_NAMES_AT_THE_END = _set("no num number row year month day date time start end today round wave pos")
# Who people are, the surest first: a breakdown for each class that is found.
WHO: tuple[tuple[str, frozenset[str]], ...] = (
    ("sex", _set("sex gender sexe genre sexo genero")),
    ("residence", _set("urban rural urbrur urbrural residence milieu setting settlement camp slum")),
    (
        "place",
        _set("""
            region district province state zone county division governorate admin1 geo1 departement department
            departamento estado municipality neighbourhood neighborhood
        """),
    ),
    ("group", _set("community communities ethnicity ethnic caste tribe religion indigenous minority")),
    ("disability", _set("disability disabled handicap")),
    (
        "displacement",
        _set("""
            displaced displacement displ idp idps refugee refugees migrant migration returnee nationality
        """),
    ),
    ("wealth", _set("wealth quintile quint quintil wquintile pquintile")),
    ("age", _set("agegroup ageband agecat agerange")),
    ("education", _set("education educ schooling")),
    ("tenure", _set("tenure landlord")),
    ("marital", _set("marital marstat")),
    ("work", _set("employment occupation")),
)
_AGE_CLASS = _set("group band cat category class range groupe tranche")
HARMFUL = frozenset({"group", "disability", "displacement"})  # naming these groups can endanger people
HOUSEHOLD = _set("household households hh hhs hhid hhsize hhweight hoh ménage menage hogar dwelling")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, folded: ``landOwnStatus`` is land, own, status; ``hh_size`` is hh, size."""
    return tuple(word.casefold() for word in _WORD.findall(name))


def who(name: str) -> str | None:
    """Which class of :data:`WHO` a column with this name speaks about, if any."""
    plain = re.sub(r"[^\w]", "", name.rpartition("/")[2]).casefold().replace("_", "")
    spoken = frozenset((*words_of(name), *re.findall(r"[a-z]+\d", name.casefold()), plain))
    if spoken & (ASKER | _HAPPENING):
        return None
    if "age" in spoken and spoken & _AGE_CLASS:
        return "age"
    return next((kind for kind, words in WHO if spoken & words), None)


def names_something(name: str) -> bool:
    """Whether the numbers of a column with this name are names of things, places or days."""
    spoken = words_of(name)
    together = frozenset((*spoken, "".join(spoken), "".join(spoken[-2:])))
    return bool(together & (_NAMES | ASKER)) or bool(frozenset(spoken[-1:]) & _NAMES_AT_THE_END)


def is_age(name: str) -> bool:
    """Whether the column holds how old somebody is: ``age``, ``resp_age``; not ``ind_age_0_4``."""
    spoken = words_of(name)
    return bool(spoken) and spoken[-1] == "age" and len(spoken) <= 3 and not frozenset(spoken) & ASKER


def says(words: str, known: frozenset[str]) -> bool:
    """Whether an answer is, or begins with, one of the known words: ``yes_issues``, ``Yes - at home``.

    "No difficulty" is no "no": after the word a mark must follow, or an underscore.
    """
    folded = words.strip().casefold()
    first = re.match(r"[\w']+?(?=$|[\s]*[,;:.(/–—-]|_)", folded)
    return folded in known or (first is not None and first.group() in known)


def is_other(code: str) -> bool:
    """Whether a code gathers what no other code says."""
    return bool(OTHER & frozenset(words_of(code)[:1]))


def not_said(code: str, labels: tuple[str, ...]) -> bool:
    """Whether a code means that nothing was said: does not know, does not want to answer."""
    spelled = (re.sub(r"\W+", "_", word.strip().casefold()).strip("_") for word in (code, *labels))
    return any(word in NOT_SAID for word in spelled)
