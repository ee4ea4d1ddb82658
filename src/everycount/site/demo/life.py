"""What happens in the example world after the fieldwork: people take back, reviewers decide.

Respondents go the way of the receipt, over HTTP; phones send edits to the endpoint; reviewers decide by the
same actions as their pages.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING

from everycount.site.demo import phones, words
from everycount.site.demo.world import SLUG, account
from everycount.site.running import set_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from everycount.site.demo.phones import Sent

_PATIENCE = 60  # seconds until what was sent is read
ERASED_EACH, SHARING_EACH = 97, 61  # every so many of those who agreed
ACCEPTED, IN_REVIEW, RETURNED, REJECTED, MENDED = 640, 12, 24, 8, 9


def live_on(
    url: str, addresses: Mapping[str, str], sent: Sequence[Sent], say: Callable[[str], None]
) -> set[str]:
    """Withdrawals, messages, reviews and edits; the instanceIDs of those who took everything back."""
    set_up()
    _wait_until_read()
    withdrawn = _take_back(url, [each for each in sent if each.agrees])
    say(f"{len(withdrawn)} invented people took their answers back; nothing is left of them")
    left = [each for each in sent if each.agrees and each.instance not in withdrawn]
    _review(addresses, left)
    say("invented reviewers looked at most of the others")
    return withdrawn


def _wait_until_read() -> None:
    from everycount.site.collection.models import Submission

    until = time.monotonic() + _PATIENCE
    while Submission.objects.filter(awaits_consent=True, is_held=False).exists():
        if time.monotonic() > until:
            raise TimeoutError("Nobody reads what people allow.")
        time.sleep(0.2)


def _take_back(base: str, agreed: Sequence[Sent]) -> set[str]:
    """Some take back everything, some the sharing, one writes, one comes to the steward without a code."""
    gone = agreed[ERASED_EACH::ERASED_EACH]
    for each in gone[:-1]:
        phones.take_back(base, each.receipt, "collection")
    _at_the_stewards(gone[-1])
    for each in agreed[SHARING_EACH::SHARING_EACH]:
        if each not in gone:
            phones.take_back(base, each.receipt, "sharing")
    phones.leave_message(base, agreed[1].receipt, words.MESSAGE)
    phones.ask_correction(base, agreed[2].receipt, words.WISH)
    return {each.instance for each in gone}


def _at_the_stewards(sent: Sent) -> None:
    from everycount.site.collection.models import Submission
    from everycount.site.consent.actions import How, withdraw
    from everycount.site.consent.models import Purpose

    found = Submission.objects.get(root=sent.instance)
    steward, at = account("steward").ref, datetime.now(UTC)
    withdraw(submission=found.pk, purposes=[Purpose.COLLECTION], by=steward, at=at, how=How.IN_PERSON)


def _review(addresses: Mapping[str, str], sent: Sequence[Sent]) -> None:
    """Most are accepted, some returned; of these some are mended, and some of the mended accepted."""
    from everycount.site.registry.models import Initiative
    from everycount.site.review.actions import accept_many
    from everycount.site.review.models import State

    initiative = Initiative.objects.get(slug=SLUG)
    names = _names([each.instance for each in sent])
    accepted, rest = sent[:ACCEPTED], sent[ACCEPTED:]
    seen, reviewer = datetime.now(UTC), account("reviewer")
    chosen = [names[each.instance] for each in accepted]
    accept_many(initiative=initiative, submissions=chosen, seen=seen, by=reviewer, at=datetime.now(UTC))
    _decide(names, rest[:IN_REVIEW], State.IN_REVIEW)
    returned = rest[IN_REVIEW : IN_REVIEW + RETURNED]
    _decide(names, returned, State.RETURNED, words.RETURNED)
    after = IN_REVIEW + RETURNED
    _decide(names, rest[after : after + REJECTED], State.REJECTED, words.REJECTED)
    _answer(names[rest[after].instance])
    mended = returned[:MENDED]
    for each in mended:
        phones.send(addresses[each.place], phones.edited(each, slips=each is mended[-1]))
    _wait_until_read()
    _decide(names, mended[: MENDED // 3], State.ACCEPTED, edition=2)


def _answer(submission: UUID) -> None:
    """Whoever sent what was rejected says a word to it."""
    from everycount.site.collection.models import Submission
    from everycount.site.review.actions import reply

    key = Submission.objects.select_related("sent_by").get(pk=submission).sent_by
    if key is not None:
        reply(submission=submission, words=words.REPLY, by=key, at=datetime.now(UTC))


def _names(instances: list[str]) -> dict[str, UUID]:
    from everycount.site.collection.models import Submission

    rows = Submission.objects.filter(root__in=instances, questionnaire__initiative__slug=SLUG)
    return dict(rows.values_list("root", "pk"))


def _decide(
    names: dict[str, UUID],
    sent: Sequence[Sent],
    state: str,
    reasons: Sequence[tuple[str, str]] = (("", ""),),
    edition: int = 1,
) -> None:
    """By the reviewer and the coordinator in turns."""
    from everycount.site.review.actions import decide
    from everycount.site.review.models import Reason, State

    reviewers = cycle([account("reviewer"), account("coordinator")])
    for each, (reason, said), by in zip(sent, cycle(reasons), reviewers, strict=False):
        decide(
            submission=names[each.instance],
            state=State(state),
            edition=edition,
            reason=Reason(reason) if reason else None,
            words=said,
            by=by,
            at=datetime.now(UTC),
        )
