"""A headless browser for the pages; absent, its tests skip with the reason (strict mode: fail)."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from browser.chromium import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright; closed after the last test."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        reason = "no Chromium is installed (apt-get install chromium)"
        (pytest.fail if os.environ.get("EVERYCOUNT_STRICT") == "1" else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()
