"""Bringing in what another server collected: by the way of phones, by an operator at the shell.

Each record becomes the instance that a phone would have sent, under the name that its server gave it. The
same records again are known; answers that changed there become a new version here, which replaces the last
one that was brought in. What was edited here meanwhile is not overwritten: the change is set aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.questionnaire import Received, read_instance
from everycount.questionnaire.filling import write_filled
from everycount.site.collection import queries
from everycount.site.collection.actions.known import Known, digest_of, known_of
from everycount.site.collection.actions.storing import stored
from everycount.site.collection.brought import Account
from everycount.site.collection.marks import mark, mark_of_bytes
from everycount.site.collection.models import Edition, Tombstone, Version
from everycount.site.collection.package import OPERATOR, Arrived, Fate, Outcome, Package
from everycount.site.collection.receiving import tombstone
from everycount.site.collection.upload import seal_file
from everycount.site.ledger.actions import Entry, record_alone
from everycount.site.vault.actions import drop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from everycount.questionnaire import Questionnaire as Form
    from everycount.questionnaire.filling import Filled
    from everycount.sample.instances import Export, Exported
    from everycount.site.collection.actions.targets import Target
    from everycount.site.collection.pictures import Pictures
    from everycount.site.vault.actions import Prepared

AT_ONCE = 100  # records in one transaction
_LONGEST = 200  # signs of a name; the table takes 255, and a version adds some
_ROW = re.compile(r"\[\d+\]")
_LOST = "Rows of a repeat inside another one name no outer row, and were left out."


@dataclass(frozen=True, slots=True)
class _Ready:
    """A record on its way: its XML, and what is here of it."""

    record: Exported
    received: Received
    xml: bytes
    instance: str
    replaces: str = ""
    known: Known | None = None
    is_known: bool = False


def bring_in(
    *,
    target: Target,
    exports: Sequence[Export],
    pictures: Pictures,
    at: datetime,
    is_trial: bool = False,
    say: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005 - nobody listens
) -> Account:
    """Stores the records of exports and the files that they name; what became of them.

    A batch is one transaction. Whoever is interrupted in the middle has stored what the ledger says, and
    begins again with the same files.

    Args:
        target: where they go.
        exports: what was read of each file.
        pictures: the files beside them.
        at: when.
        is_trial: nothing is stored; the account says what would be.
        say: told how many records of how many are done.
    """
    desk = _Desk(target, pictures, at, is_trial=is_trial)
    total = sum(each.count for each in exports)
    try:
        for export in exports:
            for batch in export.batches(AT_ONCE):
                desk.take(batch)
                say(desk.account.records, total)
    finally:
        if not is_trial:
            name, payload = f"questionnaire:{target.questionnaire}", desk.account.payload(target.version)
            entry = Entry("submissions.brought_in", OPERATOR, name, target.initiative, payload)
            record_alone(entry, at=at)
    return desk.account


class _Desk:
    """Takes batch after batch, and keeps the account."""

    def __init__(self, target: Target, pictures: Pictures, at: datetime, *, is_trial: bool) -> None:
        self.target, self.pictures, self.at, self.is_trial = target, pictures, at, is_trial
        self.account = Account()
        self.seen: set[str] = set()
        self.sealed: list[Prepared] = []

    def take(self, batch: Sequence[Exported]) -> None:
        """Looks at records, stores them, and counts them when they are on disk."""
        good = [each for each in batch if self._is_good(each)]
        known = known_of(self.target.questionnaire, good)
        ready = [each for one in good if (each := self._ready(one, known)) is not None]
        self.sealed = []
        try:
            made = [(each, self._package(each)) for each in ready]
            outcomes = self._store(made)
        except BaseException:
            drop(self.sealed)
            raise
        for (one, package), outcome in zip(made, outcomes, strict=True):
            self.account.count(package, outcome, is_known=one.is_known)
            drop(outcome.unused)
        self.account.records += len(batch)

    def _is_good(self, one: Exported) -> bool:
        """Whether it can be taken at all; else it is refused with a reason."""
        why = _why_not(one, self.seen)
        if why:
            self._refuse(one, *why)
        self.seen.add(one.name)
        return not why

    def _refuse(self, one: Exported, problem: str, remedy: str) -> None:
        self.account.refused.append(Fault(one.place, problem, remedy))

    def _ready(self, one: Exported, known: dict[str, Known]) -> _Ready | None:
        """The XML of a record: that of the version which is here, where the answers are the same."""
        here = known.get(one.name) or known.get(one.before)
        if here is not None and not here.brought:
            self.account.from_phones += 1
            return None
        try:
            made = self._new(one) if here is None else self._again(one, here)
        except (InputError, ValueError) as error:
            words = (
                error.faults[0].problem if isinstance(error, InputError) else "A text holds signs of no text."
            )
            self._refuse(one, words, "Correct it at the other server, or leave the record out.")
            return None
        self._note(made)
        return made

    def _written(self, one: Exported, instance: str, replaces: str = "") -> tuple[Received, bytes]:
        xml = write_filled(self.target.form, instance, one.filled, replaces=replaces)
        return Received.read(xml, one.place), xml

    def _new(self, one: Exported) -> _Ready:
        # An edit of what was erased here is named as one, so that it stays out like the rest.
        replaces = one.before if one.before and self._is_buried(one.before) else ""
        return _Ready(one, *self._written(one, one.name, replaces), one.name, replaces)

    def _again(self, one: Exported, here: Known) -> _Ready:
        """Compared with the last version that was brought in, written as that one was."""
        last = here.brought[-1]
        replaced = here.brought[-2].instance if len(here.brought) > 1 else ""
        for form in self._forms(one, here):
            xml = write_filled(form, last.instance, one.filled, replaces=replaced)
            if mark_of_bytes("xml", xml, of=self.target.initiative) == last.digest:
                received = Received.read(xml, one.place)
                return _Ready(one, received, xml, last.instance, replaced, here, is_known=True)
        instance = self._fresh(one, here, last)
        return _Ready(one, *self._written(one, instance, last.instance), instance, last.instance, here)

    def _forms(self, one: Exported, here: Known) -> Iterator[Form]:
        """The form, and that of the version which is here, if that one asks all that is answered."""
        yield self.target.form
        name = here.submission.version
        if name == self.target.version:
            return
        found = Version.objects.filter(questionnaire=self.target.questionnaire, version=name).first()
        if found is not None:
            form = queries.form(found.id)
            if _places(one.filled) <= {"/".join(each.full_path) for each in form.questions}:
                yield form

    def _fresh(self, one: Exported, here: Known, last: Edition) -> str:
        """The name of a new version: the server's own where it gives one, else one that the answers make."""
        if one.name not in {each.instance for each in here.editions}:
            return one.name
        xml = write_filled(self.target.form, last.instance, one.filled)
        own = self.target.initiative
        made = mark("brought", mark_of_bytes("xml", xml, of=own), last.instance, of=own)
        return f"{here.submission.root}:{made[:16]}"

    def _is_buried(self, instance: str) -> bool:
        if self.target.questionnaire is None:
            return False
        return Tombstone.objects.filter(
            mark=tombstone(self.target.initiative, self.target.questionnaire, instance)
        ).exists()

    def _note(self, made: _Ready) -> None:
        """What the reader of answers finds odd in it, without an answer."""
        record = read_instance(made.xml, self.target.form)
        self.account.odd.update((_ROW.sub("", each.path), each.problem) for each in record.findings)
        lost = _rows(made.record.filled) - sum(map(len, record.rosters.values()))
        if lost:
            self.account.odd["", _LOST] += lost
        if made.record.version and made.record.version != self.target.version:
            self.account.versions[made.record.version] += 1

    def _package(self, one: _Ready) -> Package:
        names = one.received.media(self.target.form)
        is_held = self.target.is_held
        return Package(
            questionnaire=self.target.questionnaire or self.target.initiative,
            initiative=self.target.initiative,
            key=None,
            instance=one.instance,
            replaces=one.replaces,
            version=self.target.version,
            is_held=is_held,
            is_test=False,
            xml=one.xml,
            digest=mark_of_bytes("xml", one.xml, of=self.target.initiative),
            named=()
            if is_held
            else tuple(mark("file name", name, of=self.target.initiative) for name in names),
            files=tuple(self._files(one, names)),
        )

    def _files(self, one: _Ready, names: Sequence[str]) -> Iterator[Arrived]:
        """The files that it names and that are not here yet, sealed."""
        for name in names:
            found = self.pictures.find(name, one.record.name)
            marked = mark("file name", name, of=self.target.initiative)
            held = one.known.files if one.known else set()
            if found is None:
                self.account.missing_files += marked not in {each for each, digest in held if digest}
                continue
            if held and (marked, digest_of(found, self.target.initiative)) in held:
                continue
            if self.is_trial:
                self.account.files += 1
                continue
            sealed = seal_file(
                name, found.chunks(), initiative=self.target.initiative, by=OPERATOR, at=self.at
            )
            self.sealed.append(sealed.prepared)
            yield Arrived(marked, sealed.digest, sealed.prepared, is_named=not self.target.is_held)

    def _store(self, made: Sequence[tuple[_Ready, Package]]) -> list[Outcome]:
        """Through the desk of phones; what is here with all its files need not go there."""
        wanted = [package for one, package in made if package.files or not one.is_known]
        outcomes = iter(self._foreseen(wanted) if self.is_trial else stored(wanted, self.at))
        return [
            next(outcomes) if package.files or not one.is_known else Outcome(Fate.AGAIN)
            for one, package in made
        ]

    def _foreseen(self, packages: Sequence[Package]) -> list[Outcome]:
        """What would become of them."""
        buried = {
            each
            for package in packages
            for each in (package.instance, package.replaces)
            if self._is_buried(each)
        }
        return [
            Outcome(Fate.THANKED if {package.instance, package.replaces} & buried else self._edited(package))
            for package in packages
        ]

    def _edited(self, package: Package) -> Fate:
        """An edit of what was edited here is set aside."""
        if not package.replaces:
            return Fate.STORED
        found = Edition.objects.filter(instance=package.replaces).select_related("submission")
        here = [each.submission for each in found]
        is_last = any(
            each.current == package.replaces and each.questionnaire_id == package.questionnaire
            for each in here
        )
        return Fate.STORED if is_last else Fate.OUTDATED


def _why_not(one: Exported, seen: set[str]) -> tuple[str, str] | None:
    if not one.name:
        return "The record has no instanceID.", "Export it with the columns that the server adds."
    if "\0" in one.name + one.before or max(len(one.name), len(one.before)) > _LONGEST:
        return f"The instanceID is no text, or longer than {_LONGEST} signs.", "Export the records again."
    if one.name in seen:
        return f"The instanceID {one.name} stands before.", "Leave one of the two out."
    if one.locked:
        return "The answers are encrypted.", "Export it decrypted, with the passphrase of the form's key."
    if not (one.filled.answers or one.filled.rosters):
        return (
            "It holds no answer to a question of the form.",
            "Look whether the form is the one that was asked.",
        )
    return None


def _places(filled: Filled) -> set[str]:
    """Of all questions that are answered."""
    inside = (_places(row) for rows in filled.rosters.values() for row in rows)
    return set(filled.answers).union(*inside)


def _rows(filled: Filled) -> int:
    return sum(1 + _rows(row) for rows in filled.rosters.values() for row in rows)
