"""Whether somebody can go round the corners of boxes: of one secret's, or of thousands' at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.columns import EVERY
from everycount.protect.witness import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.families import By
    from everycount.protect.lattice import Lattice, Layer
    from everycount.protect.witness import Box
    from everycount.protect.world import Room


@dataclass(frozen=True)
class Share:
    """A share of 0 or 1 that must be able to change, in each of some secrets.

    Attributes:
        question: which question it is about.
        own, other: uint64[secrets], the answers that everybody gave, and those that nobody did.
    """

    question: int
    own: Bits
    other: Bits


@dataclass(frozen=True)
class Stakes:
    """What has to be able to change in some secrets; one secret stands for all boxes.

    Attributes:
        moving: bool[questions, secrets], it is hidden how many answered the question.
        shares: by measure.
    """

    moving: NDArray[np.bool_]
    shares: Mapping[str, Share]

    @classmethod
    def of(cls, room: Room, secrets: Sequence[CellKey], names: Collection[str], answers: Bits) -> Stakes:
        """Those of the secrets of a room.

        Args:
            room: their family.
            secrets: cells.
            names: measures whose share is 0 or 1 in one of them.
            answers: uint64[questions, 1], all answers to each question.
        """
        found = [room.family.cells[one] for one in secrets]
        moving = np.zeros((len(answers), len(secrets)), dtype=bool)
        shares = {}
        for name in sorted(room.family.measures):
            at, yes = room.answers.bits(name, yes=True)
            moving[at] |= [name in one and one[name].n > 0 for one in found]
            if name in names:
                no = room.answers.bits(name, yes=False)[1]
                known = int(answers[at, 0])
                none = np.array([name in one and one[name].events == 0 for one in found], dtype=bool)
                having, lacking = np.uint64(yes & known), np.uint64(no & known)
                shares[name] = Share(at, np.where(none, lacking, having), np.where(none, having, lacking))
        return cls(moving, shares)

    def wanted(self, open_ones: Mapping[str, NDArray[np.bool_]], answers: Bits) -> Bits:
        """By question, the answers that would change shares, for all shares at once if possible.

        0 where no share of a question has to change: people may then move through groups in which nobody is.

        Args:
            open_ones: by measure, the secrets whose share cannot change yet.
            answers: uint64[questions, 1], all answers to each question.

        Returns:
            uint64[questions, secrets].
        """
        every = np.repeat(answers, self.moving.shape[1], axis=1)
        some = np.zeros_like(every)
        asked = np.zeros(every.shape, dtype=bool)
        for name, one in self.shares.items():
            asked[one.question] |= open_ones[name]
            every[one.question] &= np.where(open_ones[name], one.other, EVERY)
            some[one.question] |= np.where(open_ones[name], one.other, np.uint64(0))
        return np.where(asked, np.where(every != 0, every, some), np.uint64(0))

    def each(self, owner: NDArray[np.int64]) -> Stakes:
        """The same, box by box, where every box belongs to a secret of its own."""
        shares = {
            name: Share(one.question, one.own[owner], one.other[owner]) for name, one in self.shares.items()
        }
        return Stakes(self.moving[:, owner], shares)


@dataclass(frozen=True)
class Ground:
    """What boxes over the same dimensions have in common.

    Attributes:
        room, scope: the secret's family, and those in which people move.
        tables: the breakdowns that have all dimensions of the boxes.
        odd: the corners that do not have the secret's colour.
        lenient: see :class:`everycount.protect.world.World`.
        answers: uint64[questions, 1], all answers to each question.
    """

    room: Room
    scope: tuple[Room, ...]
    tables: tuple[By, ...]
    odd: NDArray[np.bool_]
    lenient: bool
    answers: Bits


@dataclass(frozen=True)
class Proof:
    """A box within what is hidden that meets a need of a secret.

    Attributes:
        secret: the cell.
        need: what can change by it; see :func:`everycount.protect.witness.needs_of`.
        make: gives its corners, which few are asked for.
    """

    secret: CellKey
    need: str
    make: Callable[[], Box | None]

    @cached_property
    def box(self) -> Box | None:
        """The box as it is weighed by itself; None where nobody could stand there."""
        return self.make()


class Corners:
    """The corners of boxes, wherever these come from.

    Args:
        lattice: all breakdowns.
        ground: what the boxes have in common.
        at: flat places of the corners by breakdown, int64[corners, boxes].
        others: breakdowns in which the people stand and stay.
    """

    def __init__(
        self, lattice: Lattice, ground: Ground, at: Mapping[By, NDArray[np.int64]], others: Sequence[By]
    ) -> None:
        self._lattice, self._at, self._others = lattice, at, others
        self._room, self._scope, self._tables = ground.room, ground.scope, ground.tables
        self._odd, self._lenient, self._answers = ground.odd, ground.lenient, ground.answers
        self._everybody, *self._inside = lattice.world.rooms
        self._alone = len(ground.scope) < len(lattice.world.rooms)
        self._count = next(iter(at.values())).shape[1]
        self._sides: dict[tuple[By, bool], NDArray[np.int64]] = {}

    def met(self, stakes: Stakes, needs: Collection[str]) -> dict[str, NDArray[np.bool_]]:
        """By need, the boxes that meet it."""
        possible = self._possible()
        joining, join = self._moves(stakes, leaving=self._odd)
        _, leave = self._moves(stakes, leaving=~self._odd)
        found = {PEOPLE: possible & (join | leave)}
        for name in needs:
            if name != PEOPLE:
                found[name] = possible & self._changes(stakes.shares[name], joining, join)
        return found

    def _possible(self) -> NDArray[np.bool_]:
        """Somebody could be at all corners, and none is printed elsewhere."""
        possible = np.ones(self._count, dtype=bool)
        for by in self._tables:
            for layer in self._layers((self._room,), by):
                possible &= ~layer.absent[self._at[by]].any(axis=0)
            for layer in self._layers(self._scope, by):
                possible &= ~layer.told[self._at[by]].any(axis=0)
        return possible

    def _layers(self, rooms: Sequence[Room], by: By) -> list[Layer]:
        return self._lattice.layers(rooms, by)

    def _moves(self, stakes: Stakes, leaving: NDArray[np.bool_]) -> tuple[Bits, NDArray[np.bool_]]:
        """Somebody who can leave the corners of one colour: answers by question, and whether there is one."""
        way, fits = self._way(leaving)
        return way, fits & (((way & self._answers) != 0) | ~stakes.moving).all(axis=0)

    def _way(self, leaving: NDArray[np.bool_]) -> tuple[Bits, NDArray[np.bool_]]:
        way = self._common(self._room, leaving)
        if self._alone:
            way = way & self._outside(self._room, ~leaving)
            return way, (way != 0).all(axis=0)
        if self._room is not self._lattice.world.everybody:
            return way, (way != 0).all(axis=0)
        for other in self._inside:
            there = self._any_known(other, leaving)
            inside = way & self._common(other, leaving)
            fits = (inside != 0).all(axis=0)
            beside = way & self._outside(other, leaving)
            way = np.where(there, np.where(fits, inside, beside), way)
        return way, (way != 0).all(axis=0)

    def _common(self, room: Room, leaving: NDArray[np.bool_]) -> Bits:
        lose = self._every("lose", room, leaving) & self._every("gain", room, ~leaving)
        return lose & self._every("present", room, leaving, self._others)

    def _every(
        self, what: str, room: Room, corners: NDArray[np.bool_], tables: Sequence[By] | None = None
    ) -> Bits:
        """What all of some corners allow: uint64[questions, boxes]."""
        found = np.full((len(room.answers.questions), self._count), EVERY)
        for by in self._tables if tables is None else tables:
            for layer in self._layers((room,), by):
                at = self._of_colour(by, corners)
                found &= np.bitwise_and.reduce(layer.bits(what, lenient=self._lenient)[:, at], axis=1)
        return found

    def _of_colour(self, by: By, corners: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Places of the corners of one colour; they are asked for many times."""
        key = by, bool(corners[0])
        if key not in self._sides:
            self._sides[key] = self._at[by][corners]
        return self._sides[key]

    def _outside(self, room: Room, corners: NDArray[np.bool_]) -> Bits:
        """As :func:`everycount.protect.witness._unseen` says."""
        unseen = [by for by in self._tables if by in room.family.unseen]
        return self._every("outside", room, corners) & self._every("outside", room, ~corners, unseen)

    def _any_known(self, room: Room, corners: NDArray[np.bool_]) -> NDArray[np.bool_]:
        found = np.zeros(self._count, dtype=bool)
        for by in self._tables:
            for layer in self._layers((room,), by):
                found |= layer.known[self._at[by][corners]].any(axis=0)
        return found

    def _changes(self, share: Share, joining: Bits, join: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A share of 0 or 1 stays unless the other answer comes in, with a person or by an exchange."""
        comes: NDArray[np.bool_] = join & ((joining[share.question] & share.other) != 0)
        return comes | self._trades(share)

    def _trades(self, share: Share) -> NDArray[np.bool_]:
        """One with the secret's answer goes where one with the other answer comes from, all round the box."""
        mine, theirs = self._traders(self._room, share.question)
        mine, theirs = mine & share.own, theirs & share.other
        if self._room is self._lattice.world.everybody:
            for family in self._inside:
                there = self._any_known(family, np.ones(len(self._odd), dtype=bool))
                inside = self._traders(family, share.question)
                beside = (
                    self._every("outside", family, ~self._odd)[share.question],
                    self._every("outside", family, self._odd)[share.question],
                )
                fits = ((mine & inside[0]) != 0) & ((theirs & inside[1]) != 0)
                mine = np.where(there, mine & np.where(fits, inside[0], beside[0]), mine)
                theirs = np.where(there, theirs & np.where(fits, inside[1], beside[1]), theirs)
        found: NDArray[np.bool_] = (mine != 0) & (theirs != 0)
        return found

    def _traders(self, room: Room, at: int) -> tuple[Bits, Bits]:
        mine = self._every("trade", room, ~self._odd) & self._every("present", room, ~self._odd, self._others)
        theirs = self._every("trade", room, self._odd) & self._every("present", room, self._odd, self._others)
        return mine[at], theirs[at]
