"""Take the picture of README.md: the distance between groups, from the report of the real example.

Usage: python tools/picture.py RELEASE_FOLDER (needs Chromium)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "picture.png"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def main() -> None:
    """Write docs/picture.png."""
    report = Path(sys.argv[1]).resolve() / "report.html"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *QUIET])
        page = browser.new_page(viewport={"width": 800, "height": 900}, device_scale_factor=1.5)
        page.goto(report.as_uri())
        page.get_by_role("heading", name="The distance between groups").locator("xpath=..").screenshot(
            path=PICTURE
        )
        browser.close()


if __name__ == "__main__":
    main()
