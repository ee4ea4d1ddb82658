"""What a survey file says of the survey, its design and its policy."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.plan import Arithmetic, Operation, Variable
from everycount.faults import InputError
from everycount.protect import POLICIES, PUBLIC, Policy
from everycount.release.model import SurveyFacts
from everycount.sample import (
    Design,
    DesignKind,
    Lonely,
    PopulationWeight,
    ReplicateMethod,
    Replicates,
    Scope,
)

if TYPE_CHECKING:
    from everycount.survey.document import Reader

# ISO 8601: year, month, date, or an interval of two of them.
_MOMENT = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_PERIOD = re.compile(rf"{_MOMENT}(?:/{_MOMENT})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_languages(survey: Reader) -> tuple[str, ...]:
    """The languages of the survey file, its own first; English where nothing is said."""
    given = survey.strings("languages")
    for tag in given:
        if not _LANGUAGE.fullmatch(tag):
            survey.complain(
                "languages", f'"{tag}" is not a language.', 'Give BCP 47 tags such as "en" or "bn".'
            )
    title = survey.raw("title")
    implied = tuple(title) if isinstance(title, dict) else ()
    return given or tuple(str(tag) for tag in implied) or ("en",)


def read_facts(survey: Reader, languages: tuple[str, ...]) -> SurveyFacts:
    """The ``[survey]`` table without its files."""
    own = languages[0]
    name = survey.text("id", required=True)
    if name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        survey.complain("id", f'The id "{name}" has other signs.', "Use letters, digits, _ and - only.")
    title = survey.label("title", own)
    if not title:
        survey.complain("title", 'The key "title" is missing.', 'Add `title = "..."`.')
    period = period_of(survey, required=True)
    return SurveyFacts(
        id=name,
        title=title,
        period=period,
        area=_area(survey),
        languages=languages,
        about=survey.label("about", own),
        asked_by=survey.label("asked_by", own),
        licence=survey.text("licence"),
        source=survey.text("source"),
        invented=survey.boolean("invented"),
    )


def period_of(reader: Reader, *, required: bool = False) -> str:
    """The key ``period`` of a table: ISO 8601."""
    period = reader.word("period", required=required)
    if period and not (_PERIOD.fullmatch(period) and all(map(_exists, period.split("/")))):
        reader.complain(
            "period",
            f'The period "{period}" is not ISO 8601.',
            'Write "2017", "2017-03" or "2017-03/2017-05".',
        )
    return period


def _exists(moment: str) -> bool:
    """Whether a day is in the calendar; years and months always are."""
    try:
        dt.date.fromisoformat(moment if moment.count("-") == 2 else "2000-01-01")
    except ValueError:
        return False
    return True


def _area(survey: Reader) -> str:
    code = survey.word("area", required=True)
    if code:
        try:
            catalogue.area(code)
        except InputError as error:
            survey.adopt("area", error)
    return code


def read_design(root: Reader) -> tuple[Design, tuple[Variable, ...]]:
    """The ``[design]`` table, and the variables that its arithmetic weights stand for.

    After a fault the weakest design stands in, so that reading can go on and find the other faults.
    """
    reader = root.table("design")
    if reader is None:
        root.complain(
            None,
            "The table [design] is missing.",
            'Say how people were found: [design] and kind = "purposive", "probability", ...',
        )
        return Design(DesignKind.CONVENIENCE), ()
    kind = reader.choice("kind", DesignKind, None, "kind of design")
    weights, variables, replicates = _weights(reader)
    notes = reader.table("notes")
    design = Design(
        kind=kind or DesignKind.CONVENIENCE,
        strata=reader.strings("strata"),
        clusters=reader.strings("clusters"),
        weights=weights,
        populations=reader.strings("population"),
        lonely=reader.choice("lonely", Lonely, Lonely.ADJUST, "treatment of lonely clusters")
        or Lonely.ADJUST,
        nested=reader.boolean("nested", default=True),
        scope=reader.choice("scope", Scope, None, "scope") if "scope" in reader else None,
        notes={key: notes.text(key) for key in notes.data} if notes else {},
        replicates=replicates,
    )
    reader.close()
    return design, variables


WEIGHT = "weight_rule"  # the variable that arithmetic weights are turned into


def _weights(
    reader: Reader,
) -> tuple[str | PopulationWeight | None, tuple[Variable, ...], Replicates | None]:
    if not isinstance(reader.raw("weights"), dict):
        return reader.text("weights") or None, (), None
    table = reader.table("weights")
    if table is None:
        return None, (), None
    replicates = _replicates(table) if "replicates" in table or "method" in table else None
    kind = table.one_of(("weights", "population", *Operation), "The rule of the weights")
    rule: str | PopulationWeight | None = None
    variables: tuple[Variable, ...] = ()
    if kind == "population":
        rule = PopulationWeight(table.text("population"), table.strings("within", required=True))
    elif kind == "weights":
        rule = table.text("weights") or None
    elif kind is not None:
        rule, variables = WEIGHT, (Variable(WEIGHT, Arithmetic(Operation(kind), table.strings(kind))),)
    table.close()
    return rule, variables, replicates


def _replicates(table: Reader) -> Replicates | None:
    """Replicate weights among the columns, or to be made from strata and clusters."""
    method = table.choice("method", ReplicateMethod, None, "method of replicate weights")
    rho = table.number("rho", required=method is ReplicateMethod.FAY) or 0.0
    if not 0 <= rho < 1:
        table.complain("rho", f"Fay's rho is {rho:g}.", "Give a share from 0 up to below 1: 0.3.")
    rscales = table.raw("rscales", [])
    if not isinstance(rscales, list) or not all(_is_number(one) and one >= 0 for one in rscales):
        table.complain("rscales", "These are not numbers of 0 or more.", "Give a list: [0.5, 0.5].")
        rscales = []
    scale = table.number("scale")
    if scale is not None and scale <= 0:
        table.complain("scale", f"The scale is {scale:g}.", "Give a number above 0, or leave it out.")
    columns, number = table.strings("replicates"), table.whole("number", 0)
    if number == 1:
        table.complain("number", "One replicate has nothing to differ from.", "Give 200 or more.")
    made = Replicates(
        method=method or ReplicateMethod.JKN,
        columns=columns,
        rho=rho,
        scale=scale,
        rscales=tuple(map(float, rscales)),
        mse=table.boolean("mse", default=method is ReplicateMethod.SDR),
        number=number,
        seed=table.whole("seed", 1),
    )
    return None if method is None else made


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read_policy(root: Reader, name: str | None) -> Policy:
    """The ``[policy]`` table; ``name`` (from the command line) chooses the policy it starts from."""
    reader = root.table("policy")
    if reader is None:
        return _named(root, name or PUBLIC.name)
    base = _named(reader, name or reader.text("name", PUBLIC.name))
    given = {
        field.name: _field(reader, field.name, getattr(base, field.name))
        for field in fields(Policy)
        if field.name not in {"name", "protect", "noise_key"} and field.name in reader
    }
    reader.text("name")
    reader.close()
    # A known name promises known thresholds; who decided and since when do not change them.
    changed = any(given[key] != getattr(base, key) for key in given.keys() - {"decided_by", "since"})
    try:
        return replace(base, **given, name="own" if changed else base.name)  # type: ignore[arg-type]  # by field
    except InputError as error:  # a policy checks itself; here its faults get their lines
        for fault in error.faults:
            reader.complain(fault.place.rpartition(", ")[2], fault.problem, fault.remedy)
        return base


def _named(reader: Reader, name: str) -> Policy:
    if name == "own":
        return replace(PUBLIC, name="own")
    if name not in POLICIES:
        reader.unknown("name", "policy", name, (*POLICIES, "own"))
        return PUBLIC
    return POLICIES[name]


def _field(reader: Reader, key: str, default: object) -> object:
    if isinstance(default, bool):
        return reader.boolean(key, default=default)
    if isinstance(default, str):
        return reader.word(key, default)
    if isinstance(default, float):
        return reader.number(key, default)
    return reader.whole(key, default if isinstance(default, int) else 4)
