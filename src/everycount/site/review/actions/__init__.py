"""Every change of review, one function a sentence."""

from everycount.site.review.actions.comparing import Version, open_changes
from everycount.site.review.actions.deciding import Accepted, accept_many, decide
from everycount.site.review.actions.opening import open_answers, open_file
from everycount.site.review.actions.replying import reply

__all__ = [
    "Accepted",
    "Version",
    "accept_many",
    "decide",
    "open_answers",
    "open_changes",
    "open_file",
    "reply",
]
