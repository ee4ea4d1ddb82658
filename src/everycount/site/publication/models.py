"""Plans and releases, and who said what about them. Of which records a release is, consent's ``Use`` says."""

from __future__ import annotations

import uuid

from django.db import models

from everycount.site.collection.models import Questionnaire
from everycount.site.people.models import Person
from everycount.site.publication.states import State
from everycount.site.questionnaires.models import Rule
from everycount.site.registry.models import Initiative


class Plan(models.Model):
    """Which measures of a questionnaire are split by what, under which policy: a survey file of the library.

    Attributes:
        slug: its name in addresses, for good; public pages stand under it.
        title: for lists; the survey file has the title in every language.
        text: the survey file (TOML), as somebody wrote or clicked it together. The files of records and
            questionnaire that it may name are not read: the node supplies both.
        questionnaire: whose records are counted; None where an initiative counts elsewhere and brings its
            releases here.
        number: of the text; a change is a new number.
        days: between two releases that differ by few people; the difference of two is itself a number.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="release_plans")
    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, null=True, blank=True, related_name="release_plans"
    )
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=400_000)
    number = models.PositiveIntegerField(default=1)
    days = models.PositiveSmallIntegerField(default=90)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    to_initiative = "initiative__"

    class Meta:
        """Newest first."""

        ordering = ("-changed_at",)

    def __str__(self) -> str:
        return self.title


class Release(models.Model):
    """One release of a plan, from its first computing on.

    Attributes:
        number: within the plan, from 1; numbers of drafts that were given up stay free of use.
        text: the survey file that it is computed from.
        policy: name of the policy in it, once computed.
        use: number of the entry in the ledger that says which records were opened (:class:`Use`).
        records: how many were opened.
        accepted_only: only records that reviewers accepted were counted.
        document: ``release.json``, compressed; protected cells and nothing that is hidden.
        digest: of the release, ``sha256:...``.
        given: digests of the public releases that it was protected against.
        withheld: (measure, cell) pairs that the community does not want shown.
        stage: what the computing does at the moment.
        faults: why it could not be computed: place, problem and remedy each.
        embargo: it is public from this moment on.
        feedback: what will come back to the community, when and how; nothing is published without.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_index=True)
    text = models.TextField(max_length=400_000)
    policy = models.CharField(max_length=20, blank=True)
    use = models.BigIntegerField(null=True, blank=True, db_index=True)
    records = models.PositiveIntegerField(default=0)
    accepted_only = models.BooleanField(default=False)
    document = models.BinaryField(null=True)
    digest = models.CharField(max_length=80, blank=True, db_index=True)
    given = models.JSONField(default=list)
    withheld = models.JSONField(default=list)
    stage = models.CharField(max_length=60, blank=True)
    faults = models.JSONField(default=list)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True, blank=True)
    feedback = models.TextField(max_length=2000, blank=True)
    rule = models.CharField(max_length=8, choices=Rule, blank=True)
    quorum = models.PositiveSmallIntegerField(default=0)
    embargo = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "plan__initiative__"

    class Meta:
        """A number once; one public release of a plan."""

        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["plan", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state="published"), name="release_one_public"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("published", "superseded"))
                | (models.Q(published_at__isnull=False, document__isnull=False) & ~models.Q(digest="")),
                name="release_public_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"


class Stance(models.TextChoices):
    """What somebody says of a release."""

    AGREE = "agree", "Agrees"
    OBJECT = "object", "Does not agree"
    WITHHOLD = "withhold", "Wants this not shown"


class Statement(models.Model):
    """What one member of the community body says; the public sees stance and words, never the name.

    Attributes:
        measure, cell: what is to be withheld: a number, a whole measure (no cell), or with neither the
            whole release. Pairs of dimension and code.
        by: the dimensions of a table that is to be withheld whole; a list of names.
        words: the reason; whoever does not agree says why.
        draft: which draft it is about, by the entry of its opened records; of another one it counts no more.
        public: the words may stand on the public page.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.CASCADE, related_name="statements")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="release_statements")
    stance = models.CharField(max_length=8, choices=Stance)
    measure = models.CharField(max_length=200, blank=True)
    by = models.JSONField(default=list)
    cell = models.JSONField(default=list)
    words = models.TextField(max_length=2000, blank=True)
    public = models.BooleanField(default=True)
    draft = models.BigIntegerField()
    said_at = models.DateTimeField()

    to_initiative = "release__plan__initiative__"

    class Meta:
        """Whoever does not agree says why."""

        ordering = ("said_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(stance="agree") | ~models.Q(words=""), name="statement_has_its_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stance} {self.measure}"


class Moved(models.Model):
    """A move of a release: who, when and why; the history that its page shows.

    Attributes:
        move: name of the move.
        words: the reason, where one is asked for.
        event: its entry in the ledger.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="moves")
    move = models.CharField(max_length=12)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(max_length=2000, blank=True)
    event = models.BigIntegerField()
    at = models.DateTimeField()

    to_initiative = "release__plan__initiative__"

    class Meta:
        """In their order."""

        ordering = ("event",)

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d}"


class Follower(models.Model):
    """Somebody who asked to be told when the numbers of a plan change; no account, one address.

    Attributes:
        secret: in the mail's link by which it ends.
        confirmed_at: the address answered; before, nothing is sent but the question.
        asked_at: when the question was sent last.
        told_at: what happened until then was told.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="followers")
    email = models.EmailField()
    language = models.CharField(max_length=16)
    secret = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "plan__initiative__"

    class Meta:
        """An address once."""

        constraints = (models.UniqueConstraint(fields=["plan", "email"], name="follower_once"),)

    def __str__(self) -> str:
        return f"follower of {self.plan_id}"
