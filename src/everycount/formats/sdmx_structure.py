"""``structure.xml``: our data structure with its concepts and code lists (SDMX-ML 2.1 structure message).

Labels of the release's own codes are there in every language of the survey. Published code lists and
concepts are included in part (``isPartial``), under the agency and version they have, so that the file can be
read alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.formats.sdmx_parts import (
    AGENCY,
    BY_DATASET,
    SDG_AGENCY,
    VERSION,
    Attribute,
    SdmxCode,
    SdmxList,
)
from everycount.formats.sdmx_xml import HEAD, NAMESPACES, STRUCTURE_NAMESPACE, attributes, element, names, ref
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.formats.sdmx_model import Description

_SDG_CONCEPTS = ("SDG_CONCEPTS", "1.0", SDG_AGENCY)
_OWN_CONCEPTS = ("CITIZEN_DATA_CONCEPTS", VERSION, AGENCY)
_MEASURE = "OBS_VALUE"
_TIME = "TIME_PERIOD"


def structure(description: Description) -> bytes:
    """The file, the same bytes for the same release."""
    body = element(
        "mes:Structures",
        _agencies(),
        _dataflows(description),
        element("str:Codelists", *_codelists(description.lists.values())),
        element("str:Concepts", *_concept_schemes(description)),
        element("str:DataStructures", _data_structure(description)),
    )
    opened = attributes(NAMESPACES | STRUCTURE_NAMESPACE)
    text = f"{HEAD}<mes:Structure{opened}>\n{header(description)}\n{body}\n</mes:Structure>\n"
    return text.encode()


def header(description: Description, *more: str) -> str:
    """The message's header. A release carries no clock: ``Prepared`` repeats the last day of the period.

    Invented data are marked as a test message, so that no registry takes them for real ones.
    """
    return element(
        "mes:Header",
        element("mes:ID", f"EVERYCOUNT-{description.release.digest.removeprefix('sha256:')[:16]}"),
        element("mes:Test", str(description.release.survey.invented).lower()),
        element("mes:Prepared", f"{description.period.last.isoformat()}T00:00:00"),
        element("mes:Sender", id=AGENCY),
        *more,
    )


def _line(markup: str) -> str:
    return f"\n{markup}"


def _agencies() -> str:
    agency = element("str:Agency", *names(Text.of("Everycount", "en"), ""), id=AGENCY)
    scheme = element(
        "str:AgencyScheme",
        *names(Text.of("SDMX Agency Scheme", "en"), ""),
        agency,
        id="AGENCIES",
        agencyID="SDMX",
        version="1.0",
        isPartial="true",
    )
    return _line(element("str:OrganisationSchemes", scheme))


def _dataflows(description: Description) -> str:
    flow = element(
        "str:Dataflow",
        *names(description.release.survey.title, description.dataflow),
        element("str:Structure", _ref_to_structure(description)),
        id=description.dataflow,
        agencyID=AGENCY,
        version=VERSION,
        isFinal="false",
    )
    return _line(element("str:Dataflows", flow))


def _ref_to_structure(description: Description) -> str:
    return ref(
        id=description.structure,
        version=VERSION,
        agencyID=AGENCY,
        package="datastructure",
        class_="DataStructure",
    )


def _codelists(lists: Iterable[SdmxList]) -> Iterator[str]:
    """Each list once, though several components may share it."""
    for made in dict.fromkeys(lists):
        yield _line(
            element(
                "str:Codelist",
                *names(Text.of(made.title, "en"), made.id),
                *map(_code, made.codes),
                id=made.id,
                agencyID=made.agency,
                version=made.version,
                isFinal="false",
                **({"isPartial": "true"} if made.partial else {}),
            )
        )


def _code(code: SdmxCode) -> str:
    about = names(code.about, "", "com:Description") if code.about else ()
    return _line(element("str:Code", *names(code.labels, code.id), *about, id=code.id))


def _concept_schemes(description: Description) -> Iterator[str]:
    """The SDG's concepts have the representation that their owner gives them; ours say theirs."""
    dimensions = [
        element("str:Concept", *names(NOTHING, each.name), id=each.id) for each in catalogue.dimensions()
    ]
    adopted = [
        element("str:Concept", *names(NOTHING, part.name), id=part.id)
        for part in description.attributes
        if not part.ours
    ]
    measured = element("str:Concept", *names(NOTHING, "Observation value"), id=_MEASURE)
    added = [
        element(
            "str:Concept",
            *names(NOTHING, part.name),
            element("str:CoreRepresentation", _form(part, description)),
            id=part.id,
        )
        for part in description.attributes
        if part.ours
    ]
    yield _concept_scheme(
        _SDG_CONCEPTS, "SDG concepts", [*dimensions, *adopted, measured], {"isPartial": "true"}
    )
    yield _concept_scheme(_OWN_CONCEPTS, "Concepts of citizen data", added, {})


def _concept_scheme(
    scheme: tuple[str, str, str], title: str, concepts: Iterable[str], more: dict[str, str]
) -> str:
    name, version, agency = scheme
    return _line(
        element(
            "str:ConceptScheme",
            *names(Text.of(title, "en"), name),
            *map(_line, concepts),
            id=name,
            agencyID=agency,
            version=version,
            isFinal="false",
            **more,
        )
    )


def _data_structure(description: Description) -> str:
    components = element(
        "str:DataStructureComponents",
        element("str:DimensionList", *_dimensions(description), id="DimensionDescriptor"),
        element(
            "str:AttributeList",
            *(_attribute(part, description) for part in description.attributes),
            id="AttributeDescriptor",
        ),
        element("str:MeasureList", _primary_measure(), id="MeasureDescriptor"),
    )
    return _line(
        element(
            "str:DataStructure",
            *names(Text.of("Citizen data in the shape of the SDG data structure", "en"), ""),
            components,
            id=description.structure,
            agencyID=AGENCY,
            version=VERSION,
            isFinal="false",
        )
    )


def _dimensions(description: Description) -> Iterator[str]:
    for position, part in enumerate(catalogue.dimensions(), 1):
        is_time = part.id == _TIME
        form = (
            element("str:TextFormat", textType="ObservationalTimePeriod")
            if is_time
            else _enumeration(description.lists[part.id])
        )
        yield _line(
            element(
                "str:TimeDimension" if is_time else "str:Dimension",
                _concept(part.id, _SDG_CONCEPTS),
                element("str:LocalRepresentation", form),
                id=part.id,
                position=str(position),
            )
        )


def _attribute(part: Attribute, description: Description) -> str:
    return _line(
        element(
            "str:Attribute",
            _concept(part.id, _OWN_CONCEPTS if part.ours else _SDG_CONCEPTS),
            element("str:LocalRepresentation", _form(part, description)),
            element("str:AttributeRelationship", _relationship(part, description)),
            id=part.id,
            assignmentStatus="Mandatory" if part.mandatory else "Conditional",
        )
    )


def _form(part: Attribute, description: Description) -> str:
    """What its values are: a code list or a type of text."""
    listed = description.lists.get(part.id)
    return _enumeration(listed) if listed else element("str:TextFormat", textType=part.form)


def _relationship(part: Attribute, description: Description) -> str:
    if part in BY_DATASET:
        return element("str:None")
    if part in description.by_series:
        return element("str:Dimension", ref(id="SERIES"))
    return element("str:PrimaryMeasure", ref(id=_MEASURE))


def _primary_measure() -> str:
    form = element("str:LocalRepresentation", element("str:TextFormat", textType="Double"))
    return _line(element("str:PrimaryMeasure", _concept(_MEASURE, _SDG_CONCEPTS), form, id=_MEASURE))


def _concept(name: str, scheme: tuple[str, str, str]) -> str:
    parent, version, agency = scheme
    return element(
        "str:ConceptIdentity",
        ref(
            id=name,
            maintainableParentID=parent,
            maintainableParentVersion=version,
            agencyID=agency,
            package="conceptscheme",
            class_="Concept",
        ),
    )


def _enumeration(made: SdmxList) -> str:
    target = ref(
        id=made.id, version=made.version, agencyID=made.agency, package="codelist", class_="Codelist"
    )
    return element("str:Enumeration", target)
