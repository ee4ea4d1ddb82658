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
    "vault.key_made": _verb("made a data key", "version"),
    "vault.keys_rotated": _verb("wrapped the data keys with a new installation key", "keys"),
    "vault.initiative_erased": _verb("erased every answer of the initiative", "items"),
    "vault.item_erased": _verb("erased an item of the vault"),
    "questionnaire.uploaded": _verb("uploaded a version of a questionnaire", "version"),
    "questionnaire.published": _verb("published a version of a questionnaire", "version"),
    "key.given": _verb("gave a key to a phone or a link", "kind", "expires"),
    "key.revoked": _verb("took a key back"),
    "submission.received": _verb("sent a submission", "version", "edition", "files", "held"),
    "submission.files_added": _verb("sent files of a submission", "files"),
    "submission.set_aside": _verb("sent what was set aside for the office", "why"),
    "submission.joined": _verb("brought what an edit that was set aside had waited for", "edition"),
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
