"""The gate: the only door through which answers leave the vault.

Six may pass, each through an opening of its own size:

- staff, by :func:`open_records`, :func:`open_versions`, :func:`take_out` (and :func:`look_over`, to count
  before) and :func:`open_file`: where the
  person's consent to the purpose is open, the policy lets them, and an event says how many records were
  opened for what;
- whoever looks for people again, by :func:`open_entities`: households and places of those who agreed to it;
- whoever asked the questions, by :func:`open_to_sender` and :func:`open_file_to_sender`: what the own phone
  sent and came back to be mended, while the person agrees that it is looked at for mistakes;
- the node itself, by :func:`open_by_itself`: under the same consents and with the same event, to reckon with;
- the person, by :func:`open_own` and :func:`open_own_wishes`: who has proved the code sees the own answers
  and wishes;
- the reader of consents, by :func:`consents_of`: only the purposes that are allowed come out;
- the office, by :func:`open_message`, :func:`open_wish` and :func:`open_remarks`: what a respondent wrote to
  the steward or wants corrected, and what reviewers wrote about a submission, or the node keeps to compare
  it by.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from everycount.faults import InputError
from everycount.questionnaire import Received, read_entity, read_envelope, read_instance
from everycount.site.collection import queries as collection
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Attachment, Edition, Key, KeyKind, Submission
from everycount.site.collection.upload import split_name
from everycount.site.consent import rules, used
from everycount.site.consent.models import Consent, Message, Purpose, Use, Wish
from everycount.site.ledger.actions import Entry, record_alone
from everycount.site.people.policy import Verb, may, visible
from everycount.site.rows import among, as_held, plain
from everycount.site.vault.queries import open_item, open_items, stream_item
from everycount.site.vault.ring import ErasedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.questionnaire import Declared, Entity, Questionnaire, Record
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

LEAVES = (Purpose.STATISTICS, Purpose.SHARING, Purpose.ARCHIVE)  # something is made of them that goes out
AT_ONCE = 20  # records between two looks at the consents
MANY = 1000  # the same, where many leave: in a large database that many are found with half the work
VERBS = {
    Purpose.REVIEW: Verb.OPEN_ANSWERS,
    Purpose.STATISTICS: Verb.ANALYSE,
    Purpose.SHARING: Verb.GIVE_RECORDS,
    Purpose.ARCHIVE: Verb.GIVE_RECORDS,
    Purpose.CONTACT: Verb.CONTACT_PEOPLE,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A submission and the bytes of its current version."""

    submission: Submission
    xml: bytes

    def record(self) -> Record:
        """The typed answers.

        Raises:
            InputError: they are encrypted by a key that this node does not have.
        """
        return read_instance(self.xml, _form(self.submission))


def openable(
    submissions: QuerySet[Submission], purpose: Purpose, *, by: Person, at: datetime
) -> QuerySet[Submission]:
    """Those submissions that a person may open for a purpose: the policy's rows whose consent is open.

    Raises:
        KeyError: nobody opens anything for this purpose (COLLECTION: what is merely kept stays shut).
    """
    return visible(submissions, VERBS[purpose], by, at=at).filter(_allowed(purpose, "pk", ""))


def agreed(submissions: QuerySet[Submission], purpose: Purpose) -> QuerySet[Submission]:
    """Those submissions whose person agrees to a purpose now; for lists and counts, whoever reads them."""
    return submissions.filter(_allowed(purpose, "pk", ""))


def _allowed(purpose: Purpose, name: str, path: str) -> Q:
    """Rows whose submission (its id in ``name``, its columns under ``path``) may be opened for a purpose now.

    What an edit changed stays shut until somebody has read what it allows. Tests of a draft are looked at by
    reviewers and go nowhere else.
    """
    consents = Consent.objects.filter(submission=OuterRef(name), purpose=purpose, until=None)
    condition = Q(Exists(consents), **{f"{path}awaits_consent": False})
    return condition if purpose == Purpose.REVIEW else condition & Q(**{f"{path}is_test": False})


def open_records(
    submissions: QuerySet[Submission], purpose: Purpose, *, by: Person, at: datetime
) -> Iterator[Opened]:
    """Opens what may be opened, and writes down that it was.

    The event is written before the first byte is there; whoever takes consent back while the records are read
    is left out from that moment.

    Args:
        submissions: what is wanted; what the person may not open is silently not there.
        purpose: what for.
        by: who opens.
        at: when.
    """
    wanted = openable(submissions, purpose, by=by, at=at)
    names: dict[UUID, list[UUID]] = {}
    for name, initiative in wanted.order_by("received_at").values_list("pk", "questionnaire__initiative"):
        names.setdefault(initiative, []).append(name)
    for initiative, found in names.items():
        _note(purpose, initiative, found, by.ref, at)
    return _opened([name for found in names.values() for name in found], purpose)


def open_by_itself(submissions: QuerySet[Submission], purpose: Purpose, *, at: datetime) -> Iterator[Opened]:
    """Opens what the node reckons with by itself, and writes down that it did; nobody sees what it opened.

    Whoever calls this gives out counts and comparisons, never an answer; or it seals what it makes.
    """
    wanted = agreed(submissions, purpose)
    names: dict[UUID, list[UUID]] = {}
    for name, initiative in wanted.order_by("received_at").values_list("pk", "questionnaire__initiative"):
        names.setdefault(initiative, []).append(name)
    for initiative, found in names.items():
        _note(purpose, initiative, found, "system", at)
    return _opened([name for found in names.values() for name in found], purpose)


class Leaving(NamedTuple):
    """A record on its way out: its name there, the version, its current bytes, and its name here."""

    called: str
    version: str
    xml: bytes
    name: UUID | str


@dataclass(frozen=True, slots=True)
class Taken:
    """Records that leave.

    Attributes:
        event: number of the entry in the ledger that says so.
        count: how many there are; those who take consent back while they are read are left out.
        batches: the records, some at a time.
        names: of the submissions, each with the instanceID of its current version.
    """

    event: int
    count: int
    batches: Iterator[list[Leaving]]
    names: frozenset[tuple[UUID | str, str]]


def take_out(
    submissions: QuerySet[Submission],
    purpose: Purpose,
    *,
    initiative: Initiative,
    called: Callable[[str], str],
    by: Person,
    at: datetime,
    only: frozenset[tuple[UUID | str, str]] | None = None,
) -> Taken | None:
    """Opens many records of one initiative that leave the node under other names; None for who may not.

    As :func:`open_records` does: the event first, and each consent is asked again when its record is read.
    The policy is asked once, of the initiative: it is what the policy asks of each submission.

    Args:
        submissions: what is wanted.
        purpose: what for.
        initiative: whose.
        called: the name that a submission has outside, made from the first instanceID. Records come in the
            order of these names, which tells nothing.
        by: who takes them.
        at: when.
        only: those that were looked over, and as they were then; all of them where None.
    """
    with transaction.atomic():
        taken = look_over(submissions, purpose, initiative=initiative, called=called, by=by, at=at, only=only)
        if taken is None:
            return None
        # Whatever the purpose: a list of those to be visited must be mended, too, when one of them says no.
        use = Use.objects.create(event=taken.event, initiative=initiative.pk, purpose=purpose, made_at=at)
        used.note(use, [name for name, _ in taken.names])
    return taken


def look_over(
    submissions: QuerySet[Submission],
    purpose: Purpose,
    *,
    initiative: Initiative,
    called: Callable[[str], str],
    by: Person,
    at: datetime,
    only: frozenset[tuple[UUID | str, str]] | None = None,
) -> Taken | None:
    """As :func:`take_out`, where counts alone are made of the records and no record leaves the node."""
    if not may(by, VERBS[purpose], initiative, at=at):
        return None
    wanted = agreed(submissions.filter(questionnaire__initiative=initiative), purpose)
    with transaction.atomic():
        found = plain(wanted.values_list("pk", "root", "current"))
        if only is not None:
            found = [each for each in found if (each[0], each[2]) in only]
        names = sorted((called(root), name) for name, root, _ in found)
        number = _tell(purpose, initiative.pk, len(names), by.ref, at)
    seen = frozenset((name, current) for name, _, current in found)
    return Taken(number, len(names), _leaving(names, purpose, initiative.pk), seen)


def _leaving(
    names: list[tuple[str, UUID | str]], purpose: Purpose, initiative: UUID
) -> Iterator[list[Leaving]]:
    rows = _current(Edition.objects.filter(_allowed(purpose, "submission_id", "submission__")))
    allowed = rows.values_list("submission_id", "submission__version", "item")
    for start in range(0, len(names), MANY):
        batch = names[start : start + MANY]
        there = among(allowed, "submission_id", [name for _, name in batch])
        found = {name: (version, item) for name, version, item in there}
        xml = open_items(initiative, [item for _, item in found.values()])
        yield [
            Leaving(word, found[name][0], xml[found[name][1]], name)
            for word, name in batch
            if name in found and found[name][1] in xml
        ]


def file_leaving(record: Leaving, name: str, purpose: Purpose) -> Iterator[bytes] | None:
    """The bytes of a file that a record on its way out names; None where it has not come, or may not leave.

    The opening of its record was written down; its consent is asked once more.

    Args:
        record: as :func:`take_out` gave it.
        name: of the file, as the record has it.
        purpose: what the record was taken out for.
    """
    allowed = Attachment.objects.filter(_allowed(purpose, "submission_id", "submission__"))
    rows = allowed.filter(submission_id=record.name).exclude(item=None)
    found = rows.values_list("item", "name_hash", "submission__questionnaire__initiative")
    for item, name_hash, initiative in found.order_by("received_at"):
        if item is not None and name_hash == mark("file name", name, of=initiative):
            try:
                return _name_and_bytes(item)[1]
            except ErasedError:
                return None
    return None


@transaction.atomic
def _note(purpose: Purpose, initiative: UUID, found: list[UUID], by: str, at: datetime) -> None:
    """The event, and for what leaves the node which records it is made of."""
    number = _tell(purpose, initiative, len(found), by, at)
    if purpose in LEAVES:
        use = Use.objects.create(event=number, initiative=initiative, purpose=purpose, made_at=at)
        used.note(use, found)


def _tell(purpose: Purpose, initiative: UUID, count: int, by: str, at: datetime) -> int:
    payload: dict[str, Value] = {"purpose": str(purpose), "records": count}
    entry = Entry("records.opened", by, f"initiative:{initiative}", initiative, payload)
    return record_alone(entry, at=at).number


def _opened(names: list[UUID], purpose: Purpose) -> Iterator[Opened]:
    allowed = _current(Edition.objects.filter(_allowed(purpose, "submission_id", "submission__")))
    for start in range(0, len(names), AT_ONCE):
        rows = allowed.filter(submission__in=names[start : start + AT_ONCE]).select_related("submission")
        # Opened at once, not one by one: between two records the reader may take its time.
        yield from [
            Opened(edition.submission, xml)
            for edition in rows.order_by("submission__received_at")
            if (xml := _open_if_there(edition.item)) is not None
        ]


def _open_if_there(item: UUID) -> bytes | None:
    try:
        return open_item(item)
    except ErasedError:
        return None  # erased a moment ago


def _current(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    return editions.filter(instance=F("submission__current"))


def open_file(
    attachment: Attachment, purpose: Purpose, *, by: Person, at: datetime
) -> tuple[str, Iterator[bytes]] | None:
    """Name and bytes of a picture, a sound or a file; None where it may not be opened or has not come.

    The bytes come in pieces: a film is never held in memory.
    """
    wanted = openable(Submission.objects.filter(pk=attachment.submission_id), purpose, by=by, at=at)
    row = wanted.values_list("questionnaire__initiative", flat=True).first()
    if row is None or attachment.item is None:
        return None
    _tell(purpose, row, 1, by.ref, at)
    return _name_and_bytes(attachment.item)


def _name_and_bytes(item: UUID) -> tuple[str, Iterator[bytes]]:
    stream = stream_item(item)
    name, rest = split_name(next(stream, b"") + next(stream, b""))  # two chunks hold the longest name
    return name, chain([rest], stream)


@dataclass(frozen=True, slots=True)
class Was:
    """A version of a submission as it was sent, with the questionnaire that it answers."""

    edition: Edition
    form: Questionnaire
    xml: bytes

    def record(self) -> Record:
        """The typed answers.

        Raises:
            InputError: they are encrypted by a key that this node does not have.
        """
        return read_instance(self.xml, self.form)


def open_versions(submission: Submission, *, by: Person, at: datetime) -> list[Was]:
    """All versions of a submission, the first one first, for whoever looks at what was corrected.

    None where it may not be opened for review now. A version whose questionnaire is not known is left out.
    """
    wanted = openable(Submission.objects.filter(pk=submission.pk), Purpose.REVIEW, by=by, at=at)
    initiative = wanted.values_list("questionnaire__initiative", flat=True).first()
    if initiative is None:
        return []
    _tell(Purpose.REVIEW, initiative, 1, by.ref, at)
    rows = Edition.objects.filter(submission=submission).select_related("submission", "sent_by")
    opened = [(each, _open_if_there(each.item)) for each in rows.order_by("number")]
    return [
        Was(each, form, xml)
        for each, xml in opened
        if xml is not None and (form := _form_of_version(each.submission, xml)) is not None
    ]


def _form_of_version(submission: Submission, xml: bytes) -> Questionnaire | None:
    envelope = read_envelope(xml)
    version = collection.version_named(
        submission.questionnaire_id, envelope.version, of_draft=submission.is_test
    )
    return None if version is None or envelope.encrypted else collection.form(version)


def sent_by(submissions: QuerySet[Submission], key: Key) -> QuerySet[Submission]:
    """Those that a key brought, or another key of the same person; nothing for links that many may use."""
    if key.kind != KeyKind.PERSON:
        return submissions.none()
    own = Q(sent_by=key)
    return submissions.filter(own | Q(sent_by__person=key.person_id) if key.person_id else own)


def open_to_sender(submissions: QuerySet[Submission], *, key: Key, at: datetime) -> Opened | None:
    """The submission that came back to the phone that sent it; None where it may not be opened.

    Args:
        submissions: the one that is wanted, as the caller has found it to have come back.
        key: the phone's, which was proved.
        at: when.
    """
    wanted = agreed(sent_by(submissions, key), Purpose.REVIEW)
    found = wanted.values_list("pk", "questionnaire__initiative").first()
    if found is None:
        return None
    _tell(Purpose.REVIEW, found[1], 1, key.ref, at)
    return next(_opened([found[0]], Purpose.REVIEW), None)


def open_file_to_sender(
    submissions: QuerySet[Submission], number: int, *, key: Key, at: datetime
) -> tuple[str, Iterator[bytes]] | None:
    """Name and bytes of a file of such a submission."""
    wanted = agreed(sent_by(submissions, key), Purpose.REVIEW)
    row = wanted.values_list("pk", "questionnaire__initiative").first()
    held = Attachment.objects.filter(submission=row[0], pk=number).first() if row else None
    if row is None or held is None or held.item is None:
        return None
    _tell(Purpose.REVIEW, row[1], 1, key.ref, at)
    return _name_and_bytes(held.item)


def open_own(submission: Submission) -> tuple[Questionnaire, Record] | None:
    """A person's own answers, for whoever has proved the code; None where nobody here can read them.

    The caller has checked the code. Nothing is written down: when people look at their own answers is
    nobody's business.
    """
    try:
        form = _form(submission)
        return form, read_instance(_bytes(submission), form)
    except (InputError, LookupError, ErasedError):
        return None


def form_of(submission: Submission) -> Questionnaire | None:
    """The questionnaire in the version that was answered; None where this node does not know it."""
    try:
        return _form(submission)
    except LookupError:
        return None


def consents_of(submission: Submission) -> frozenset[Purpose]:
    """The purposes that the current version of a submission allows. Nothing else of it comes out.

    Raises:
        LookupError: its version is not known.
        ErasedError: it was erased.
    """
    form = _form(submission)
    if not rules.asked(form):
        return rules.unread(form)
    xml = _bytes(submission)
    if read_envelope(xml).encrypted:
        return rules.unread(form)
    return rules.allowed(form, read_instance(xml, form))


@dataclass(frozen=True, slots=True)
class Linked:
    """Of which entity a submission speaks, by a mark that names nobody."""

    list: str
    mark: str
    is_new: bool


def links_of(submissions: Collection[Submission]) -> dict[UUID, Linked | None]:
    """Which entity the current version of each submission makes or brings up to date; None where none.

    Read of every submission, whatever it allows, as consents are: a later no must be known to be a no of the
    same household. Nothing of it comes out but the mark, under the initiative's own key. What was erased, and
    whose version nobody knows, is not there.

    Args:
        submissions: of one initiative, with their questionnaires.

    Raises:
        BrokenSealError: one was changed.
    """
    initiative = next((each.questionnaire.initiative_id for each in submissions), None)
    if initiative is None:
        return {}
    items = _items_of([as_held(each.pk) for each in submissions])
    xml = open_items(initiative, list(items.values()))
    found = {}
    for each in submissions:
        item, form = items.get(as_held(each.pk)), _declared(each.questionnaire_id, each.version)
        if item in xml and form is not None:
            found[each.pk] = _linked(xml[item], form, initiative)
    return found


def _items_of(names: Collection[object]) -> dict[object, object]:
    """The item of the current version of each submission."""
    rows = _current(Edition.objects.all()).values_list("submission_id", "item")
    return dict(among(rows, "submission_id", names))


def _linked(xml: bytes, form: Declared, initiative: UUID) -> Linked | None:
    if not form.list:
        return None
    try:
        entity = read_entity(xml, form)
    except InputError:
        return None  # nobody can read it, so it speaks of nobody
    if entity is None:
        return None
    return Linked(form.list, mark("entity", form.list, entity.id, of=initiative), entity.is_new)


def _declared(questionnaire: UUID, name: str) -> Declared | None:
    version = collection.version_named(questionnaire, name)
    return None if version is None else collection.entities_in(version)


@dataclass(frozen=True, slots=True)
class Told:
    """What a version of a submission says of an entity, opened to speak to its people again."""

    submission: UUID
    current: str
    entity: Entity


def open_entities(submissions: QuerySet[Submission], *, by: Person | Key, at: datetime) -> Iterator[Told]:
    """Entities as submissions tell of them, in the order in which those came, to find their people again.

    For a person whom the policy lets, or for the phone of one (never for a link that many may have): what
    leaves is the id, the label and the properties that the questionnaire's makers chose.
    """
    if isinstance(by, Key):
        wanted = agreed(submissions if by.kind == KeyKind.PERSON else submissions.none(), Purpose.CONTACT)
        wanted = wanted.filter(questionnaire__initiative=by.initiative_id)
    else:
        wanted = openable(submissions, Purpose.CONTACT, by=by, at=at)
    columns = ("pk", "questionnaire__initiative", "questionnaire", "version", "current")
    rows = list(wanted.order_by("received_at").values_list(*columns))
    forms: dict[tuple[UUID, str], Declared | None] = {}
    for initiative in dict.fromkeys(row[1] for row in rows):
        here = {as_held(row[0]): row for row in rows if row[1] == initiative}
        _tell(Purpose.CONTACT, initiative, len(here), by.ref, at)
        for batch in _leaving([("", name) for name in here], Purpose.CONTACT, initiative):
            for each in batch:
                pk, _, questionnaire, version, current = here[each.name]
                asked = (questionnaire, version)
                if asked not in forms:
                    forms[asked] = _declared(*asked)
                form = forms[asked]
                entity = read_entity(each.xml, form) if form else None
                if entity is not None:
                    yield Told(pk, current, entity)


def files_named_by(submission: Submission) -> tuple[str, ...]:
    """Marks of the files that the current version of a submission names; their names stay inside.

    Raises:
        LookupError: its version is not known.
        ErasedError: it was erased.
        InputError: it is no XML that could be read.
    """
    form = _form(submission)
    received = Received.read(_bytes(submission))
    if received.envelope.encrypted:  # what it names is encrypted, too, so all that came belongs to it
        came = Attachment.objects.filter(submission=submission).exclude(item=None)
        return tuple(came.values_list("name_hash", flat=True))
    own = submission.questionnaire.initiative_id
    return tuple(mark("file name", name, of=own) for name in received.media(form))


def open_message(message: Message, *, by: Person, at: datetime) -> str | None:
    """What a respondent wrote, for those who may read it; None for others."""
    if not visible(Message.objects.filter(pk=message.pk), Verb.READ_MESSAGES, by, at=at).exists():
        return None
    initiative = message.initiative_id
    record_alone(Entry("message.read", by.ref, f"initiative:{initiative}", initiative), at=at)
    return open_item(message.item).decode()


def open_wish(wish: Wish, *, by: Person, at: datetime) -> tuple[str, str] | None:
    """What a respondent wants corrected, and what was answered; None for those who may not read it."""
    if not visible(Wish.objects.filter(pk=wish.pk), Verb.READ_WISHES, by, at=at).exists():
        return None
    initiative = wish.initiative_id
    record_alone(Entry("correction.read", by.ref, f"initiative:{initiative}", initiative), at=at)
    return _words_of(wish)


def open_own_wishes(submission: Submission) -> list[tuple[Wish, str, str]]:
    """What a person has asked for, and what was answered, for whoever has proved the code."""
    return [(each, *_words_of(each)) for each in Wish.objects.filter(submission=submission.pk)]


def _words_of(wish: Wish) -> tuple[str, str]:
    said, answer = (_open_if_there(item) if item else b"" for item in (wish.words, wish.answer))
    return (said or b"").decode(), (answer or b"").decode()


def open_remarks(remarks: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """What reviewers wrote about submissions, by item; nothing of those whose person ended the review.

    The caller has asked the policy. Whoever wrote had opened the answers, which was written down then.

    Args:
        remarks: the submission of each item.
    """
    rows = agreed(Submission.objects.filter(pk__in=remarks.values()), Purpose.REVIEW)
    still = set(rows.values_list("pk", flat=True))
    opened = {item: _open_if_there(item) for item, submission in remarks.items() if submission in still}
    return {item: words.decode() for item, words in opened.items() if words is not None}


def _bytes(submission: Submission) -> bytes:
    edition = _current(Edition.objects.filter(submission=submission)).first()
    if edition is None:
        raise ErasedError(f"Submission {submission.pk} is gone.")
    return open_item(edition.item)


def _form(submission: Submission) -> Questionnaire:
    name, is_test = submission.version, submission.is_test
    version = collection.version_named(submission.questionnaire_id, name, of_draft=is_test)
    if version is None:
        raise LookupError(f'The version "{submission.version}" is not known.')
    return collection.form(version)
