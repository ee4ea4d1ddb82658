"""What becomes of a recommendation: asked, answered, done, and seen by those whom it concerns."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a recommendation stands."""

    ASKED = "asked", _("asked for")
    PROMISED = "promised", _("promised")
    REFUSED = "refused", _("refused")
    SILENT = "silent", _("no answer came")
    DONE = "done", _("said to be done")
    SEEN = "seen", _("the community sees the change")
    UNSEEN = "unseen", _("the community does not see the change")


# From each state to those that may follow. Nothing is ever over: a change can be lost again.
NEXT: dict[State, tuple[State, ...]] = {
    State.ASKED: (State.PROMISED, State.REFUSED, State.SILENT, State.DONE),
    State.SILENT: (State.PROMISED, State.REFUSED, State.DONE),
    State.PROMISED: (State.DONE, State.REFUSED, State.SILENT),
    State.REFUSED: (State.PROMISED, State.DONE),
    State.DONE: (State.SEEN, State.UNSEEN),
    State.UNSEEN: (State.SEEN, State.DONE, State.PROMISED, State.REFUSED),
    State.SEEN: (State.UNSEEN,),
}
# Whether a change can be seen, only those say who live with it.
BY_COMMUNITY = frozenset({State.SEEN, State.UNSEEN})
