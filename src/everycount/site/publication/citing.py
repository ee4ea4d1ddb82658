"""How a release, a figure or a number is cited: in words, for BibTeX, and as CSL-JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from everycount.site.publication.queries.releases import numbers

if TYPE_CHECKING:
    from everycount.site.publication.models import Release

_SPECIAL = re.compile(r"[\\{}$&#^_%~]")


@dataclass(frozen=True, slots=True)
class Citation:
    """What stands in a list of references.

    Attributes:
        who: who asked; the initiative where the survey does not say.
        year, day: of its publication.
        address: for good.
    """

    who: str
    title: str
    number: int
    year: int
    day: str
    publisher: str
    address: str
    key: str
    digest: str

    @property
    def words(self) -> str:
        """In one line (after the order of DataCite's recommended citation)."""
        return (
            f"{self.who} ({self.year}). {self.title}. Release {self.number}. {self.publisher}. {self.address}"
        )

    @property
    def bibtex(self) -> str:
        """An entry for BibTeX and biblatex."""
        fields = {
            "author": f"{{{_plain(self.who)}}}",
            "title": f"{{{_plain(self.title)}}}",
            "year": str(self.year),
            "version": str(self.number),
            "publisher": _plain(self.publisher),
            "url": self.address,
            "note": self.digest,
        }
        lines = (f"  {name} = {{{value}}}" for name, value in fields.items())
        return "@misc{" + self.key + ",\n" + ",\n".join(lines) + "\n}\n"

    @property
    def csl(self) -> str:
        """An item as CSL-JSON 1.0 has it."""
        year, month, day = map(int, self.day.split("-"))
        item = {
            "id": self.key,
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": self.who}],
            "issued": {"date-parts": [[year, month, day]]},
            "version": str(self.number),
            "publisher": self.publisher,
            "URL": self.address,
        }
        return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def absolute(path: str) -> str:
    """An address of this node as others write it down."""
    return f"{settings.ENVIRONMENT.public_url}{path}"


def citation(release: Release, language: str, *, path: str = "", title: str = "") -> Citation:
    """How to cite a release, or with a path and a title a part of it."""
    survey = numbers(release).survey
    whole = survey.title.say(language, survey.id)
    published = release.published_at
    if published is None:
        raise LookupError(f"{release} is not public.")
    initiative = release.plan.initiative.name
    return Citation(
        who=survey.asked_by.say(language, "") or initiative,
        title=f"{title} ({whole})" if title else whole,
        number=release.number,
        year=published.year,
        day=f"{published:%Y-%m-%d}",
        publisher=f"{initiative}, Everycount" if survey.asked_by else "Everycount",
        address=absolute(path or reverse("release", args=[release.plan.slug, release.number])),
        key=f"{release.plan.slug}-{release.number}",
        digest=release.digest,
    )


def _plain(text: str) -> str:
    """Text that TeX prints as it is; a character that it would take for a command is escaped or dropped."""
    return _SPECIAL.sub(lambda found: "" if found[0] in "\\{}^~" else f"\\{found[0]}", text)
