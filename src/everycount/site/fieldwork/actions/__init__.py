"""Every change of fieldwork, one function a sentence."""

from everycount.site.fieldwork.actions.checking import check, draw, drawn
from everycount.site.fieldwork.actions.dismissing import dismiss
from everycount.site.fieldwork.actions.looking import flag, forget, look, stand
from everycount.site.fieldwork.actions.planning import plan
from everycount.site.fieldwork.actions.tabling import tabulate

__all__ = ["check", "dismiss", "draw", "drawn", "flag", "forget", "look", "plan", "stand", "tabulate"]
