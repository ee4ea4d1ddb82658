"""Every question about questionnaires in the making to the database."""

from everycount.site.questionnaires.queries.pages import (
    Home,
    Listing,
    Sheet,
    initiative_for,
    listing,
    questionnaire_for,
    questionnaire_page,
    readable_version,
    version_for,
    version_page,
)
from everycount.site.questionnaires.queries.reviews import Progress, review_page, voice_to_answer
from everycount.site.questionnaires.queries.rules import Judged, judged, rule_of

__all__ = [
    "Home",
    "Judged",
    "Listing",
    "Progress",
    "Sheet",
    "initiative_for",
    "judged",
    "listing",
    "questionnaire_for",
    "questionnaire_page",
    "readable_version",
    "review_page",
    "rule_of",
    "version_for",
    "version_page",
    "voice_to_answer",
]
