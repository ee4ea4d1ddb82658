"""Interviews that have come so far, as numbers beside each other; it grows by one interview at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.quality.roles import Battery
from everycount.quality.straight import batteries
from everycount.quality.traits import NUMBERS, Traits
from everycount.questionnaire import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    from numpy.typing import NDArray

    from everycount.questionnaire import Questionnaire

_CLOSED = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK, *NUMBERS})
OPEN = -1  # the number of "no answer"


@dataclass(frozen=True, slots=True)
class Form:
    """What the checks know of a questionnaire.

    Attributes:
        closed: places of closed questions and numbers outside rosters that name nobody.
        batteries: questions with the same choices, one after the other; by their places.
    """

    closed: tuple[str, ...] = ()
    batteries: tuple[Battery, ...] = ()

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Form:
        """Of a questionnaire in one version."""
        closed = tuple(
            "/".join(each.full_path)
            for each in questionnaire.questions_of(None)
            if each.kind in _CLOSED
            and not (each.direct_identifier or each.consent_purpose or each.chooses_people)
        )
        return cls(closed, tuple(_placed(each, questionnaire) for each in batteries(questionnaire, None)))


def _placed(battery: Battery, questionnaire: Questionnaire) -> Battery:
    """The same battery; its questions by their places instead of their names."""
    places = {each.name: "/".join(each.full_path) for each in questionnaire.questions_of(None)}
    return Battery(battery.name, tuple(places.get(each, each) for each in battery.questions))


class Numbered:
    """Words and the numbers that stand for them, in the order in which they came."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._places: dict[str, int] = {}

    def of(self, word: str) -> int:
        """The number of a word, a new one where it was never met; of "" none."""
        if not word:
            return OPEN
        place = self._places.setdefault(word, len(self.words))
        if place == len(self.words):
            self.words.append(word)
        return place


class Growing:
    """An array that takes rows at its end without being copied each time."""

    def __init__(self, kind: type, wide: int, fill: float) -> None:
        self._held: NDArray[Any] = np.full((64, wide), fill, dtype=kind)
        self._fill, self._count = fill, 0

    def add(self, row: Collection[float]) -> None:
        """One more row."""
        if self._count == len(self._held):
            self._held = np.concatenate([self._held, np.full_like(self._held, self._fill)])
        self._held[self._count] = list(row)
        self._count += 1

    @property
    def rows(self) -> NDArray[Any]:
        """What was added; a view."""
        return self._held[: self._count]


class Heap:
    """The interviews. A row stays where it is; one that is taken away counts no longer.

    Attributes:
        form: what is known of the questionnaire.
        names: of each row, what the keeper calls it.
        traits: of each row.
        codes: for each row and closed question the number of its answer, -1 for none.
        who: for each row the number of its collector, -1 for none.
        minutes: begin and finish of each row, NaN where not known.
        there: which rows count.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.names: list[Any] = []
        self.traits: list[Traits] = []
        self.collectors = Numbered()
        self.questions = [Numbered() for _ in form.closed]
        self.by_link: list[bool] = []
        self._codes = Growing(np.int32, max(len(form.closed), 1), OPEN)
        self._who = Growing(np.int32, 1, OPEN)
        self._minutes = Growing(np.float64, 2, float("nan"))
        self._there = Growing(np.bool_, 1, 0)
        self._rows: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return int(self.there.sum())

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def add(self, name: Hashable, traits: Traits, collector: str, *, by_link: bool = False) -> int:
        """One more interview, or a new version of one; its row.

        Args:
            name: what the keeper calls it.
            traits: what is looked at.
            collector: who asked, or "".
            by_link: whoever answered did so alone, by a link.
        """
        self.drop([name])
        row = len(self.names)
        self._rows[name] = row
        self.names.append(name)
        self.traits.append(traits)
        self.by_link.append(by_link)
        self._codes.add(
            [
                numbered.of(traits.answers.get(place, ""))
                for place, numbered in zip(self.form.closed, self.questions, strict=True)
            ]
            or [OPEN]
        )
        self._who.add([self.collectors.of(collector)])
        nan = float("nan")
        self._minutes.add([nan if each is None else each for each in (traits.begin, traits.finish)])
        self._there.add([True])
        return row

    def drop(self, names: Collection[Hashable]) -> None:
        """Those interviews count no longer, and nothing of them is held."""
        for name in names:
            row = self._rows.pop(name, None)
            if row is not None:
                self.traits[row] = _NOTHING
                self.there[row] = False

    def held(self) -> list[Any]:
        """The names of the interviews that count."""
        return list(self._rows)

    def row(self, name: Hashable) -> int:
        """Where an interview stands."""
        return self._rows[name]

    @property
    def codes(self) -> NDArray[np.int32]:
        """See above."""
        return self._codes.rows[:, : len(self.form.closed)]

    @property
    def who(self) -> NDArray[np.int32]:
        """See above."""
        return self._who.rows[:, 0]

    @property
    def minutes(self) -> NDArray[np.float64]:
        """See above."""
        return self._minutes.rows

    @property
    def there(self) -> NDArray[np.bool_]:
        """See above."""
        return self._there.rows[:, 0]

    def by_collector(self) -> Mapping[int, NDArray[np.int64]]:
        """The rows of each collector."""
        here = np.flatnonzero(self.there & (self.who >= 0))
        order = here[np.argsort(self.who[here], kind="stable")]
        met, begins = np.unique(self.who[order], return_index=True)
        return {int(each): rows for each, rows in zip(met, np.split(order, begins[1:]), strict=True)}

    def numbers(self, place: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """All numbers that were answered to a question, and the row of each."""
        rows = [
            (row, each)
            for row in np.flatnonzero(self.there)
            for each in self.traits[row].numbers.get(place, ())
        ]
        return (
            np.array([row for row, _ in rows], dtype=np.int64),
            np.array([float(each) for _, each in rows], dtype=np.float64),
        )


_NOTHING = Traits()
