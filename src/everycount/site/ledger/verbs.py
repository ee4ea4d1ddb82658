"""Everything that can happen, and what may be told of it.

An event names no person but its actor, and tells no answer. What a verb may carry is listed here, so that a
new field is a decision made in a diff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Value: TypeAlias = str | int | bool | None
LONGEST = 200  # characters of a text; reasons that are longer stand beside what they are about


@dataclass(frozen=True, slots=True)
class Verb:
    """One kind of event.

    Attributes:
        words: what happened, as a sentence without its subject.
        payload: names of what it may carry.
    """

    words: str
    payload: frozenset[str] = frozenset()


def _verb(words: str, *payload: str) -> Verb:
    return Verb(words, frozenset(payload))


VERBS: Mapping[str, Verb] = {
    "node.started": _verb("opened the node for the first time", "version"),
    "person.joined": _verb("made an account"),
    "person.sessions_ended": _verb("ended their other sessions", "sessions"),
    "person.left": _verb("ended their account"),
    "person.node_role_given": _verb("was given a role on the node", "role"),
    "person.node_role_ended": _verb("lost a role on the node", "role"),
    "initiative.admitted": _verb("admitted the initiative to the node"),
    "initiative.carried_away": _verb("wrote the whole initiative into an archive", "submissions"),
    "initiative.carried_in": _verb(
        "brought the whole initiative from another node", "origin", "submissions", "events", "digest"
    ),
    "role.given": _verb("gave somebody a role", "role"),
    "initiative.changed": _verb("changed what the initiative says of itself", "fields"),
    "role.offered": _verb("invited somebody to a role", "role"),
    "role.offered_again": _verb("sent an invitation again", "role"),
    "role.offer_closed": _verb("called an invitation back", "role"),
    "role.refused": _verb("refused a role", "role"),
    "role.taken": _verb("took a role", "role"),
    "role.ended": _verb("ended somebody's role", "role"),
    "role.left": _verb("left a role", "role"),
    "organisation.admitted": _verb("admitted an organisation to the node", "kind"),
    "membership.asked": _verb("asked to be counted among an organisation's people"),
    "membership.begun": _verb("counted a person among an organisation's people"),
    "membership.refused": _verb("did not count a person among an organisation's people"),
    "membership.ended": _verb("ended a membership"),
    "opening.asked": _verb("asked to open answers in an emergency", "hours"),
    "opening.agreed": _verb("agreed that answers are opened in an emergency", "hours"),
    "opening.refused": _verb("refused that answers are opened in an emergency"),
    "opening.ended": _verb("ended an opening before its time"),
    "vault.key_made": _verb("made a data key", "version"),
    "vault.keys_rotated": _verb("wrapped the data keys with a new installation key", "keys"),
    "vault.initiative_erased": _verb("erased every answer of the initiative", "items"),
    "vault.item_erased": _verb("erased an item of the vault"),
    "questionnaire.uploaded": _verb("uploaded a version of a questionnaire", "version"),
    "questionnaire.published": _verb("published a version of a questionnaire", "version"),
    "questionnaire.closed": _verb("closed a questionnaire"),
    "questionnaire.reopened": _verb("opened a questionnaire again"),
    "questionnaire.file_added": _verb("added a file to a questionnaire", "version"),
    "questionnaire.file_removed": _verb("removed a file from a questionnaire", "version"),
    "concepts.rule_set": _verb("set how questionnaires are reviewed by the community", "rule", "quorum"),
    "concepts.review_opened": _verb("asked the community to review a questionnaire", "version"),
    "concepts.review_closed": _verb(
        "closed the community's review of a questionnaire", "version", "people", "endorsed", "objected"
    ),
    "concepts.review_reopened": _verb("opened the community's review again", "version"),
    "concepts.spoken": _verb("spoke on a question or category", "stance"),
    "concepts.answered": _verb("answered an objection"),
    "key.given": _verb("gave a key to a phone or a link", "kind", "expires"),
    "key.password_given": _verb("gave a phone a name and a password"),
    "key.revoked": _verb("took a key back"),
    "submission.received": _verb("sent a submission", "version", "edition", "files", "held"),
    "submission.files_added": _verb("sent files of a submission", "files"),
    "submission.set_aside": _verb("sent what was set aside for the office", "why"),
    "submission.joined": _verb("brought what an edit that was set aside had waited for", "edition"),
    "submissions.brought_in": _verb(
        "brought in records of another server",
        *("version", "records", "submissions", "changed", "known", "files", "refused"),
    ),
    "submission.released": _verb("let go of what was held until its version was known", "submissions"),
    "submission.decided": _verb("decided about submissions", "state", "reason", "submissions"),
    "submission.replied": _verb("answered to what was found about a submission"),
    "fieldwork.planned": _verb("planned a fieldwork", "targets", "places"),
    "flags.raised": _verb("compared submissions and raised flags", "raised", "cleared"),
    "flag.dismissed": _verb("dismissed a flag", "kind", "reason"),
    "checks.drawn": _verb("drew submissions to be checked again", "submissions", "seed"),
    "check.recorded": _verb("wrote down what checking again showed", "result"),
    "tables.made": _verb("made provisional tables anew", "records"),
    "records.opened": _verb("opened records", "purpose", "records"),
    "records.taken_out": _verb(
        "took records out as a file", "purpose", "format", "records", "opened", "accepted"
    ),
    "records.looked_over": _verb(
        "counted rare combinations before giving records away",
        *("purpose", "records", "columns", "rows", "alone", "rare", "opened"),
    ),
    "plan.written": _verb("wrote what a release counts", "number"),
    "release.asked": _verb("asked for a release to be computed", "number"),
    "release.begin": _verb("began to compute a release", "number"),
    "release.finish": _verb("computed a release", "number", "opened", "records", "digest"),
    "release.fail": _verb("could not compute a release", "number", "faults"),
    "release.bring": _verb("brought a release that was computed elsewhere", "number", "digest"),
    "release.again": _verb("asked for a release to be computed again", "number"),
    "release.propose": _verb("proposed a release", "number"),
    "release.approve": _verb("approved a release", "number"),
    "release.return": _verb("returned a release to whoever computed it", "number"),
    "release.stated": _verb("spoke on a release for the community", "number", "stance"),
    "release.unsaid": _verb("took back a word on a release", "number"),
    "release.withhold": _verb("withheld numbers of a release for the community", "number", "withheld"),
    "release.agree": _verb("agreed to a release as the community's rule has it", "number", "people"),
    "release.pass": _verb("let a release pass, for there is no community body to ask", "number"),
    "release.refuse": _verb("refused a release for the community", "number"),
    "release.publish": _verb("published a release", "number", "digest"),
    "release.release": _verb("published a release whose embargo was over", "number", "digest"),
    "release.supersede": _verb("replaced a release by a later one", "number", "digest"),
    "release.drop": _verb("gave up a release", "number"),
    "returns.met": _verb("wrote down a meeting in which numbers were brought back", "people"),
    "returns.said": _verb("put somebody's words beside published numbers", "kind"),
    "returns.answered": _verb("answered to words beside published numbers", "kind"),
    "returns.unsaid": _verb("took words away whose speaker did not want them in public any more", "kind"),
    "returns.asked": _verb("wrote down a recommendation and to whom it was said"),
    "returns.step": _verb("wrote down what became of a recommendation", "state"),
    "release.revision_due": _verb("found that a public release has to be made anew", "number", "opened"),
    "assessment.begun": _verb("began to assess a release for a statistical office", "number", "lens"),
    "assessment.answered": _verb("answered criteria of an assessment", "number", "criteria"),
    "assessment.dropped": _verb("gave up an assessment of a release", "number"),
    "assessment.decided": _verb("decided what a statistical office uses a number for", "number", "outcome"),
    "assessment.replied": _verb("replied to a decision about the use of a number", "number"),
    "assessment.appealed": _verb("asked that a decision is looked at again", "number"),
    "assessment.appeal_answered": _verb("answered who asked for a second look", "number", "outcome"),
    "use.under_revision": _verb("marked what was made of opened records as under revision", "opened"),
    "consent.read": _verb("read what sent submissions allow", "submissions", "opened", "closed"),
    "consent.withdrawn": _verb("took a purpose back", "purpose", "how"),
    "consent.text_written": _verb("wrote what people are told before they agree", "version", "language"),
    "submission.erased": _verb("erased a submission for ever", "items", "how"),
    "message.left": _verb("left a message to the steward"),
    "message.read": _verb("read a message to the steward"),
    "list.given": _verb("gave a list of places to the phones", "places"),
    "entities.linked": _verb("linked submissions to households and places by marks", "submissions", "linked"),
    "correction.asked": _verb("asked for a correction of the own answers"),
    "correction.read": _verb("read what a respondent wants corrected"),
    "correction.answered": _verb("answered what a respondent wants corrected", "outcome"),
    "ledger.verified": _verb("verified the ledger", "events", "digest"),
}


def problem(verb: str, payload: Mapping[str, Value]) -> str:
    """Why an event may not be recorded; "" where it may."""
    known = VERBS.get(verb)
    if known is None:
        return f'"{verb}" is no verb of the ledger.'
    extra = sorted(set(payload) - known.payload)
    if extra:
        return f'"{verb}" may not carry {", ".join(extra)}.'
    long = [name for name, value in payload.items() if isinstance(value, str) and len(value) > LONGEST]
    if long:
        return f'"{verb}" carries more than {LONGEST} characters of {", ".join(long)}.'
    odd = [name for name, value in payload.items() if not isinstance(value, str | int | bool | None)]
    return f'"{verb}" carries {", ".join(odd)}, which is neither text nor whole number.' if odd else ""
