"""The codebook for data archives: valid against the official schema, and whole."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from everycount.faults import InputError
from everycount.formats import xml_tree
from everycount.formats.ddi import NAMESPACE, codebook_xml
from everycount.formats.xml_tree import part, to_bytes
from everycount.protect.cells import restore
from everycount.questionnaire import Kind, read_xlsform, read_xlsform_csv
from everycount.sample.design import Basis, DesignKind, Scope
from everycount.text import NOTHING, Text
from library.formats.reviewed import check_reviewed
from library.release.samples import small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.questionnaire import Questionnaire
    from everycount.release import Release

EN, AR = "label::English (en)", "label::العربية (ar)"
SURVEY = f"""\
type,name,{EN},{AR},hint::English (en),guidance_hint::English (en),required,relevant,constraint,\
constraint_message::English (en),calculation,choice_filter,ec_concept,ec_standard,ec_consent,ec_sensitivity
start,began,,,,,,,,,,,,,,
note,hello,Welcome,أهلا,,,,,,,,,,,,
select_one yn,agreed,May we publish?,هل يمكننا النشر؟,,,yes,,,,,,,,statistics,1
begin_group,home,Your home,بيتك,,,,${{agreed}} = 1,,,,,,,,
integer,people,How many <people> & pets?,كم؟,Count yourself,Ask twice,,,. > 0,\
More than none,,,household_size,un-phc-2020,,
begin_repeat,member,Person,شخص,,,,,,,,,,,,
text,full_name,Name,الاسم,,,,,,,,,,,,2
select_multiple yn,papers,Papers,أوراق,,,,${{people}} > 1,,,,,,,,
end_repeat,,,,,,,,,,,,,,,
end_group,,,,,,,,,,,,,,,
calculate,double,,,,,,,,,${{people}} * 2,,,,,
date,born,Born,ولد,,,,,,,,,,,,
geopoint,place,Where?,أين؟,,,,,,,,,,,,
image,picture,Picture,صورة,,,,,,,,,,,,
"""
CHOICES = f"list_name,name,{EN},{AR}\nyn,1,Yes,نعم\nyn,0,No,لا\n"
SETTINGS = "form_title,form_id,version,default_language\nHomes & people,homes,7,English (en)\n"
XML = "{http://www.w3.org/XML/1998/namespace}"


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return read_xlsform_csv(SURVEY.encode(), CHOICES.encode(), SETTINGS.encode())


@pytest.fixture(scope="module")
def tree(questionnaire: Questionnaire) -> Any:
    return parsed(questionnaire, small_release())


class Offline(etree.Resolver):
    """An empty schema for whatever the official files import from the web."""

    def resolve(self, system_url: str | None, _public_id: str | None, context: Any) -> Any:
        if (system_url or "").startswith("http"):
            empty = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
            return self.resolve_string(empty, context)
        return None


@pytest.fixture(scope="module")
def schema(shared: Path) -> Any:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Offline())
    return etree.XMLSchema(etree.parse(shared / "data" / "ddi-codebook-2.5" / "codebook.xsd", parser))


def parsed(questionnaire: Questionnaire, release: Release) -> Any:
    return etree.fromstring(codebook_xml(questionnaire, release))


def find(tree: Any, path: str) -> Any:
    return tree.find("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")))


def every(tree: Any, name: str) -> list[Any]:
    return list(tree.iter(f"{{{NAMESPACE}}}{name}"))


def variable(tree: Any, name: str) -> Any:
    (found,) = (one for one in every(tree, "var") if one.get("name") == name)
    return found


def said(above: Any, name: str) -> dict[str | None, str]:
    """The words of the direct children with this name, by language."""
    return {child.get(f"{XML}lang"): child.text for child in above.findall(f"{{{NAMESPACE}}}{name}")}


@pytest.mark.shared
def test_choices_that_are_people_are_not_published(schema: Any) -> None:
    form = b"""\
type,name,label,everycount::identifier
select_one heads,household,Which household?,yes
select_one team,enumerator,Who asks?,
"""
    lists = b"list_name,name,label\nheads,h1,Head One\nteam,e1,Enumerator One\n"
    tree = parsed(read_xlsform_csv(form, lists), small_release())
    schema.assertValid(tree)
    assert not every(tree, "catgry")
    for name in ("household", "enumerator"):
        notes = {one.get("type"): one.text for one in variable(tree, name).findall(f"{{{NAMESPACE}}}notes")}
        assert notes["choices"] == "They are people, and are not published."


def full_release() -> Release:
    release = small_release()
    survey = replace(
        release.survey,
        about=Text.of({"en": "Why we asked.", "ar": "لماذا سألنا."}),
        asked_by=Text.of("An assembly", "en"),
        source="An invented source",
    )
    design = replace(release.design, notes={"frame": "An invented list", "selection": "By lot"})
    policy = replace(release.cells.policy, decided_by="The assembly")
    cells = restore(policy, release.cells.level, release.cells.cells, release.cells.contrasts)
    return replace(release, survey=survey, design=design, cells=cells)


@pytest.mark.shared
@pytest.mark.parametrize("make", [small_release, full_release])
def test_it_is_valid_against_the_official_schema(
    schema: Any, questionnaire: Questionnaire, make: Any
) -> None:
    schema.assertValid(parsed(questionnaire, make()))
    form = files("everycount").joinpath("example", "hotspots", "form.xlsx").read_bytes()
    schema.assertValid(parsed(read_xlsform(form), make()))


@pytest.mark.shared
def test_it_is_valid_for_forms_of_all_kinds(schema: Any, shared: Path) -> None:
    """Every example form that can be read; those with faults have no questionnaire."""
    forms = sorted((shared / "data" / "xlsforms").rglob("*.xls*"))
    valid = 0
    for path in forms:
        try:
            questionnaire = read_xlsform(path.read_bytes(), path.name)
        except InputError:
            continue
        schema.assertValid(parsed(questionnaire, small_release()))
        valid += 1
    assert valid > 20


@pytest.mark.shared
@pytest.mark.parametrize("kind", list(DesignKind))
def test_it_is_valid_for_every_design(schema: Any, questionnaire: Questionnaire, kind: DesignKind) -> None:
    release = small_release()
    design = replace(release.design, kind=kind, basis=Basis.NONE, scope=Scope.RESPONDENTS, weighted=False)
    made = parsed(questionnaire, replace(release, design=design))
    schema.assertValid(made)
    assert "Respondents were not drawn by chance" in every(made, "EstSmpErr")[0].text


@pytest.mark.shared
def test_it_is_valid_for_a_form_of_kinds_without_words(schema: Any, questionnaire: Questionnaire) -> None:
    plain = replace(questionnaire.questions[2], labels=NOTHING, hints=NOTHING, choices=())
    for kind in Kind:
        form = replace(questionnaire, questions=(replace(plain, kind=kind),), groups=())
        schema.assertValid(parsed(form, small_release()))
    empty = replace(questionnaire, questions=(), groups=())
    schema.assertValid(parsed(empty, small_release()))


def test_every_question_is_a_variable_in_the_order_of_the_form(
    tree: Any, questionnaire: Questionnaire
) -> None:
    names = [one.get("name") for one in every(tree, "var")]
    assert names == [each.name for each in questionnaire.questions if each.kind is not Kind.NOTE]
    assert "hello" not in names


def test_every_reference_leads_to_something_that_is_there_once(tree: Any) -> None:
    ids = [one.get("ID") for one in tree.iter() if one.get("ID")]
    assert len(ids) == len(set(ids))
    pointed = [
        name
        for one in every(tree, "varGrp")
        for key in ("var", "varGrp")
        for name in (one.get(key) or "").split()
    ]
    assert set(pointed) < set(ids)
    home, member = every(tree, "varGrp")[:2]
    assert (home.get("type"), member.get("type")) == ("section", "repetition")
    assert home.get("varGrp") == member.get("ID")
    names = {one.get("ID"): one.get("name") for one in every(tree, "var")}
    assert [names[one] for one in member.get("var").split()] == ["full_name", "papers"]


def test_wordings_stand_there_in_every_language(tree: Any) -> None:
    people = variable(tree, "people")
    assert said(people, "labl") == {"en": "How many <people> & pets?", "ar": "كم؟"}
    asked = {one.get(f"{XML}lang"): one for one in people.findall(f"{{{NAMESPACE}}}qstn")}
    assert said(asked["en"], "qstnLit") == {None: "How many <people> & pets?"}
    assert [one.text for one in every(asked["en"], "ivuInstr")] == ["Count yourself", "Ask twice"]
    assert said(asked["ar"], "qstnLit") == {None: "كم؟"}
    assert not every(variable(tree, "began"), "qstn")


def test_codes_stand_beside_their_labels(tree: Any) -> None:
    papers = variable(tree, "papers")
    codes = {find(one, "catValu").text: said(one, "labl") for one in every(papers, "catgry")}
    assert codes == {"1": {"en": "Yes", "ar": "نعم"}, "0": {"en": "No", "ar": "لا"}}
    assert {one.get("excls") for one in every(papers, "catgry")} == {"false"}
    assert {one.get("excls") for one in every(variable(tree, "agreed"), "catgry")} == {None}


@pytest.mark.parametrize(
    ("name", "representation", "domain", "interval"),
    [
        ("agreed", "code", "category", "discrete"),
        ("people", "numeric", "numeric", "contin"),
        ("papers", "code", "multiple", "discrete"),
        ("full_name", "text", "text", "discrete"),
        ("born", "datetime", "datetime", "contin"),
        ("place", "other", "geographic", "discrete"),
        ("picture", "other", "other", "discrete"),
    ],
)
def test_kinds_of_answers_are_told(
    tree: Any, name: str, representation: str, domain: str, interval: str
) -> None:
    found = variable(tree, name)
    assert (found.get("representationType"), found.get("intrvl")) == (representation, interval)
    assert {one.get("responseDomainType") for one in every(found, "qstn")} == {domain}


def test_conditions_concepts_and_identifiers_are_told(tree: Any) -> None:
    people = variable(tree, "people")
    assert find(people, "concept").text == "household_size"
    assert [one.text for one in every(people, "codInstr")] == ["Must satisfy: . > 0", "More than none"]
    assert find(variable(tree, "papers"), "universe").text == "Asked when: ${people} > 1"
    assert find(every(tree, "varGrp")[0], "universe").text == "Asked when: ${agreed} = 1"
    assert find(variable(tree, "full_name"), "security").text.startswith("Names or finds a person")
    assert "member" in find(variable(tree, "full_name"), "respUnit").text
    assert find(variable(tree, "double"), "derivation/drvcmd").text == "${people} * 2"
    notes = {one.get("type"): one.text for one in every(tree, "notes")}
    assert notes["follows the standard"] == "un-phc-2020"
    assert notes["consent to"] == "statistics"
    assert notes["sensitivity"] == "2 of 3"


def test_the_survey_and_its_sample_are_told(questionnaire: Questionnaire) -> None:
    made = parsed(questionnaire, full_release())
    citation = find(made, "stdyDscr/citation/titlStmt")
    assert find(citation, "titl").text == "Water in an invented town"
    assert find(citation, "parTitl").get(f"{XML}lang") == "ar"
    assert find(made, "stdyDscr/citation/rspStmt/AuthEnty").text == "An assembly"
    assert said(find(made, "stdyDscr/stdyInfo"), "abstract") == {"en": "Why we asked.", "ar": "لماذا سألنا."}
    dates = {one.get("event"): one.get("date") for one in every(made, "collDate")}
    assert dates == {"start": "2024-03", "end": "2024-05"}
    sampling = " ".join(one.text for one in every(made, "sampProc"))
    for words in ("drawn by chance", "400 records", "40 clusters", "4 strata", "selection: By lot"):
        assert words in sampling
    assert find(made, "stdyDscr/method/dataColl/sampleFrame/txt").text == "An invented list"
    assert "invented" in find(made, "stdyDscr/dataAccs/useStmt/disclaimer").text
    assert "The assembly" in find(made, "stdyDscr/dataAccs/useStmt/restrctn").text


@pytest.mark.parametrize("period", ["2024", "2024-03", "2024-03-15"])
def test_fieldwork_of_one_day_month_or_year_is_one_date(questionnaire: Questionnaire, period: str) -> None:
    release = small_release()
    survey = replace(release.survey, period=period, area="IN-XX")
    made = parsed(questionnaire, replace(release, survey=survey, design=replace(release.design, notes={})))
    assert [(one.get("event"), one.text) for one in every(made, "collDate")] == [("single", period)]
    assert [(one.get("abbr"), one.text) for one in every(made, "nation")] == [("IN-XX", "IN-XX")]
    assert not every(made, "sampleFrame")


def test_it_tells_nothing_of_any_cell(questionnaire: Questionnaire) -> None:
    release = small_release()
    few = restore(release.cells.policy, release.cells.level, release.cells.cells[:5], ())
    texts = [
        codebook_xml(questionnaire, one).decode().replace(one.digest, "")
        for one in (release, replace(release, cells=few))
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("odd", ["<b>&amp;", "]]>", "\x0b\x00", "\ufffe", "\u202eabc", "\"'", "😀"])
def test_no_text_breaks_the_document(questionnaire: Questionnaire, odd: str) -> None:
    question = replace(questionnaire.questions[2], labels=Text.of(odd, "en"), concept=odd, relevance=odd)
    release = full_release()
    release = replace(release, survey=replace(release.survey, title=Text.of(odd), asked_by=Text.of(odd)))
    made = parsed(replace(questionnaire, questions=(question,), groups=()), release)
    expected = "".join("\ufffd" if sign in "\x0b\x00\ufffe" else sign for sign in odd)
    assert find(made, "dataDscr/var/concept").text == expected
    assert find(made, "stdyDscr/citation/titlStmt/titl").text == expected


def test_texts_and_elements_keep_their_order() -> None:
    made = to_bytes(part("a", "one ", part("b", "two", class_="x"), " three", None, empty=""), "urn:x")
    assert made.decode().splitlines()[1] == '<a xmlns="urn:x">one <b class="x">two</b> three</a>'
    assert xml_tree.group("a", [None]) is None


def test_the_file_is_the_one_that_was_reviewed(root: Path, questionnaire: Questionnaire) -> None:
    release = full_release()
    check_reviewed(root, {"codebook.xml": codebook_xml(questionnaire, release)}, release)
