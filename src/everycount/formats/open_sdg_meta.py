"""``open-sdg/meta/``: what a site that runs Open SDG says beside the numbers of an indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.about import SCOPES, area_names, basis_in_words, cautions, earliest_day
from everycount.formats.licences import licence_of
from everycount.formats.open_sdg_sheet import one_line, unit_in_words

if TYPE_CHECKING:
    from everycount.formats.open_sdg_sheet import Sheet
    from everycount.formats.yaml_text import Value

_RELATIONS = {
    "measures": "measures the indicator.",
    "proxy": "is near the indicator and not the same measure.",
    "context": "helps to understand the indicator and does not measure it.",
}


def metadata(sheet: Sheet) -> dict[str, Value]:
    """The fields of the metadata file by name; those with nothing to say are left out."""
    said = {**_about_indicator(sheet), **_about_data(sheet), **_about_source(sheet), **_about_release(sheet)}
    return {name: value for name, value in said.items() if value or value is False}


def _about_indicator(sheet: Sheet) -> dict[str, Value]:
    indicator, number_ = sheet.indicator, sheet.number
    goal, *rest = number_.split(".")
    return {
        "indicator_number": number_,
        "indicator_name": indicator.titles.say(sheet.language),
        "indicator_sort_order": "-".join(part.rjust(2, "0") for part in (goal, *rest)),
        "sdg_goal": goal,
        "target_id": number_.rpartition(".")[0],
        "un_designated_tier": indicator.tier,
        "un_custodian_agency": ", ".join(indicator.custodians),
        "published": True,
        # Green would say that the indicator is reported on; only one that is measured is.
        "reporting_status": "complete" if "measures" in _relations(sheet).values() else "inprogress",
        "data_non_statistical": False,
    }


def _about_data(sheet: Sheet) -> dict[str, Value]:
    titles = list(sheet.series.values())
    return {
        "indicator_available": "; ".join(titles),
        "graph_type": "bar",  # one point in time makes no line
        "graph_title": "; ".join(titles),
        "graph_titles": [{"series": title, "title": title} for title in titles] if sheet.several else [],
        "computation_units": unit_in_words(next(iter(sheet.measures.values()))),
        "computation_definitions": _wordings(sheet),
        "national_geographical_coverage": _coverage(sheet),
        "data_notice_class": "warning",
        "data_notice_heading": "Citizen data (invented)" if sheet.release.survey.invented else "Citizen data",
        "data_notice_text": _notice(sheet),
        "data_footnote": f"Collected in {sheet.release.survey.period}.",
        "tags": ["Citizen data", *dict.fromkeys(_relations(sheet).values())],
    }


def _coverage(sheet: Sheet) -> str:
    """What a site writes where nothing is broken down: the survey, never a whole country."""
    survey = sheet.release.survey
    area = area_names(sheet.release).say(sheet.language)
    return f"{survey.title.say(sheet.language)} ({area})"


def _relations(sheet: Sheet) -> dict[str, str]:
    return {one.id: one.sdg.relation for one in sheet.measures.values() if one.sdg}


def _notice(sheet: Sheet) -> str:
    relations = (
        f"“{sheet.series[measure]}” {_RELATIONS[relation]}" for measure, relation in _relations(sheet).items()
    )
    return " ".join((cautions(sheet.release), *relations))


def _wordings(sheet: Sheet) -> str:
    """The questions as they were asked."""
    wordings = (one_line(one.wording.say(sheet.language)) for one in sheet.measures.values())
    return " / ".join(dict.fromkeys(filter(None, wordings)))


def _about_source(sheet: Sheet) -> dict[str, Value]:
    survey = sheet.release.survey
    licence = licence_of(survey.licence)
    return {
        "source_active_1": True,
        "source_organisation_1": survey.asked_by.say(sheet.language),
        "source_url_text_1": survey.source,
        "source_earliest_available_1": survey.period,
        "source_geographical_coverage_1": _coverage(sheet),
        "source_release_date_1": f"not before {earliest_day(sheet.release).isoformat()}",
        "source_other_info_1": survey.about.say(sheet.language),
        "copyright": f"{licence.name} ({licence.address})" if licence.address else licence.name,
    }


def _about_release(sheet: Sheet) -> dict[str, Value]:
    """Names of ours, for programs; a site that does not know them leaves them alone."""
    release, relations = sheet.release, _relations(sheet)
    return {
        "citizen_data": True,
        "citizen_data_invented": release.survey.invented,
        "citizen_data_relation": (
            [{"series": sheet.series[one], "relation": relation} for one, relation in relations.items()]
            if sheet.several
            else next(iter(relations.values()))
        ),
        "citizen_data_basis": release.design.basis.value,
        "citizen_data_basis_text": basis_in_words(release.design),
        "citizen_data_scope": release.design.scope.value,
        "citizen_data_scope_text": SCOPES[release.design.scope],
        "citizen_data_release": release.digest,
    }
