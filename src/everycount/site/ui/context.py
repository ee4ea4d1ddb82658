"""What every page knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from everycount.formats.page import mark
from everycount.site.ui.redaction import without_keys
from everycount.site.ui.styles import figure_version, version
from everycount.text import direction

if TYPE_CHECKING:
    from django.http import HttpRequest

_MARK = mark_safe(str(mark()))  # noqa: S308 - drawn by our own code from constants


def page(request: HttpRequest) -> dict[str, Any]:
    """Language and direction, the mark, the version of the style sheet, and what stands under a print."""
    language = get_language() or "en"
    return {
        "figure_styles": figure_version,  # only the pages that show figures ask for it
        "language": language,
        "direction": direction(language),
        "mark": _MARK,
        "styles": version(),
        "address": without_keys(f"{settings.ENVIRONMENT.public_url}{request.path}"),
        "today": datetime.now(UTC),
    }
