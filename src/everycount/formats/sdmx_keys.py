"""Where each cell stands in the SDG data structure: a code for every dimension, no two cells alike.

A dimension of the survey that names an SDG dimension (``sdmx = "SEX"``) goes there with its own codes,
which must be codes of the SDG list. All others go to ``CUST_BREAKDOWN``, the place that the SDG structure
keeps for what it has no dimension for, with codes that are made here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.faults import Fault, InputError, unknown
from everycount.formats.sdmx_names import artefact_id, code_id, crossed_id
from everycount.formats.sdmx_parts import AGENCY, CUSTOM, FILLED, TOTAL, VERSION, SdmxCode, SdmxList
from everycount.release.geography import placed_cells
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.estimate.estimates import CellKey
    from everycount.release import DimensionFacts, Release


@dataclass(frozen=True, slots=True)
class Keys:
    """The breakdown of every cell in SDMX.

    Attributes:
        names: the SDG dimensions that breakdowns use, in their order (``REF_AREA`` to ``PRODUCT``).
        codes: their codes by cell key.
        lists: the code list of each of them, holding the codes that are used.
    """

    names: tuple[str, ...]
    codes: dict[CellKey, tuple[str, ...]]
    lists: dict[str, SdmxList] = field(repr=False)


def keys_of(release: Release) -> Keys:
    """Where the cells of a release stand.

    Raises:
        InputError: an SDG dimension or a code is not known, or two cells would stand at the same place.
    """
    names = tuple(part.id for part in catalogue.dimensions() if part.id not in FILLED)
    _raise(_dimension_faults(release, names))
    area = _area_code(release)
    dimensions = {dimension.id: dimension for dimension in release.dimensions}
    used = tuple(dict.fromkeys(cell.cell for cell in placed_cells(release)))
    _raise(_crossing_faults(used, dimensions))
    codes = {key: _place(key, dimensions, names, area.id) for key in used}
    _raise(_duplicate_faults(codes))
    return Keys(names, codes, _lists(release, names, codes, area))


def _raise(faults: Iterable[Fault]) -> None:
    found = tuple(dict.fromkeys(faults))
    if found:
        raise InputError(*found)


def _target(dimension: DimensionFacts) -> str:
    return dimension.sdmx or CUSTOM


def _dimension_faults(release: Release, names: tuple[str, ...]) -> Iterator[Fault]:
    """Dimensions and codes that the SDG data structure does not have."""
    for dimension in release.dimensions:
        target, place = _target(dimension), f'dimension "{dimension.id}", sdmx'
        if target not in names:
            yield unknown(place, "SDG dimension", target, names)
        elif target != CUSTOM:
            known = [code for code in catalogue.codes(target).items if code != TOTAL]
            noun = f"code of {target}"
            yield from (
                unknown(place, noun, code, known) for code, _ in dimension.groups if code not in known
            )


def _crossing_faults(used: Iterable[CellKey], dimensions: dict[str, DimensionFacts]) -> Iterator[Fault]:
    for key in used:
        taken: dict[str, str] = {}
        for name, _ in key:
            target = _target(dimensions[name])
            if target != CUSTOM and target in taken:
                yield _two_in_one(taken[target], name, target)
            taken[target] = name


def _two_in_one(first: str, second: str, target: str) -> Fault:
    return Fault(
        f'dimensions "{first}" and "{second}", sdmx',
        f"Both go to {target}, where a number can have one code only.",
        f'Take `sdmx = "{target}"` off one of them; it then goes to {CUSTOM}.',
    )


def _place(
    key: CellKey, dimensions: dict[str, DimensionFacts], names: tuple[str, ...], area: str
) -> tuple[str, ...]:
    codes = dict.fromkeys(names, TOTAL) | {"REF_AREA": area}
    custom: list[tuple[str, str]] = []
    for name, code in key:
        target = _target(dimensions[name])
        if target == CUSTOM:
            custom.append((name, code))
        else:
            codes[target] = code
    if custom:
        codes[CUSTOM] = crossed_id(tuple(custom))
    return tuple(codes.values())


def _duplicate_faults(codes: dict[CellKey, tuple[str, ...]]) -> Iterator[Fault]:
    """Two breakdowns that say the same in SDMX, such as two dimensions that both go to SEX."""
    seen: dict[tuple[str, ...], CellKey] = {}
    for key, place in codes.items():
        first = seen.setdefault(place, key)
        if first != key:
            names = " and ".join(
                ", ".join(f'"{name}"' for name, _ in one) or "overall" for one in (first, key)
            )
            yield Fault(
                f"dimensions {names}, sdmx",
                f"Their groups have one code in SDMX ({'.'.join(place)}), so nobody could tell them apart.",
                f"Take `sdmx` off one of them; it then goes to {CUSTOM}.",
            )


def _area_code(release: Release) -> SdmxCode:
    """The survey's own area: its code in the SDG list, else a code of ours."""
    named = release.survey.area
    known = catalogue.codes("REF_AREA").items
    try:
        area = catalogue.area(named)
    except InputError:  # a code of another area list, such as a state
        return SdmxCode(code_id(named), Text.of(named))
    number = str(int(area.m49))  # the SDG list writes M49 without leading zeros
    return SdmxCode(number if number in known else code_id(named), area.names)


def _lists(
    release: Release, names: tuple[str, ...], codes: dict[CellKey, tuple[str, ...]], area: SdmxCode
) -> dict[str, SdmxList]:
    lists = {}
    for position, name in enumerate(names):
        used = dict.fromkeys(place[position] for place in codes.values())
        if name == CUSTOM:
            lists[name] = _custom_list(release, codes)
        elif name == "REF_AREA" and area.id not in catalogue.codes(name):
            lists[name] = _own_areas(release, used, area)
        else:
            lists[name] = partial(name, used)
    return lists


def partial(name: str, used: Iterable[str]) -> SdmxList:
    """The part of a published code list that this release uses, under its own name."""
    found = catalogue.codes(name)
    entries = tuple(SdmxCode(code, found[code].labels) for code in used)
    return SdmxList(found.id, found.agency, found.version, str(found.title), entries, partial=True)


def _own_areas(release: Release, used: Iterable[str], area: SdmxCode) -> SdmxList:
    known = catalogue.codes("REF_AREA")
    others = (SdmxCode(code, known[code].labels) for code in used if code in known)
    name = f"CL_AREA_{artefact_id(release.survey.id)}"
    return SdmxList(name, AGENCY, VERSION, "Areas of the survey", (area, *others))


def _custom_list(release: Release, codes: dict[CellKey, tuple[str, ...]]) -> SdmxList:
    """Every breakdown that has no SDG dimension, crossed ones as one code, with labels in every language."""
    dimensions = {dimension.id: dimension for dimension in release.dimensions}
    total = SdmxCode(TOTAL, Text.of("Total or no breakdown", "en"))
    entries = {TOTAL: total}
    for key in codes:
        custom = tuple((name, code) for name, code in key if _target(dimensions[name]) == CUSTOM)
        if custom:
            made = crossed_id(custom)
            entries[made] = entries.get(made) or SdmxCode(made, _crossed_label(custom, dimensions))
    name = f"CL_CUST_BREAKDOWN_{artefact_id(release.survey.id)}"
    return SdmxList(name, AGENCY, VERSION, "Breakdowns of the survey", tuple(entries.values()))


def _crossed_label(key: CellKey, dimensions: dict[str, DimensionFacts]) -> Text:
    parts = [(dimensions[name].labels, name, dict(dimensions[name].groups)[code], code) for name, code in key]
    languages = dict.fromkeys(tag for of, _, group, _ in parts for tag in (*group.languages, *of.languages))
    return Text(
        tuple(
            (
                tag,
                "; ".join(f"{of.say(tag, name)}: {group.say(tag, code)}" for of, name, group, code in parts),
            )
            for tag in languages or ("en",)
        )
    )
