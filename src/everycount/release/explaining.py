"""One number walked back: what was asked, what counts, who was asked how, and who let it be shown.

Everything is read from the release itself, so that whoever holds one can ask of any cell where it is from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from everycount.estimate.plan import POVERTY, SHARES, MeasureKind
from everycount.faults import Fault, InputError, unknown
from everycount.protect.cells import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release.model import DesignFacts, DimensionFacts, MeasureFacts, Release

PLACE = "cell"


def explain(release: Release, measure: str, groups: Sequence[str] = (), language: str = "en") -> list[str]:
    """A cell in plain lines, from the number back to the answers.

    Args:
        release: where the cell stands.
        measure: id of the measure.
        groups: ``dimension=code`` for each dimension of the breakdown; none is the overall value.
        language: of labels, BCP 47.

    Raises:
        InputError: there is no such measure, dimension, group or cell.
    """
    facts = _measure(release, measure)
    key = _key(release, groups)
    cell = _cell(release, facts, key)
    return [
        *_number(release, facts, cell, language),
        *_comparisons(release, facts, cell),
        *_together(release, cell),
        *_question(release, facts, language),
        *_design(release.design),
        *_decision(release, cell),
        *_origin(release),
    ]


def _measure(release: Release, name: str) -> MeasureFacts:
    known = {facts.id: facts for facts in release.measures}
    if name not in known:
        raise InputError(unknown(PLACE, "measure", name, known))
    return known[name]


def _key(release: Release, groups: Sequence[str]) -> CellKey:
    return key_of({one.id: tuple(code for code, _ in one.groups) for one in release.dimensions}, groups)


def key_of(known: Mapping[str, Collection[str]], groups: Sequence[str]) -> CellKey:
    """A cell from ``dimension=code`` for each of its dimensions.

    Args:
        known: the codes of each dimension.
        groups: as a person types them.

    Raises:
        InputError: there is no such dimension or group.
    """
    key: list[tuple[str, str]] = []
    for group in groups:
        name, _, code = group.partition("=")
        if name not in known:
            raise InputError(unknown(PLACE, "dimension", name, known))
        codes = known[name]
        if code not in codes:
            raise InputError(unknown(PLACE, f'group of "{name}"', code, codes))
        key.append((name, code))
    return tuple(key)


def _cell(release: Release, facts: MeasureFacts, key: CellKey) -> Cell:
    """The cell, in whatever order its dimensions were named."""
    for cell in release.cells.cells:  # as the release has it; of 100,000 cells the other orders take long
        if cell.cell == key and cell.measure == facts.id:
            return cell
    cells = {frozenset(cell.cell): cell for cell in release.cells.cells if cell.measure == facts.id}
    if frozenset(key) not in cells:
        asked = " x ".join(name for name, _ in key) or "overall"
        there = dict.fromkeys(
            " x ".join(name for name, _ in cell.cell) or "overall" for cell in cells.values()
        )
        problem = f'"{facts.id}" is not split by {asked}.'
        raise InputError(Fault(PLACE, problem, f"It is split by: {', '.join(there)}."))
    return cells[frozenset(key)]


def _number(release: Release, facts: MeasureFacts, cell: Cell, language: str) -> Iterator[str]:
    dimensions = {one.id: one for one in release.dimensions}
    groups = ", ".join(_group(dimensions[name], code, language) for name, code in cell.cell)
    yield f"{facts.labels.say(language, facts.id)}: {groups or 'everybody'}"
    if cell.value is None:
        yield f"  Not shown ({cell.status}). {cell.note}".rstrip()
        return
    yield f"  Value: {_said(cell.value, facts)}"
    if cell.ci_low is not None and cell.ci_high is not None:
        low, high = _said(cell.ci_low, facts), _said(cell.ci_high, facts)
        yield f"  Interval ({release.cells.level:.0%}, {cell.interval}): {low} to {high}"
    else:
        yield f"  No interval: its basis is {cell.basis}."
    yield f"  From {cell.n} answers{_worth(cell)}; it speaks about: {cell.scope}; verdict: {cell.verdict}"


def _group(dimension: DimensionFacts, code: str, language: str) -> str:
    return (
        f"{dimension.labels.say(language, dimension.id)} = {dict(dimension.groups)[code].say(language, code)}"
    )


def _said(value: float, facts: MeasureFacts) -> str:
    if facts.kind in SHARES:
        return f"{100 * value:.3g} %"
    return f"{value:.6g} {facts.number}".rstrip()


def _worth(cell: Cell) -> str:
    return "" if cell.n_effective is None else f", worth {cell.n_effective:.0f} drawn one by one"


def _comparisons(release: Release, facts: MeasureFacts, cell: Cell) -> Iterator[str]:
    """What the number is held against, and whether chance would do as well."""
    count = sum(one.p_adjusted is not None for one in release.cells.contrasts)
    for one in release.cells.contrasts:
        if (one.measure, one.cell) != (cell.measure, cell.cell):
            continue
        other = ", ".join(f"{name}={code}" for name, code in one.other)
        against = f"{one.against} ({other})" if other else one.against
        line = f"  Against {against}: {_said(one.difference, facts)} apart"
        if one.p_adjusted is not None:
            sure = "beyond chance" if one.differs else "can be chance"
            line += f"; {sure}, p at most {one.p_adjusted:g} ({_rule(release)} over {count} comparisons)"
        yield line


def _together(release: Release, cell: Cell) -> Iterator[str]:
    """Whether all groups of the cell's dimension could be alike."""
    for one in release.cells.associations:
        if one.measure == cell.measure and [name for name, _ in cell.cell] == [one.dimension]:
            sure = "differ beyond chance" if one.differs else "could all be alike"
            yield f"  The groups of {one.dimension} {sure}, p at most {one.p_adjusted:g} ({_rule(release)})"


def _rule(release: Release) -> str:
    rule = release.design.multiplicity
    return "each by itself" if rule == "none" else f"adjusted by {rule}"


def _question(release: Release, facts: MeasureFacts, language: str) -> Iterator[str]:
    measures = release.provenance.plan.get("measure", [])
    written: dict[str, Any] = next((one for one in measures if one.get("id") == facts.id), {})
    if facts.wording:
        yield f"Asked: {facts.wording.say(language)}"
    if any(key in written for key in ("question", "all", "any", "not")):
        yield f"Counts: {in_words(written)}"
    if "denominator" in written:
        yield f"Divided by: {written['denominator']}"
    if "among" in written:
        yield f"Among those for whom: {in_words(written['among'])}"
    yield f"Kind: {facts.kind} of {facts.unit}s"
    if facts.kind in POVERTY and facts.at is not None:
        own = facts.kind is MeasureKind.POVERTY_THRESHOLD
        whose = "those looked at" if own else "everybody who answered"
        yield f"Poverty line: {100 * facts.at:g} % of the median of {whose}"
    if facts.sdg is not None:
        yield f"SDG indicator {facts.sdg.indicator}: {facts.sdg.relation}"


def in_words(condition: dict[str, Any]) -> str:
    """A condition of a survey file as a sentence."""
    for joint, word in (("all", " and "), ("any", " or ")):
        if joint in condition:
            return "(" + word.join(in_words(part) for part in condition[joint]) + ")"
    if "not" in condition:
        return f"not {in_words(condition['not'])}"
    return f"{condition.get('question', '')} {_test(condition)}".strip()


def _test(condition: dict[str, Any]) -> str:
    if "in" in condition:
        codes = condition["in"] if isinstance(condition["in"], list) else [condition["in"]]
        return f"is {' or '.join(str(code) for code in codes)}"
    if "between" in condition:
        low, high = condition["between"]
        return f"is from {low} to {high}"
    limits = [f"{word} {condition[key]}" for key, word in _LIMITS if key in condition]
    if limits:
        return f"is {' and '.join(limits)}"
    if "answered" in condition:
        return "was answered" if condition["answered"] else "has no answer"
    return ""


_LIMITS = (("at_least", "at least"), ("at_most", "at most"))


def _design(design: DesignFacts) -> Iterator[str]:
    sample = design.sample
    weights = "weighted" if design.weighted else "each record counts the same"
    yield f"Found by: {design.kind}; {sample.records} records, {weights}"
    if design.clustered:
        yield f"  {sample.strata} strata, {sample.clusters} clusters; lonely clusters: {design.lonely}"
    for key, words in design.notes.items():
        yield f"  {key}: {words}"


def _decision(release: Release, cell: Cell) -> Iterator[str]:
    policy = release.cells.policy
    decided = f", decided by {policy.decided_by}" if policy.decided_by else ""
    since = f" since {policy.since}" if policy.since else ""
    yield f'Policy "{policy.name}"{decided}{since}'
    if policy.protect:
        least, sensitive = policy.min_respondents, policy.min_respondents_sensitive
        yield f"  A cell needs {least} respondents, one of a sensitive dimension {sensitive}."
    if cell.status is Status.SUPPRESSED_COMPLEMENTARY:
        yield "  Large enough itself; shown, it would give another cell back."


def _origin(release: Release) -> Iterator[str]:
    yield f"Made by {release.provenance.software} from:"
    for one in release.provenance.inputs:
        yield f"  {one.name} (sha256 {one.sha256[:12]}, {one.bytes} bytes)" if one.sha256 else f"  {one.name}"
    yield f"Release {release.survey.id}, {release.digest}"
    if release.provenance.supersedes:
        yield f"  It revises {release.provenance.supersedes}"
