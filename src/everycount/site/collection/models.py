"""Questionnaires, keys and submissions. No answer stands here: bytes lie in the vault under plain names."""

from __future__ import annotations

import uuid

from django.db import models

from everycount.site.people.models import Person
from everycount.site.registry.models import Initiative


class Questionnaire(models.Model):
    """A questionnaire through its versions.

    Attributes:
        form_id: as phones know it; unique on the node, for phones know nothing else.
        title: in the initiative's language.
        closed_at: no new submissions since; phones no longer list it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="questionnaires")
    form_id = models.CharField(max_length=200, unique=True)
    title = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "initiative__"

    def __str__(self) -> str:
        return self.title


class State(models.TextChoices):
    """Of a version."""

    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review by the community"
    PUBLISHED = "published", "Published"
    REPLACED = "replaced", "Replaced by a later version"


class Version(models.Model):
    """One version of a questionnaire; its bytes never change once it is published.

    Attributes:
        version: as the form calls itself; may be empty.
        xlsform: the file as it was uploaded.
        xform: what phones download, these bytes exactly.
        xform_md5: of ``xform``, as the OpenRosa list names it.
        changes: what differs from the version before, as the safe-change check found it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="versions")
    version = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    xlsform = models.BinaryField()
    xlsform_name = models.CharField(max_length=200)
    xform = models.BinaryField()
    xform_md5 = models.CharField(max_length=32)
    changes = models.JSONField(default=list)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "questionnaire__initiative__"

    class Meta:
        """A version is told apart by its name, and one is current."""

        constraints = (
            models.UniqueConstraint(fields=["questionnaire", "version"], name="version_once"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=models.Q(state="published"), name="version_one_current"
            ),
        )

    def __str__(self) -> str:
        return f"{self.questionnaire} {self.version}"


class MediaFile(models.Model):
    """A file that a form shows or looks up: a picture, a sound, a CSV, an entity list."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="media")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    md5 = models.CharField(max_length=32)
    is_entity_list = models.BooleanField(default=False)

    to_initiative = "version__questionnaire__initiative__"

    class Meta:
        """Phones know files by name."""

        constraints = (models.UniqueConstraint(fields=["version", "name"], name="media_name_once"),)

    def __str__(self) -> str:
        return self.name


class KeyKind(models.TextChoices):
    """Who sends with a key."""

    PERSON = "person", "One person's phone"
    PUBLIC = "public", "A link that anybody may use"
    ONCE = "once", "A link that works once"
    DRAFT = "draft", "A link to try a draft"


class Key(models.Model):
    """A key in the path of phones and links. The key itself is shown once; only its hash is kept.

    Attributes:
        secret_hash: SHA-256 of the key (256 random bits need no slow hash).
        label: whose phone it is, in the coordinator's words.
        questionnaire: all of the initiative's where it is not said.
        spent_at: a link that works once has brought its submission; it still takes what belongs to that one.
        digest_ha1: for phones that can only do Digest: MD5(user:realm:password), wrapped by the vault's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="keys")
    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, null=True, blank=True, related_name="keys"
    )
    kind = models.CharField(max_length=8, choices=KeyKind)
    label = models.CharField(max_length=120)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="keys")
    secret_hash = models.CharField(max_length=64, unique=True)
    digest_user = models.CharField(max_length=60, null=True, blank=True, unique=True)
    digest_ha1 = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    spent_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "initiative__"

    def __str__(self) -> str:
        return self.label

    @property
    def ref(self) -> str:
        """How the ledger names who sends with it."""
        return f"device:{self.id}"


class Submission(models.Model):
    """One respondent's answers through their versions, without an answer.

    Attributes:
        root: the first instanceID, which stays its name; with the questionnaire the key against doubles.
        current: instanceID of the current version.
        version: of the questionnaire, as the phone named it; it may be one that this node does not know.
        is_held: the version is not known yet; nothing is lost, and nothing is read.
        is_test: it came by a link to try a draft, and is never counted.
        sent_by: the key; none of what an operator brought in from elsewhere.
        received_at: when the first version came; the phone's own clock is never used.
        awaits_consent: nobody has read yet what the current version allows; until then it stays shut.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="submissions", db_index=False
    )  # the constraint's index begins with it; the same holds below
    root = models.CharField(max_length=255)
    current = models.CharField(max_length=255)
    version = models.CharField(max_length=100, blank=True)
    is_held = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    sent_by = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="submissions")
    received_at = models.DateTimeField(db_index=True)
    awaits_consent = models.BooleanField(default=True)

    to_initiative = "questionnaire__initiative__"

    class Meta:
        """The same submission is stored once, however often it comes and on how many lines at a time."""

        constraints = (models.UniqueConstraint(fields=["questionnaire", "root"], name="submission_once"),)
        indexes = (
            models.Index(
                fields=["received_at"],
                condition=models.Q(awaits_consent=True),
                name="submission_awaits_consent",
            ),
        )

    def __str__(self) -> str:
        return f"submission {self.id}"


class Edition(models.Model):
    """One version of a submission's XML.

    Attributes:
        number: from 1.
        instance: its instanceID.
        digest: HMAC of the XML, to know the same bytes again; a plain hash would let answers be guessed.
        item: of the vault.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="editions", db_index=False)
    number = models.PositiveIntegerField()
    instance = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    item = models.UUIDField(unique=True)
    sent_by = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField()

    to_initiative = "submission__questionnaire__initiative__"

    class Meta:
        """One line of versions."""

        constraints = (
            models.UniqueConstraint(fields=["submission", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["submission", "instance"], name="edition_instance_once"),
        )
        indexes = (models.Index(fields=["instance"], name="edition_by_instance"),)

    def __str__(self) -> str:
        return f"edition {self.number} of {self.submission_id}"


class Attachment(models.Model):
    """A file of a submission. Its name may be a person's, so it is sealed with the bytes.

    Attributes:
        name_hash: HMAC of the file's name.
        digest: HMAC of its bytes; "" while the file is named by the XML and has not come.
        item: of the vault; None while it has not come.
        is_named: the XML names it; a stray file is kept aside.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="attachments", db_index=False)
    name_hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True)
    item = models.UUIDField(unique=True, null=True)
    is_named = models.BooleanField(default=True)
    received_at = models.DateTimeField(null=True)

    to_initiative = "submission__questionnaire__initiative__"

    class Meta:
        """The same file comes once; another one under the same name is kept beside it."""

        constraints = (
            models.UniqueConstraint(fields=["submission", "name_hash", "digest"], name="attachment_once"),
        )

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Why(models.TextChoices):
    """Why something that a phone sent was set aside."""

    CONFLICT = "conflict", "Another text under the same name"
    OUTDATED = "outdated", "An edit of a version that is not the current one"
    ORPHAN = "orphan", "An edit of a submission that has not come"


class SetAside(models.Model):
    """What was refused and kept, for the office to look at: nothing that a phone sent is thrown away.

    Attributes:
        why: what it could not stand beside.
        instance, replaces, version, is_held, sent_by: as an edition and its submission have them.
        digest, item: of its XML.
        settled_at: since when nobody has to look at it any more; an edit whose parent came is settled then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="set_aside")
    submission = models.ForeignKey(Submission, models.CASCADE, null=True, related_name="set_aside")
    why = models.CharField(max_length=12, choices=Why)
    instance = models.CharField(max_length=255, blank=True)
    replaces = models.CharField(max_length=255, blank=True, db_index=True)
    version = models.CharField(max_length=100, blank=True)
    is_held = models.BooleanField(default=False)
    sent_by = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    item = models.UUIDField(unique=True)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "questionnaire__initiative__"

    class Meta:
        """A phone that tries again does not fill the office's table."""

        constraints = (models.UniqueConstraint(fields=["questionnaire", "digest"], name="set_aside_once"),)

    def __str__(self) -> str:
        return f"set aside {self.id}"


class Tombstone(models.Model):
    """An instanceID that was erased: a phone that sends it again is thanked, and nothing is stored.

    Attributes:
        mark: HMAC of questionnaire and instanceID; it names nobody and cannot be read back.
        initiative: plain id, so that it goes with the initiative to another node; None where a list of what
            was taken back did not say.
    """

    mark = models.CharField(max_length=64, primary_key=True)
    initiative = models.UUIDField(null=True)
    laid_at = models.DateTimeField()

    def __str__(self) -> str:
        return "tombstone"


class Receipt(models.Model):
    """What a respondent holds: a code of 128 random bits, shown once. Here is only its mark.

    Attributes:
        code_mark: HMAC of the code.
        begins: part of an HMAC of the code's first group, by which a steward finds it when the rest is lost.
        submission: which one it opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_mark = models.CharField(max_length=64, unique=True)
    begins = models.CharField(max_length=12, blank=True)
    submission = models.OneToOneField(Submission, models.CASCADE, related_name="receipt")
    made_at = models.DateTimeField()

    to_initiative = "submission__questionnaire__initiative__"

    def __str__(self) -> str:
        return f"receipt {self.id}"
