"""What a page is held to when it is looked at: axe, the width of the screen, room for thumbs.

With ``EVERYCOUNT_PICTURES=folder`` each page is also kept there as pictures, to be looked at by people.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PAPER = {"width": 680, "height": 1000}  # what A4 leaves between its margins
_AXE = Axe()

# Something that a reader would have to scroll sideways for; tables in a frame of their own may.
OVERFLOWS = """() => [...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  const outside = box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
  return outside && !one.closest('.skip, .unseen, [hidden], .wide');
}).map(one => one.outerHTML.slice(0, 100))"""
# 44 px are what a thumb hits; a link inside a sentence is as high as its line.
SMALL = """() => [...document.querySelectorAll('button, a.button, main input, main select,'
  + 'header a, summary')]
  .filter(one => one.offsetParent && !['checkbox', 'radio', 'hidden'].includes(one.type))
  .filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 100))"""


def faults(page: Page) -> list[tuple[str, str]]:
    """Everything that is wrong with a page as it stands there now."""
    return [*misplaced(page), *complaints(page)]


def misplaced(page: Page) -> list[tuple[str, str]]:
    """What stands out of the screen or is too small to be hit."""
    found = [("stands out", each) for each in page.evaluate(OVERFLOWS)]
    return found + [("small", each) for each in page.evaluate(SMALL)]


def complaints(page: Page, *rules: str) -> list[tuple[str, str]]:
    """What axe finds, by all of its rules or by those named, with the first lines of each node."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    answer = _AXE.run(page, options=options).response
    return [
        (one["id"], " | ".join(each["html"][:160] for each in one["nodes"][:4]))
        for one in answer["violations"]
    ]


def on_a_phone(page: Page) -> list[tuple[str, ...]]:
    """The faults where the screen is narrow."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return [("phone", *each) for each in faults(page)]


def everywhere(page: Page) -> list[tuple[str, ...]]:
    """The faults at both widths, in the dark, and on paper; the page is not loaded again.

    Nothing but colours is another in the dark, so only their contrast is measured there.
    """
    found: list[tuple[str, ...]] = []
    for width, size in (("desk", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [(width, *each) for each in faults(page)]
    page.emulate_media(color_scheme="dark")
    found += [("dark", *each) for each in complaints(page, "color-contrast")]
    page.emulate_media(color_scheme="light", media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    found += [("paper", each) for each in page.evaluate(OVERFLOWS)]
    page.emulate_media(media="screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return found


PICTURES = os.environ.get("EVERYCOUNT_PICTURES", "")
ALL = (
    ("phone", PHONE, {"color_scheme": "light"}),
    ("desk", DESKTOP, {"color_scheme": "light"}),
    ("dark", PHONE, {"color_scheme": "dark"}),
    ("print", PAPER, {"media": "print"}),
)
PHONE_ONLY = ALL[:1]


def keep(page: Page, name: str, kinds: tuple[Any, ...] = ALL) -> None:
    """Pictures for people, where somebody wants them."""
    for kind, size, media in kinds if PICTURES else ():
        page.emulate_media(**{"color_scheme": "light", **media})
        page.set_viewport_size(size)
        page.screenshot(path=f"{PICTURES}/{name}-{kind}.png", full_page=True)
        page.emulate_media(media="screen", color_scheme="light")
