"""Take the pictures of docs/pictures: what a visitor of the example world sees, on a phone and at a desk.

Usage: python tools/pictures.py DATA_FOLDER, with the folder of an ``everycount demo`` that runs (needs
Chromium, and pdftoppm for the page on paper).
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Width, height at most, dots a pixel.
PHONE, DESK = (360, 1500, 1.5), (1280, 1250, 1.0)
QUALITY = 60  # of WebP, which browsers write themselves
MOST = 1_500_000  # bytes of all pictures together


@dataclass(frozen=True)
class World:
    """The example world as its note tells it."""

    browser: Browser
    told: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it is served."""
        return str(self.told["url"]).rstrip("/")

    @contextmanager
    def page(
        self, size: tuple[int, int, float], language: str = "en", who: str = "", **more: Any
    ) -> Iterator[Page]:
        """A browser of somebody."""
        width, height, _dots = size
        context = self.browser.new_context(
            viewport={"width": width, "height": min(height, 900)},
            locale=language,
            **more,
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])
        page = context.new_page()
        if who:
            self._comes_in(page, **self.told["accounts"][who])
        yield page
        context.close()

    def _comes_in(self, page: Page, email: str, password: str) -> None:
        page.goto(f"{self.url}/account/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: "/login" not in url)


def take(page: Page, name: str, most: int, dots: float = 1.0) -> None:
    """Writes the page, from its top, at most so many pixels high, with so many dots for each."""
    width = page.viewport_size["width"] if page.viewport_size else PHONE[0]
    height = min(most, page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": dots}
    asked = {"format": "webp", "quality": QUALITY, "clip": clip, "captureBeyondViewport": True}
    made = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(made["data"]))


def visit(world: World, name: str, path: str, who: str = "") -> None:
    """One page at both widths."""
    for size, kind in ((PHONE, "phone"), (DESK, "desk")):
        with world.page(size, who=who) as page:
            page.goto(f"{world.url}{path}")
            take(page, f"{name}-{kind}", *size[1:])


def on_paper(world: World, name: str, path: str) -> None:
    """The first two pages as a printer has them, side by side."""
    with tempfile.TemporaryDirectory() as folder, world.page((1010, 715, 1.0)) as page:
        page.goto(f"{world.url}{path}")
        page.pdf(path=f"{folder}/page.pdf", prefer_css_page_size=True)
        command = ["pdftoppm", "-r", "60", "-l", "2", "-png", f"{folder}/page.pdf", f"{folder}/page"]
        subprocess.run(command, check=True)
        drawn = [base64.b64encode(each.read_bytes()).decode() for each in sorted(Path(folder).glob("*.png"))]
        leaves = "".join(f'<img src="data:image/png;base64,{each}">' for each in drawn)
        page.set_content(
            f"<style>body{{margin:0;background:#777;display:flex;gap:12px;padding:6px}}</style>{leaves}"
        )
        take(page, name, 720)


def main() -> None:
    """Write docs/pictures."""
    told = json.loads((Path(sys.argv[1]) / "demo.json").read_text(encoding="utf-8"))
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *QUIET])
        world = World(browser, told)
        with world.page(PHONE) as page:
            page.goto(told["public_release_url"])
            page.locator(".newest a").first.click()
            page.wait_for_load_state()
            release = page.url.removeprefix(world.url)
            number = page.locator("h1 ~ .sure a").first.get_attribute("href") or ""
        inside = f"/initiatives/hotspots{release}"
        visit(world, "home", "/")
        visit(world, "release", release)
        visit(world, "number", number)
        visit(world, "decided", inside, who="community")
        with world.page(PHONE, language="ar") as page:
            page.goto(f"{world.url}{number}")
            take(page, "number-arabic", *PHONE[1:])
        with world.page(PHONE, color_scheme="dark") as page:
            page.goto(f"{world.url}{release}")
            take(page, "release-dark", *PHONE[1:])
        on_paper(world, "release-paper", release)
        browser.close()
    size = sum(each.stat().st_size for each in FOLDER.iterdir())
    if size > MOST:
        sys.exit(f"The pictures take {size} bytes, more than {MOST}.")


if __name__ == "__main__":
    main()
