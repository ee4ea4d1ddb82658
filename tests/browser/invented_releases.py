"""Invented releases for the tests of the report: made by hand, with numbers that hang together."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.estimates import Against, SampleFacts, Verdict
from everycount.estimate.plan import Benchmark, Better, MeasureKind, SdgLink
from everycount.protect import cells as protected
from everycount.protect.cells import Cell, Cells, SafeContrast, Status
from everycount.protect.policy import PUBLIC, Policy
from everycount.release.model import (
    DesignFacts,
    DimensionFacts,
    Input,
    MeasureFacts,
    Provenance,
    Release,
    SurveyFacts,
)
from everycount.sample.design import Basis, DesignKind, Lonely, Scope
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey

SHA = "0123456789abcdef" * 4


def cells_of(policy: Policy, cells: list[Cell], contrasts: list[SafeContrast]) -> Cells:
    """Cells from plain values, through the door for values that were protected before, where there is one."""
    made = (policy, 0.95, tuple(cells), tuple(contrasts))
    restore = getattr(protected, "restore", None)
    return restore(*made) if restore else Cells(*made)


def measure(id_: str, labels: Text | str | dict[str, str], **more: object) -> MeasureFacts:
    facts: dict[str, object] = {
        "kind": MeasureKind.PROPORTION,
        "labels": Text.of(labels, "en"),
        "unit": "household",
        "number": "",
        "better": Better.HIGHER,
        "sdg": None,
        "benchmark": None,
        "wording": NOTHING,
    }
    return MeasureFacts(id=id_, **(facts | more))  # type: ignore[arg-type]


def dimension(
    id_: str, labels: Text | str, groups: dict[str, str] | dict[str, Text], **more: object
) -> DimensionFacts:
    facts: dict[str, object] = {
        "ordered": False,
        "area": None,
        "sensitive": False,
        "sdmx": None,
        "wording": NOTHING,
    }
    named = tuple((code, Text.of(label, "en")) for code, label in groups.items())
    return DimensionFacts(id=id_, labels=Text.of(labels, "en"), groups=named, **(facts | more))  # type: ignore[arg-type]


@dataclass
class World:
    """Invented respondents, from which the cells of a release are counted."""

    measures: list[MeasureFacts]
    dimensions: list[DimensionFacts]
    breakdowns: list[tuple[str, ...]]
    size: int = 1200
    basis: Basis = Basis.DESIGN
    deff: float = 1.7
    seed: int = 1
    slopes: dict[str, float] = field(default_factory=dict)
    suppress_below: int = 30

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.codes = {}
        for one in self.dimensions:
            weights = rng.dirichlet(np.full(len(one.groups), 4.0))
            self.codes[one.id] = rng.choice(len(one.groups), self.size, p=weights)
        self.values = {one.id: self._values(rng, one) for one in self.measures}

    def _values(self, rng: np.random.Generator, one: MeasureFacts) -> np.ndarray:
        lean = rng.normal(0, 0.5) * np.ones(self.size)
        for each in self.dimensions:
            steps = (
                np.linspace(-1, 1, len(each.groups)) if each.ordered else rng.normal(0, 1, len(each.groups))
            )
            lean = lean + self.slopes.get(each.id, 0.6) * steps[self.codes[each.id]]
        if one.kind is MeasureKind.PROPORTION:
            return (rng.random(self.size) < 1 / (1 + np.exp(-lean))).astype(float)
        return np.exp(3 + 0.3 * lean + rng.normal(0, 0.4, self.size))

    def release(self, survey: SurveyFacts, design: DesignFacts, policy: Policy = PUBLIC) -> Release:
        cells = [
            cell for by in [(), *self.breakdowns] for one in self.measures for cell in self._cells(one, by)
        ]
        contrasts = [
            c for one in self.measures for each in self.dimensions for c in self._contrasts(one, each, cells)
        ]
        provenance = Provenance(
            "everycount 0.1.0",
            (Input("survey.toml", SHA, 4210), Input("records.csv.gz", SHA[::-1], 180_234)),
            {"survey": survey.id},
            (("value outside its range", 4), ("code that the form does not know", 1)),
        )
        return Release(
            survey,
            tuple(self.measures),
            tuple(self.dimensions),
            ((), *self.breakdowns),
            design,
            cells_of(policy, cells, contrasts),
            provenance,
        )

    def _cells(self, one: MeasureFacts, by: tuple[str, ...]) -> list[Cell]:
        of = {each.id: each for each in self.dimensions}
        keys = product(*([(each, code) for code, _ in of[each].groups] for each in by))
        return [self._cell(one, tuple(key)) for key in keys]

    def _rows(self, key: CellKey) -> np.ndarray:
        inside = np.ones(self.size, bool)
        for each, code in key:
            order = [c for c, _ in next(d for d in self.dimensions if d.id == each).groups]
            inside &= self.codes[each] == order.index(code)
        return inside

    def _cell(self, one: MeasureFacts, key: CellKey) -> Cell:
        found = self.values[one.id][self._rows(key)]
        n = len(found)
        scope = Scope.POPULATION if self.basis is Basis.DESIGN else Scope.RESPONDENTS
        status = Status.SHOWN
        if n == 0:
            status = Status.NO_ANSWERS
        elif n < self.suppress_below:
            status = Status.SUPPRESSED_SMALL if n % 3 else Status.SUPPRESSED_COMPLEMENTARY
        if status is not Status.SHOWN:
            n_ = 0 if n == 0 else None
            return Cell(
                one.id, key, *[None] * 5, "", n_, *[None] * 3, self.basis, scope, status, None, None, ""
            )
        value = float(found.mean())
        low, high, se = self._interval(one, found)
        verdict = Verdict.CAUTION if n < 60 else Verdict.PUBLISH
        design = self.basis is Basis.DESIGN
        return Cell(
            one.id,
            key,
            round(value, 4),
            se,
            low,
            high,
            60 if design else None,
            "xlogit" if design else "",
            n,
            n / self.deff if design else None,
            self.deff if design else None,
            se / value if design and se and value else None,
            self.basis,
            scope,
            status,
            verdict if design else Verdict.CAUTION,
            None,
            "",
        )

    def _interval(
        self, one: MeasureFacts, found: np.ndarray
    ) -> tuple[float | None, float | None, float | None]:
        if self.basis is Basis.NONE:
            return None, None, None
        value = float(found.mean())
        se = math.sqrt(float(found.var(ddof=1)) / len(found) * self.deff) if len(found) > 1 else 0.0
        if one.kind is not MeasureKind.PROPORTION:
            return value - 2 * se, value + 2 * se, se
        if value in (0.0, 1.0):
            margin = 1 - 0.025 ** (self.deff / len(found))
            return (0.0, margin, se) if value == 0 else (1 - margin, 1.0, se)
        lean, spread = math.log(value / (1 - value)), 2 * se / (value * (1 - value))
        ends = [1 / (1 + math.exp(-(lean + sign * spread))) for sign in (-1, 1)]
        return ends[0], ends[1], se

    def _contrasts(self, one: MeasureFacts, each: DimensionFacts, cells: list[Cell]) -> list[SafeContrast]:
        shown = [
            cell
            for cell in cells
            if cell.measure == one.id
            and len(cell.cell) == 1
            and cell.cell[0][0] == each.id
            and cell.value is not None
        ]
        if len(shown) < 2 or one.better is None:
            return []
        best = (max if one.better is Better.HIGHER else min)(shown, key=lambda cell: cell.value or 0)
        made = [
            self._contrast(one, cell, Against.BEST, best.cell, best.value or 0, best.se) for cell in shown
        ]
        for cell in shown:
            others = self.values[one.id][~self._rows(cell.cell)]
            made.append(self._contrast(one, cell, Against.REST, (), float(others.mean()), cell.se))
        return made

    def _contrast(
        self,
        one: MeasureFacts,
        cell: Cell,
        against: Against,
        other: CellKey,
        reference: float,
        se: float | None,
    ) -> SafeContrast:
        difference = (cell.value or 0.0) - reference
        if self.basis is Basis.NONE or cell.se is None or se is None:
            return SafeContrast(one.id, cell.cell, against, other, difference, None, None, None, None, None)
        spread = 2 * math.hypot(cell.se, se)
        ends = difference - spread, difference + spread
        return SafeContrast(one.id, cell.cell, against, other, difference, *ends, None, None, None)


def survey(**more: object) -> SurveyFacts:
    facts: dict[str, object] = {
        "id": "invented-2024",
        "title": Text.of("Water and sanitation in three invented districts", "en"),
        "period": "2024-02/2024-03",
        "area": "BGD",
        "languages": ("en",),
        "about": Text.of(
            "Members of invented residents' groups asked every tenth household of drawn streets about water, "
            "toilets and money.",
            "en",
        ),
        "asked_by": Text.of("An invented network of residents' groups", "en"),
        "licence": "CC-BY-4.0",
        "source": "Invented household survey",
        "invented": True,
    }
    return SurveyFacts(**(facts | more))  # type: ignore[arg-type]


def design(basis: Basis = Basis.DESIGN, **more: object) -> DesignFacts:
    random = basis is Basis.DESIGN
    facts: dict[str, object] = {
        "kind": DesignKind.PROBABILITY if random else DesignKind.PURPOSIVE,
        "basis": basis,
        "scope": Scope.POPULATION if random else Scope.RESPONDENTS,
        "lonely": Lonely.ADJUST,
        "weighted": random,
        "clustered": random,
        "interval": "auto" if random else "",
        "sample": SampleFacts(1200, 4 if random else 1, 64 if random else 1200, int(random), 48_200.0, 905.3),
        "notes": {"response": "1,200 of 1,371 households that were drawn answered (88 %)."} if random else {},
    }
    return DesignFacts(**(facts | more))  # type: ignore[arg-type]


def water_measures() -> list[MeasureFacts]:
    return [
        measure(
            "basic_water",
            {
                "en": "Households with at least basic drinking water",
                "bn": "অন্তত মৌলিক পানীয় জলের সুবিধা আছে এমন পরিবার",
            },
            sdg=SdgLink("6.1.1", "proxy"),
            benchmark=Benchmark(0.72, Text.of("the national survey of the year before", "en"), "invented"),
            wording=Text.of(
                {
                    "bn": "আপনার পরিবার প্রধানত কোথা থেকে খাবার পানি পায়?",
                    "en": "What is the main source of drinking water?",
                }
            ),
        ),
        measure("shared_toilet", "Households that share their toilet with others", better=Better.LOWER),
        measure(
            "minutes",
            "Time to fetch water and come back",
            kind=MeasureKind.MEAN,
            number="minutes",
            better=Better.LOWER,
        ),
        measure("piped", "Households with a pipe into the dwelling", better=None),
    ]


def water_dimensions() -> list[DimensionFacts]:
    return [
        dimension(
            "settlement", "Settlement", {"slum": "Informal settlement", "other": "Other neighbourhoods"}
        ),
        dimension(
            "wealth",
            "Wealth of the household",
            {
                "1": "Poorest fifth",
                "2": "Second fifth",
                "3": "Middle fifth",
                "4": "Fourth fifth",
                "5": "Richest fifth",
            },
            ordered=True,
        ),
        dimension(
            "mobility",
            "Somebody in the household has great difficulty walking",
            {"yes": "Yes", "no": "No"},
        ),
        dimension(
            "ward",
            "Ward",
            {
                f"w{i}": f"Invented ward {name}"
                for i, name in enumerate(
                    ["North", "South", "East", "West", "Middle", "Hill", "River", "Mill"]
                )
            },
        ),
    ]


def probability() -> Release:
    """A random sample with intervals; some cells hidden, some uncertain."""
    breakdowns = [
        ("settlement",),
        ("wealth",),
        ("mobility",),
        ("ward",),
        ("settlement", "wealth"),
        ("wealth", "mobility", "settlement"),
    ]
    made = World(water_measures(), water_dimensions(), breakdowns, slopes={"wealth": 1.0, "settlement": 0.5})
    made.codes["mobility"] = (np.random.default_rng(5).random(made.size) > 0.09).astype(int)
    return made.release(survey(), design())


STATES = {
    "IN-RJ": ("राजस्थान", "Rajasthan", "راجستان"),
    "IN-MH": ("महाराष्ट्र", "Maharashtra", "ماهاراشترا"),
    "IN-BR": ("बिहार", "Bihar", "بيهار"),
    "IN-WB": ("पश्चिम बंगाल", "West Bengal", "البنغال الغربية"),
    "IN-TN": ("तमिलनाडु", "Tamil Nadu", "تاميل نادو"),
    "IN-OD": ("ओडिशा", "Odisha", "أوديشا"),
    "IN-UP": ("उत्तर प्रदेश", "Uttar Pradesh", "أتر برديش"),
    "IN-KA": ("कर्नाटक", "Karnataka", "كارناتاكا"),
}


def purposive(language: str = "hi") -> Release:
    """Households chosen on purpose in ten places: no intervals, known boundaries, four languages."""
    kinds = {
        "nomadic": {"en": "Nomadic community", "hi": "घुमंतू समुदाय", "ar": "جماعة مترحّلة", "bn": "যাযাবর সম্প্রদায়"},
        "single": {"en": "Single women", "hi": "एकल महिलाएँ", "ar": "نساء بلا زوج", "bn": "একক নারী"},
        "disability": {
            "en": "Persons with disabilities",
            "hi": "विकलांग व्यक्ति",
            "ar": "أشخاص ذوو إعاقة",
            "bn": "প্রতিবন্ধী ব্যক্তি",
        },
        "urban": {"en": "Urban poor", "hi": "शहरी ग़रीब", "ar": "فقراء المدن", "bn": "শহুরে দরিদ্র"},
    }
    states = {code: Text.of({"en": en, "hi": hi, "ar": ar}) for code, (hi, en, ar) in STATES.items()}
    measures = [
        measure(
            "kutcha",
            Text.of(
                {
                    "en": "Kutcha, semi-pucca or slum housing",
                    "hi": "कच्चा, अर्ध-पक्का या झुग्गी आवास",
                    "ar": "مساكن غير متينة أو عشوائية",
                    "bn": "কাঁচা, আধাপাকা বা বস্তির ঘর",
                }
            ),
            better=Better.LOWER,
            sdg=SdgLink("11.1.1", "proxy"),
            wording=Text.of(
                {
                    "hi": "आपके घर की दीवारें मुख्य रूप से किस चीज़ की बनी हैं?",
                    "en": "What are the walls of your home mainly made of?",
                }
            ),
        ),
        measure(
            "irregular",
            Text.of(
                {"en": "Irregular earnings", "hi": "अनियमित कमाई", "ar": "دخل غير منتظم", "bn": "অনিয়মিত আয়"}
            ),
            better=Better.LOWER,
        ),
    ]
    dimensions = [
        dimension(
            "kind",
            Text.of({"en": "Group", "hi": "समूह", "ar": "الجماعة", "bn": "গোষ্ঠী"}),
            kinds,
            sensitive=True,
        ),
        dimension(
            "state",
            Text.of({"en": "State", "hi": "राज्य", "ar": "الولاية", "bn": "রাজ্য"}),
            states,
            area="IND-states",
        ),
        dimension(
            "sex",
            Text.of(
                {
                    "en": "Sex of the head",
                    "hi": "मुखिया का लिंग",
                    "ar": "جنس رب الأسرة",
                    "bn": "পরিবারপ্রধানের লিঙ্গ",
                }
            ),
            {
                "f": Text.of({"en": "Woman", "hi": "महिला", "ar": "امرأة", "bn": "নারী"}),
                "m": Text.of({"en": "Man", "hi": "पुरुष", "ar": "رجل", "bn": "পুরুষ"}),
                "t": Text.of(
                    {"en": "Transgender person", "hi": "ट्रांसजेंडर व्यक्ति", "ar": "شخص عابر", "bn": "হিজড়া ব্যক্তি"}
                ),
            },
        ),
    ]
    made = World(
        measures,
        dimensions,
        [("kind",), ("state",), ("sex",), ("kind", "sex")],
        size=1000,
        basis=Basis.NONE,
        seed=8,
    )
    made.codes["sex"] = np.where(np.random.default_rng(2).random(1000) < 0.012, 2, made.codes["sex"] % 2)
    title = Text.of(
        {
            "en": "Ten invented hotspots",
            "hi": "दस काल्पनिक हॉटस्पॉट",
            "ar": "عشر بؤر متخيَّلة",
            "bn": "দশটি কল্পিত হটস্পট",
        }
    )
    facts = survey(
        title=title, area="IND", languages=(language, "en"), about=NOTHING, asked_by=NOTHING, period="2024-01"
    )
    return made.release(facts, design(Basis.NONE, notes={"selection": "Places named by the communities."}))


def many() -> Release:
    """Ten measures and 60 breakdowns: more than one page can carry."""
    dimensions = [
        dimension(
            f"d{i}", f"Characteristic number {i}", {f"g{j}": f"Group {j} of {i}" for j in range(2 + i % 5)}
        )
        for i in range(9)
    ]
    names = [one.id for one in dimensions]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    triples = [(names[i], names[(i + 2) % 9], names[(i + 5) % 9]) for i in range(9)]
    by = [*((one,) for one in names), *pairs, *triples, *(t[::-1] for t in triples)][:60]
    measures = [measure(f"m{i}", f"Households with the invented thing number {i}") for i in range(10)]
    return World(measures, dimensions, by, size=4000).release(
        survey(title=Text.of("Sixty tables", "en")), design()
    )


def eighty_measures() -> Release:
    """More measures than findings have room."""
    dimensions = [
        dimension(f"d{i}", f"Characteristic {i}", {f"g{j}": f"Group {j}" for j in range(6)}) for i in range(4)
    ]
    name = "Households with a long and winding name of an invented thing number"
    measures = [measure(f"m{i}", f"{name} {i}") for i in range(80)]
    by = [(one.id,) for one in dimensions]
    return World(measures, dimensions, by, size=2000).release(survey(), design())


def long_labels() -> Release:
    """Labels longer than any line, in words without a break, and in markup."""
    endless = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 2
    groups = {
        "a": "Households in which nobody has found regular paid work for more than twelve months in a row",
        "b": endless,
        "c": "<script>alert(1)</script>",
    }
    dimensions = [
        dimension(
            "d",
            "Whether the household had to move against its will in the last five years",
            groups,
        ),
        dimension("e", endless, {"x": "Yes", "y": "No"}),
    ]
    measures = [
        measure(
            "m",
            "Households which, in the fourteen days before the interview, had water of a quality and an "
            "amount that they themselves called good enough for drinking, cooking and washing",
        )
    ]
    return World(measures, dimensions, [("d",), ("e",), ("d", "e")], size=600).release(survey(), design())


def one_group() -> Release:
    """A dimension of which only one group has people."""
    dimensions = [dimension("d", "Kind of place", {"a": "Camp", "b": "Town"})]
    made = World(water_measures()[:1], dimensions, [("d",)], size=300)
    made.codes["d"] = np.zeros(300, int)
    return made.release(survey(), design())


def nothing_shown() -> Release:
    """Everything had to be hidden."""
    made = World(water_measures(), water_dimensions()[:2], [("settlement",), ("wealth",)], size=9)
    return made.release(survey(), design())


def hostile() -> Release:
    """Script in every label that a survey can give."""
    bad = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    text = Text.of({"en": bad, "xx": bad})
    facts = survey(
        id=bad, title=text, about=text, asked_by=text, licence=bad, source=bad, period=bad, area=bad
    )
    measures = [
        measure(
            bad,
            text,
            unit=bad,
            wording=text,
            benchmark=Benchmark(0.5, text, bad),
            sdg=SdgLink("6.1.1", "proxy"),
        ),
        measure("m2", text, kind=MeasureKind.MEAN, number=bad, wording=text),
    ]
    dimensions = [dimension(f"d{bad}{i}", text, {bad: text, f"{bad}2": text}, wording=text) for i in range(2)]
    by = [(dimensions[0].id,), (dimensions[1].id,), (dimensions[0].id, dimensions[1].id)]
    policy = Policy(
        bad,
        10,
        20,
        2,
        30,
        0.5,
        suppress_unreliable=True,
        round_counts=1,
        decimals=4,
        decided_by=bad,
        since=bad,
    )
    made = World(measures, dimensions, by, size=400).release(facts, design(notes={bad: bad}), policy)
    provenance = Provenance(bad, (Input(bad, bad, 1),), {}, ((bad, 2),), bad)
    return Release(
        made.survey, made.measures, made.dimensions, made.breakdowns, made.design, made.cells, provenance
    )


RELEASES = {
    "probability": probability,
    "purposive": lambda: purposive("en"),
    "many": many,
    "eighty_measures": eighty_measures,
    "long_labels": long_labels,
    "one_group": one_group,
    "nothing_shown": nothing_shown,
    "hostile": hostile,
}
