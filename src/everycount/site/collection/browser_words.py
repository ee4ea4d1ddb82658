"""What the form in a browser says. ``{n}`` and ``{where}`` are filled in on the phone, in its own digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

WORDS: Mapping[str, _StrPromise] = {
    "title": _("Questionnaires on this phone"),
    "welcome": _(
        "Open the link or scan the code that your coordinator gave you. It brings its questionnaires here."
    ),
    "link": _("Or paste the link"),
    "open": _("Open"),
    "forms": _("To fill in"),
    "none": _("There is no questionnaire to fill in just now."),
    "fill": _("Fill in"),
    "opening": _("Opening the questionnaire …"),
    "back": _("Back; what is filled in stays here"),
    "elsewhere": _("This questionnaire is open in another tab. Go on there."),
    "returned": _("What came back"),
    "came_back": _("It came back:"),
    "rejected": _("It was rejected:"),
    "asked": _("Questions about what you sent"),
    "asked_hint": _(
        "A question is no reproach: often it is the place, the phone or the person. Answer if you can, or "
        "ask the person again; whoever reviews reads it."
    ),
    "mend": _("Mend it"),
    "mend_network": _("This needs the network for a moment. Try again when there is one."),
    "answer": _("Answer"),
    "your_answer": _("Your answer to the reviewers"),
    "answer_hint": _("It stays beside what they decide. Name nobody."),
    "send_answer": _("Send"),
    "answered": _("Your answer is with the reviewers."),
    "answered_before": _("You have answered."),
    "return": _("Back"),
    "drafts": _("Begun and not finished"),
    "go_on": _("Go on"),
    "remove": _("Remove"),
    "sure": _("Remove what was filled in? It cannot be brought back."),
    "waiting": _("Waiting to be sent"),
    "count": _("Waiting to be sent: {n}"),
    "nothing": _("Everything is sent."),
    "sending": _("Sending …"),
    "offline": _("There is no network. It is kept here and goes out by itself."),
    "offline_ready": _("There is no network. You can fill in all the same."),
    "send_now": _("Send now"),
    "kept": _("Thank you. The answers are safe on this phone and go out by themselves."),
    "sure_waiting": _("Remove it without sending? Nobody will have these answers."),
    "copy": _("Save a copy for the office"),
    "full": _("The phone is full: this could not be kept. Leave this page open, make room, and try again."),
    "nearly_full": _("The phone is nearly full. Make room before you go on."),
    "receipts": _("Receipts"),
    "receipt_sent": _(
        "Copy the code for the person who answered. At {where} it shows what is held, and takes it back."
    ),
    "receipt_waits": _(
        "Copy the code for the person who answered. It works at {where} once the answers are sent."
    ),
    "save": _("Save as a file"),
    "handed": _("Given to the person"),
    "sure_handed": _("Does the person have the code? It is then removed from this phone."),
    "phone": _("About this phone"),
    "shared": _(
        "Answers that wait lie on this phone without a lock of their own. Lock the phone, and forget the "
        "questionnaires when you give it to somebody else."
    ),
    "busy": _("Send or remove first what waits and what is not finished."),
    "forget": _("Forget the link"),
    "forget_all": _("Forget the questionnaires on this phone"),
    "sure_forget": _("Forget the questionnaires and the key? You need the link again to go on."),
    "preparing": _("Getting ready to work without network …"),
    "ready": _("This page works without network."),
    "needs_network": _(
        "This page needs the network to open. What is filled in stays on the phone all the same."
    ),
    "page_language": _("Language"),
    "send": _("Done"),
    "change_language": _("Change the language of the questions"),
    "required": _("This question needs an answer."),
    "constraint": _("This answer is not possible here."),
    "faults": _("Questions to look at again: {n}"),
    "no_place": _(
        "The place could not be found. Allow the phone to use it, and open the questionnaire again."
    ),
}
