"""Hands on a keyboard and no mouse: goes by the tab key, and sees at each step where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST = 120  # steps on one page
# What the tab key should come to, in its order; of radios that belong together one.
TABBABLE = """() => {
  const met = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(one => !one.disabled && one.type !== 'hidden' && one.checkVisibility())
    .filter(one => {
      if (one.type !== 'radio') return true;
      const group = [...document.querySelectorAll(`input[type=radio][name="${one.name}"]`)];
      return one === (group.find(each => each.checked) ?? group[0]);
    });
}"""
SEEN = """one => {
  const drawn = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const over = document.elementFromPoint(box.left + box.width / 2, Math.max(box.top, 0) + 2);
  const isCovered = over && !one.contains(over) && !over.contains(one) && one.type !== 'checkbox';
  return drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) > 0 && box.height > 0
    && box.bottom > 0 && box.top < innerHeight && !isCovered;
}"""
NAMED = "one => one.matches('body') ? '' : (one.id || one.name || one.textContent.trim() || one.tagName)"


@dataclass
class Hands:
    """Somebody at a page.

    Attributes:
        page: which.
        is_scripted: the page has its scripts.
    """

    page: Page
    is_scripted: bool = True

    @property
    def focus(self) -> Locator:
        """What has the focus."""
        return self.page.locator("*:focus")

    def has_focus(self, name: str) -> None:
        """Waits until what has that id has the focus: a browser gives it a moment after the page is there."""
        self.page.locator(f"[id='{name}']:focus").wait_for()

    def goes_to(self, wanted: Locator) -> Locator:
        """By the tab key until the focus is there; it can be seen on the way."""
        handle = wanted.first.element_handle()
        for _ in range(MOST):
            self.page.keyboard.press("Tab")
            found = self.focus
            if not found.count():
                continue  # around the end of the page, through the window of the browser
            assert found.evaluate(SEEN), f"the focus cannot be seen: {found.evaluate(NAMED)}"
            if found.evaluate("(one, wanted) => one === wanted", handle):
                return found
        raise AssertionError(f"the tab key does not come to {wanted}")

    def presses(self, name: str, role: str = "button") -> None:
        """Goes to the button, or link, of that name, and presses Enter; waits for the page that comes."""
        found = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        self.goes_to(found)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follows(self, name: str) -> None:
        """The same of a link."""
        self.presses(name, "link")

    def types(self, wanted: Locator, text: str) -> None:
        """Goes to a field, and writes over what is in it."""
        self.goes_to(wanted)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def chooses(self, wanted: Locator) -> None:
        """Goes to a group of radios, and by the arrows to that one."""
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        for _ in range(MOST):
            self.page.keyboard.press("Tab")
            if self.focus.count() and self.focus.get_attribute("name") == name:
                break
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert wanted.is_checked()

    def goes_round(self) -> None:
        """From the top through everything and out again: nothing is left out, and nothing holds the focus."""
        wanted = self.page.evaluate(f"({TABBABLE})().length")
        assert self.page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
        self.page.locator(".skip").focus()
        begin = self.page.evaluate("window.scrollY")
        for _ in range(4 * wanted):  # in a field for a day the tab key goes from day to month to year
            self.page.evaluate("window.met = (window.met ?? new Set()).add(document.activeElement)")
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.matches('.skip, body')"):
                break
        wrong = self.page.evaluate(f"""() => {{
          const [wanted, reached] = [({TABBABLE})(), window.met];
          delete window.met;
          const left = wanted.filter(one => !reached.has(one));
          const other = [...reached].filter(one => !wanted.includes(one));
          return [...left, ...other].map(one => one.outerHTML.slice(0, 120));
        }}""")
        assert not wrong, f"not reached, or reached and not to be, at {self.page.url}: {wrong}"
        self.page.evaluate("begin => scrollTo(0, begin)", begin)
