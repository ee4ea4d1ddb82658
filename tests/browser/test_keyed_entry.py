"""One invented sheet of paper, typed in by the keyboard alone and filled into the form on a phone.

Both are done in a real browser and counted there: a key is one stroke, and so are a tap and a swipe. The same
answers arrive on both ways. What was counted is printed (pytest -s).
"""

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.live_node import Node
from browser.looked_at import PHONE, everywhere, keep
from everycount.questionnaire import write_xlsform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
SHEET = "H7K2-QM4R"  # the check of its last letter stands in a test of its own


def _calculated(name: str, calculation: str) -> list[str]:
    return ["calculate", name, "", "", "", "", "", calculation]


SURVEY = [
    ["type", "name", "label", "relevant", "required", "constraint", "everycount::consent", "calculation"],
    ["select_one yn", "counted", "May your answers be counted?", "", "yes", "", "statistics", ""],
    ["select_one yn", "again", "May we speak to you again?", "", "", "", "contact", ""],
    ["select_one district", "district", "In which district do you live?", "", "yes", "", "", ""],
    ["select_one sex", "sex", "Sex", "", "yes", "", "", ""],
    ["integer", "age", "Age in years", "", "yes", ". >= 15 and . <= 99", "", ""],
    ["select_one school", "school", "Highest school", "", "", "", "", ""],
    ["select_one yn", "see", "Difficulty seeing?", "", "", "", "", ""],
    ["select_one yn", "hear", "Difficulty hearing?", "", "", "", "", ""],
    ["select_one yn", "walk", "Difficulty walking?", "", "", "", "", ""],
    ["integer", "people", "How many people live in the household?", "", "yes", ". >= 1 and . <= 9", "", ""],
    ["select_one water", "water", "Where does the water come from?", "", "yes", "", "", ""],
    [
        "integer",
        "minutes",
        "How many minutes is the way?",
        "${water} != '1'",
        "",
        ". >= 1 and . <= 99",
        "",
        "",
    ],
    ["select_one yn", "paid", "Is the water paid for?", "", "", "", "", ""],
    ["integer", "price", "How much a week?", "${paid} = '1'", "", ". >= 1 and . <= 999", "", ""],
    ["select_multiple uses", "uses", "What is it used for?", "", "", "", "", ""],
    ["select_one yn", "harassed", "Has anybody been harassed on the way?", "", "", "", "", ""],
    ["text", "who", "Who fetches the water?", "", "", "", "", ""],
    # What nobody types: the node works it out as the form on the phone does.
    _calculated("each", "round(${minutes} div ${people}, 1)"),
    _calculated("grown", "if(${age} >= 18, 'grown', 'young')"),
    _calculated("thirsty", "if(selected(${uses}, '1') and ${water} != '1', ${each} * 2, 0)"),
    _calculated("costs", "coalesce(${price}, 0) * 52"),
    _calculated("told", "concat(substr(${who}, 3, 5), '-', count-selected(${uses}), ' round(1)')"),
    _calculated("most", "max(${age}, ${people}, ${minutes})"),
    _calculated("quarter", "int(${minutes} div 7) + pow(2, 3)"),
]
LISTS = {
    "yn": ["Yes", "No"],
    "district": ["North", "East", "South", "West", "Riverside"],
    "sex": ["Woman", "Man", "Other"],
    "school": ["None", "Primary", "Secondary", "Higher"],
    "water": ["In the house", "Public tap", "Well", "River"],
    "uses": ["Drinking", "Cooking", "Washing", "Animals"],
}
# As they stand on the sheet, in its order; the price is not asked.
ANSWERS = {
    "counted": "1",
    "again": "2",
    "district": "5",
    "sex": "1",
    "age": "34",
    "school": "2",
    "see": "2",
    "hear": "2",
    "walk": "1",
    "people": "6",
    "water": "3",
    "minutes": "25",
    "paid": "2",
    "uses": "13",
    "harassed": "2",
    "who": "my aunt",
}
MAKE = """
import base64, json, sys
sys.path.insert(0, {tests!r})
from browser.walked_world import session
from everycount.site.collection import actions
from everycount.site.people.models import Role
from site_world import AT, initiative, key, person
where = initiative()
by = person(Role.COORDINATOR, where)
made = actions.upload(initiative=where, xlsform=base64.b64decode({form!r}), name="w.xlsx", by=by, at=AT)
actions.publish(version=made, by=by, at=AT)
typist = person(Role.COLLECTOR, where)
names = {{"slug": where.slug, "version": str(made.id), "session": session(typist)}}
print(json.dumps({{"key": key(where)[1], **names}}))
"""
TOLD = """
import json
from everycount.questionnaire import read_instance
from everycount.site.collection.models import Submission
from everycount.site.collection.queries import form
from everycount.site.vault.queries import open_item
rows = {}
for one in Submission.objects.select_related("questionnaire"):
    version = one.questionnaire.versions.get()
    record = read_instance(open_item(one.editions.latest("number").item), form(version.id))
    rows[one.root] = {"answers": {k: v for k, v in record.answers.items() if v is not None},
                      "odd": [each.problem for each in record.findings], "editions": one.editions.count()}
print(json.dumps(rows, default=str))
"""


def workbook() -> bytes:
    choices = [["list_name", "name", "label"]]
    choices += [[name, str(n), label] for name, found in LISTS.items() for n, label in enumerate(found, 1)]
    settings = [["form_title", "form_id", "version"], ["Water at home", "water_sheet", "1"]]
    return write_xlsform({"survey": SURVEY, "choices": choices, "settings": settings})


@dataclass
class Count:
    """Strokes of one way."""

    keys: int = 0
    taps: int = 0
    swipes: int = 0

    @property
    def all(self) -> int:
        return self.keys + self.taps + self.swipes


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("keyed"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def made(node: Node) -> dict[str, str]:
    form = base64.b64encode(workbook()).decode()
    found: dict[str, str] = json.loads(node.run(MAKE.format(tests=str(Path(__file__).parents[1]), form=form)))
    return found


def sheet_id() -> str:
    from everycount.site.questionnaires.paper.ids import LETTERS, is_whole

    return next(f"{SHEET[:-1]}{each}" for each in LETTERS if is_whole(f"{SHEET[:-1]}{each}"))


def at_desk(browser: Browser, node: Node, made: dict[str, str], **more: Any) -> tuple[BrowserContext, Page]:
    where = browser.new_context(viewport={"width": 1280, "height": 900}, **more)
    where.add_cookies([{"name": "sessionid", "value": made["session"], "url": node.url}])
    page = where.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{node.url}/initiatives/{made['slug']}/questionnaires/versions/{made['version']}/type-in")
    return where, page


def typed(page: Page, text: str, count: Count) -> None:
    for each in text:
        page.keyboard.press(each)
        count.keys += 1


def enter(page: Page, count: Count) -> None:
    page.keyboard.press("Enter")
    count.keys += 1


def name_in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name"))


def key_in(page: Page, sheet: str, answers: dict[str, str]) -> Count:
    """As somebody types who has only the sheet and the keyboard: what is full goes on by itself."""
    count = Count()
    assert name_in_focus(page) == "sheet"
    typed(page, sheet.replace("-", ""), count)
    names = [row[1] for row in SURVEY[1:]]
    for name, answer in answers.items():
        here = name_in_focus(page)
        assert here == f"q{names.index(name) + 1}", (name, here)
        typed(page, answer, count)
        if name_in_focus(page) == here:
            enter(page, count)
    with page.expect_navigation():
        enter(page, count)  # on the button
    return count


def on_phone(page: Page) -> Count:
    """As a thumb does: what is not on the screen is swiped to, by most of a screen at a time."""
    count = Count()

    def tap(found: Any) -> None:
        box = found.bounding_box()
        away = max(box["y"] + box["height"] - PHONE["height"], -box["y"], 0)
        count.swipes += -(-int(away) // int(PHONE["height"] * 0.8))
        found.scroll_into_view_if_needed()
        found.tap()
        count.taps += 1

    tap(page.get_by_role("button", name="Fill in"))
    page.get_by_text("May your answers be counted?").wait_for()
    kinds = {row[1]: (row[0], row[2]) for row in SURVEY[1:]}
    for name, answer in ANSWERS.items():
        kind, label = kinds[name]
        question = page.locator(".question-container").filter(has_text=label)
        if not kind.startswith("select"):
            tap(question.locator("input, textarea"))
            typed(page, answer, count)
            continue
        for code in answer:
            words = LISTS[kind.split()[1]][int(code) - 1]
            tap(question.get_by_text(words, exact=True))
    tap(page.get_by_role("button", name="Done"))
    page.get_by_role("heading", name="Receipts").wait_for()
    page.get_by_text("Everything is sent.").wait_for(timeout=90_000)
    return count


def test_a_sheet_is_typed_faster_than_the_form_is_filled_in(
    browser: Browser, node: Node, made: dict[str, str]
) -> None:
    desk, page = at_desk(browser, node, made)
    sheet = sheet_id()
    assert [*everywhere(page)] == []
    keep(page, "type-in-empty")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("#sheet").focus()
    paper = key_in(page, sheet, ANSWERS)
    page.get_by_text(f"Sheet {sheet} is kept.").wait_for()
    assert page.locator("#receipt").inner_text().count("-") == 5
    assert [*everywhere(page)] == []
    keep(page, "type-in-kept")
    desk.close()
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    screen = phone.new_page()
    screen.set_default_timeout(60_000)
    screen.goto(f"{node.url}/fill/#{made['key']}")
    screen.get_by_text("This page works without network.").wait_for()
    form = on_phone(screen)
    phone.close()
    rows = json.loads(node.run(TOLD))
    kept = rows.pop(f"paper:{sheet}")
    (filled,) = rows.values()
    assert kept["answers"] == filled["answers"]
    assert {"each", "grown", "thirsty", "costs", "told", "most", "quarter"} <= set(kept["answers"])
    assert (kept["odd"], filled["odd"]) == ([], [])
    own = len(sheet) - 1
    sys.stdout.write(
        f"\n{len(ANSWERS)} answers. Typed from paper: {paper.keys} keys, {own} of them the sheet's id.\n"
        f"The form on a phone: {form.taps} taps, {form.keys} keys, {form.swipes} swipes: {form.all}.\n"
    )
    assert paper.all < form.all
    assert paper.all - own < form.taps + form.keys


def test_typed_twice_it_is_held_against_the_first_time(
    browser: Browser, node: Node, made: dict[str, str]
) -> None:
    desk, page = at_desk(browser, node, made)
    sheet = sheet_id()
    if f"paper:{sheet}" not in json.loads(node.run(TOLD)):
        key_in(page, sheet, ANSWERS)
    key_in(page, sheet, ANSWERS)
    page.get_by_text(f"Sheet {sheet} was typed before, and is the same.").wait_for()
    key_in(page, sheet, ANSWERS | {"minutes": "35"})
    page.get_by_text(f"Sheet {sheet} was typed before, otherwise.").wait_for()
    keep(page, "type-in-other")
    assert [*everywhere(page)] == []
    assert json.loads(node.run(TOLD))[f"paper:{sheet}"]["editions"] == 1
    page.locator("#corrects").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text(f"The correction of sheet {sheet} is kept.").wait_for()
    found = json.loads(node.run(TOLD))[f"paper:{sheet}"]
    assert (found["editions"], found["answers"]["minutes"]) == (2, 35)
    desk.close()


def test_without_a_script_it_is_a_plain_form(browser: Browser, node: Node, made: dict[str, str]) -> None:
    desk, page = at_desk(browser, node, made, java_script_enabled=False)
    page.locator("#sheet").fill("2222-2222")
    names = [row[1] for row in SURVEY[1:]]
    for name, answer in ANSWERS.items():
        page.locator(f"#q{names.index(name) + 1}").fill("x" if name == "age" else answer)
    page.locator("form.keyed button").click()
    page.get_by_text("is no number").wait_for()
    keep(page, "type-in-wrong")
    desk.close()


def test_no_empty_page_is_printed(browser: Browser, node: Node, made: dict[str, str]) -> None:
    """However full the last page is; what follows the sheet on the screen would have a page of its own."""
    desk, page = at_desk(browser, node, made)
    page.goto(page.url.replace("type-in", "paper"))
    page.locator(".leaf tbody td").first.evaluate("one => one.append(document.createElement('div'))")
    filler = page.locator(".leaf tbody td > div").last
    for tall in range(0, 1000, 90):
        filler.evaluate("(one, tall) => { one.style.blockSize = `${tall}px` }", tall)
        printed = page.pdf(prefer_css_page_size=True)
        assert len(set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed))) == 1, tall
    desk.close()
