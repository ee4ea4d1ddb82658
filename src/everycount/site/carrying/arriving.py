"""Rows of an archive, put into the database one table after the other.

Nothing is taken on trust that would reach beyond the initiative: a row may only point to rows that came with
the same archive, and to people, of whom nothing but a number comes along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from everycount.faults import Fault, InputError
from everycount.site.carrying.tables import CARRIED, Table
from everycount.site.carrying.values import columns, read
from everycount.site.collection.models import Questionnaire, Tombstone
from everycount.site.people.models import Person
from everycount.site.registry.models import Initiative
from everycount.site.rows import add
from everycount.site.vault.models import Item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from everycount.site.carrying.archive import Incoming

_AT_ONCE = 500
_TABLES = {table.name: table for table in CARRIED}
_POINTED_AT = {target for table in CARRIED for target in table.plain.values()} | {
    column.related_model
    for table in CARRIED
    for column in columns(table.model)
    if isinstance(column, models.ForeignKey)
}


class Rows:
    """Takes rows in the order of :data:`.tables.CARRIED`.

    Attributes:
        counts: rows by the table's name.
        in_files: items whose sealed bytes lie in files.
    """

    def __init__(
        self, archive: Incoming, initiative: UUID, slug: str, entries: Mapping[int, int], at: datetime
    ) -> None:
        self.counts: dict[str, int] = dict.fromkeys(_TABLES, 0)
        self.in_files: set[UUID] = set()
        self._archive, self._initiative, self._slug, self._at = archive, initiative, slug, at
        self._entries = entries
        self._known: dict[Any, dict[Any, Any]] = {model: {} for model in _POINTED_AT}
        self._waiting: list[models.Model] = []

    def put_people(self, names: list[str]) -> None:
        """Accounts that nobody can use, without name and address: who did a thing is still one and the same.

        Whoever works here as well has another account, and nobody can tell.
        """
        wanted = {UUID(each) for each in names}
        held = set(Person.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        for each in wanted - held:
            person = Person(
                pk=each,
                email=f"{each}@carried.invalid",  # RFC 2606: no mail goes there
                name=f"#{each.hex[:6]}",
                is_active=False,
                joined_at=self._at,
            )
            person.set_unusable_password()
            person.save(force_insert=True)
        self._known[Person] = {each: each for each in wanted}

    def put(self, name: str, values: Mapping[str, Any]) -> None:
        """A row."""
        table = _TABLES[name]
        model = table.model
        found = {each.attname: each for each in columns(model)}
        if not found.keys() >= values.keys():
            unknown = ", ".join(sorted(values.keys() - found.keys()))
            problem = f"It holds {unknown}, which this program does not know."
            remedy = "Bring this node to the version of the other one first."
            raise InputError(Fault(str(self._archive.path), problem, remedy))
        read_values = {each: read(found[each], value) for each, value in values.items()}
        was = read_values[str(model._meta.pk.attname)]  # noqa: SLF001 - Django's documented name
        self._point(table, found, read_values)
        row = model(**read_values)
        self._look_at(row)
        self._insert(row, was)
        self.counts[name] += 1

    def finish(self) -> None:
        """Everything is in the database."""
        # A tombstone of which nobody knows whose it is may have come along with another initiative.
        laid = [each for each in self._waiting if isinstance(each, Tombstone)]
        Tombstone.objects.bulk_create(laid, ignore_conflicts=True)
        add(each for each in self._waiting if not isinstance(each, Tombstone))
        self._waiting = []

    def _point(
        self, table: Table, found: Mapping[str, models.Field[Any, Any]], values: dict[str, Any]
    ) -> None:
        """Ids of rows as they are here, and numbers of entries of the ledger."""
        for each in table.entries:
            values[each] = self._entries[values[each]]
        for each, column in found.items():
            target = table.plain.get(each) or (
                column.related_model if isinstance(column, models.ForeignKey) else None
            )
            if target is None or values.get(each) is None or each in table.entries:
                continue
            values[each] = self._known[target][values[each]]

    def _look_at(self, row: models.Model) -> None:
        """What has a name that must be free here, and what lies in a file."""
        if isinstance(row, Initiative):
            row.slug = self._slug or row.slug
            if row.pk != self._initiative:
                raise ValueError("another initiative")
            if Initiative.objects.filter(slug=row.slug).exists():
                raise InputError(
                    Fault(
                        str(self._archive.path),
                        f"The name {row.slug} is taken here.",
                        "Give another by --slug.",
                    )
                )
        if isinstance(row, Questionnaire) and Questionnaire.objects.filter(form_id=row.form_id).exists():
            problem = (
                f"There is a questionnaire with the form_id {row.form_id} here; phones know no other name."
            )
            remedy = "Bring it to a node that does not have that questionnaire."
            raise InputError(Fault(str(self._archive.path), problem, remedy))
        if isinstance(row, Item) and row.content is None:
            self.in_files.add(row.pk)

    def _insert(self, row: models.Model, was: Any) -> None:
        model = type(row)
        counted = isinstance(model._meta.pk, models.AutoField)  # noqa: SLF001 - Django's documented name
        if counted:
            row.pk = None
        if self._waiting and (type(self._waiting[0]) is not model or len(self._waiting) >= _AT_ONCE):
            self.finish()
        if counted and model in self._known:  # its number here is another one, and somebody points to it
            self.finish()
            row.save(force_insert=True)
        else:
            self._waiting.append(row)
        if model in self._known:
            self._known[model][was] = row.pk
