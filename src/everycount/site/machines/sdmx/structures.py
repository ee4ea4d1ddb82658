"""Dataflows, data structures, code lists, concepts and agencies, cut out of the structure files."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from everycount.formats.sdmx_parts import AGENCY
from everycount.formats.sdmx_xml import HEAD, NAMESPACES, STRUCTURE_NAMESPACE, attributes, element
from everycount.site.machines.sdmx.flows import STRUCTURE
from everycount.site.machines.sdmx.messages import nothing, unmade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from everycount.site.machines.sdmx.flows import Flow

# Resource of an address -> (its collection, its element), in the order that the schema wants.
RESOURCES: Mapping[str, tuple[str, str]] = {
    "agencyscheme": ("OrganisationSchemes", "AgencyScheme"),
    "dataflow": ("Dataflows", "Dataflow"),
    "codelist": ("Codelists", "Codelist"),
    "conceptscheme": ("Concepts", "ConceptScheme"),
    "datastructure": ("DataStructures", "DataStructure"),
}
EVERYTHING = "structure"
# The standard's other kinds of structures, of which there are none here.
ABSENT = frozenset({
    "metadatastructure", "categoryscheme", "hierarchicalcodelist", "organisationscheme", "dataproviderscheme",
    "dataconsumerscheme", "organisationunitscheme", "metadataflow", "reportingtaxonomy", "provisionagreement",
    "structureset", "process", "categorisation", "contentconstraint", "attachmentconstraint",
})  # fmt: skip
DETAILS = ("full", "allstubs")
_SPACE = f"{{{STRUCTURE_NAMESPACE['xmlns:str']}}}"
_ALL, _LATEST = "all", ("latest", "all", "*")
_SCHEME = "ConceptScheme"
Name = tuple[str, str, str, str]  # element, agency, id, version


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for.

    Attributes:
        resource: one of RESOURCES, or EVERYTHING.
        agency, id: names joined by "+", or "all".
        version: one, "latest" or "all".
        references: what comes along.
        detail: "full", or "allstubs" for names alone.
    """

    resource: str
    agency: str = _ALL
    id: str = _ALL
    version: str = "latest"
    references: str = "none"
    detail: str = "full"

    def fits(self, name: Name) -> bool:
        """Whether a thing of that name is asked for."""
        kind, agency, own, version = name
        return (
            self.resource in (EVERYTHING, _resource(kind))
            and self.agency in (_ALL, "*", *_one(self.agency, agency))
            and self.id in (_ALL, "*", *_one(self.id, own))
            and self.version in (*_LATEST, version)
        )


def _one(asked: str, own: str) -> tuple[str, ...]:
    return (asked,) if own in asked.split("+") else ()


def _resource(kind: str) -> str:
    return next(name for name, (_, element_) in RESOURCES.items() if element_ == kind)


def structures(asked: Asked, flows: Sequence[Flow]) -> bytes:
    """The message that answers.

    Raises:
        RefusedError: there is no such thing, or something is asked for that is not made here.
    """
    known = _known(flows)
    found = {name for name in known if asked.fits(name)}
    if not found or asked.resource in ABSENT:
        raise nothing(f"No {asked.resource} {asked.agency}:{asked.id}({asked.version}) is here.")
    chosen = [name for name in known if name in found | _along(asked.references, found, known)]
    made = [known[name] if asked.detail == "full" else _stub(known[name]) for name in chosen]
    body = "".join(
        f"\n<str:{group}>{''.join(map(_text, inner))}</str:{group}>"
        for group, kind in RESOURCES.values()
        if (inner := [one for one in made if etree.QName(one).localname == kind])
    )
    head = _header([name for name in chosen if name in found], flows)
    opened = attributes(NAMESPACES | STRUCTURE_NAMESPACE)
    whole = f"<mes:Structures>{body}\n</mes:Structures>"
    return f"{HEAD}<mes:Structure{opened}>\n{head}\n{whole}\n</mes:Structure>\n".encode()


def _known(flows: Sequence[Flow]) -> dict[Name, Any]:
    """Every structure by its name; lists that several releases use in part are put together."""
    known: dict[Name, Any] = {}
    for flow in flows:
        tree = etree.fromstring(flow.read(STRUCTURE))
        for _, kind in RESOURCES.values():
            for one in tree.iter(f"{_SPACE}{kind}"):
                name = (kind, one.get("agencyID", ""), one.get("id", ""), one.get("version", ""))
                if name in known:
                    _join(known[name], one)
                else:
                    known[name] = one
    return known


def _join(known: Any, other: Any) -> None:
    here = {item.get("id") for item in known if item.get("id")}
    for item in other:
        if item.get("id") and item.get("id") not in here:
            known.append(deepcopy(item))


def _along(asked: str, found: set[Name], known: Mapping[Name, Any]) -> set[Name]:
    """What comes along with what was found."""
    below = {name: _referred(one) & known.keys() for name, one in known.items()}
    above = {name: {one for one, inner in below.items() if name in inner} for name in known}
    parents = _step(found, above)
    along = {
        "none": set[Name](),
        "children": _step(found, below),
        "descendants": _steps(found, below),
        "parents": parents,
        "parentsandsiblings": parents | _step(parents, below),
        "all": parents | _steps(found | parents, below),
    }
    if asked in RESOURCES:
        around = _steps(found, below) | _steps(found, above)
        return {name for name in around if name[0] == RESOURCES[asked][1]}
    if asked not in along:
        raise unmade(f"references={asked} is not answered here; there are {', '.join(along)}.")
    return along[asked]


def _step(start: Iterable[Name], ways: Mapping[Name, set[Name]]) -> set[Name]:
    return set[Name]().union(*(ways[name] for name in start))


def _steps(start: Iterable[Name], ways: Mapping[Name, set[Name]]) -> set[Name]:
    reached, ahead = set[Name](), set(start)
    while ahead:
        ahead = _step(ahead, ways) - reached
        reached |= ahead
    return reached


def _referred(one: Any) -> set[Name]:
    """What a structure names by reference."""
    found = set[Name]()
    for ref in one.iter("Ref"):
        agency = ref.get("agencyID")
        if agency and ref.get("class") == "Concept":
            parent, version = ref.get("maintainableParentID", ""), ref.get("maintainableParentVersion", "")
            found.add((_SCHEME, agency, parent, version))
        elif agency:
            found.add((ref.get("class", ""), agency, ref.get("id", ""), ref.get("version", "")))
    return found


def _stub(one: Any) -> Any:
    """Its names alone."""
    made = deepcopy(one)
    for inner in list(made):
        if etree.QName(inner).localname != "Name":
            made.remove(inner)
    made.set("isExternalReference", "true")
    return made


def _text(one: Any) -> str:
    made = deepcopy(one)
    made.tail = None
    etree.cleanup_namespaces(made)
    return "\n" + etree.tostring(made, encoding="unicode")


def _header(names: Sequence[Name], flows: Sequence[Flow]) -> str:
    """Who says it and of when: the day of the newest release, since an answer carries no clock."""
    newest = max(flow.release.published_at for flow in flows if flow.release.published_at)
    mark = hashlib.sha256(repr((names, [flow.release.digest for flow in flows])).encode()).hexdigest()[:16]
    return element(
        "mes:Header",
        element("mes:ID", f"EVERYCOUNT-{mark}"),
        element("mes:Test", str(all(flow.release.plan.initiative.invented for flow in flows)).lower()),
        element("mes:Prepared", f"{newest:%Y-%m-%dT%H:%M:%S}"),
        element("mes:Sender", id=AGENCY),
    )
