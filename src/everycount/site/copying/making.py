"""A copy of the public site: every page that a stranger can reach by links, with its files."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from everycount import __version__
from everycount.release.fingerprint import hashed
from everycount.release.signature import NAME as SIGNATURE
from everycount.release.signature import sign
from everycount.site.copying.asking import Stranger
from everycount.site.copying.folder import NAME, refuse_foreign, replaced
from everycount.site.copying.pages import copied, links
from everycount.site.copying.places import BEGIN, Wanted
from everycount.site.machines.keys import signing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

_EVERY = 25  # files between two words about how far it is
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: how many files, and how many bytes they hold."""

    files: int
    bytes: int


def publish(
    target: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    at: datetime,
    say: Callable[[str], None] = lambda _: None,
) -> Made:
    """Writes the public site into a folder, whole or not at all.

    Args:
        target: a new folder, or one with an earlier copy, which is replaced.
        languages: of its pages; the first is that of the page with which one begins.
        at: when.
        say: is told how far it is.

    Raises:
        InputError: something else is in the folder.
    """
    target = target.resolve()
    refuse_foreign(target)
    made: list[Made] = []

    def fill(folder: Path) -> None:
        places = _gather(folder, languages, say)
        _mend(folder, places, languages, at, say)
        made.append(_listed(folder, list(places.values()), at))

    replaced(target, fill)
    return made[0]


def _gather(folder: Path, languages: Sequence[str], say: Callable[[str], None]) -> dict[Wanted, str]:
    """Everything that a stranger gets, as the node gives it, and where it stands."""
    stranger, places = Stranger(), dict[Wanted, str]()
    taken = set[str]()
    ahead = deque(Wanted(BEGIN, "", language, is_page=True) for language in languages)
    seen = set(ahead)
    while ahead:
        one = ahead.popleft()
        answer = stranger.ask(one.address, one.language or languages[0])
        if answer is None or (one.is_page and answer.media != "text/html"):
            continue
        places[one] = _free(one.within(languages[0]), taken)
        path = folder / places[one]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.body)
        if one.is_page:
            fresh = dict.fromkeys(each for each in links(answer.body, one, languages) if each not in seen)
            seen.update(fresh)
            ahead.extend(fresh)
        if len(places) % _EVERY == 0:
            say(f"reading the site: {len(places):,} files, {len(ahead):,} to come")
    return places


def _free(name: str, taken: set[str]) -> str:
    """A name that no file has yet, also where capitals do not count, as on a stick."""
    stem, dot, ending = name.rpartition("/")
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{stem}~{number}{dot}{ending}"
    taken.add(free.casefold())
    return free


def _mend(
    folder: Path,
    places: dict[Wanted, str],
    languages: Sequence[str],
    at: datetime,
    say: Callable[[str], None],
) -> None:
    """Makes links lead from file to file, once it is known what is there."""
    for done, (one, name) in enumerate(places.items()):
        if one.is_page:
            path = folder / name
            path.write_bytes(copied(path.read_bytes(), one, places, languages, at))
        if done % _EVERY == 0:
            say(f"writing the copy: {done:,} of {len(places):,} files")


def _listed(folder: Path, names: Sequence[str], at: datetime) -> Made:
    """The list of all files, by which the next copy knows what it may replace; and the node's signature."""
    size, digests = 0, dict[str, str]()
    for name in sorted(names):
        data = (folder / name).read_bytes()
        size += len(data)
        digests[name] = hashed(data)
    told = {
        "about": "A copy of the public pages of an Everycount node. Begin with index.html.",
        "node": settings.ENVIRONMENT.public_url,
        "made": f"{at:%Y-%m-%d}",
        "software": f"everycount {__version__}",
        "files": dict(digests),
    }
    text = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    digests[NAME] = hashed(text)
    key = signing(settings.ENVIRONMENT.data, at=at)
    signed = sign(digests, by=settings.ENVIRONMENT.public_url, private=key.secret)
    (folder / NAME).write_bytes(text)
    (folder / SIGNATURE).write_bytes(signed)
    return Made(len(digests) + 1, size + len(text) + len(signed))
