"""A proposed survey file, line by line, with a word on what a person should look at."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.sample import MAIN
from everycount.survey.guesses import Bands

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.questionnaire import Questionnaire
    from everycount.sample import Source
    from everycount.survey.guesses import Dimension, Guesses, Measure

SHOWN = 40  # names listed in a comment


@dataclass(frozen=True, slots=True)
class Files:
    """The files that a survey folder is made from.

    Attributes:
        records: the answers, in any format that can be read.
        form: an XLSForm, the survey sheet of one as CSV, or None.
        choices: the choices sheet as CSV, with a survey sheet as CSV.
        rosters: further files with rows that belong to a record.
    """

    records: Path
    form: Path | None = None
    choices: Path | None = None
    rosters: tuple[Path, ...] = ()

    @property
    def all(self) -> tuple[Path, ...]:
        """Each of them."""
        return tuple(
            path for path in (self.records, self.form, self.choices, *self.rosters) if path is not None
        )


@dataclass(frozen=True, slots=True)
class Head:
    """What is known without guessing: files (if any) and how they were read, the survey's name, the place."""

    files: Files | None
    sources: Mapping[str, Source]
    questionnaire: Questionnaire | None
    name: str
    area: str
    languages: tuple[str, ...]
    missing: tuple[str, ...]
    today: dt.date


def survey_file(head: Head, guesses: Guesses) -> str:
    """The whole ``survey.toml``."""
    return "\n".join(
        [
            *_survey(head, guesses),
            *_consent(guesses),
            *_design(guesses),
            *_quality(guesses),
            *_plan(guesses, heard=head.files is not None),
            "",
        ]
    )


def quoted(words: str) -> str:
    """A TOML basic string: JSON's, except that TOML also escapes the delete character."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_of(word: str) -> str:
    """A TOML key, in quotes where it has to be."""
    return word if re.fullmatch(r"[A-Za-z0-9_-]+", word) else quoted(word)


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(quoted(word) for word in words)}]"


def _table(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key_of(key)} = {quoted(value)}" for key, value in pairs.items()) + "}"


def _text(labels: Mapping[str, str]) -> str:
    return quoted(next(iter(labels.values()))) if len(labels) == 1 else _table(labels)


def _survey(head: Head, guesses: Guesses) -> Iterator[str]:
    files = head.files
    title = _title(head.questionnaire)
    yield f"# Proposed by `everycount init` from {quoted(files.records.name)}." if files else _UNASKED
    yield "# Every line is a guess: read it, mend it, delete it."
    yield "\n[survey]"
    yield f"id = {quoted(re.sub(r'[^A-Za-z0-9_-]+', '-', head.name).strip('-_') or 'survey')}"
    yield f"title = {_text(title) if len(title) > 1 else quoted(next(iter(title.values()), head.name))}"
    yield f"languages = {_list(head.languages)}"
    when = "from the records" if guesses.period else "not found in the records"
    when = when if files else "look at it again"
    yield f"period = {quoted(guesses.period or str(head.today.year))}  # when people were asked; {when}"
    yield f"area = {quoted(head.area)}"
    if files is None:
        return
    if files.form and files.choices:
        both = _table({"survey": files.form.name, "choices": files.choices.name})
        yield f"questionnaire = {both}"
    elif files.form:
        yield f"questionnaire = {quoted(files.form.name)}"
    yield f"records = {_records(head.sources)}"
    yield f'missing = {_list(head.missing)}  # texts that mean "no answer"'


_UNASKED = "# Proposed from the questionnaire, before anybody looked at an answer."


def _title(questionnaire: Questionnaire | None) -> dict[str, str]:
    """What the form is called, where somebody named it: else it has the name of its file."""
    if questionnaire is None or not questionnaire.title:
        return {}
    return {tag: words for tag, words in questionnaire.title.as_dict().items() if words != questionnaire.id}


def _records(sources: Mapping[str, Source]) -> str:
    main = sources[MAIN]
    if len(sources) == 1:
        return quoted(main.path.name)
    rosters = ", ".join(
        f"{key_of(name)} = {_table({'file': source.path.name, 'parent_key': source.parent_key or ''})}"
        for name, source in sources.items()
        if name != MAIN
    )
    return f"{{main = {quoted(main.path.name)}, key = {quoted(main.key or '')}, rosters = {{{rosters}}}}}"


def _consent(guesses: Guesses) -> Iterator[str]:
    if guesses.consent:
        name, codes = guesses.consent
        yield "\n[consent]  # only these records are counted"
        yield f"statistics = {{question = {quoted(name)}, in = {_list(codes)}}}"


def _design(guesses: Guesses) -> Iterator[str]:
    yield "\n[design]"
    if guesses.weights:
        yield "# Were people really drawn by chance? If not: purposive, quota ... and no weights."
        yield 'kind = "probability"'
        if guesses.strata:
            yield f"strata = {_list([guesses.strata])}"
        else:
            yield '# strata = ["..."]  # were places drawn from several lists, such as one for each region?'
        if guesses.clusters:
            yield f"clusters = {_list([guesses.clusters])}"
        yield f"weights = {quoted(guesses.weights)}"
        yield '# notes = {frame = "..."}  # the list that places or people were drawn from'
    else:
        yield "# How were people found? purposive, quota, snowball, probability ..."
        yield 'kind = "convenience"'
        yield "# No weights were found, so the numbers speak about the people who answered."
        for key, name in (("strata", guesses.strata), ("clusters", guesses.clusters)):
            if name:
                yield f"# {key} = {_list([name])}"
    yield "\n[policy]"
    yield 'name = "public"  # public | partners | open'


def _quality(guesses: Guesses) -> Iterator[str]:
    seen = guesses.watched
    named = {"age": seen.age, "sex": seen.sex, "interviewer": seen.interviewer}
    lines = [f"{key} = {quoted(name)}" for key, name in named.items() if name]
    if seen.sex:
        lines += [f"male = {_list(seen.male)}", f"female = {_list(seen.female)}"]
    if lines:
        yield "\n[quality]  # what `everycount check` looks at; nothing of it is released"
        yield from lines


def _plan(guesses: Guesses, *, heard: bool) -> Iterator[str]:
    chosen = "the most frequent answer" if heard else "the first answer"
    for rule in guesses.rules:
        if isinstance(rule, Bands):
            yield from _bands(rule)
        else:
            yield f"\n[[variable]]\nid = {quoted(rule.id)}"
            yield f"derivation = {quoted(rule.derivation)}"
            yield f"columns = {_table(rule.columns)}"
    for dimension in guesses.dimensions:
        yield from _dimension(dimension)
    for measure in guesses.measures:
        yield from _measure(measure, guesses.units.get(measure.table, "record"), chosen)
    yield from _tables(guesses)
    if not guesses.measures:
        yield "\n# Nothing was found that can safely be counted. A survey needs a measure, such as:"
        yield '# [[measure]]\n# id = "water"\n# kind = "proportion"\n# question = "water"\n# in = ["yes"]'
    yield from _comments(guesses)


def _bands(bands: Bands) -> Iterator[str]:
    yield f"\n[[variable]]\nid = {quoted(bands.id)}"
    yield "cases = ["
    for code, _, low, high in bands.groups:
        when = f"at_least = {low}" if high is None else f"between = [{low}, {high}]"
        # Ages may be given in parts of a year, so each band reaches up to the next birthday.
        when = when if high is None else f"at_least = {low}, at_most = {high}.999"
        yield f"  {{when = {{question = {quoted(bands.question)}, {when}}}, value = {quoted(code)}}},"
    yield "]"
    yield f"choices = {_table({code: words for code, words, _, _ in bands.groups})}"


def _dimension(dimension: Dimension) -> Iterator[str]:
    yield f"\n[[dimension]]\nid = {quoted(dimension.id)}"
    yield f"question = {quoted(dimension.question)}"
    if dimension.groups:
        pairs = ", ".join(f"{key_of(group)} = {_list(codes)}" for group, codes in dimension.groups)
        yield f"groups = {{{pairs}}}"
    if dimension.drop:
        yield f"drop = {_list(dimension.drop)}"
    if dimension.ordered:
        yield "ordered = true"
    if dimension.sensitive:
        yield "sensitive = true  # can naming these groups endanger people? Then leave it so."
    if dimension.sdmx:
        yield f"sdmx = {quoted(dimension.sdmx)}"


def _measure(measure: Measure, unit: str, chosen: str) -> Iterator[str]:
    yield f"\n[[measure]]\nid = {quoted(measure.id)}"
    yield f"label = {_text(measure.labels)}"
    yield f'kind = "{"proportion" if measure.codes else "mean"}"'
    yield f"question = {quoted(measure.question)}"
    if measure.codes:
        others = f"  # {chosen}; others: {_list(measure.others[:12])}" if measure.others else ""
        yield f"in = {_list(measure.codes)}{others}"
        if measure.said:
            among = f"{{question = {quoted(measure.question)}, in = {_list(measure.said)}}}"
            yield f"# among = {among}  # leaves out those who do not know or do not say"
    else:
        yield 'number = ""  # its unit: litres, minutes ...'
    yield f"unit = {quoted(unit)}  # what a record is"
    if measure.better:
        yield f"better = {quoted(measure.better)}"
    else:
        yield '# better = "higher"  # or "lower": which direction is good for people?'
    if measure.sdg:
        yield f'sdg = {{indicator = {quoted(measure.sdg)}, relation = "proxy"}}'


def _tables(guesses: Guesses) -> Iterator[str]:
    """One table for the main records and one for each roster, which can also be split by its households."""
    of_main = [dimension.id for dimension in guesses.dimensions if dimension.table == MAIN]
    for table in dict.fromkeys(measure.table for measure in guesses.measures):
        own = [dimension.id for dimension in guesses.dimensions if dimension.table == table != MAIN]
        ids = [measure.id for measure in guesses.measures if measure.table == table]
        yield "\n[[table]]"
        yield f"measures = {_list(ids)}"
        yield f"by = [{', '.join(_list([name]) for name in (*own, *of_main))}]"


def _comments(guesses: Guesses) -> Iterator[str]:
    if guesses.doubtful:
        yield '\n# Not proposed: may the last number stand for "does not know"? Then add it to missing.'
        yield from (f"#   {quoted(name)}: {number:g}" for name, number in guesses.doubtful)
    if guesses.lopsided:
        yield f"\n# Not proposed, because nearly everybody answers alike: {_some(guesses.lopsided)}"
    if guesses.left_out:
        yield f"\n# {len(guesses.left_out)} more questions could be measures: {_some(guesses.left_out)}"


def _some(names: Sequence[str]) -> str:
    more = f" ... and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(quoted(name) for name in names[:SHOWN]) + more
