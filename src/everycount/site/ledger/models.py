"""The Event table."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Length

models.CharField.register_lookup(Length)


class Event(models.Model):
    """Something that happened, once, by someone: audit line and feed line in one.

    Rows are only added: the database refuses to change or remove them (triggers), and each carries the
    digest of all before it.

    Attributes:
        number: its place in the chain, from 1 without a gap.
        at: when, UTC.
        actor: who, as ``kind:id`` (``person:…``, ``device:…``) or ``system``, ``operator``,
            ``respondent``.
        verb: what, one of :data:`.verbs.VERBS`.
        object: to what, as ``kind:id``.
        initiative: to which initiative it belongs; none for the node itself.
        payload: what the verb may carry; never an answer and never a name.
        previous, digest: the chain. No index holds them: the number is what nobody can have twice, and
            nothing is looked up by a digest.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    object = models.CharField(max_length=120)
    initiative = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        """Order and the promises that the database keeps."""

        ordering = ("number",)
        indexes = (models.Index(fields=["initiative", "number"], name="event_of_initiative"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(number__gte=1), name="event_number_from_one"),
            models.CheckConstraint(condition=models.Q(previous__length=64), name="event_previous_whole"),
            models.CheckConstraint(condition=models.Q(digest__length=64), name="event_digest_whole"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.actor} {self.verb} {self.object}"

    def save(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused: events are recorded by :mod:`.actions`, which continue the chain."""
        raise TypeError("Events are recorded by everycount.site.ledger.actions.")

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("The ledger forgets nothing.")


class CarriedEvent(models.Model):
    """An event of an initiative that happened on another node, before the initiative was carried here.

    Attributes:
        id: counted through everything that was carried here. What names an entry of the ledger by its number
            names this one by ``-id``.
        leg: of the way that the initiative has come; 1 is the node on which it began.
        number, at, actor, verb, object, payload, digest: as in that node's ledger.
        before: the contents (32 bytes each) of other events that stand between this and the one before.
    """

    id = models.BigIntegerField(primary_key=True)
    initiative = models.UUIDField()
    leg = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    object = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    before = models.BinaryField(default=bytes)

    class Meta:
        """In the order in which it happened."""

        ordering = ("initiative", "leg", "number")
        constraints = (
            models.UniqueConstraint(fields=["initiative", "leg", "number"], name="carried_event_once"),
        )

    def __str__(self) -> str:
        return f"{self.leg}.{self.number} {self.actor} {self.verb} {self.object}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("The ledger forgets nothing.")
