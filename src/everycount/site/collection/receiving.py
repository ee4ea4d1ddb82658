"""The rules of receiving: what becomes of packages, many in one transaction.

Each row of the table in the OpenRosa notes is a branch here. Nothing that a phone sent is thrown away: what
cannot stand beside what is there is set aside for the office.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import connection

from everycount.site.collection.marks import mark
from everycount.site.collection.models import (
    Attachment,
    Edition,
    Key,
    Receipt,
    SetAside,
    Submission,
    Tombstone,
    Why,
)
from everycount.site.collection.package import Arrived, Fate, Outcome, Package, first_group, new_code
from everycount.site.ledger.actions import Entry, record
from everycount.site.registry.models import Initiative
from everycount.site.rows import add, any_with, fresh_name
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from everycount.site.ledger.verbs import Value


def tombstone(initiative: UUID, questionnaire: UUID, instance: str) -> str:
    """The mark of an erased instanceID."""
    return mark("tombstone", str(questionnaire), instance, of=initiative)


def beginning(code: str, initiative: UUID) -> str:
    """By what a steward finds a receipt of which only the first group is left."""
    return mark("receipt begins", first_group(code), of=initiative)[:12]


def marks_of_code(code: str) -> list[str]:
    """What a code's receipt may be known by: a code does not say of which initiative it is."""
    names = Initiative.objects.order_by().values_list("pk", flat=True)
    return [mark("receipt", code, of=each) for each in names]


def receive(packages: Sequence[Package], *, at: datetime) -> list[Outcome]:
    """Stores packages, in the caller's transaction, in their order.

    One look at the database for all, one sealing for all, one write for all: a batch of two hundred costs
    little more than one.
    """
    desk = _Desk(packages, at)
    outcomes = [desk.take(package) for package in packages]
    desk.write()
    return outcomes


class _Desk:
    """What is known of the instances at hand, and what has to be written at the end."""

    def __init__(self, packages: Sequence[Package], at: datetime) -> None:
        self.at = at
        ids = {each for package in packages for each in (package.instance, package.replaces) if each}
        forms = {package.questionnaire for package in packages}
        owners = {package.questionnaire: package.initiative for package in packages}
        found = _editions(ids, forms) if any_with(Edition, "instance", ids) else []
        # The tombstones come last: what is erased between the two looks is then seen as erased.
        self.buried = _buried([tombstone(owners[form], form, each) for form in forms for each in ids])
        self.fresh_tombs: dict[str, UUID] = {}
        self.editions = {(each.submission.questionnaire_id, each.instance): each for each in found}
        self.attached: dict[UUID, dict[tuple[str, str], Attachment]] = defaultdict(dict)
        for attachment in _files_of(found):
            self.attached[attachment.submission_id][attachment.name_hash, attachment.digest] = attachment
        once = {package.key for package in packages if package.key and package.is_once}
        self.spent = _spent(once) if once else set()
        self.spending: set[UUID] = set()
        self.codes = _taken({package.code for package in packages if package.code})
        self.entries: list[Entry] = []
        self.submissions: list[Submission] = []
        self.fresh: list[tuple[Edition, Package]] = []
        self.receipts: list[Receipt] = []
        self.changed: dict[UUID, Submission] = {}
        self.new_files: list[Attachment] = []
        self.filled: list[Attachment] = []
        self.kept: list[vault.Prepared] = []
        self.aside: list[tuple[SetAside, Package]] = []
        self.orphans = self._orphans(ids, forms)
        self.joined: list[Edition] = []
        self.settled: list[SetAside] = []

    @staticmethod
    def _orphans(ids: set[str], forms: set[UUID]) -> dict[tuple[UUID, str], SetAside]:
        """Edits that wait for one of these, by what they replace; then those that wait for them."""
        found: dict[tuple[UUID, str], SetAside] = {}
        while any_with(SetAside, "replaces", ids):
            rows = SetAside.objects.filter(
                why=Why.ORPHAN, settled_at=None, replaces__in=ids, questionnaire__in=forms
            )
            fresh = {(row.questionnaire_id, row.replaces): row for row in rows.order_by("-received_at")}
            ids = {row.instance for row in fresh.values()} - {row.instance for row in found.values()}
            found |= fresh
        return _not_known(found)

    def take(self, package: Package) -> Outcome:
        """What becomes of one package."""
        ids = [each for each in (package.instance, package.replaces) if each]
        marks = [tombstone(package.initiative, package.questionnaire, each) for each in ids]
        if any(each in self.buried for each in marks):
            # An edit of what was erased is buried with it, so that an edit of that edit is known, too.
            self.fresh_tombs |= {each: package.initiative for each in marks if each not in self.buried}
            self.buried.update(marks)
            return _unused(Fate.THANKED, package)
        held = self.editions.get((package.questionnaire, package.instance))
        if held is not None:
            return self._again(package, held)
        if package.replaces:
            return self._edit(package)
        return self._new(package)

    def _again(self, package: Package, held: Edition) -> Outcome:
        if held.digest != package.digest:
            return self._set_aside(package, Why.CONFLICT, held.submission)
        unused, added = self._attach(package, held.submission)
        if added:
            self._tell("submission.files_added", package, held.submission, {"files": added})
        return Outcome(Fate.FILES_ADDED if added else Fate.AGAIN, unused=unused)

    def _edit(self, package: Package) -> Outcome:
        before = self.editions.get((package.questionnaire, package.replaces))
        if before is None:
            return self._set_aside(package, Why.ORPHAN, None)
        submission = before.submission
        if submission.current != package.replaces:
            return self._set_aside(package, Why.OUTDATED, submission)
        submission.current, submission.version = package.instance, package.version
        submission.is_held, submission.awaits_consent = package.is_held, True
        self.changed[submission.id] = submission
        self._settle(package)
        return self._edition(package, submission, before.number + 1, "")

    def _new(self, package: Package) -> Outcome:
        if package.is_once and package.key is not None:
            if package.key in self.spent:
                return _unused(Fate.SPENT, package)
            self.spent.add(package.key)
            self.spending.add(package.key)
        submission = Submission(
            id=fresh_name(self.at),
            questionnaire_id=package.questionnaire,
            root=package.instance,
            current=package.instance,
            version=package.version,
            is_held=package.is_held,
            is_test=package.is_test,
            sent_by_id=package.key,
            received_at=self.at,
        )
        code = self._code(package)
        self.submissions.append(submission)
        receipt = Receipt(
            id=fresh_name(self.at),
            code_mark=mark("receipt", code, of=package.initiative),
            begins=beginning(code, package.initiative),
            submission=submission,
            made_at=self.at,
        )
        self.receipts.append(receipt)
        return self._edition(package, submission, 1, code)

    def _code(self, package: Package) -> str:
        """The phone's own code; another one where somebody has that one already."""
        if not package.code or package.code in self.codes:
            return new_code()
        self.codes.add(package.code)
        return package.code

    def _edition(self, package: Package, submission: Submission, number: int, code: str) -> Outcome:
        edition = Edition(
            submission=submission,
            number=number,
            instance=package.instance,
            digest=package.digest,
            sent_by_id=package.key,
            received_at=self.at,
        )
        self.fresh.append((edition, package))
        self.editions[package.questionnaire, package.instance] = edition
        unused, added = self._attach(package, submission)
        payload: dict[str, Value] = {
            # One that is not known here is any text that a sender writes, and the ledger forgets nothing.
            "version": "" if package.is_held else package.version,
            "edition": number,
            "files": added,
            "held": package.is_held,
        }
        self._tell("submission.received", package, submission, payload)
        self._join(package, submission, number)
        return Outcome(Fate.STORED, code, unused)

    def _settle(self, package: Package) -> None:
        """What waited and comes now by itself waits no longer."""
        orphan = self.orphans.get((package.questionnaire, package.replaces))
        if orphan is not None and orphan.digest == package.digest:
            del self.orphans[package.questionnaire, package.replaces]
            orphan.settled_at = self.at
            self.settled.append(orphan)

    def _join(self, package: Package, submission: Submission, number: int) -> None:
        """An edit that came before what it edits takes its place now; its files come when its phone asks."""
        while orphan := self._waiting(package.questionnaire, submission.current):
            number += 1
            edition = Edition(
                submission=submission,
                number=number,
                instance=orphan.instance,
                digest=orphan.digest,
                item=orphan.item,
                sent_by_id=orphan.sent_by_id,
                received_at=orphan.received_at,
            )
            self.joined.append(edition)
            self.editions[package.questionnaire, orphan.instance] = edition
            submission.current, submission.version = orphan.instance, orphan.version
            submission.is_held, submission.awaits_consent = orphan.is_held, True
            self.changed[submission.id] = submission
            orphan.submission, orphan.settled_at = submission, self.at
            self.settled.append(orphan)
            self._tell("submission.joined", package, submission, {"edition": number})

    def _waiting(self, questionnaire: UUID, replaced: str) -> SetAside | None:
        """The edit that waited for this; edits that replace each other in a ring end where they began."""
        orphan = self.orphans.pop((questionnaire, replaced), None)
        return None if orphan is None or (questionnaire, orphan.instance) in self.editions else orphan

    def _attach(self, package: Package, submission: Submission) -> tuple[tuple[vault.Prepared, ...], int]:
        """Takes the files that are new; those that were there already are returned, and how many were new."""
        held = self.attached[submission.id]
        unused = []
        for file in package.files:
            if (file.name, file.digest) in held:
                unused.append(file.prepared)
            else:
                self._put(file, submission, held)
        for name in package.named:
            if not any(known == name for known, _ in held):
                missing = Attachment(submission=submission, name_hash=name)
                held[name, ""] = missing
                self.new_files.append(missing)
        return tuple(unused), len(package.files) - len(unused)

    def _put(self, file: Arrived, submission: Submission, held: dict[tuple[str, str], Attachment]) -> None:
        waited_for = held.pop((file.name, ""), None)
        attachment = waited_for or Attachment(submission=submission, name_hash=file.name)
        attachment.digest, attachment.item = file.digest, file.prepared.id
        attachment.is_named, attachment.received_at = file.is_named or waited_for is not None, self.at
        held[file.name, file.digest] = attachment
        self.kept.append(file.prepared)
        if waited_for is not None and waited_for.pk is not None:
            self.filled.append(attachment)
        elif waited_for is None:
            self.new_files.append(attachment)

    def _set_aside(self, package: Package, why: Why, submission: Submission | None) -> Outcome:
        """The XML is kept for the office; its files come again when the phone is answered otherwise."""
        row = SetAside(
            questionnaire_id=package.questionnaire,
            submission=submission,
            why=why,
            instance=package.instance,
            replaces=package.replaces,
            version=package.version,
            is_held=package.is_held,
            sent_by_id=package.key,
            digest=package.digest,
            received_at=self.at,
        )
        self.aside.append((row, package))
        return _unused(Fate(why.value), package)

    def _tell(self, verb: str, package: Package, submission: Submission, payload: dict[str, Value]) -> None:
        name = f"submission:{submission.id}"
        self.entries.append(Entry(verb, package.sender, name, package.initiative, payload))

    def write(self) -> None:
        """Everything at once: sealed bytes, rows, events."""
        old = [each for each in self.changed.values() if not each._state.adding]  # noqa: SLF001 - Django's own mark
        self._drop_known_asides()
        self._seal()
        vault.keep(self.kept, at=self.at)
        add(self.submissions)
        if old:
            Submission.objects.bulk_update(old, ["current", "version", "is_held", "awaits_consent"])
        add([*(edition for edition, _ in self.fresh), *self.joined])
        add(self.new_files)
        if self.filled:
            Attachment.objects.bulk_update(self.filled, ["digest", "item", "is_named", "received_at"])
        add(self.receipts)
        add(row for row, _ in self.aside)
        if self.settled:
            SetAside.objects.bulk_update(self.settled, ["submission", "settled_at"])
        if self.fresh_tombs:
            laid = [
                Tombstone(mark=each, initiative=owner, laid_at=self.at)
                for each, owner in self.fresh_tombs.items()
            ]
            Tombstone.objects.bulk_create(laid, ignore_conflicts=True)
        if self.spending:
            Key.objects.filter(id__in=self.spending).update(spent_at=self.at)
        if self.entries:
            record(*self.entries, at=self.at)

    def _drop_known_asides(self) -> None:
        """A phone that tries again does not fill the office's table."""
        if not self.aside:
            return
        digests = [row.digest for row, _ in self.aside]
        forms = {row.questionnaire_id for row, _ in self.aside}
        rows = SetAside.objects.filter(questionnaire__in=forms, digest__in=digests)
        seen = set(rows.values_list("questionnaire_id", "digest"))
        kept = []
        for row, package in self.aside:
            if (row.questionnaire_id, row.digest) not in seen:
                seen.add((row.questionnaire_id, row.digest))
                kept.append((row, package))
                name = f"questionnaire:{row.questionnaire_id}"
                self.entries.append(
                    Entry("submission.set_aside", package.sender, name, package.initiative, {"why": row.why})
                )
        self.aside = kept

    def _seal(self) -> None:
        """All XML of one initiative under one sync of its ring."""
        rows: dict[UUID, list[tuple[Edition | SetAside, Package]]] = defaultdict(list)
        for edition, package in self.fresh:
            rows[package.initiative].append((edition, package))
        for row, package in self.aside:
            rows[package.initiative].append((row, package))
        for initiative, waiting in rows.items():
            contents = [package.xml for _, package in waiting]
            names = vault.seal(initiative=initiative, contents=contents, by="system", at=self.at)
            for (each, _), name in zip(waiting, names, strict=True):
                each.item = name


def _not_known(orphans: dict[tuple[UUID, str], SetAside]) -> dict[tuple[UUID, str], SetAside]:
    """Without those whose own name came once more meanwhile, and was stored: nothing is stored twice."""
    if not orphans:
        return orphans
    names = {row.instance for row in orphans.values()}
    rows = Edition.objects.filter(instance__in=names).values_list("submission__questionnaire", "instance")
    known = set(rows)
    return {asked: row for asked, row in orphans.items() if (row.questionnaire_id, row.instance) not in known}


def _editions(ids: set[str], forms: set[UUID]) -> list[Edition]:
    """What is there under these instanceIDs, with its submissions."""
    # By the name alone: with the questionnaire in the condition SQLite would go through all its submissions.
    found = Edition.objects.select_related("submission").filter(instance__in=ids)
    if connection.features.has_select_for_update:
        rows = found.values_list("submission", "submission__questionnaire")
        _hold_fast({name for name, form in rows if form in forms})
    return [each for each in found.all() if each.submission.questionnaire_id in forms]


def _files_of(found: list[Edition]) -> list[Attachment]:
    if not found:
        return []
    return list(Attachment.objects.filter(submission__in={each.submission_id for each in found}))


def _buried(marks: list[str]) -> set[str]:
    """Which of these have a tombstone."""
    if not any_with(Tombstone, "mark", marks):
        return set()
    return set(Tombstone.objects.filter(mark__in=marks).values_list("mark", flat=True))


def _hold_fast(names: set[UUID]) -> None:
    """Nobody erases or changes these submissions until this transaction ends."""
    list(Submission.objects.select_for_update().filter(id__in=names).order_by("id").values_list("id"))


def _taken(codes: set[str]) -> set[str]:
    """Those of the codes that open a submission already."""
    if not codes:
        return set()
    marks = {mark: each for each in codes for mark in marks_of_code(each)}
    held = Receipt.objects.filter(code_mark__in=marks).values_list("code_mark", flat=True)
    return {marks[each] for each in held}


def _spent(once: set[UUID]) -> set[UUID]:
    """Which of these have brought their submission; nobody else spends one in this transaction."""
    rows = Key.objects.select_for_update().filter(id__in=once).order_by("id")
    return {key for key, at in rows.values_list("id", "spent_at") if at is not None}


def _unused(fate: Fate, package: Package) -> Outcome:
    return Outcome(fate, unused=tuple(file.prepared for file in package.files))
