"""Code lists of the SDG data structure, areas, and lists of our own."""

import pytest

from everycount import catalogue
from everycount.faults import InputError
from everycount.sample.design import Basis, DesignKind, Scope

DIMENSIONS = (
    "FREQ REPORTING_TYPE SERIES REF_AREA SEX AGE URBANISATION INCOME_WEALTH_QUANTILE EDUCATION_LEV OCCUPATION"
    " CUST_BREAKDOWN COMPOSITE_BREAKDOWN DISABILITY_STATUS ACTIVITY PRODUCT TIME_PERIOD"
)


def test_dimensions_stand_in_the_order_of_the_structure() -> None:
    assert " ".join(found.id for found in catalogue.dimensions()) == DIMENSIONS
    assert catalogue.dimensions()[-1].codelist == ""


def test_attributes_say_whether_they_are_mandatory() -> None:
    mandatory = {found.id for found in catalogue.attributes() if found.mandatory}
    assert mandatory == {"OBS_STATUS", "UNIT_MULT", "UNIT_MEASURE"}
    assert len(catalogue.attributes()) == 16


@pytest.mark.parametrize(
    ("name", "version", "size"),
    [
        ("CL_SEX", "1.1", 7),
        ("CL_AGE", "1.1", 134),
        ("CL_AREA", "1.4", 619),
        ("CL_COMP_BREAKDOWN", "1.4", 229),
        ("CL_EDUCATION_LEV", "1.0", 53),
        ("CL_DISABILITY", "1.0", 3),
        ("CL_URBANISATION", "1.0", 3),
        ("CL_QUANTILE", "1.1", 10),
        ("CL_SERIES", "1.4", 623),
        ("CL_OBS_STATUS", "2.1", 20),
    ],
)
def test_a_code_list_has_its_version_and_all_its_codes(name: str, version: str, size: int) -> None:
    found = catalogue.codes(name)
    assert (found.id, found.version, len(found)) == (name, version, size)
    assert all(code.labels.say("en") for code in found.items.values())


def test_every_coded_dimension_and_attribute_leads_to_its_list() -> None:
    coded = [part for part in (*catalogue.dimensions(), *catalogue.attributes()) if part.codelist]
    for part in coded:
        assert catalogue.codes(part.id) is catalogue.codes(part.codelist)
        assert len(catalogue.codes(part.id)) > 0


def test_parents_are_codes_of_the_same_list() -> None:
    for part in (*catalogue.dimensions(), *catalogue.attributes()):
        items = catalogue.codes(part.id).items if part.codelist else {}
        assert all(not code.parent or code.parent in items for code in items.values())


def test_disability_codes_mean_what_the_structure_says() -> None:
    assert catalogue.codes("DISABILITY_STATUS")["PD"].labels.say("en") == "Persons with disability"
    assert catalogue.codes("DISABILITY_STATUS")["PWD"].labels.say("en") == "Persons without disability"


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match='Did you mean "ISCED11_1"'):
        catalogue.codes("EDUCATION_LEV")["ISCED11-1"]
    with pytest.raises(InputError, match='Did you mean "CL_SEX"'):
        catalogue.codes("CL_SEXX")


def test_m49_has_249_areas_and_the_groups_of_countries() -> None:
    found = [catalogue.area(code) for code in catalogue.areas("M49").items]
    assert len(found) == 249
    assert sum(area.ldc for area in found) == 45
    assert sum(area.lldc for area in found) == 32
    assert sum(area.sids for area in found) == 53


@pytest.mark.parametrize("name", ["BGD", "BD", "050", "50", "bgd", " BD "])
def test_an_area_is_found_by_each_of_its_codes(name: str) -> None:
    found = catalogue.area(name)
    assert (found.m49, found.alpha2, found.alpha3) == ("050", "BD", "BGD")
    assert found.regions == ("001", "142", "034")
    assert found.ldc
    assert not found.sids


def test_namibia_is_not_a_missing_value() -> None:
    assert catalogue.area("NA").alpha3 == "NAM"


def test_areas_and_regions_are_named_in_six_languages() -> None:
    six = {"en", "fr", "es", "ar", "ru", "zh-Hans"}
    for name in ("M49", "M49-regions"):
        for code in catalogue.areas(name).items.values():
            assert set(code.labels.languages) == six, code.id


def test_areas_lie_in_regions_that_are_listed() -> None:
    regions = catalogue.areas("M49-regions").items
    for code in catalogue.areas("M49").items:
        assert set(catalogue.area(code).regions) <= set(regions)
    assert [code.id for code in regions.values() if not code.parent] == ["001"]


def test_indian_states_keep_the_names_of_the_source_beside_todays() -> None:
    states = catalogue.areas("IND-states")
    assert len(states) == 36
    assert states["IN-OD"].labels.say("en") == "Odisha"
    assert states["IN-OD"].facts["source_name"] == "Orissa"
    assert states["IN-OD"].facts["also"] == "IN-OR"


def test_an_unknown_area_or_list_is_refused() -> None:
    with pytest.raises(InputError, match='Did you mean "BGD"'):
        catalogue.area("BGDD")
    with pytest.raises(InputError, match='Did you mean "IND-states"'):
        catalogue.areas("IND-state")


@pytest.mark.parametrize("name", catalogue.listings())
def test_each_list_of_ours_is_sound(name: str) -> None:
    found = catalogue.listing(name)
    assert found.id == name
    assert found.title.say("en")
    assert len(found) >= 3
    for code in found.items.values():
        assert code.labels.say("en")
        assert code.wording in {"own", "verified"}
        assert not code.parent or code.parent in found


def test_no_code_stands_twice_in_a_list() -> None:
    from everycount.catalogue.files import read_toml

    for name in catalogue.listings():
        ids = [code["id"] for code in read_toml(f"lists/{name}.toml")["code"]]
        assert len(ids) == len(set(ids)), name


def test_sampling_designs_are_those_that_a_sample_can_have() -> None:
    found = catalogue.listing("sampling_design").items
    assert list(found) == [kind.value for kind in DesignKind]
    for code in found.values():
        assert code.facts["must_record"]
        assert code.facts["claim"]
        Basis(code.facts["basis"])
        Scope(code.facts["scope"])


def test_only_a_probability_sample_may_claim_the_population() -> None:
    found = catalogue.listing("sampling_design").items.values()
    assert [code.id for code in found if code.facts["scope"] == "population"] == ["probability"]
    assert [code.id for code in found if code.facts["basis"] == "design"] == ["probability"]


def test_scopes_and_bases_are_those_of_releases() -> None:
    assert list(catalogue.listing("inference_scope").items) == [scope.value for scope in Scope]
    assert list(catalogue.listing("interval_basis").items) == [basis.value for basis in Basis]


def test_levels_one_to_three_are_insufficient() -> None:
    sufficient = {
        code.id: code.facts["sufficient"] for code in catalogue.listing("participation_level").items.values()
    }
    assert sufficient == {"L1": False, "L2": False, "L3": False, "L4": True, "L5": True}


def test_grounds_of_discrimination_are_those_of_the_structure() -> None:
    official = {code for code in catalogue.codes("COMPOSITE_BREAKDOWN").items if code.startswith("GRD_")}
    assert set(catalogue.listing("ground_of_discrimination").items) == official
    assert len(official) == 25


def test_groups_that_a_name_can_endanger_are_never_mapped() -> None:
    grounds = catalogue.listing("ground_of_discrimination")
    for code in catalogue.listing("group").items.values():
        assert code.facts["ground"] in grounds
        assert code.facts["do_not_map"] or code.facts["sensitivity"] < 3, code.id


def test_there_are_24_quality_criteria_in_four_blocks() -> None:
    found = catalogue.listing("quality_criterion").items.values()
    assert sum(bool(code.parent) for code in found) == 24
    assert [code.id for code in found if "gate" in code.facts] == ["I3", "I4", "O9"]
