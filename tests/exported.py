"""What tests of exports share: an invented survey of households with a roster, names and places."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import openpyxl

from consented import read_all
from everycount.site.collection import actions, receiving
from everycount.site.collection.marks import mark_of_bytes
from everycount.site.collection.models import Submission
from everycount.site.collection.package import Package
from everycount.site.consent.models import Purpose
from everycount.site.exports.actions import take_out
from everycount.site.exports.wanted import GIVEN, Format, Wanted
from everycount.site.people.models import Role
from site_world import AT, initiative, key, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.people.models import Person

SURVEY = [
    ("type", "name", "label::English (en)", "label::Français (fr)", "everycount::consent"),
    ("select_one yn", "counted", "May we count it?", "Pouvons-nous compter ?", "statistics"),
    ("select_one yn", "given", "May others have it?", "D'autres peuvent-ils l'avoir ?", "sharing"),
    ("select_one yn", "called", "May we call you?", "Pouvons-nous appeler ?", "contact"),
    ("begin_group", "person", "Person", "Personne", ""),
    ("text", "full_name", "Your name", "Votre nom", ""),
    ("text", "phone_number", "Telephone", "Téléphone", ""),
    ("geopoint", "home", "Where you live", "Où vous habitez", ""),
    ("date", "born", "Day of birth", "Jour de naissance", ""),
    ("end_group", "", "", "", ""),
    ("select_one water", "water", "Water from", "Eau de", ""),
    ("select_multiple assets", "assets", "You have", "Vous avez", ""),
    ("decimal", "balance", "Money left", "Argent restant", ""),
    ("text", "wish", "What you wish", "Votre souhait", ""),
    ("image", "photo", "A picture", "Une photo", ""),
    ("begin_repeat", "member", "Member", "Membre", ""),
    ("text", "m_name", "First name", "Prénom", ""),
    ("integer", "m_age", "Age", "Âge", ""),
    ("begin_repeat", "illness", "Illness", "Maladie", ""),
    ("select_one water", "i_kind", "Kind", "Type", ""),
    ("end_repeat", "", "", "", ""),
    ("end_repeat", "", "", "", ""),
]
CHOICES = [
    ("list_name", "name", "label::English (en)", "label::Français (fr)"),
    ("yn", "yes", "Yes", "Oui"),
    ("yn", "no", "No", "Non"),
    ("water", "tap", "Tap", "Robinet"),
    ("water", "=well", "Well", "Puits"),
    ("assets", "radio", "Radio", "Radio"),
    ("assets", "bike", "Bicycle", "Vélo"),
]


def form(version: str = "1", survey: list[tuple[str, ...]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    settings = [("form_title", "form_id", "version"), ("Invented households", "households", version)]
    for name, rows in {"survey": survey or SURVEY, "choices": CHOICES, "settings": settings}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cells in sheet.iter_rows():  # "=well" is a code here, no formula
            for cell in cells:
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def household(  # noqa: PLR0913 - one for each thing that a test changes
    name: str,
    *,
    version: str = "1",
    counted: str = "yes",
    given: str = "yes",
    called: str = "yes",
    wish: str = "",
    balance: str = "-5",
    ages: tuple[str, ...] = ("34", "5"),
    home: str = "12.34567 77.12345 0 0",
    replaces: str = "",
    born: str = "1990-05-17",
) -> bytes:
    members = "".join(
        f"<member><m_name>Secret {age}</m_name><m_age>{age}</m_age>"
        f"<illness><i_kind>tap</i_kind></illness></member>"
        for age in ages
    )
    replaced = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return (
        f'<data id="households" version="{version}"><counted>{counted}</counted><given>{given}</given>'
        f"<called>{called}</called><person><full_name>Secret {name}</full_name>"
        f"<phone_number>+1555{name[-1]}</phone_number><home>{home}</home><born>{born}</born></person>"
        f"<water>=well</water><assets>bike</assets><balance>{balance}</balance>"
        f"<wish>{escape(wish)}</wish><photo>secret.jpg</photo>{members}"
        f"<meta><instanceID>{name}</instanceID>{replaced}</meta></data>"
    ).encode()


class Households:
    """An initiative with the survey, and those who may take records out."""

    def __init__(self, survey: list[tuple[str, ...]] | None = None) -> None:
        self.initiative = initiative()
        self.coordinator = person(Role.COORDINATOR, self.initiative)
        self.steward = person(Role.STEWARD, self.initiative)
        self.analyst = person(Role.ANALYST, self.initiative)
        self.version = self.publish("1", survey)
        self.questionnaire = self.version.questionnaire
        self.key = key(self.initiative)[0]

    def publish(self, version: str, survey: list[tuple[str, ...]] | None = None):  # type: ignore[no-untyped-def] # noqa: ANN201 - a version
        made = actions.upload(
            initiative=self.initiative,
            xlsform=form(version, survey),
            name="form.xlsx",
            by=self.coordinator,
            at=AT,
        )
        actions.publish(version=made, by=self.coordinator, at=AT)
        return made

    def store(self, *xml: bytes, version: str = "1", replaces: str = "") -> list[Submission]:
        """What phones sent, read."""
        names = []
        for each in xml:
            name = each.split(b"<instanceID>")[1].split(b"<")[0].decode()
            names.append(name)
            package = Package(
                self.questionnaire.pk,
                self.initiative.pk,
                self.key.pk,
                name,
                replaces,
                version,
                is_held=False,
                is_test=False,
                xml=each,
                digest=mark_of_bytes("xml", each, of=self.initiative.pk),
            )
            receiving.receive([package], at=AT)
        read_all()
        return list(Submission.objects.filter(current__in=names).order_by("current"))

    def file(self, *words: Format, **more: Any) -> bytes:
        """What comes out."""
        return b"".join(self.chunks(*words, **more))

    def chunks(
        self,
        file: Format = Format.CSV,
        purpose: Purpose = Purpose.STATISTICS,
        by: Person | None = None,
        **more: Any,
    ) -> Iterator[bytes]:
        """The same, as it comes."""
        if purpose in GIVEN:  # so few people always stand out; test_rare_combinations looks at that
            more.setdefault("reason", "They are invented.")
        wanted = Wanted(purpose, file, more.pop("language", "en"), **more)
        asks = by or (self.analyst if purpose == Purpose.STATISTICS else self.steward)
        taken = take_out(questionnaire=self.questionnaire, wanted=wanted, by=asks, at=AT)
        assert taken is not None
        return taken.chunks


def unpacked(archive: bytes) -> dict[str, str]:
    """The files of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}
