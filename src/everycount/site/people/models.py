"""Persons, organisations, and the roles that persons have."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_noop as _  # the page that shows a label translates it

from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime


class Persons(BaseUserManager["Person"]):
    """Finding and making persons by their address, whatever its case."""

    def create(self, *, email: str, name: str, at: datetime, language: str = "en") -> Person:  # type: ignore[override]
        """A person without a password: they come in by passkey, code or a password that they choose."""
        person = self.model(
            email=self.normalize_email(email).lower(), name=name, language=language, joined_at=at
        )
        person.set_unusable_password()
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """By address."""
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody with an account: respondents have none.

    Attributes:
        email: known by it, in small letters; shown to nobody without their consent.
        name: as they want to be called.
        language: in which the node writes to them.
        is_active: may come in.
        joined_at: when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=16, default="en")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Persons()

    class Meta:
        """One account an address, whatever its case."""

        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_small"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """How the ledger names this person."""
        return f"person:{self.id}"


class OrganisationKind(models.TextChoices):
    """The kinds of the Collaborative's call for members (domain.md 1.8)."""

    STATISTICAL_OFFICE = "statistical_office", _("National statistical office")
    MAJOR_GROUP = "major_group", _("Major group or other stakeholder")
    CIVIL_SOCIETY = "civil_society", _("Civil society organisation")
    HUMAN_RIGHTS = "human_rights", _("National human-rights institution")
    CITIZEN_SCIENCE = "citizen_science", _("Citizen-science network")
    RESEARCH = "research", _("Research institution")
    UN = "un", _("United Nations agency")
    REGIONAL = "regional", _("Regional or international organisation")
    PHILANTHROPY = "philanthropy", _("Philanthropy")
    PRIVATE = "private", _("Private sector")


class Organisation(models.Model):
    """An organisation whose people work here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=32, choices=OrganisationKind)
    country = models.CharField(max_length=3, blank=True)

    def __str__(self) -> str:
        return self.name


class Held(models.Model):
    """Something that a person holds from a moment to a moment; who gave it is in the ledger."""

    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Shared columns."""

        abstract = True


class Membership(Held):
    """A person in an organisation."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="members")

    class Meta:
        """Once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=models.Q(until=None), name="membership_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.organisation}"


class NodeRole(models.TextChoices):
    """Roles on the whole node. Neither opens an answer."""

    SECRETARIAT = "secretariat", _("Secretariat")
    OPERATOR = "operator", _("Operator")


class NodeAssignment(Held):
    """A person with a role on the node."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="node_roles")
    role = models.CharField(max_length=20, choices=NodeRole)

    class Meta:
        """Once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(until=None), name="node_role_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.role}"


class Role(models.TextChoices):
    """Roles in an initiative."""

    STEWARD = "steward", _("Steward")
    COORDINATOR = "coordinator", _("Coordinator")
    COLLECTOR = "collector", _("Collector")
    ANALYST = "analyst", _("Analyst")
    REVIEWER = "reviewer", _("Reviewer")
    COMMUNITY = "community", _("Member of the community body")
    STATISTICIAN = "statistician", _("Officer of a statistical office")
    RIGHTS = "rights", _("Officer of a human-rights institution")
    OBSERVER = "observer", _("Observer")


class Assignment(Held):
    """A person with a role in an initiative."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="people")
    role = models.CharField(max_length=20, choices=Role)

    to_initiative = "initiative__"

    class Meta:
        """Once at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["person", "initiative", "role"],
                condition=models.Q(until=None),
                name="assignment_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.role} of {self.initiative}"


class Invitation(models.Model):
    """An address that may take a role; the link that is mailed holds a code of which only a hash is kept.

    Attributes:
        code_hash: SHA-256 of the code; 128 random bits need no slow hash.
        initiative, role: what is offered.
        invited_by: who offers it.
        sent_at, expires_at: the link works between them.
        taken_at: when it was taken; a link works once.
        closed_at: when it was refused or called back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role)
    invited_by = models.ForeignKey(Person, models.CASCADE, related_name="invitations_sent")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    to_initiative = "initiative__"

    def __str__(self) -> str:
        return f"invitation {self.id}"

    @property
    def is_open(self) -> bool:
        """Neither taken nor closed; it may have expired."""
        return self.taken_at is None and self.closed_at is None

    def works(self, *, at: datetime) -> bool:
        """Whether its link can be taken at a moment."""
        return self.is_open and at < self.expires_at


class Application(models.Model):
    """A person who asks to be counted among an organisation's people; the secretariat settles it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="applications")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="applications")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One open question at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=models.Q(settled_at=None),
                name="application_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} asks for {self.organisation}"


class Opening(models.Model):
    """Break-glass: an operator asks to open answers of an initiative; a second person agrees, for a time.

    Attributes:
        reason: in the operator's words; everybody with a role in the initiative reads it.
        hours: how long it holds from when it is agreed.
        decided_by, decided_at: who agreed or refused; never who asked.
        until: the end of what was agreed; None where it was refused or waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="openings")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="openings_asked")
    reason = models.TextField()
    hours = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="openings_decided")
    decided_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    to_initiative = "initiative__"

    class Meta:
        """The database itself refuses that one person does both."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="opening_needs_two",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(decided_by__isnull=False),
                name="opening_needs_second",
            ),
            models.CheckConstraint(condition=models.Q(hours__gte=1, hours__lte=72), name="opening_is_short"),
        )

    def __str__(self) -> str:
        return f"opening {self.id}"

    def holds(self, *, at: datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.until is not None and self.decided_at is not None and self.decided_at <= at < self.until
