"""What the steward asks: texts, what the questionnaires ask, messages, and whom a lost code belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from everycount.faults import InputError
from everycount.site.collection import queries as collection
from everycount.site.collection.models import Key, State, Submission, Version
from everycount.site.collection.receiving import beginning
from everycount.site.consent import rules
from everycount.site.consent.models import Consent, ConsentText, Message, Promise, Purpose, Use
from everycount.site.consent.words import AGREED, PROMISES
from everycount.site.people.policy import Verb, visible

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from everycount.questionnaire import Question
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

MOST = 50  # submissions that a search shows; more is no finding


@dataclass(frozen=True, slots=True)
class Asked:
    """What one questionnaire asks for: its title, each question as it is heard, and what is odd about it."""

    title: str
    questions: tuple[tuple[str, str, str], ...]
    odd: tuple[str, ...]
    asks_nothing: bool


def asked(initiative: Initiative, language: str) -> list[Asked]:
    """What the published questionnaires ask for, in the words in which people hear it."""
    rows = Version.objects.filter(questionnaire__initiative=initiative, state=State.PUBLISHED)
    found = []
    for row in rows.select_related("questionnaire").only("pk", "questionnaire__title"):
        try:
            form = collection.form(row.pk)
        except InputError:
            continue  # published by an earlier program; the questionnaire's own page says what is wrong
        by_purpose = rules.asked(form)
        lines = tuple(
            (str(AGREED[purpose]), each.labels.say(language, each.name), _yes(each, language))
            for purpose, questions in by_purpose.items()
            for each in questions
        )
        odd = tuple(each.name for each in rules.unknown(form))
        found.append(Asked(row.questionnaire.title, lines, odd, not by_purpose))
    return found


def _yes(question: Question, language: str) -> str:
    """The answers that count as a yes, as people see them; "" where none does."""
    labels = {each.code: each.labels.say(language, each.code) for each in question.choices}
    return ", ".join(labels.get(code, code) for code in rules.yes_of(question))


def counts(initiative: Initiative) -> list[tuple[str, int]]:
    """How many submissions allow each purpose now."""
    rows = (
        Consent.objects.filter(initiative=initiative.pk, until=None).values("purpose").annotate(n=Count("pk"))
    )
    held = {row["purpose"]: row["n"] for row in rows}
    return [(str(AGREED[each]), held.get(each.value, 0)) for each in Purpose]


def uses(initiative: Initiative) -> QuerySet[Use]:
    """What records were opened for that left, the newest first; ``n`` says how many of them still stand."""
    return (
        Use.objects.filter(initiative=initiative.pk)
        .annotate(n=Coalesce(Sum("records__count"), 0))
        .order_by("-event")[:MOST]
    )


def texts(initiative: Initiative) -> QuerySet[ConsentText]:
    """All wordings, the newest version first."""
    return initiative.consent_texts.all()


def text(initiative: Initiative, version: int, language: str) -> ConsentText | None:
    """One wording."""
    return initiative.consent_texts.filter(version=version, language=language).first()


def spoken(promises: dict[str, str]) -> list[tuple[str, str]]:
    """The promises in their order, each under its heading."""
    return [(str(PROMISES[each]), promises.get(each.value, "")) for each in Promise]


def messages(by: Person, initiative: Initiative, *, at: datetime) -> QuerySet[Message]:
    """What respondents wrote, unread first; the words stay in the vault."""
    rows = visible(Message.objects.filter(initiative=initiative), Verb.READ_MESSAGES, by, at=at)
    return rows.order_by("read_at", "-sent_at")


def keys(initiative: Initiative) -> list[tuple[str, str]]:
    """The phones and links of an initiative by their labels."""
    return [
        (str(pk), label) for pk, label in Key.objects.filter(initiative=initiative).values_list("pk", "label")
    ]


def find(
    by: Person,
    initiative: Initiative,
    *,
    at: datetime,
    day: date | None = None,
    key: str = "",
    begins: str = "",
) -> list[Submission]:
    """Submissions by when they came, whose phone sent them and how their code begins; no answer is opened."""
    rows = visible(
        Submission.objects.filter(questionnaire__initiative=initiative), Verb.ASSIST_WITHDRAWAL, by, at=at
    )
    if day is not None:
        rows = rows.filter(received_at__date=day)
    if key:
        rows = rows.filter(sent_by=UUID(key))
    if begins:
        rows = rows.filter(receipt__begins=beginning(begins, initiative.pk))
    return list(rows.select_related("questionnaire", "sent_by").order_by("-received_at")[:MOST])


def one(by: Person, initiative: Initiative, name: UUID, *, at: datetime) -> Submission | None:
    """A submission that the steward may take back for somebody."""
    rows = Submission.objects.filter(questionnaire__initiative=initiative, pk=name)
    found = visible(rows, Verb.ASSIST_WITHDRAWAL, by, at=at)
    return found.select_related("questionnaire", "sent_by").first()
