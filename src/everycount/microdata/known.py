"""Which columns others may know of a person without any file: quasi-identifiers, as Dalenius (1986) has them.

A questionnaire says by the concepts of its questions what they are about; where it says nothing, a question's
name does. That finds most and not all, so whoever gives records away can name more.

Dalenius, T. (1986): Finding a needle in a haystack, or identifying anonymous census records. Journal of
Official Statistics 2(3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from everycount.microdata.asked import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.microdata.asked import Source
    from everycount.questionnaire import Question, Questionnaire

# Of the question bank: what neighbours, colleagues and offices know or see.
_CONCEPTS = frozenset(
    {"age", "sex", "roster-age", "roster-sex", "roster-gender", "roster-marital", "roster-relation",
     "identity-group", "identity-religion", "identity-language", "identity-birth-country",
     "identity-citizenship", "identity-displaced", "identity-arrival-year", "housing-settlement",
     "education-level", "education-attends", "work-status"}
)  # fmt: skip
_WORDS = frozenset(
    {"sex", "gender", "age", "born", "birth", "dob", "marital", "relation", "relationship",
     "group", "ethnic", "ethnicity", "tribe", "caste", "clan", "religion", "faith", "language", "nationality",
     "citizenship", "migrant", "displaced", "refugee", "country", "region", "state", "province", "county",
     "district", "ward", "municipality", "commune", "city", "town", "village", "settlement", "community",
     "locality", "hotspot", "camp", "block", "cluster", "place", "zone", "postcode", "disability", "disabled",
     "education", "occupation", "profession", "householdsize", "hhsize",
     "sexe", "genre", "naissance", "ethnie", "langue", "quartier", "departement",
     "sexo", "genero", "edad", "nacimiento", "etnia", "idioma", "barrio", "municipio", "departamento",
     "provincia", "ocupacion"}
)  # fmt: skip
_BETWEEN = re.compile(r"[^a-z]+")


def known_in(forms: Iterable[Questionnaire]) -> frozenset[Source]:
    """Where the answers stand that others may know, in any of these forms."""
    return frozenset(source_of(each) for form in forms for each in form.questions if is_known(each))


def is_known(question: Question) -> bool:
    """Whether others may know the answer: by its concept, and where it has none, by its name."""
    if question.concept:
        return question.concept in _CONCEPTS
    name = question.name.casefold()
    words = {*_BETWEEN.split(name), _BETWEEN.sub("", name)}
    return not words.isdisjoint(_WORDS)
