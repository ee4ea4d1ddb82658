"""What tests of consent share: a phone whose submissions are stored in the test's own transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everycount.site.collection import intake, openrosa, receiving
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.actions import read_waiting
from everycount.site.consent.models import Consent, Purpose
from everycount.site.people.models import Person, Role
from site_world import AT, initiative, key, person, published

if TYPE_CHECKING:
    import pytest
    from django.http import HttpResponse


class Field:
    """An initiative with a published questionnaire, a phone, and those who may open answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Here:
            """The writer's thread would not see what the test's transaction holds."""

            def put(self, package: Any) -> Any:
                (outcome,) = receiving.receive([package], at=AT)
                intake.drop(outcome.unused)
                return outcome

        monkeypatch.setattr(openrosa, "WRITER", Here())
        self.initiative = initiative()
        self.version = published(self.initiative)
        self.key, self.secret = key(self.initiative)
        self.steward = person(Role.STEWARD, self.initiative)
        self.reviewer = person(Role.REVIEWER, self.initiative)
        self.analyst = person(Role.ANALYST, self.initiative)

    def send(self, xml: bytes, *files: tuple[str, bytes]) -> HttpResponse:
        """What a phone does."""
        parts: dict[str, Any] = {"xml_submission_file": SimpleUploadedFile("submission.xml", xml, "text/xml")}
        parts |= {name: SimpleUploadedFile(name, content) for name, content in files}
        return Client().post(f"/key/{self.secret}/submission", parts)  # type: ignore[return-value]

    def stored(self, xml: bytes, *files: tuple[str, bytes]) -> tuple[Submission, str]:
        """A new submission, read, and its receipt code."""
        answer = self.send(xml, *files)
        assert answer.status_code == 201, answer.content
        (code,) = re.findall(rb"Receipt: ([A-Z2-7-]+)\.", answer.content)
        read_all()
        return Submission.objects.get(
            receipt__code_mark=mark("receipt", code.decode(), of=self.initiative.pk)
        ), code.decode()

    def opened(self, purpose: Purpose = Purpose.STATISTICS, by: Person | None = None) -> list[bytes]:
        """What comes through the gate."""
        asks = by or {Purpose.REVIEW: self.reviewer, Purpose.STATISTICS: self.analyst}.get(
            purpose, self.steward
        )
        return [each.xml for each in gate.open_records(Submission.objects.all(), purpose, by=asks, at=AT)]


def read_all() -> None:
    """What the reading thread does."""
    while read_waiting(at=AT):
        pass


def open_purposes(submission: Submission) -> set[str]:
    """The purposes that are open."""
    return set(Consent.objects.filter(submission=submission.pk, until=None).values_list("purpose", flat=True))
