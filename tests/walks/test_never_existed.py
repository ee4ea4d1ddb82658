"""After a withdrawal the public numbers are those of a world in which the record never existed.

Answers come by the phone's address, people leave by their receipts, and what is compared is what everybody
reads: every file byte for byte, and every number of a revision.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client
from lxml import html

from everycount.site.collection.queries.forms import forget
from everycount.site.publication.actions import publishing
from everycount.site.publication.models import Release
from fieldwork_world import answers, form
from publication_world import Publication
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.site.collection.models import Submission

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EVERYBODY, STAYING = 120, 90
Place = tuple[str, frozenset[tuple[str, str]]]


class Leaving(Publication):
    """People who can leave, since their receipts are kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, records: int) -> None:
        self.receipts: dict[int, str] = {}
        super().__init__(monkeypatch, records=records)

    def came(self, number: int, **given: str) -> Submission:
        """Somebody's answers by one of the phones."""
        self.secret = self.secrets[number % 2]
        submission, self.receipts[number] = self.stored(answers(number, **given))
        return submission

    def leave(self, numbers: Iterable[int]) -> None:
        """Each with the own receipt: nobody signs in."""
        for number in numbers:
            page = Client().post("/receipt", {"code": self.receipts[number]}).content.decode()
            (token,) = set(re.findall(r'name="token" value="([^"]+)"', page))
            given = {"token": token, "what": "statistics", "sure": "yes"}
            assert Client().post("/receipt/back", given).status_code == 200

    def out(self) -> Release:
        """Computed, agreed to and published."""
        return publishing.publish(release=self.agreed(self.computed()), by=self.steward, at=AT)


def read(path: str) -> bytes:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    answer.close()
    return bytes(body)


def home(release: Release) -> str:
    return f"/releases/{release.plan.slug}/{release.number}"


def files(release: Release) -> dict[str, bytes]:
    """Every file and every figure that is given out."""
    page = html.fromstring(read(home(release)))
    links = [str(link) for link in page.xpath("//table[contains(@class,'files')]//a/@href")]
    figures = {str(link) for link in page.xpath("//a[contains(@href,'/figures/')]/@href")}
    links += [f"{link}{end}" for link in sorted(figures) for end in ("/table.csv", "/picture.svg")]
    assert len(links) > 10
    return {link.removeprefix(home(release)): read(link) for link in links}


def told(release: Release) -> dict[Place, dict[str, Any]]:
    """Every number, as ``release.json`` has it."""
    document = json.loads(read(f"{home(release)}/files/release.json"))
    return {
        (one["measure"], frozenset((name, code) for name, code in one["cell"])): one
        for one in document["cells"]["cells"]
    }


@pytest.fixture(autouse=True)
def _both_worlds_have_one_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook says when it was written."""
    same = form()
    monkeypatch.setattr("fieldwork_world.form", lambda: same)


def test_whoever_left_before_leaves_no_trace_in_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        never = files(Leaving(monkeypatch, STAYING).out())
        transaction.set_rollback(True)
    forget()
    work = Leaving(monkeypatch, EVERYBODY)
    with transaction.atomic():
        without = files(work.out())
        transaction.set_rollback(True)
    work.leave(range(STAYING, EVERYBODY))
    after = files(work.out())
    assert after == never
    assert after.keys() == without.keys()
    assert after["/files/cells.csv"] != without["/files/cells.csv"]


def test_what_a_revision_shows_is_what_it_would_be_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release before may make it hide more, and never say another number."""
    with transaction.atomic():
        never = told(Leaving(monkeypatch, STAYING).out())
        transaction.set_rollback(True)
    forget()
    work = Leaving(monkeypatch, EVERYBODY)
    first = work.out()
    before = told(first)
    work.leave(range(STAYING, EVERYBODY))
    assert "These numbers are under revision." in read(home(first)).decode()
    revised = told(work.out())
    assert Client().get(f"{home(first)}/files/cells.csv").status_code == 410
    shown = {place: one for place, one in revised.items() if one["status"] == "shown"}
    assert shown
    assert shown == {place: never[place] for place in shown}
    assert any(shown[place]["value"] != before[place]["value"] for place in shown)
    # The file of changes compares with what everybody could read before, and with nothing else.
    home_of_both = home(Release.objects.get(plan=work.plan, number=2))
    rows = read(f"{home_of_both}/files/changes.csv").decode().splitlines()[1:]
    assert len(rows) == sum(
        (one["status"] == "shown" or before[place]["status"] == "shown")
        and any(one[name] != before[place][name] for name in ("value", "ci_low", "ci_high", "n", "status"))
        for place, one in revised.items()
    )
