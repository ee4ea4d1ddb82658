"""A survey folder in, a release out."""

from everycount.survey.folder import SurveyFolder, read_folder
from everycount.survey.river import make_release, release_folder

__all__ = ["SurveyFolder", "make_release", "read_folder", "release_folder"]
