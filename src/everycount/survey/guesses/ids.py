"""Ids of what is proposed."""

from __future__ import annotations

import re

from everycount.survey.measures import COLUMNS


class Names:
    """Ids that are plain, that nothing else has, and that are no column of ``cells.csv``."""

    def __init__(self, questions: set[str]) -> None:
        self.questions = {name.casefold() for name in questions}
        self.given: dict[str, set[str]] = {}

    def new(self, kind: str, wanted: str) -> str:
        """An id for a ``variable``, ``dimension`` or ``measure``, as near to what is wanted as may be."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted).strip("_-") or kind
        given = self.given.setdefault(kind, set())
        if kind == "dimension" and plain in COLUMNS:
            plain = f"{plain}_group"
        taken = given | self.questions if kind == "variable" else given
        name = next(
            each
            for each in (plain, *(f"{plain}_{n}" for n in range(2, 9999)))
            if each.casefold() not in taken
        )
        given.add(name.casefold())
        return name
