"""Every change of follow-up, one function a sentence."""

from everycount.site.followup.actions.giving import give_list
from everycount.site.followup.actions.linking import link_waiting

__all__ = ["give_list", "link_waiting"]
