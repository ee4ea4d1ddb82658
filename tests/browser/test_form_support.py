"""Which questions work in a browser: each is drawn, and the page of documentation says what was seen."""

from __future__ import annotations

import base64
import json
import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from browser.live_node import Node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
PAGE = Path(__file__).parents[2] / "docs/generated/form-support.md"
HEAD = """# Which questions work where

Made by `EVERYCOUNT_WRITE=1 pytest tests/browser/test_form_support.py`, which draws each question with the
form in a browser and looks at what is there. ODK Collect and KoboCollect do all of them.

| type in the XLSForm | appearance | in a browser |
|---|---|---|
"""
TYPES = [
    *("note", "text", "integer", "decimal", "date", "time", "dateTime"),
    *("select_one yn", "select_multiple yn", "rank yn", "acknowledge", "range"),
    *("geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "barcode"),
]
APPEARANCES = [
    ("image", "signature"),
    ("image", "draw"),
    ("select_one yn", "likert"),
    ("select_one yn", "minimal"),
    ("select_one yn", "map"),
    ("text", "multiline"),
    ("date", "month-year"),
]
QUESTIONS = [*((each, "") for each in TYPES), *APPEARANCES]
# What is seen of a question -> how it is told; the first that is there.
SEEN = {
    "text=🚧": "no",
    "canvas, .ol-viewport": "yes; the map shows no ground, since pictures of it would come from strangers",
    "button:has-text('Get location')": "yes",
    "input[type=file]": "a picture, from the camera or the files",
    "input, textarea, [role=slider], [role=combobox], .rank-option, .rank, .p-slider": "yes",
}
MAKE = """
import base64, json, sys
sys.path.insert(0, {tests!r})
from site_world import AT, initiative, key, person
from everycount.site.collection import actions
from everycount.site.people.models import Role
where = initiative()
by = person(Role.COORDINATOR, where)
made = actions.upload(initiative=where, xlsform=base64.b64decode({form!r}), name="all.xlsx", by=by, at=AT)
actions.publish(version=made, by=by, at=AT)
print(json.dumps(key(where)[1]))
"""


def every_question() -> bytes:
    rows = [("type", "name", "label", "appearance", "parameters")]
    for number, (kind, appearance) in enumerate(QUESTIONS):
        range_ = "start=0 end=10 step=1" if kind == "range" else ""
        rows.append((kind, f"q{number}", f"Question {number}", appearance, range_))
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = {
        "survey": rows,
        "choices": [("list_name", "name", "label"), ("yn", "yes", "Yes"), ("yn", "no", "No")],
        "settings": [("form_title", "form_id", "version"), ("Every question", "every_question", "1")],
    }
    for name, each in sheets.items():
        sheet = book.create_sheet(name)
        for row in each:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def told(kind: str, question: Locator) -> str:
    for selector, words in SEEN.items():
        if question.locator(selector).count():
            return "as text, typed" if kind == "barcode" else words
    return "yes" if kind == "note" else "no"


def test_the_page_of_support_says_what_is_seen(browser: Browser, tmp_path: Path) -> None:

    node = Node.started(tmp_path)
    try:
        form = base64.b64encode(every_question()).decode()
        secret = json.loads(node.run(MAKE.format(tests=str(Path(__file__).parents[1]), form=form)))
        where = browser.new_context(viewport={"width": 800, "height": 1000})
        page = where.new_page()
        page.set_default_timeout(90_000)  # the map is large
        page.goto(f"{node.url}/fill/#{secret}")
        page.get_by_role("button", name="Fill in").click()
        drawn = page.locator(".question-container")
        drawn.last.wait_for()
        page.wait_for_function(f"document.querySelectorAll('.question-container').length == {len(QUESTIONS)}")
        page.locator("canvas, .ol-viewport").first.wait_for()
        rows = [
            f"| {kind.partition(' ')[0]} | {appearance} | {told(kind, drawn.nth(number))} |"
            for number, (kind, appearance) in enumerate(QUESTIONS)
        ]
        where.close()
    finally:
        node.stop()
    found = HEAD + "\n".join(rows) + "\n"
    if os.environ.get("EVERYCOUNT_WRITE"):
        PAGE.write_text(found)
    assert PAGE.read_text() == found
