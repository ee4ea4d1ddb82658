"""The invented initiative before anybody is asked: people, promises, a reviewed questionnaire, phones."""

from __future__ import annotations

import io
import secrets
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.site.demo import words

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.site.collection.models import Version
    from everycount.site.environment import Environment
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

SLUG = "hotspots"
EXAMPLE = files("everycount.example") / "hotspots"
PLACES = ("amber", "banyan", "coral", "dune", "ember", "fern", "grove", "harbour", "iris", "juniper")
TARGET = 100  # interviews planned in each hotspot
_OF_THE_ACCOUNT = ("amber", "banyan")  # whose phones belong to the account of the collector


def make_world(environment: Environment, publish: list[Path]) -> tuple[dict[str, Any], dict[str, str]]:
    """Initiatives, people and keys. Django is set up.

    Returns:
        what ``demo.json`` tells of them, and the phones' addresses by the place in which they are.

    Raises:
        InputError: it was begun before and not finished.
    """
    from everycount.site.people.models import NodeRole, Role
    from everycount.site.registry.models import Initiative

    if Initiative.objects.filter(slug=SLUG).exists():
        problem = "The example world in it was begun and not finished."
        raise InputError(Fault(str(environment.data), problem, "Remove the folder, then start again."))
    at = datetime.now(UTC)
    initiative = _initiative(SLUG, "Ten hotspots: housing and earnings", words.ABOUT, at)
    accounts = {str(role): _account(str(role), at, role=role, where=initiative) for role in Role}
    accounts |= {str(role): _account(str(role), at, node=role) for role in NodeRole}
    _promise(initiative, at)
    _ask_the_community(initiative, at)
    phones = {place: _phone(environment, initiative, place, at) for place in PLACES}
    _plan(initiative, at)
    told = {
        "url": f"{environment.public_url}/",
        "openrosa_url": _phone(environment, initiative, "", at),
        "accounts": accounts,
    }
    for path in publish:
        about = "An invented example: nobody in it exists."
        households = _initiative("households", "Households (a form of your own)", about, at)
        _published(households, path.read_bytes(), path.name, at)
        told["household_openrosa_url"] = _phone(environment, households, "", at)
    return told, phones


def _initiative(slug: str, name: str, about: str, at: datetime) -> Initiative:
    from everycount.site.registry.models import Initiative

    return Initiative.objects.create(
        slug=slug, name=name, about=about, listed=True, invented=True, began_at=at
    )


def _account(
    name: str, at: datetime, *, role: Any = None, where: Any = None, node: Any = None
) -> dict[str, str]:
    from everycount.site.people.actions.persons import make_account
    from everycount.site.people.models import NodeAssignment

    password = secrets.token_urlsafe(12)
    person = make_account(email=f"{name}@example.org", name=f"Invented {name}", at=at, password=password)
    if role is not None:
        assign(person, where, role, at)
    if node is not None:
        NodeAssignment.objects.create(person=person, role=node, since=at)
    return {"email": person.email, "password": password}


def assign(person: Person, where: Initiative, role: Any, at: datetime) -> None:
    """Gives a role."""
    from everycount.site.people.models import Assignment

    Assignment.objects.create(person=person, initiative=where, role=role, since=at)


def account(name: str) -> Person:
    """The account of a role."""
    from everycount.site.people.models import Person

    return Person.objects.get(email=f"{name}@example.org")


def _promise(initiative: Initiative, at: datetime) -> None:
    """What people are told, in two languages; it holds for what is published after it."""
    from everycount.site.consent.actions import write_text
    from everycount.site.consent.models import Basis

    for number, (language, promises) in enumerate(words.PROMISES.items()):
        write_text(
            initiative=initiative,
            language=language,
            promises=promises,
            basis=Basis.WITNESSED,
            by=account("steward"),
            at=at,
            version=1 if number else None,
        )


def _ask_the_community(initiative: Initiative, at: datetime) -> None:
    """A version that was reviewed, answered and published, and the next one in review."""
    from everycount.site.questionnaires import actions
    from everycount.site.questionnaires.models import Rule

    by, form = account("coordinator"), (EXAMPLE / "form.xlsx").read_bytes()
    rule = {"rule": Rule.QUORUM, "quorum": 3, "reason": words.RULE}
    actions.set_rule(initiative=initiative, **rule, by=account("steward"), at=at)  # type: ignore[arg-type]
    version = _uploaded(initiative, form, "form.xlsx", at)
    actions.open_review(version=version, by=by, at=at)
    _speak(initiative, version, at)
    actions.publish(version=version, by=by, at=at)
    following = _uploaded(initiative, next_version(form), "form-2.xlsx", at)
    actions.open_review(version=following, by=by, at=at)


def _speak(initiative: Initiative, version: Version, at: datetime) -> None:
    from everycount.site.questionnaires import actions
    from everycount.site.questionnaires.models import Stance

    speakers = [account("community"), *(_delegate(number, initiative, at) for number in (1, 2, 3))]
    for number, thing, stance, reason, answer in words.VOICES:
        said = actions.Said(thing, Stance(stance), reason)
        actions.speak(review=version.review, said=[said], by=speakers[number], at=at)
        if answer:
            voice = version.review.voices.get(person=speakers[number], thing=thing)
            actions.answer(voice=voice, words=answer, by=account("coordinator"), at=at)


def _delegate(number: int, initiative: Initiative, at: datetime) -> Person:
    """One more of the community body, who never comes in."""
    from everycount.site.people.models import Person, Role

    name = f"Invented delegate {number}"
    person = Person.objects.create(email=f"delegate{number}@example.org", name=name, at=at)
    assign(person, initiative, Role.COMMUNITY, at)
    return person


def _plan(initiative: Initiative, at: datetime) -> None:
    """A hundred interviews in each hotspot within a month, of which ten days are gone."""
    from everycount.site.fieldwork import actions, plans

    lines = [plans.Line(place, place.capitalize(), "", None, TARGET, None, None, None) for place in PLACES]
    actions.plan(
        questionnaire=initiative.questionnaires.get(),
        lines=lines,
        place="who/hotspot",
        begins=at.date() - timedelta(days=10),
        ends=at.date() + timedelta(days=19),
        by=account("coordinator"),
        at=at,
    )


def next_version(form: bytes) -> bytes:
    """The form with another version and what the community asked for."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(form))
    for row in book["choices"].iter_rows():
        for cell in row:
            cell.value = words.RENAMED.get(str(cell.value), cell.value)
    settings = book["settings"]
    column = [cell.value for cell in settings[1]].index("version") + 1
    settings.cell(2, column).value = words.NEXT_VERSION
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _uploaded(initiative: Initiative, form: bytes, name: str, at: datetime) -> Version:
    from everycount.site.collection import actions

    return actions.upload(initiative=initiative, xlsform=form, name=name, by=account("coordinator"), at=at)


def _published(initiative: Initiative, form: bytes, name: str, at: datetime) -> None:
    from everycount.site.collection import actions

    version = _uploaded(initiative, form, name, at)
    actions.publish(version=version, by=account("coordinator"), at=at)


def _phone(environment: Environment, initiative: Initiative, place: str, at: datetime) -> str:
    """Gives a phone its key; the address that one would type into ODK Collect."""
    from everycount.site.collection import actions
    from everycount.site.collection.models import KeyKind

    is_mine = not place or place in _OF_THE_ACCOUNT
    _, secret = actions.give_key(
        initiative=initiative,
        kind=KeyKind.PERSON,
        label=f"Invented phone, hotspot {place.capitalize()}" if place else "An invented phone to try",
        person=account("collector") if is_mine else None,
        by=account("coordinator"),
        at=at,
    )
    return f"{environment.public_url}/key/{secret}"
