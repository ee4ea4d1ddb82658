"""Which addresses go along in a copy of the site, and where each stands in its folder.

What is not named here needs the node: forms, accounts, receipts, pages of initiatives' own people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlsplit

from django.urls import Resolver404, resolve

if TYPE_CHECKING:
    from collections.abc import Collection

INDEX = "index.html"
BEGIN = "/"
_PARTED = re.compile(r"page=[1-9][0-9]{0,5}|changed=1")
PAGES = frozenset({
    "decisions", "decision",
    "home", "initiatives", "initiative", "organisations", "organisation", "releases", "releases_of",
    "release", "release_numbers", "figure", "number", "indicators", "indicator", "give_back", "returns",
    "questionnaires", "questionnaire",
})  # fmt: skip
# Files with words in them, which are there in every language.
SPOKEN = frozenset({"releases_feed", "plan_feed", "figure_drawing", "figure_png", "cite"})
PLAIN = frozenset({
    "release_file", "figure_table", "number_provenance", "sheet", "figures_sheet", "release_bundle",
    "signing_keys", "give_back_sheet", "catalogue",
    "decision_data", "beside_release",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing of the site.

    Attributes:
        path: its address on the node, without a query.
        query: which page or part of a list that has several; "" for the first of all.
        language: "" for what is the same in all of them.
        is_page: a page, not a file.
    """

    path: str
    query: str
    language: str
    is_page: bool

    @property
    def address(self) -> str:
        """Where it is asked for."""
        return f"{quote(self.path)}?{self.query}" if self.query else quote(self.path)

    def within(self, first: str) -> str:
        """Where it stands in the folder of a copy whose first language this is."""
        parts = [_plain(part) for part in self.path.split("/") if part]
        parts += self.query.replace("=", "-").split("&") if self.query else []
        if self.language and (parts or self.language != first):
            parts.insert(0, self.language)
        return "/".join([*parts, INDEX] if self.is_page else parts)

    def spoken(self, language: str) -> Wanted:
        """The same in another language."""
        return replace(self, language=language)


def wanted(address: str, language: str, languages: Collection[str]) -> Wanted | None:
    """What an address of this node names; None for what does not go along.

    Args:
        address: path and query.
        language: of the page on which it stands.
        languages: those of the copy; a file that is named in another one is not in it.
    """
    parts = urlsplit(address)
    path, asked = unquote(parts.path), parse_qs(parts.query)
    try:
        name = resolve(path).url_name
    except Resolver404:
        return None
    spoken = asked.pop("language", [language])[0]
    parted = sorted((key, said[0]) for key, said in asked.items() if (key, said) != ("page", ["1"]))
    if not all(_PARTED.fullmatch(f"{key}={said}") for key, said in parted):
        return None
    if name not in PAGES | SPOKEN | PLAIN or spoken not in languages:
        return None
    query = "&".join(f"{key}={said}" for key, said in parted)
    return Wanted(path, query, "" if name in PLAIN else spoken, name in PAGES)


def _plain(part: str) -> str:
    """A name that every file system takes, also that of a stick."""
    return quote(part, safe="").replace("%", "~")
