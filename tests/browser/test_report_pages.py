"""The report in a browser: narrow and wide, right to left, dark, on paper, and without JavaScript."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from browser import invented_releases as invented
from everycount.formats.report import report_html

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

# Playwright talks to the browser through a socket; the pages themselves ask for nothing.
pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

NAMES = ("probability", "purposive", "long_labels", "one_group", "nothing_shown", "hostile")

OVERFLOWING = """() => [...document.querySelectorAll('main *')].filter(one => {
  if (one.closest('.wide, .defs, details:not([open])')) return false;
  const box = one.getBoundingClientRect();
  return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
}).map(one => one.tagName + ' ' + one.textContent.slice(0, 40))"""

COLLIDING = """() => [...document.querySelectorAll('svg.d')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(one => [one.textContent, one.getBoundingClientRect()]);
  return boxes.flatMap(([name, a], i) => boxes.slice(i + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 6 && b.top < a.bottom - 6
  ).map(([other]) => name + ' | ' + other));
})"""

FAINT = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = colour => {
    const [r, g, b] = channels(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = one => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('main :is(p, th, td, h1, h2, h3, h4, small, dt, dd, summary, a)')]
    .filter(one => one.offsetParent && one.textContent.trim()).filter(one => {
      const [low, high] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05) < 4.5;
    }).map(one => one.tagName + ' ' + one.textContent.slice(0, 40));
}"""


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages of the invented releases."""
    folder = tmp_path_factory.mktemp("pages")
    for name in NAMES:
        (folder / f"{name}.html").write_text(report_html(invented.RELEASES[name]()), encoding="utf-8")
    for language in ("ar", "hi", "bn", "fr", "es"):
        made = report_html(invented.probability(), language)
        (folder / f"probability-{language}.html").write_text(made, encoding="utf-8")
    return folder


@contextmanager
def opened(browser: Browser, file: Path, width: int, **options: object) -> Iterator[Page]:
    """The file in a window of that width; fails where the browser complains or the page asks for anything."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if asked.url.startswith("http") else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize(
    "name", [*NAMES, "probability-ar", "probability-hi", "probability-bn", "probability-fr"]
)
def test_nothing_stands_out_of_the_screen_and_no_words_collide(
    browser: Browser, pages: Path, name: str, width: int
) -> None:
    with opened(browser, pages / f"{name}.html", width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate(COLLIDING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, pages: Path, scheme: str) -> None:
    with opened(browser, pages / "probability.html", 800, color_scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate(FAINT) == []


def test_dark_is_dark_and_paper_is_white(browser: Browser, pages: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, pages / "probability.html", 800, color_scheme="dark") as page:
        assert page.evaluate(ground) == "rgb(20, 23, 31)"
        page.emulate_media(media="print")
        assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_the_page_works_without_javascript(browser: Browser, pages: Path) -> None:
    with opened(browser, pages / "probability.html", 800, java_script_enabled=False) as page:
        details = page.locator("#groups ~ figure details").first
        details.locator("summary").click()
        assert details.locator("table").is_visible()
        page.locator("nav summary").click()
        page.locator("nav a").last.click()
        assert page.url.endswith("#made")


def test_right_to_left_begins_at_the_right(browser: Browser, pages: Path) -> None:
    with opened(browser, pages / "probability-ar.html", 1000) as page:
        heading = page.locator("h2").first.bounding_box()
        assert heading is not None
        starts = page.evaluate(
            "() => { const range = document.createRange();"
            " range.selectNodeContents(document.querySelector('h2'));"
            " return innerWidth - range.getBoundingClientRect().right; }"
        )
        assert starts < 200
        bar = page.locator("#groups ~ figure rect.b, #groups ~ figure rect.f").first
        box, panel = bar.bounding_box(), bar.locator("xpath=..").bounding_box()
        assert box is not None
        assert panel is not None
        assert abs(box["x"] + box["width"] - panel["x"] - panel["width"]) < 1


def test_script_in_labels_does_not_run(browser: Browser, pages: Path) -> None:
    with opened(browser, pages / "hostile.html", 800) as page:
        page.on("dialog", lambda _: pytest.fail("a label ran as a script"))
        assert page.evaluate("document.querySelectorAll('script, main img').length") == 0


def test_keyboards_see_where_they_are(browser: Browser, pages: Path) -> None:
    with opened(browser, pages / "probability.html", 800) as page:
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px"


def test_it_prints_on_a4_with_the_notice(browser: Browser, pages: Path) -> None:
    with opened(browser, pages / "purposive.html", 800) as page:
        page.emulate_media(media="print")
        assert page.locator("[role=note]").is_visible()
        assert not page.locator("nav").is_visible()
        page.set_viewport_size({"width": 680, "height": 1000})  # what A4 leaves between the margins
        assert page.evaluate(OVERFLOWING) == []
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
