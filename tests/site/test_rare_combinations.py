"""Records that are given to others: nobody stands out by a rare combination, or somebody said why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils.translation import override

from everycount.faults import InputError
from everycount.microdata.known import is_known
from everycount.microdata.values import band_of
from everycount.questionnaire import Kind, Question
from everycount.site.collection.models import Submission
from everycount.site.consent.models import Purpose, Use
from everycount.site.exports import looking
from everycount.site.exports.actions import take_out
from everycount.site.exports.rare import RareError
from everycount.site.exports.wanted import Format, Keep, Wanted
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from exported import SURVEY, Households, household, unpacked
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
# The months of birth and the ages of members; born and m_age are known by their names.
KNOWN = ["main, born", "member, m_age"]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test before this one spoke."""
    with override("en"):
        yield


@pytest.fixture
def there() -> Iterator[Households]:
    made = Households()
    # Five born in May and one in June; of members the ages 30 to 34, and 70 beside the one of June.
    made.store(*(household(f"uuid:{n}", ages=(str(30 + n),)) for n in range(5)))
    made.store(household("uuid:9", ages=("70",), born="1990-06-01"))
    yield made
    assert list(broken()) == []


def taken(there: Households, **more: object) -> dict[str, str]:
    return unpacked(there.file(purpose=Purpose.SHARING, **{"reason": "", **more}))  # type: ignore[arg-type]


def refused(there: Households, **more: object) -> dict[str, tuple[int, int, int]]:
    with pytest.raises(RareError) as caught:
        taken(there, **more)
    return {name: (risk.records, risk.alone, risk.below) for name, risk in caught.value.found}


def test_who_stands_alone_stops_the_file_and_the_ledger_has_numbers_alone(there: Households) -> None:
    # Alone: the one born in June; of the members each, for their ages differ.
    assert refused(there) == {"main": (6, 1, 1), "member": (6, 6, 6), "illness": (6, 1, 1)}
    assert not Event.objects.filter(verb="records.taken_out").exists()
    opened = Event.objects.get(verb="records.opened")
    event = Event.objects.get(verb="records.looked_over")
    assert event.payload == {
        "purpose": "sharing",
        "records": 6,
        "columns": 2,
        "rows": 6,
        "alone": 6,
        "rare": 6,
        "opened": opened.number,
    }
    assert not Use.objects.exists()  # nothing left


def test_bands_and_columns_that_stay_make_it_leave(there: Households) -> None:
    assert refused(there, kept=((KNOWN[0], Keep.OUT),))["member"] == (6, 6, 6)
    banded = ((KNOWN[0], Keep.OUT), (KNOWN[1], Keep.FIVE))
    assert refused(there, kept=banded) == {"member": (6, 1, 1)}  # the one of seventy
    files = taken(there, kept=tuple((name, Keep.OUT) for name in KNOWN))
    assert "m_age" not in files["member.csv"]
    assert "main, born: left out" in files["README.txt"]
    assert "nobody has looked for rare" in files["README.txt"]
    event = Event.objects.get(verb="records.taken_out")
    assert event.payload["accepted"] is False


def test_what_leaves_in_bands_is_what_was_looked_at(there: Households) -> None:
    there.store(*(household(f"uuid:1{n}", ages=("72",)) for n in range(2)))
    files = taken(there, kept=((KNOWN[0], Keep.OUT), (KNOWN[1], Keep.FIVE)))
    ages = Counter(row["m_age"] for row in csv.DictReader(io.StringIO(files["member.csv"])))
    assert ages == {"30–34": 5, "70–74": 3}
    assert "member: of 8 rows 0 stand alone with member, m_age, 0 have" in files["README.txt"]


def test_a_reason_is_for_the_receiver_to_read(there: Households) -> None:
    files = taken(there, reason="The office has the register of births anyway.")
    assert "because: The office has the register of births anyway." in files["README.txt"]
    assert "member: of 6 rows 6 stand alone" in files["README.txt"]
    assert Event.objects.get(verb="records.taken_out").payload["accepted"] is True
    assert "register" not in str(list(Event.objects.values_list("payload", flat=True)))


def test_more_columns_can_be_named_and_others_are_refused(there: Households) -> None:
    out = tuple((name, Keep.OUT) for name in KNOWN)
    there.store(household("uuid:8", balance="7"))
    assert refused(there, kept=out, more=("main, balance",))["main"] == (7, 1, 1)
    with pytest.raises(InputError, match=r"“main, blance” is no column.*main, balance"):
        taken(there, more=("main, blance",))


def test_own_use_is_not_looked_over(there: Households) -> None:
    assert there.file()
    assert not Event.objects.filter(verb="records.looked_over").exists()


def test_one_table_is_looked_at_with_what_the_record_says(there: Households) -> None:
    assert refused(there, table="illness") == {"main": (6, 1, 1), "illness": (6, 1, 1)}
    assert refused(there, table="main") == {"main": (6, 1, 1)}


def test_who_comes_or_changes_after_the_look_does_not_leave(
    there: Households, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who was not looked at is in the file."""
    whole = looking._tell

    def meanwhile(*given: object) -> None:
        there.store(household("uuid:late"))
        Submission.objects.filter(current="uuid:9").update(current="uuid:10")
        whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(looking, "_tell", meanwhile)
    files = taken(there, reason="They are invented.")
    assert len(files["main.csv"].splitlines()) == 1 + 5


def test_the_page_shows_the_numbers_and_takes_a_reason(there: Households) -> None:
    client = Client()
    client.force_login(there.steward)
    where = f"/initiatives/{there.initiative.slug}/exports"
    asked = f"{where}?questionnaire={there.questionnaire.pk}&purpose=sharing"
    first = client.get(asked).content.decode()
    for name in KNOWN:
        assert f">{name} <" in first
    assert 'name="reason"' not in first
    data = {"questionnaire": str(there.questionnaire.pk), "purpose": "sharing", "format": "csv"}
    answer = client.post(f"{where}/take", data)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in said
    assert '<td class="n">6</td><td class="n">6</td>' in said
    assert 'name="reason"' in said
    assert client.post(f"{where}/take", {**data, "reason": " "}).status_code == 422
    given = client.post(f"{where}/take", {**data, "reason": "They are invented.", "keep_1": "10"})
    files = unpacked(b"".join(given.streaming_content))  # type: ignore[attr-defined]
    assert "30–39" in files["member.csv"]
    unsaid = client.post(f"{where}/take", {**data, "more": "main, wall"})
    assert "is no column of this questionnaire" in unsaid.content.decode()


def test_concepts_say_what_others_know_and_without_one_the_name_does() -> None:
    def asked(name: str, concept: str = "") -> bool:
        return is_known(Question(name, Kind.INTEGER, concept=concept))

    assert [asked(name) for name in ("m_age", "HH_Size", "sexe", "district", "born")] == [True] * 5
    assert [asked(name) for name in ("wages", "storage", "water", "score")] == [False] * 4
    assert asked("q17", "roster-age")
    assert not asked("age_of_roof", "housing-roof")


@pytest.mark.parametrize(
    ("text", "band"), [("34", "30–34"), ("35", "35–39"), ("-1", "-5–-1"), ("34.9", "30–34"), ("x", None)]
)
def test_a_number_lies_in_one_band(text: str, band: str | None) -> None:
    assert band_of(text, 5) == band


def test_every_row_is_counted_in_its_combination(there: Households) -> None:
    """A second derivation: by the file that leaves, joined and counted."""
    files = taken(there, reason="They are invented.")
    born = {row["person"]: row["born"] for row in csv.DictReader(io.StringIO(files["main.csv"]))}
    rows = list(csv.DictReader(io.StringIO(files["member.csv"])))
    sizes = Counter((born[row["person"]], row["m_age"]) for row in rows)
    found = refused(there)["member"]
    assert found == (len(rows), sum(n == 1 for n in sizes.values()), sum(n for n in sizes.values() if n < 3))


def test_several_versions_and_answers_of_several_choices_are_looked_at(there: Households) -> None:
    out = tuple((name, Keep.OUT) for name in KNOWN)
    there.publish("2", [row for row in SURVEY if row[1] != "assets"])
    there.store(household("uuid:v2", version="2"), version="2")
    assert refused(there, kept=out, more=("main, assets",))["main"] == (7, 1, 1)


@pytest.mark.parametrize("file", [Format.GEOJSON, Format.PARQUET, Format.JSON])
def test_every_format_is_looked_over(there: Households, file: Format) -> None:
    wanted = Wanted(Purpose.ARCHIVE, file, "en")
    made = take_out(questionnaire=there.questionnaire, wanted=wanted, by=there.steward, at=AT)
    assert made is not None  # nobody agreed to an archive, so nobody stands out
    assert Event.objects.get(verb="records.looked_over").payload["records"] == 0
