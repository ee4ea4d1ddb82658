"""The picture of a figure, as it is kept and taken along: with its title, its source and how to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import override

from everycount.formats.picture import picture
from everycount.site.publication import citing, reading
from everycount.site.publication.queries import releases

if TYPE_CHECKING:
    from everycount.site.publication.models import Release


def drawn(release: Release, name: str, language: str) -> bytes | None:
    """A figure as SVG; None where the release has none of that name, or nothing of it is drawn."""
    figure = reading.figure(release, name, language)
    if figure is None:
        return None
    with override(language):
        cited = citing.citation(release, language)
        invented = releases.numbers(release).survey.invented
        notes = [_("These people and answers are invented.")] if invented else []
        return picture(figure.title, figure.drawn, [*notes, cited.words], language)
