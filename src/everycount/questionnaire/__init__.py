"""Questionnaires: read from XLSForm, written as XForm, and the way from an answered instance to a record."""

from everycount.questionnaire.form import read_xlsform, read_xlsform_csv, validate
from everycount.questionnaire.kinds import Kind
from everycount.questionnaire.model import Choice, ChoiceList, Group, Question, Questionnaire
from everycount.questionnaire.xform import write_xform

__all__ = [
    "Choice",
    "ChoiceList",
    "Group",
    "Kind",
    "Question",
    "Questionnaire",
    "read_xlsform",
    "read_xlsform_csv",
    "validate",
    "write_xform",
]
