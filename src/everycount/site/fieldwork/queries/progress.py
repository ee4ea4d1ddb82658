"""How far a fieldwork is: by place, by collector and by day, beside what was planned."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import CharField, Count, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate

from everycount.site.collection.models import Key, KeyKind, Questionnaire
from everycount.site.fieldwork.models import Flag, Look, Plan, Target
from everycount.site.fieldwork.places import mark_of
from everycount.site.fieldwork.queries.flags import labeller
from everycount.site.fieldwork.queries.looks import form_of
from everycount.site.people.policy import Verb, may, visible
from everycount.site.review.models import State
from everycount.site.review.queries.states import reviewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

RECENT = 7  # days over which the rate is reckoned
DAYS_SHOWN = 14
_AWAY = (State.RETURNED, State.REJECTED)


@dataclass(frozen=True, slots=True)
class Row:
    """One place, collector or day.

    Attributes:
        name: as people call it; "" for those of which nobody said.
        received: how many came.
        accepted, back: of these, how many were accepted, and returned or rejected.
        target: how many are planned; None where nothing is.
        due: how many of the target the plan wants until today; None where it does not say when.
        rate: interviews a day over the last :data:`RECENT` days, or since the first one.
        left: days until the target is reached at that rate; None where it is not known.
        flags: open flags.
    """

    name: str
    received: int
    accepted: int
    back: int
    target: int | None = None
    due: int | None = None
    rate: float = 0.0
    left: int | None = None
    flags: int = 0

    @property
    def counted(self) -> int:
        """What came and was not given back: what the target is held against."""
        return self.received - self.back

    @property
    def standing(self) -> str:
        """``done``, ``behind``, ``on_plan``, ``still`` (nothing comes) or "" where nothing was planned."""
        if self.target is None:
            return ""
        if self.counted >= self.target:
            return "done"
        if self.due is not None:
            return "behind" if self.counted < self.due else "on_plan"
        return "still" if not self.rate else "going"

    @property
    def behind(self) -> int:
        """By how many."""
        return max((self.due or 0) - self.counted, 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """The page of a fieldwork.

    Attributes:
        total: everything.
        places, collectors, days: by each; days from the newest.
        others: what came from places or by collectors that the plan does not name.
        plans: the reader may plan; ``reviews``: and see flags; ``contacts``: and check again.
    """

    initiative: Initiative
    questionnaire: Questionnaire
    plan: Plan | None
    place: str
    total: Row
    places: tuple[Row, ...]
    collectors: tuple[Row, ...]
    days: tuple[Row, ...]
    plans: bool
    reviews: bool
    contacts: bool


@dataclass(frozen=True, slots=True)
class _Count:
    mark: str
    collector: str
    day: date
    state: str
    n: int


def questionnaires(reader: Person, initiative: Initiative, *, at: datetime) -> QuerySet[Questionnaire]:
    """Those whose fieldwork the reader may see, and that phones may have."""
    rows = visible(Questionnaire.objects.filter(initiative=initiative), Verb.SEE_PROGRESS, reader, at=at)
    return rows.filter(versions__published_at__isnull=False).distinct().order_by("title")


def questionnaire(reader: Person, verb: Verb, slug: str, name: UUID, *, at: datetime) -> Questionnaire | None:
    """A questionnaire on whose fieldwork the reader may do the verb."""
    rows = Questionnaire.objects.filter(pk=name, initiative__slug=slug)
    return visible(rows, verb, reader, at=at).select_related("initiative").first()


def progress(reader: Person, here: Questionnaire, *, at: datetime) -> Progress:
    """The page; whoever asks comes from :func:`questionnaire`."""
    plan = Plan.objects.filter(questionnaire=here).first()
    targets = list(plan.targets.all()) if plan else []
    counts = _counts(reader, here, at)
    today = at.date()
    calendar = _Calendar(plan, today, min((each.day for each in counts), default=today))
    reviews = may(reader, Verb.REVIEW, here, at=at)
    return Progress(
        initiative=here.initiative,
        questionnaire=here,
        plan=plan,
        place=labeller(here.pk)(plan.place) if plan and plan.place else "",
        total=_row("", counts, _sum(targets), calendar, _flags(here) if reviews else {}),
        places=_places(here.initiative_id, counts, targets, calendar),
        collectors=_collectors(counts, targets, calendar, _flags(here) if reviews else {}),
        days=_days(counts, targets, today),
        plans=may(reader, Verb.PLAN_FIELDWORK, here, at=at),
        reviews=reviews,
        contacts=may(reader, Verb.CONTACT_PEOPLE, here, at=at),
    )


def _counts(reader: Person, here: Questionnaire, at: datetime) -> list[_Count]:
    rows = reviewed(reader, Verb.SEE_PROGRESS, here.initiative, at=at)
    marks = Look.objects.filter(submission=OuterRef("pk")).values("mark")[:1]
    by = rows.filter(questionnaire=here, is_test=False).annotate(
        place=Coalesce(Subquery(marks), Value(""), output_field=CharField()),
        who=Coalesce(F("sent_by__label"), Value("")),
        kind=Coalesce(F("sent_by__kind"), Value("")),
        day=TruncDate("received_at"),
    )
    found = by.order_by().values_list("place", "who", "kind", "day", "state").annotate(n=Count("pk"))
    return [
        _Count(place, who if kind == KeyKind.PERSON else "", day, state, n)
        for place, who, kind, day, state, n in found
    ]


def _flags(here: Questionnaire) -> Mapping[str, int]:
    rows = Flag.objects.filter(questionnaire=here, dismissed_at=None).order_by()
    return dict(rows.values_list("collector").annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Today within the days of the plan, and since when interviews come."""

    plan: Plan | None
    today: date
    first: date

    def due(self, targets: Sequence[Target]) -> int | None:
        """How many the plan wants until yesterday: by its days where it names them, else evenly over them."""
        by_day = [each for each in targets if each.day]
        if by_day:
            return sum(each.target for each in by_day if each.day and each.day < self.today)
        if self.plan is None or not self.plan.begins or not self.plan.ends:
            return None
        length = (self.plan.ends - self.plan.begins).days + 1
        gone = min(max((self.today - self.plan.begins).days, 0), length)
        return sum(each.target for each in targets) * gone // length

    def rate(self, counts: Iterable[_Count]) -> float:
        """Interviews a day lately, today among the days."""
        days = min(RECENT, (self.today - self.first).days + 1)
        since = self.today - timedelta(days=days - 1)
        return sum(each.n for each in counts if each.day >= since and each.state not in _AWAY) / days


def _sum(targets: Sequence[Target]) -> list[Target]:
    """The lines that make up the whole: those by place, else by collector, else by day, else all."""
    for name in ("place", "collector", "day"):
        chosen = [each for each in targets if getattr(each, name)]
        if chosen:
            return chosen
    return list(targets)


def _row(
    name: str,
    counts: Sequence[_Count],
    targets: Sequence[Target],
    calendar: _Calendar,
    flags: Mapping[str, int],
) -> Row:
    received = sum(each.n for each in counts)
    back = sum(each.n for each in counts if each.state in _AWAY)
    target = sum(each.target for each in targets) if targets else None
    rate = calendar.rate(counts)
    rest = None if target is None else max(target - received + back, 0)
    return Row(
        name=name,
        received=received,
        accepted=sum(each.n for each in counts if each.state == State.ACCEPTED),
        back=back,
        target=target,
        due=calendar.due(targets) if targets else None,
        rate=rate,
        left=math.ceil(rest / rate) if rest is not None and rate else None,
        flags=sum(flags.values()),
    )


def _places(
    initiative: UUID, counts: Sequence[_Count], targets: Sequence[Target], calendar: _Calendar
) -> tuple[Row, ...]:
    named: dict[str, list[Target]] = defaultdict(list)
    for each in targets:
        if each.place:
            named[mark_of(each.place, of=initiative)].append(each)
    came: dict[str, list[_Count]] = defaultdict(list)
    for count in counts:
        came[count.mark if count.mark in named else ""].append(count)
    rows = [
        _row(lines[0].name or lines[0].place, came[mark], lines, calendar, {})
        for mark, lines in named.items()
    ]
    if named and came[""]:
        rows.append(_row("", came[""], [], calendar, {}))
    return tuple(rows)


def _collectors(
    counts: Sequence[_Count], targets: Sequence[Target], calendar: _Calendar, flags: Mapping[str, int]
) -> tuple[Row, ...]:
    planned: dict[str, list[Target]] = defaultdict(list)
    for each in targets:
        if each.collector:
            planned[each.collector].append(each)
    came: dict[str, list[_Count]] = defaultdict(list)
    for count in counts:
        came[count.collector].append(count)
    names = sorted({*planned, *came} - {""}, key=str.casefold)
    if came[""]:
        names.append("")
    return tuple(
        _row(name, came[name], planned[name], calendar, {name: flags.get(name, 0)}) for name in names
    )


def _days(counts: Sequence[_Count], targets: Sequence[Target], today: date) -> tuple[Row, ...]:
    planned: dict[date, int] = defaultdict(int)
    for each in targets:
        if each.day:
            planned[each.day] += each.target
    came: dict[date, list[_Count]] = defaultdict(list)
    for count in counts:
        came[count.day].append(count)
    days = sorted((day for day in {*planned, *came} if day <= today), reverse=True)[:DAYS_SHOWN]
    return tuple(
        Row(
            name=day.isoformat(),
            received=sum(each.n for each in came[day]),
            accepted=sum(each.n for each in came[day] if each.state == State.ACCEPTED),
            back=sum(each.n for each in came[day] if each.state in _AWAY),
            target=planned.get(day),
        )
        for day in days
    )


def collectors_of(here: Questionnaire) -> list[str]:
    """Labels of the keys of people, as a plan names them."""
    rows = Key.objects.filter(initiative=here.initiative_id, kind=KeyKind.PERSON).order_by("label")
    return list(dict.fromkeys(rows.values_list("label", flat=True)))


def place_questions(here: Questionnaire) -> list[tuple[str, str]]:
    """Questions that may hold the place: asked once, chosen from a list, a number or a short text."""
    from everycount.questionnaire import Kind  # noqa: PLC0415 - brings pyxform with it

    found, label = form_of(here.pk), labeller(here.pk)
    kinds = {Kind.SELECT_ONE, Kind.INTEGER, Kind.TEXT, Kind.BARCODE, Kind.CALCULATE}
    asked = found[1].questions_of(None) if found else ()
    places = ["/".join(each.full_path) for each in asked if each.kind in kinds and not each.direct_identifier]
    return [(place, label(place)) for place in places]
