"""What goes back to the people: a brief, a poster, a text to be read aloud, a page for a cheap phone."""

from everycount.formats.brief.given import Given
from everycount.formats.brief.making import files, languages_of, names_of

__all__ = ["Given", "files", "languages_of", "names_of"]
