"""What the kinds of designs, policies and relations are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from everycount import catalogue
from everycount.sample import DesignKind


def designs() -> dict[DesignKind, str]:
    """How people can be found."""
    return {
        DesignKind.CENSUS_PLACE: _("Everybody of a place or group was listed and asked"),
        DesignKind.PROBABILITY: _("Drawn by chance: everybody's chance to be asked is known"),
        DesignKind.RESPONDENT_DRIVEN: _("Respondents brought others, with coupons that are counted"),
        DesignKind.TIME_LOCATION: _("Places, days and hours were drawn, and visitors asked there"),
        DesignKind.SNOWBALL: _("Respondents named others"),
        DesignKind.CAPTURE_RECAPTURE: _("Two or more lists of the same group were compared"),
        DesignKind.QUOTA: _("Interviewers filled fixed numbers for each group"),
        DesignKind.PURPOSIVE: _("Places and people were chosen for a reason, as hotspots are"),
        DesignKind.CONVENIENCE: _("Whoever could be reached was asked"),
        DesignKind.OPT_IN: _("Respondents came by themselves, by a link, a number or an application"),
        DesignKind.CROWD: _("Anyone could report anything at any time"),
    }


def policies() -> dict[str, str]:
    """For whom numbers are."""
    return {
        "public": _("Everybody (public)"),
        "partners": _("Partners who have signed that they protect people (partners)"),
        "open": _("The records themselves are public already: nothing is hidden (open)"),
    }


def relations() -> dict[str, str]:
    """How a measure stands to an indicator."""
    return {
        "measures": _("It measures the indicator: same definition, same people"),
        "proxy": _("It stands in for the indicator, and is not the same"),
        "context": _("It helps to understand the indicator"),
    }


def countries(language: str) -> list[tuple[str, str]]:
    """Countries and areas by their names, with their alpha-3 codes."""
    items = catalogue.areas().items.values()
    found = [(str(each.facts["alpha3"]), each.labels.say(language)) for each in items if each.facts["alpha3"]]
    return sorted(found, key=lambda pair: pair[1])
