"""Evidence of a machine for one criterion: figures, with where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value: TypeAlias = "str | int | float"


@dataclass(frozen=True, slots=True)
class Figure:
    """One fact.

    Attributes:
        name: what it is, as pages have words for it.
        values: what stands in these words.
        origin: where it comes from: ``cells``, ``design``, ``quality``, ``provenance``, ``survey``,
            ``measure`` or ``policy`` of the release, or the ``node``.
    """

    name: str
    origin: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a machine can say of one criterion.

    Attributes:
        unknown: names of figures that belong here and that nobody knows.
        proposed: the answer that the model ties to these facts; "" where it ties none.
    """

    criterion: str
    figures: tuple[Figure, ...] = ()
    unknown: tuple[str, ...] = ()
    proposed: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Of its figures."""
        return frozenset(figure.name for figure in self.figures)

    def value(self, figure: str, name: str) -> Value | None:
        """One value of a figure; None where it is not there."""
        return next((dict(each.values).get(name) for each in self.figures if each.name == figure), None)


def as_plain(rows: Iterable[Evidence]) -> list[dict[str, Any]]:
    """As JSON has it."""
    return [
        {
            "criterion": row.criterion,
            "figures": [
                {"name": one.name, "origin": one.origin, "values": dict(one.values)} for one in row.figures
            ],
            "unknown": list(row.unknown),
            "proposed": row.proposed,
        }
        for row in rows
    ]


def from_plain(rows: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    """Back from :func:`as_plain`."""
    return tuple(
        Evidence(
            row["criterion"],
            tuple(Figure(one["name"], one["origin"], tuple(one["values"].items())) for one in row["figures"]),
            tuple(row["unknown"]),
            row["proposed"],
        )
        for row in rows
    )
