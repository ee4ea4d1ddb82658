"""No published number together with the others gives back a hidden one."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from everycount.estimate.condition import In
from everycount.estimate.plan import Case, Cases, Dimension, Group, Value, Variable
from everycount.faults import InputError
from everycount.protect import OPEN, PUBLIC, Cells, Status, protect, restore
from everycount.text import NOTHING
from library.protect.attacker import Attack
from library.protect.people import Survey, estimates, share, with_earlier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import Estimate

POLICY = replace(
    PUBLIC,
    name="own",
    min_respondents=4,
    min_respondents_sensitive=6,
    min_respondents_extreme=8,
    decimals=None,
)
LEVELS = [share("safe", "water", "1"), share("basic", "water", "2"), share("none", "water", "3")]
OTHER = share("school", "school", "y")
WOMEN = share("women_safe", "water", "1", among=share("x", "sex", "f").condition)


def breakdowns(dimensions: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(dimensions, size) for size in range(1, len(dimensions) + 1)))


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    groups = {name: ("1", "2", "3")[: draw(st.integers(2, 3))] for name in names}
    sensitive = draw(st.booleans())
    dimensions = [Dimension(name, name, sensitive=sensitive and name == "a") for name in names]
    bys = [(), *draw(st.lists(st.sampled_from(breakdowns(names)), unique=True, max_size=5))]
    measures = draw(st.sampled_from([LEVELS[:1], LEVELS, [*LEVELS[:2], OTHER], [OTHER, WOMEN, LEVELS[0]]]))
    subsets = {
        measure.id: [by for by in bys if not by or draw(st.booleans())] if draw(st.booleans()) else bys
        for measure in measures
    }
    people = draw(st.lists(_person(groups, measures), min_size=5, max_size=60))
    return Survey(people, measures, subsets, dimensions, groups)


def _person(groups: dict[str, Any], measures: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    often = st.integers(0, 19)
    parts: dict[str, st.SearchStrategy[Any]] = {
        name: often.map(
            lambda i, codes=codes: None if i == 0 else codes[0] if i < 9 else codes[i % len(codes)]
        )
        for name, codes in groups.items()
    }
    parts["water"] = often.map(lambda i: None if i == 0 else "123"[i % 3])
    questions = {measure.condition.question for measure in measures}
    if "school" in questions:
        parts["school"] = often.map(lambda i: None if i < 2 else "yn"[i % 2])
    if any(measure.among for measure in measures):
        parts["sex"] = st.sampled_from(["f", "m"])
    return st.fixed_dictionaries(parts)


AGES = tuple("01234567")
SEX = ("f", "m")


@st.composite
def woven_surveys(draw: st.DrawFn) -> Survey:
    """Two dimensions of one number with cut points of their own; districts in regions, asked apart."""
    groups, joint, variables, dimensions = {"sex": SEX}, [], [], [Dimension("sex", "sex")]
    places: dict[str, dict[Any, Any]] = {}
    kind = draw(st.sampled_from(["bands", "bands", "areas", "both"]))
    if kind != "areas":
        for name in ("a", "b"):
            cuts = sorted(draw(st.sets(st.integers(1, 7), min_size=1, max_size=2)))
            places[name] = {age: str(sum(int(age) >= cut for cut in cuts) + 1) for age in AGES}
            groups[name] = tuple(sorted(set(places[name].values())))
            dimensions.append(_band(name, places[name], groups[name], draw(st.booleans())))
            variables.append(Variable(name, Cases(tuple(_cases(places[name])))))
    if kind != "bands":
        groups["d"], groups["r"] = tuple("1234"[: draw(st.integers(3, 4))]), ("1", "2")
        places["r"] = {code: draw(st.sampled_from(groups["r"])) for code in groups["d"]}
        dimensions += [Dimension("d", "d", sensitive=draw(st.booleans())), Dimension("r", "r")]
        joint.append((("d", "r"), frozenset({*places["r"].items(), (None, None)})))
    names = [one.id for one in dimensions]
    measures = draw(st.sampled_from([LEVELS[:1], LEVELS[:2]]))
    if kind == "bands" and draw(st.booleans()):
        codes = draw(st.sets(st.sampled_from(AGES), min_size=2, max_size=6))
        measures = [*measures, share("some", "water", "1", among=In("age", tuple(sorted(codes))))]
        joint.append(
            (
                ("age", "a", "b"),
                frozenset({(x, places["a"][x], places["b"][x]) for x in AGES} | {(None,) * 3}),
            )
        )
    elif kind != "areas":
        joint.append(
            (("a", "b"), frozenset({(places["a"][x], places["b"][x]) for x in AGES} | {(None, None)}))
        )
    by_two = [by for by in breakdowns(names) if len(by) == 1 or (len(by) == 2 and "sex" in by)]
    bys = [(), *draw(st.lists(st.sampled_from(by_two), unique=True, min_size=2, max_size=5))]
    people = [
        _woven_person(one, places, groups, keep_age=any(measure.among for measure in measures))
        for one in draw(st.lists(_raw_person(groups), min_size=8, max_size=60))
    ]
    used = {name: groups[name] for name in names}
    return Survey(
        people, measures, {one.id: bys for one in measures}, dimensions, used,
        variables=tuple(variables), joint=tuple(joint),
    )  # fmt: skip


def _band(name: str, places: dict[Any, Any], codes: tuple[str, ...], known: bool) -> Dimension:  # noqa: FBT001 - drawn
    """Either groups of the answers themselves, or of a variable made of them."""
    if not known:
        return Dimension(name, name)
    members = {code: tuple(age for age in AGES if places[age] == code) for code in codes}
    return Dimension(name, "age", groups=tuple(Group(code, NOTHING, members[code]) for code in codes))


def _cases(places: dict[Any, Any]) -> Iterator[Case]:
    for code in sorted(set(places.values())):
        yield Case(Value(code), In("age", tuple(age for age in AGES if places[age] == code)))


def _raw_person(groups: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    often = st.integers(0, 19)
    parts: dict[str, st.SearchStrategy[Any]] = {
        "sex": st.sampled_from(SEX),
        "age": often.map(lambda i: None if i == 0 else AGES[i % 8] if i < 10 else AGES[i % 3 * 3]),
        "water": often.map(lambda i: None if i == 0 else "12"[i % 2]),
    }
    if "d" in groups:
        parts["d"] = often.map(
            lambda i: None if i == 0 else groups["d"][i % len(groups["d"])] if i < 8 else groups["d"][i % 2]
        )
    return st.fixed_dictionaries(parts)


def _woven_person(
    raw: dict[str, Any], places: dict[str, dict[Any, Any]], groups: dict[str, Any], *, keep_age: bool
) -> dict[str, Any]:
    found = {name: raw[name] for name in ("sex", "water", "d") if name in raw}
    found |= {name: places[name].get(raw["age"]) for name in ("a", "b") if name in groups}
    if "r" in groups:
        found["r"] = places["r"].get(raw["d"])
    return found | ({"age": raw["age"]} if keep_age else {})


@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(woven_surveys())
def test_dimensions_that_hang_together_give_nothing_back(survey: Survey) -> None:
    cells = protect(estimates(survey), POLICY)
    attack = Attack(survey, cells, POLICY)
    assert [found for found in attack.recovered((Status.SUPPRESSED_SMALL,)) if is_secret(found[1])] == []
    assert list(attack.recovered_in_common(is_secret)) == []


# Without shrinking: a find is small enough, and each step towards a smaller one is an attack of its own.
@settings(max_examples=300, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(surveys())
def test_hidden_cells_stay_hidden_from_exact_integer_search(survey: Survey) -> None:
    cells = protect(estimates(survey), POLICY)
    attack = Attack(survey, cells, POLICY)
    assert [found for found in attack.recovered((Status.SUPPRESSED_SMALL,)) if is_secret(found[1])] == []


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(surveys(), st.data())
def test_nothing_follows_from_two_releases_of_the_same_people(survey: Survey, data: st.DataObject) -> None:
    """Each has breakdowns of its own; whoever holds both knows all that either prints.

    What the first has told cannot be hidden any more: a second one that could be solved by it is refused, or
    shows nothing and so adds nothing to what is out.
    """
    both = {
        name: [(by, data.draw(st.sampled_from(["first", "second", "both"]))) for by in bys]
        for name, bys in survey.breakdowns.items()
    }
    first, second = (
        replace(survey, breakdowns={name: [by for by, at in bys if at != no] for name, bys in both.items()})
        for no in ("second", "first")
    )
    before = protect(estimates(first), POLICY)
    try:
        now = protect(with_earlier(second, first), POLICY, given=[before])
    except InputError:
        event("refused")
        return
    earlier, later = Attack(first, before, POLICY), Attack(second, now, POLICY)
    told, out = Attack(first, before, POLICY), later.forgetting()
    out.know(told)
    earlier.know(later)
    later.know(told)
    assert secrets(earlier) == []
    if any(cell.n is not None for cell in now.cells):
        assert secrets(later) == []
    else:
        assert secrets(later) == secrets(out)


def secrets(attack: Attack) -> list[tuple[str, Estimate]]:
    """What is given back of cells that were hidden by a rule of their own."""
    return [one for one in attack.recovered((Status.SUPPRESSED_SMALL,)) if is_secret(one[1])]


def is_secret(estimate: Estimate) -> bool:
    """Hidden by a rule of its own, and not merely with its whole breakdown."""
    few = estimate.n < POLICY.min_respondents
    return few or (estimate.n < POLICY.min_respondents_extreme and estimate.events in (0, estimate.n))


def test_the_attacker_finds_what_is_only_left_out() -> None:
    """Without partners, subtraction gives small cells back; an attack that never succeeds proves nothing."""
    people = [{"a": "1", "water": "1"}] * 3 + [{"a": "2", "water": "12"[at % 2]} for at in range(20)]
    breakdown = {"safe": [(), ("a",)]}
    plain = Survey(people, LEVELS[:1], breakdown, [Dimension("a", "a")], {"a": ("1", "2")})
    found = protect(estimates(plain), POLICY)
    shown = protect(estimates(plain), OPEN)
    bare = restore(POLICY, 0.95, (shown.cells[0], found.cells[1], shown.cells[2]), ())
    assert list(Attack(plain, bare, POLICY).recovered())


def test_the_attacker_puts_two_releases_together() -> None:
    """A total in the one and its other part in the other: neither alone gives the small cell back."""
    people = [{"a": "1", "water": "1"}] * 3 + [{"a": "2", "water": "12"[at % 2]} for at in range(20)]
    plain = Survey(people, LEVELS[:1], {"safe": [(), ("a",)]}, [Dimension("a", "a")], {"a": ("1", "2")})
    shown = protect(estimates(plain), OPEN).cells
    total, small, other = protect(estimates(plain), POLICY).cells
    hidden = replace(other, cell=())
    first = Attack(plain, restore(POLICY, 0.95, (total, small, other), ()), POLICY)
    second = Attack(plain, restore(POLICY, 0.95, (hidden, small, shown[2]), ()), POLICY)
    assert not list(first.recovered())
    assert not list(second.recovered())
    second.know(first)
    assert list(second.recovered())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(surveys())
def test_the_same_input_beside_itself_shows_the_same_cells(survey: Survey) -> None:
    """Or, where two ways of hiding cost the same, fewer of them; never another number.

    A release of nothing binds nobody: beside it another way may be found that shows something.
    """
    made = estimates(survey)
    before = protect(made, POLICY)
    now = protect(made, POLICY, given=[before])
    if shown_in(before):
        assert shown_in(now) <= shown_in(before)
    event("fewer" if shown_in(now) < shown_in(before) else "the same")


def shown_in(cells: Cells) -> set[object]:
    """What is printed of cells that are shown."""
    return {(one.measure, one.cell, one.n, one.value) for one in cells.cells if one.status is Status.SHOWN}


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_no_small_cell_is_ever_shown_and_no_stricter_policy_shows_one(survey: Survey) -> None:
    made = estimates(survey)
    strict = replace(POLICY, min_respondents=6, min_respondents_sensitive=9, min_respondents_extreme=12)
    for policy in (POLICY, strict):
        for estimate, cell in zip(made.estimates, protect(made, policy).cells, strict=True):
            if cell.status is Status.SHOWN:
                assert estimate.n >= policy.min_respondents
                assert estimate.events not in (0, estimate.n) or estimate.n >= policy.min_respondents_extreme


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_open_hides_nothing_and_order_does_not_matter(survey: Survey) -> None:
    made = estimates(survey)
    assert all(cell.status in (Status.SHOWN, Status.NO_ANSWERS) for cell in protect(made, OPEN).cells)
    turned = replace(made, estimates=made.estimates[::-1])
    assert protect(made, POLICY).cells == protect(turned, POLICY).cells[::-1]
