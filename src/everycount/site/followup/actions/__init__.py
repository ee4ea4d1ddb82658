"""Every change of follow-up, one function a sentence."""

from everycount.site.followup.actions.linking import link_waiting

__all__ = ["link_waiting"]
