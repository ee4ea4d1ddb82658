"""Every change of fieldwork, one function a sentence."""

from everycount.site.fieldwork.actions.dismissing import dismiss
from everycount.site.fieldwork.actions.looking import flag, forget, look
from everycount.site.fieldwork.actions.planning import plan

__all__ = ["dismiss", "flag", "forget", "look", "plan"]
