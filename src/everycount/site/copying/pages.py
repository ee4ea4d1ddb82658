"""A page of the site made to stand in a folder: its links lead to files, and what needs the node is gone."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override
from lxml import html

from everycount.site.copying.places import wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from lxml.html import HtmlElement

    from everycount.site.copying.places import Wanted

# Nothing runs and nothing is loaded but the style sheets beside it; where a folder is no origin, by scheme.
_POLICY = (
    "default-src 'none'; style-src 'self' file:; img-src 'self' file: data:; "
    "form-action 'none'; base-uri 'none'"
)


def links(body: bytes, here: Wanted, languages: Sequence[str]) -> Iterator[Wanted]:
    """What a page leads to that may go along."""
    for element in html.document_fromstring(body).iter("a", "link"):
        found = _target(element.get("href", ""), here, languages)
        if found is not None:
            yield found


def _target(href: str, here: Wanted, languages: Sequence[str]) -> Wanted | None:
    whole = urljoin(f"{settings.ENVIRONMENT.public_url}{here.address}", href)
    if not whole.startswith(f"{settings.ENVIRONMENT.public_url}/"):
        return None
    parts = urlsplit(whole)
    return wanted(
        f"{parts.path}?{parts.query}" if parts.query else parts.path, here.language or languages[0], languages
    )


def copied(
    body: bytes, here: Wanted, places: Mapping[Wanted, str], languages: Sequence[str], at: datetime
) -> bytes:
    """The page as it stands in the copy.

    Args:
        body: as the node gave it.
        here: which page it is.
        places: where everything stands that is in the copy.
        languages: of the copy.
        at: when the copy is made.
    """
    page: Any = html.document_fromstring(body)  # its types do not know that it is an HtmlElement

    def lead(href: str) -> str | None:
        target = _target(href, here, languages)
        if target is None or target not in places:
            return None
        fragment = urlsplit(href).fragment
        return relative(places[here], places[target]) + (f"#{fragment}" if fragment else "")

    for element in list(page.iter("script", "form")):
        if element.get("type") != "application/ld+json":
            element.drop_tree()
    for element in list(page.iter("link")):
        _mend_link(element, lead)
    for element in list(page.iter("a")):
        _mend_anchor(element, lead)
    for name, said in (("Content-Security-Policy", _POLICY), ("referrer", "no-referrer")):
        key = "http-equiv" if name != "referrer" else "name"
        page.head.insert(1, html.Element("meta", {key: name, "content": said}))
    page.find_class("foot")[0].append(_note(here, places, languages, at))
    made: bytes = html.tostring(page, encoding="utf-8", doctype="<!doctype html>")
    return made


def relative(start: str, target: str) -> str:
    """The way from one file of the copy to another."""
    return quote(posixpath.relpath(target, posixpath.dirname(start) or "."))


def _mend_link(element: HtmlElement, lead: Callable[[str], str | None]) -> None:
    if element.get("rel") == "canonical" or element.get("href", "").startswith("data:"):
        return
    led = lead(element.get("href", ""))
    if led is None:
        element.drop_tree()
    else:
        element.set("href", led)


def _mend_anchor(element: HtmlElement, lead: Callable[[str], str | None]) -> None:
    href = element.get("href", "")
    is_away = urlsplit(href).scheme and not href.startswith(f"{settings.ENVIRONMENT.public_url}/")
    if href.startswith("#") or is_away:
        return
    led = lead(href)
    if led is None:
        _leave_out(element)
    else:
        element.set("href", led)


def _leave_out(anchor: HtmlElement) -> None:
    """Takes a way off that ends here; words of a sentence and names in a list stay."""
    around = anchor.getparent()
    if around is not None and around.tag == "li" and around[0] is anchor:
        around.drop_tree()
    elif "button" in anchor.get("class", "").split() or _is_all_of(anchor, around):
        anchor.drop_tree()
        if around is not None and around.tag == "p" and not around.text_content().strip():
            around.drop_tree()
    else:
        anchor.drop_tag()


def _is_all_of(anchor: HtmlElement, around: HtmlElement | None) -> bool:
    return (
        around is not None
        and around.tag == "p"
        and around.text_content().strip() == anchor.text_content().strip()
    )


def _note(here: Wanted, places: Mapping[Wanted, str], languages: Sequence[str], at: datetime) -> HtmlElement:
    """That this is a copy and of when, and the ways to the same page in other languages."""
    ways = [
        (language, relative(places[here], places[there]))
        for language in languages
        if (there := here.spoken(language)) in places
    ]
    given = {"node": settings.ENVIRONMENT.public_url, "at": at, "ways": ways, "language": here.language}
    with override(here.language):
        return html.fragment_fromstring(render_to_string("ui/copy.html", given), create_parent="div")
