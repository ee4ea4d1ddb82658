"""What the checks of the records' quality may look at: ages, sexes, and who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.sample import MAIN
from everycount.survey.guesses.guessed import Watched
from everycount.survey.words import ASKER, FEMALE, MALE, who, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.survey.answers import Answers
    from everycount.survey.guesses.guessed import Bands

INTERVIEWS = 5  # that somebody held at least, on the average, who is told apart from others
_NUMBERED = frozenset({"id", "no", "num", "number", "code", "index", "name"})


def watched(tables: Mapping[str, list[Answers]], banded: Iterable[Bands]) -> Watched:
    """The ages of a roster before those of the respondents, and the sexes of the same people."""
    ages = {band.question for band in banded}
    people = [columns for name, columns in tables.items() if name != MAIN] + [tables[MAIN]]
    age, beside = next(
        ((found.name, columns) for columns in people for found in columns if found.name in ages),
        ("", tables[MAIN]),
    )
    sex, male, female = next((both for found in beside if (both := _sexes(found))), ("", (), ()))
    asker = next((found.name for found in tables[MAIN] if _asks(found)), "")
    return Watched(age, sex, male, female, asker)


def _sexes(found: Answers) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """The column with its codes for men and for women, where the words of both are known."""
    if who(found.name) != "sex" or found.free:
        return None
    male, female = (
        tuple(
            code
            for code in found.said
            if known & {word.strip().casefold() for word in (code, *found.labels[code])}
        )
        for known in (MALE, FEMALE)
    )
    return (found.name, male, female) if male and female else None


def _asks(found: Answers) -> bool:
    """Whether the column tells interviewers apart: ``enumerator``, ``enum_id``; not ``enum_age``."""
    spoken = words_of(found.name)
    numbered = bool(spoken) and spoken[0] in ASKER and frozenset(spoken[1:]) <= _NUMBERED
    return numbered and 1 < found.different <= found.answered / INTERVIEWS and not found.column.identifier
