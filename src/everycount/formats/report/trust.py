"""The end of the report: how sure one can be, what is hidden, what was asked, how the numbers were made."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from everycount.estimate.plan import WOODRUFF
from everycount.formats.page import Html, join, spoken, tag
from everycount.formats.report.quality import quality
from everycount.formats.report.tables import body, row, table
from everycount.formats.report.view import View, section
from everycount.protect.cells import Status
from everycount.sample.design import Basis, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.protect.cells import Cell
    from everycount.release.model import DesignFacts, Input
    from everycount.text import Text

_DIGITS = 16  # of a fingerprint; enough to tell two apart by eye

# The reasons in the order of the table, with those of the policy that need no number last.
_REASONS = (
    Status.SUPPRESSED_SMALL,
    Status.SUPPRESSED_COMPLEMENTARY,
    Status.SUPPRESSED_UNRELIABLE,
    Status.WITHHELD_BY_COMMUNITY,
    Status.NO_ANSWERS,
)


def how_sure(view: View) -> Html:
    """What the numbers can carry, and why."""
    design = view.release.design
    units = view.words.units(view.main.unit if view.main else "")
    lines = (
        ("kind", view.words.plain(f"kind.{design.kind}")),
        ("scope", view.words.plain(f"scope.{design.scope}", units=units)),
        ("answered", _answered(view, design)),
        ("weights", _weights(view, design)),
        ("effect", _effect(view)),
        ("interval", _interval(view)),
        ("lonely", _lonely(view, design)),
        ("notes", _notes(design)),
        ("quality", quality(view)),
        ("findings", _findings(view)),
        ("missing", view.words.plain("design.missing_text")),
    )
    listed = (
        join([tag("dt", view.words.plain(f"design.{name}")), tag("dd", said)]) for name, said in lines if said
    )
    return section(view, "how_sure", _basis(view, design, units), tag("dl", *listed))


def _basis(view: View, design: DesignFacts, units: str) -> Html:
    if design.basis is not Basis.NONE:
        return tag("p", view.words.plain(f"basis.{design.basis}"), class_="lede")
    key = "basis.none_place" if design.scope is Scope.PLACE else "basis.none"
    why = tag("p", view.words.plain(f"why.{design.kind}"))
    return tag("div", tag("p", view.words.plain(key, units=units), class_="lede"), why, class_="notice")


def _answered(view: View, design: DesignFacts) -> str:
    words, sample = view.words, design.sample
    answers = words.plain("head.records_value", count=sample.records)
    if not design.clustered:
        return answers
    clusters = words.plain("design.clusters", count=sample.clusters)
    if sample.strata > 1:
        clusters = f"{clusters}, {words.plain('design.strata', count=sample.strata)}"
    return words.plain("design.answered_value", answers=answers, clusters=clusters)


def _weights(view: View, design: DesignFacts) -> str:
    return view.words.plain("design.weighted" if design.weighted else "design.unweighted")


def _effect(view: View) -> Html | None:
    number = view.words.number
    rows = [
        row(view.measure(one), number(cell.deff, 2), number(cell.n or 0), _worth(view, cell))
        for one in view.release.measures
        if (cell := view.overall(one)) is not None and cell.deff is not None and cell.n_effective is not None
    ]
    heads = [view.words.plain(f"column.{name}") for name in ("measure", "effect", "asked", "worth")]
    said = view.words.plain("design.effect_value")
    return tag("div", table(said, heads, [body(rows)]), class_="wide") if rows else None


def _worth(view: View, cell: Cell) -> str:
    """Effective respondents, but never more than answered (as NCHS 2017 presents them)."""
    return view.words.number(min(cell.n_effective or 0.0, cell.n or 0))


def _interval(view: View) -> str | None:
    used = Counter(cell.interval for cell in view.release.cells.cells if cell.interval)
    if not used:
        return None
    known = view.words.data["method"]
    level = view.release.cells.level
    return view.words.plain(
        "design.interval_value",
        methods=", ".join(_named(known, method) for method, _ in used.most_common()),
        level=view.words.percent(level),
        count=round(level * 100),
    )


def _named(known: dict[str, str], method: str) -> str:
    """A method by its name; Woodruff's with the interval of the share that it turns round."""
    own, _, turned = method.partition("_") if method.startswith(WOODRUFF) else (method, "", "")
    return " · ".join(known.get(part, part) for part in (own, turned) if part)


def _lonely(view: View, design: DesignFacts) -> str | None:
    count = design.sample.lonely_strata
    return view.words.plain(f"lonely.{design.lonely}", count=count) if count else None


def _notes(design: DesignFacts) -> Html | None:
    if not design.notes:
        return None
    return join(
        (
            tag("span", tag("bdi", key), ": ", tag("bdi", said), class_="note")
            for key, said in design.notes.items()
        ),
        tag("br"),
    )


def _findings(view: View) -> Html:
    findings = view.release.provenance.findings
    if not findings:
        return join([view.words.plain("design.findings_none")])
    lines = (
        view.words.say("design.findings_value", count=count, kind=tag("bdi", kind))
        for kind, count in findings
    )
    return join([*lines, view.words.plain("design.findings_kept")], tag("br"))


# What is hidden


def hidden(view: View) -> Html:
    """How many numbers are not shown, why, and what the signs for it mean."""
    cells = view.release.cells.cells
    counts: Counter[Status] = Counter(cell.status for cell in cells)
    del counts[Status.SHOWN]
    total = sum(counts.values())
    parts: list[Html | None] = [_policy(view)]
    if not total:
        return section(view, "hidden", tag("p", view.words.plain("hidden.none")), *parts)
    lead = view.words.plain("hidden.lead", count=total, total=len(cells))
    signs = [view.words.plain("hidden.hatch")] if _is_hidden(cells) else []
    signs += [view.words.plain("hidden.empty")] if counts[Status.NO_ANSWERS] else []
    return section(view, "hidden", tag("p", lead), _reasons(view, counts), tag("p", " ".join(signs)), *parts)


def _is_hidden(cells: Iterable[Cell]) -> bool:
    return any(cell.status not in {Status.SHOWN, Status.NO_ANSWERS} for cell in cells)


def _reasons(view: View, counts: Counter[Status]) -> Html:
    heads = [view.words.plain("column.hidden_by"), view.words.plain("column.cells")]
    least = view.release.cells.policy.min_respondents
    rows = (
        row(view.words.plain(f"hidden.{status}", count=least), view.words.number(counts[status]))
        for status in _REASONS
        if counts[status]
    )
    return table(view.words.plain("hidden.caption"), heads, [body(rows)])


def _policy(view: View) -> Html:
    policy = view.release.cells.policy
    said = [] if policy.protect else [view.words.say("hidden.open")]
    said.append(view.words.say("hidden.policy", name=tag("bdi", policy.name)))
    if policy.decided_by:
        said.append(view.words.say("hidden.decided", who=tag("bdi", policy.decided_by)))
    if policy.since:
        said.append(view.words.say("hidden.since", date=view.words.date(policy.since)))
    return tag("p", join([*said, *_changed(view), *_guarded(view)], " "))


def _changed(view: View) -> Iterator[Html]:
    """That counts are not the true ones, and by how much at most."""
    policy = view.release.cells.policy
    if policy.noise:
        yield view.words.say("hidden.noise", most=policy.noise)
    elif policy.changes_counts:
        yield view.words.say("hidden.rounded", base=policy.round_counts)


def _guarded(view: View) -> Iterator[Html]:
    """Who is protected more than others, and where the survey chose to protect somebody less."""
    dimensions = view.release.dimensions
    for key, chosen in (
        ("sensitive", [one for one in dimensions if one.sensitive]),
        ("unmapped", [one for one in dimensions if one.do_not_map]),
    ):
        if chosen and view.release.cells.policy.protect:
            yield view.words.say(f"hidden.{key}", groups=join(map(view.dimension, chosen), ", "))
    for dimension in dimensions:
        for guard in dimension.guards:
            if guard.lowered:
                label = dict(dimension.groups).get(guard.code, dimension.labels)
                named = tag("bdi", label.say(view.language, guard.code or dimension.id))
                yield view.words.say("hidden.lowered", group=named, reason=tag("bdi", guard.lowered))


# What was asked


def questions(view: View) -> Html:
    """The wording of each question, in the language in which it was asked."""
    named = [(view.measure(one), one.wording) for one in view.release.measures]
    named += [(view.dimension(one), one.wording) for one in view.release.dimensions]
    asked = [(name, wording) for name, wording in named if wording]
    if not asked:
        return section(view, "questions", tag("p", view.words.plain("questions.none")))
    lines = (join([tag("dt", name), tag("dd", wording_of(view, wording))]) for name, wording in asked)
    return section(view, "questions", tag("dl", *lines))


def wording_of(view: View, wording: Text) -> Html:
    """The original first; then, in brackets, the page's language where that is another."""
    language, original = wording.versions[0]
    first = tag("q", original, lang="" if language == "und" else language, dir="auto")
    said = wording.say(view.language)
    if said == original:
        return first
    return join([first, tag("br"), tag("span", spoken(wording, view.language), class_="quiet")])


# How it was made


def made(view: View) -> Html:
    """Software, fingerprint, inputs, and how to check that nothing was changed."""
    words, provenance = view.words, view.release.provenance
    inputs = (_input(view, one) for one in provenance.inputs)
    lines = (
        ("software", Html("") if not provenance.software else tag("bdi", provenance.software)),
        ("digest", tag("code", _prefix(view.release.digest), "…")),
        ("inputs", join(inputs, tag("br")) if provenance.inputs else None),
    )
    listed = (
        join([tag("dt", words.plain(f"made.{name}")), tag("dd", said)])
        for name, said in lines
        if said is not None
    )
    replaces = provenance.supersedes and words.say(
        "made.replaces", digest=tag("code", _prefix(provenance.supersedes))
    )
    return section(
        view,
        "made",
        tag("dl", *listed),
        tag("p", replaces) if replaces else None,
        tag("p", words.plain("made.same")),
        tag("p", words.plain("made.verify")),
        tag("p", tag("code", "everycount verify .", dir="ltr")),
        tag("p", words.say("crossed.whole", file=tag("code", "cells.csv"))),
    )


def _input(view: View, one: Input) -> Html:
    """A file; one that holds answers by its name alone."""
    name = tag("bdi", one.name)
    if not one.sha256:
        return name
    return view.words.say("made.input", name=name, size=one.bytes, digest=tag("code", _prefix(one.sha256)))


def _prefix(digest: str) -> str:
    return digest.removeprefix("sha256:")[:_DIGITS]
