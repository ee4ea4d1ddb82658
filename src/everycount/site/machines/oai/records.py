"""Releases as records: Dublin Core for every one, DDI where the questionnaire is here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from everycount.formats.about import area_names, description
from everycount.formats.licences import licence_of
from everycount.formats.sdmx_xml import attributes, element, escape
from everycount.site.machines.oai.asking import OaiError, stamp
from everycount.site.publication import files
from everycount.site.publication.citing import absolute
from everycount.site.publication.queries.public import is_replaced
from everycount.site.publication.queries.releases import numbers, published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from everycount.site.publication.models import Release

DC, DDI = "oai_dc", "ddi"
_DDI_FILE = "codebook.xml"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# (namespace, schema) of each format.
FORMATS = {
    DC: ("http://www.openarchives.org/OAI/2.0/oai_dc/", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"),
    DDI: (
        "ddi:codebook:2_5",
        "https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
    ),
}
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """A release in the eyes of a gatherer: one that was replaced is deleted, and its successor a new one."""

    release: Release

    @property
    def name(self) -> str:
        """Its identifier, after the OAI identifier format."""
        host = settings.ENVIRONMENT.public_url.partition("://")[2].partition(":")[0]
        return f"oai:{host}:{self.release.plan.slug}/{self.release.number}"

    @property
    def moment(self) -> str:
        """When it came, or went."""
        return stamp(self.release.superseded_at or self.release.published_at)

    @property
    def is_deleted(self) -> bool:
        """Another one holds instead."""
        return is_replaced(self.release)

    def formats(self) -> list[str]:
        """In which formats it can be had."""
        has_ddi = self.is_deleted or files.opened(self.release, _DDI_FILE) is not None
        return [DC, DDI] if has_ddi else [DC]

    def header(self) -> str:
        """Its head."""
        inner = (element("identifier", escape(self.name)), element("datestamp", self.moment))
        return element("header", *inner, status="deleted") if self.is_deleted else element("header", *inner)

    def whole(self, prefix: str) -> str:
        """Head and what is said of it."""
        if self.is_deleted:
            return element("record", self.header())
        said = _dublin(self.release) if prefix == DC else _ddi(self.release)
        return element("record", self.header(), element("metadata", said))


def records(prefix: str, *, at: datetime) -> list[Record]:
    """All that there are in a format, in the order of their moments.

    Raises:
        OaiError: there is no such format.
    """
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"There are {', '.join(FORMATS)}.")
    found = [one for one in map(Record, published(at=at)) if prefix == DC or prefix in one.formats()]
    return sorted(found, key=lambda one: (one.moment, one.name))


def record(name: str, *, at: datetime) -> Record:
    """The one of that name.

    Raises:
        OaiError: there is none.
    """
    for one in map(Record, published(at=at)):
        if one.name == name:
            return one
    raise OaiError("idDoesNotExist", "No record has that identifier.")


def _dublin(release: Release) -> str:
    space, schema = FORMATS[DC]
    spaces = {
        "xmlns:oai_dc": space,
        "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        "xmlns:xsi": _XSI,
        "xsi:schemaLocation": f"{space} {schema}",
    }
    return f"<oai_dc:dc{attributes(spaces)}>{''.join(_terms(release))}</oai_dc:dc>"


def _terms(release: Release) -> Iterator[str]:
    whole = numbers(release)
    survey = whole.survey
    for language, words in survey.title.versions:
        yield element("dc:title", escape(words), xml__lang=language)
    creator = str(survey.asked_by) or release.plan.initiative.name
    licence = licence_of(survey.licence)
    for term, said in (
        ("creator", creator),
        ("publisher", release.plan.initiative.name),
        ("description", description(whole)),
        ("date", f"{release.published_at:%Y-%m-%d}"),
        ("type", "Dataset"),
        ("identifier", absolute(reverse("release", args=[release.plan.slug, release.number]))),
        ("identifier", release.digest),
        ("coverage", area_names(whole).say("en")),
        ("coverage", survey.period),
        ("rights", licence.address or licence.name),
        *(("language", language) for language in survey.languages),
        *(("format", media) for media in sorted({one.media for one in files.listed(release)})),
    ):
        yield element(f"dc:{term}", escape(said))


def _ddi(release: Release) -> str:
    found = files.opened(release, _DDI_FILE)
    if found is None:
        raise OaiError("cannotDisseminateFormat", "Its questionnaire is not on this node.")
    return _DECLARATION.sub(b"", found[1].read_bytes()).decode()
