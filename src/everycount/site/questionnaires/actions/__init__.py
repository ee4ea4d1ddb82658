"""Every change in the making of questionnaires, one function a sentence."""

from everycount.site.questionnaires.actions.publishing import publish
from everycount.site.questionnaires.actions.reviewing import (
    Said,
    answer,
    close_review,
    open_review,
    set_rule,
    speak,
)

__all__ = ["Said", "answer", "close_review", "open_review", "publish", "set_rule", "speak"]
