"""How long a cheap phone waits for the first question of the form in a browser.

Starts a node of its own with the household form of ``../shared/bench`` and opens its link in headless
Chromium, with the processor slowed to a quarter and a network of 1.6 Mbit/s with 150 ms there and back (the
slow 4G of Chromium's own tools). Cold is the first visit; warm a later one, from the phone's own copy. The
limits are 6 s and 2 s. On a busy machine the times are too long.

Usage: python bench/form.py [--times 3]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browser.chromium import FLAGS  # type: ignore[import-not-found] # noqa: E402 - of the tests
from browser.live_node import Node  # type: ignore[import-not-found] # noqa: E402 - of the tests

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COLD, WARM = 6.0, 2.0  # seconds to the first question
SLOWED = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
FORM = HERE.parents[1] / "shared" / "bench" / "household.xlsx"
MAKE = """
import json
from datetime import UTC, datetime
from pathlib import Path
from everycount.site.collection import actions
from everycount.site.collection.models import KeyKind
from everycount.site.people.models import Person
from everycount.site.registry.models import Initiative
at, form = datetime.now(UTC), Path({form!r})
by = Person.objects.create(email="bench@example.org", name="Bench", at=at)
where = Initiative.objects.create(slug="bench", name="Bench", invented=True, began_at=at)
made = actions.upload(initiative=where, xlsform=form.read_bytes(), name=form.name, by=by, at=at)
actions.publish(version=made, by=by, at=at)
print(json.dumps(actions.give_key(initiative=where, kind=KeyKind.PERSON, label="bench", by=by, at=at)[1]))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    asked.add_argument("--times", type=int, default=3)
    times = asked.parse_args().times
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - after the words of --help

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        node = Node.started(Path(folder))
        try:
            link = f"{node.url}/fill/#{json.loads(node.run(MAKE.format(form=str(FORM))))}"
            chromium = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            visits = [visited(browser, link) for _ in range(times)]
        finally:
            node.stop()
    for name, seconds, limit in zip(
        ("cold", "warm"), map(min, zip(*visits, strict=True)), (COLD, WARM), strict=True
    ):
        print(f"first question, {name}: {seconds:.2f} s, {seconds / limit:.2f} x the limit of {limit:.0f} s")


def visited(browser: Browser, link: str) -> tuple[float, float]:
    """Seconds from the address to the first question: on a first visit, and on the next one."""
    where = browser.new_context(viewport={"width": 360, "height": 740})
    page = slow(where.new_page())
    cold = first_question(page, link)
    page.goto("about:blank")
    page = slow(where.new_page())
    page.goto(link.partition("#")[0])
    page.get_by_text("This page works without network.").wait_for(timeout=120_000)
    page.goto("about:blank")
    warm = first_question(page, link.partition("#")[0])
    where.close()
    return cold, warm


def slow(page: Page) -> Page:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return page


def first_question(page: Page, address: str) -> float:
    begun = time.perf_counter()
    page.goto(address)
    page.get_by_role("button", name="Fill in").click(timeout=120_000)
    page.locator(".question-container").first.wait_for(timeout=120_000)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
