"""Every change of review, one function a sentence."""

from everycount.site.review.actions.deciding import Accepted, accept_many, decide
from everycount.site.review.actions.opening import open_answers, open_file

__all__ = ["Accepted", "accept_many", "decide", "open_answers", "open_file"]
