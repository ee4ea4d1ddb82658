"""Questionnaires: read from XLSForm, written as XForm, and the way from an answered instance to a record."""

from everycount.questionnaire.changes import Change, Difference, changes, refusals
from everycount.questionnaire.entities import Declared, Entity, declared, read_entity
from everycount.questionnaire.form import read_xlsform, read_xlsform_csv, validate
from everycount.questionnaire.instance import Received, read_envelope, read_instance
from everycount.questionnaire.kinds import Kind
from everycount.questionnaire.model import Questionnaire
from everycount.questionnaire.question import Choice, ChoiceList, Group, Question
from everycount.questionnaire.record import Answer, Envelope, Finding, Point, Record, RosterRow
from everycount.questionnaire.writing import Picked, from_bank, write_xlsform
from everycount.questionnaire.xform import write_xform

__all__ = [
    "Answer",
    "Change",
    "Choice",
    "ChoiceList",
    "Declared",
    "Difference",
    "Entity",
    "Envelope",
    "Finding",
    "Group",
    "Kind",
    "Picked",
    "Point",
    "Question",
    "Questionnaire",
    "Received",
    "Record",
    "RosterRow",
    "changes",
    "declared",
    "from_bank",
    "read_entity",
    "read_envelope",
    "read_instance",
    "read_xlsform",
    "read_xlsform_csv",
    "refusals",
    "validate",
    "write_xform",
    "write_xlsform",
]
