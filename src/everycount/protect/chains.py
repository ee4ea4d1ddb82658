"""Proofs by several boxes one after the other: what no single box can do from the true table.

Where nobody of a hidden group has a property, somebody who has it must come into the group before one of
its parts can have such a person. So people are moved round boxes that are proofs themselves, one after the
other, each from the table that the last one led to. Every table on the way prints the same as the true one;
a secret in which the last one has another number is proved by it, and so is one that a box changes from
there. (Chains of small moves through all tables with the same margins: Diaconis and Sturmfels, "Algebraic
algorithms for sampling from conditional distributions", Annals of Statistics 26, 1998.)
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import reduce
from itertools import combinations
from operator import and_
from typing import TYPE_CHECKING

from everycount.protect.answers import Answers
from everycount.protect.columns import Columns
from everycount.protect.families import dimensions_of
from everycount.protect.lattice import Lattice
from everycount.protect.moves import Mover
from everycount.protect.proofs import proven
from everycount.protect.witness import PEOPLE, needs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.corners import Proof
    from everycount.protect.witness import Box
    from everycount.protect.world import Room, World

    Masks = tuple[int, ...]


_STARTS = 4  # walks from the true table, as long as each proves more
_CHAINS = 4  # tables to which people are moved, one after the other, as long as each proves more


def chained(mover: Mover, secrets: Sequence[CellKey], *, sure: bool = True) -> set[CellKey]:
    """Secrets that boxes within what is hidden prove when they follow upon each other.

    Args:
        mover: knows the lattice and the boxes that were proofs so far.
        secrets: cells that no single box proves; where their world has several families nothing is found.
        sure: see :func:`everycount.protect.proofs.proven`.
    """
    found: set[CellKey] = set()
    if len(mover.world.rooms) > 1 or not secrets:
        return found
    (room,) = mover.world.rooms
    mover.world.be(lenient=True)
    needs = {secret: needs_of(room, secret) for secret in secrets if secret in room.hidden}
    for _ in range(_STARTS):  # the fewer are left, the fewer boxes stand in each other's way
        left = _walked(mover, needs, sure=sure)
        found |= needs.keys() - left.keys()
        if not left or left == needs:
            break
        needs = left
    return found


def _walked(
    mover: Mover, needs: Mapping[CellKey, frozenset[str]], *, sure: bool
) -> dict[CellKey, frozenset[str]]:
    """What is still unmet of some secrets after one walk from the true table."""
    (columns,) = mover.lattice.columns.values()
    chain, beyond, left = Chain(mover.world, columns), mover, dict(needs)
    for _ in range(_CHAINS):
        for proof in _helpful(beyond.proofs, left):
            chain.take(proof)
        if not chain.holds():
            return dict(needs)
        before = left
        left = {secret: more for secret, some in left.items() if (more := some - chain.met(secret))}
        beyond = Mover(chain.lattice())
        near = [
            secret
            for secret, some in left.items()
            if not chain.is_far(secret) and some <= needs_of(chain.room, secret)
        ]
        safe = proven(beyond, chain.room, near, sure=sure)
        left = {secret: some for secret, some in left.items() if secret not in safe}
        if not left or left == before:
            break
    return left


def _helpful(proofs: Mapping[tuple[CellKey, str], Proof], secrets: Collection[CellKey]) -> list[Proof]:
    """Boxes of the groups that secrets are parts of, the coarsest first."""
    wanted = {
        part
        for secret in secrets
        for size in range(1, len(secret) + 1)
        for part in combinations(secret, size)
    }
    some = [proof for proof in proofs.values() if proof.secret in wanted]
    return sorted(some, key=lambda one: (len(one.secret), one.need == PEOPLE, one.secret, one.need))


class Chain:
    """A table that prints the same as the true one, and how far it is from that.

    Args:
        world: one family and what is hidden in it.
        columns: its cells as arrays, where they have been worked out.

    Attributes:
        world, room: the same with the people moved; what is hidden is shared with the true one.
    """

    def __init__(self, world: World, columns: Columns | None = None) -> None:
        (self._true,) = world.rooms
        family = replace(self._true.family, cells=dict(self._true.family.cells))
        self.room: Room = replace(
            self._true,
            family=family,
            answers=Answers(family, self._true.answers.questions),
            losing={},
            gaining={},
            trading={},
            presence={},
        )
        self._columns = columns or Columns(self._true)
        self.world = copy(world)
        self.world.rooms = (self.room,)
        self.moved: set[CellKey] = set()

    def lattice(self) -> Lattice:
        """All breakdowns, as the table is now."""
        return Lattice(self.world, {id(self.room): self._columns.moved(self.room, self.moved)})

    def take(self, proof: Proof) -> bool:
        """Moves people round a box, where the table allows it as it is now."""
        box = proof.box
        if box is None or not all(self._is_open(cell) for cell in box.cells):
            return False
        joining = self._way(box.leaves, box.joins, box.left)
        if proof.need == PEOPLE:
            if self._has_answers(proof.secret, joining):
                return self._move(box.leaves, box.joins, joining)
            leaving = self._way(box.joins, box.leaves, box.joined)
            return self._has_answers(proof.secret, leaving) and self._move(box.joins, box.leaves, leaving)
        return self._change(proof, box, joining)

    def met(self, secret: CellKey) -> frozenset[str]:
        """The needs of a secret that this table meets by itself."""
        true, now = self._true.family.cells[secret], self.room.family.cells[secret]
        found = {
            name
            for name in needs_of(self._true, secret) - {PEOPLE}
            if now[name].n
            and (now[name].events or 0) * true[name].n != (true[name].events or 0) * now[name].n
        }
        if all(now[name].n != one.n for name, one in true.items()):
            found.add(PEOPLE)
        return frozenset(found)

    def is_far(self, secret: CellKey) -> bool:
        """Some number of a secret differs from the truth, so that one more box could lead back to it."""
        true, now = self._true.family.cells[secret], self.room.family.cells[secret]
        return any(now[name].n != one.n for name, one in true.items())

    def holds(self) -> bool:
        """Once more from the whole: only hidden cells changed, and all sums still agree.

        No move is taken that breaks either; this asks the table and not the moves.
        """
        moved: dict[tuple[str, ...], list[CellKey]] = {}
        for cell in self.moved:
            moved.setdefault(dimensions_of(cell), []).append(cell)
        return self.moved <= self.room.hidden and all(
            self._adds_up(by, part, moved)
            for by in self.world.lattice((self.room,)) - {()}
            for part in combinations(by, len(by) - 1)
            if part in self.room.family.breakdowns
        )

    def _adds_up(
        self, by: tuple[str, ...], part: tuple[str, ...], moved: Mapping[tuple[str, ...], list[CellKey]]
    ) -> bool:
        fine, coarse = self._sums(moved.get(by, ()), part), self._sums(moved.get(part, ()), part)
        names = self._true.family.measures_of[by] & self._true.family.measures_of[part]
        both = {key for key in fine.keys() | coarse.keys() if key[1] in names}
        return all(fine.get(key, (0, 0, 0)) == coarse.get(key, (0, 0, 0)) for key in both)

    def _sums(
        self, cells: Iterable[CellKey], part: tuple[str, ...]
    ) -> dict[tuple[CellKey, str], tuple[int, int, int]]:
        """What cells have more than in truth, by the cell of a coarser breakdown and by measure."""
        sums: dict[tuple[CellKey, str], tuple[int, int, int]] = {}
        for cell in cells:
            above = tuple(pair for pair in cell if pair[0] in part)
            for name, more in self._differences(cell):
                at = sums.get((above, name), (0, 0, 0))
                sums[above, name] = (at[0] + more[0], at[1] + more[1], at[2] + more[2])
        return sums

    def _differences(self, cell: CellKey) -> Iterable[tuple[str, tuple[int, int, int]]]:
        true, now = self._true.family.cells[cell], self.room.family.cells[cell]
        for name, one in now.items():
            was = true[name]
            yield name, (one.n - was.n, (one.events or 0) - (was.events or 0), one.n_missing - was.n_missing)

    def _is_open(self, cell: CellKey) -> bool:
        """The cell is hidden, and an earlier release does not tell it; a cell that is nowhere is no cell."""
        room = self.room
        if self._true.family.cannot_be(cell):
            return False
        if cell not in room.family.cells:
            return True
        return cell in room.hidden and cell not in room.told

    def _way(self, lose: Sequence[CellKey], gain: Sequence[CellKey], stand: Sequence[CellKey]) -> Masks:
        world, room = self.world, self.room
        masks = [world.losable(room, cell) for cell in lose]
        masks += [world.gainable(room, cell) for cell in gain]
        masks += [world.present(room, cell) for cell in stand]
        return tuple(reduce(and_, column) for column in zip(*masks, strict=True))

    def _has_answers(self, secret: CellKey, way: Masks) -> bool:
        """As for a single box: an answer to every question of which the secret hides how many answered."""
        moving = {
            self.room.answers.bits(name, yes=True)[0]
            for name, one in self._true.family.cells[secret].items()
            if one.n > 0
        }
        return all(way) and all(way[at] & (self._missing(at) - 1) for at in moving)

    def _missing(self, at: int) -> int:
        return self.room.answers.questions[at].missing

    def _change(self, proof: Proof, box: Box, joining: Masks) -> bool:
        """A share of 0 or 1: the other answer comes in, with a person or by an exchange."""
        all_no = self._true.family.cells[proof.secret][proof.need].events == 0
        at, other = self.room.answers.bits(proof.need, yes=all_no)
        _, own = self.room.answers.bits(proof.need, yes=not all_no)
        if self._has_answers(proof.secret, joining) and joining[at] & other:
            return self._move(box.leaves, box.joins, joining, (at, other))
        for cell in box.joins:
            own &= self.world.tradable(self.room, cell)[at]
        for cell in box.leaves:
            other &= self.world.tradable(self.room, cell)[at]
        for cell in box.joined:
            own &= self.world.present(self.room, cell)[at]
        for cell in box.left:
            other &= self.world.present(self.room, cell)[at]
        missing = self._missing(at)
        if not own & (missing - 1) or not other & (missing - 1):
            return False
        mine, theirs = _lowest(own & (missing - 1)), _lowest(other & (missing - 1))
        for cells, less, more in ((box.joins, mine, theirs), (box.leaves, theirs, mine)):
            for cell in cells:
                self._count(cell, at, less, -1)
                self._count(cell, at, more, 1)
        return True

    def _move(
        self,
        lose: Sequence[CellKey],
        gain: Sequence[CellKey],
        way: Masks,
        wanted: tuple[int, int] | None = None,
    ) -> bool:
        """One person leaves every losing cell, one joins every gaining one, all with the same answers."""
        for at, mask in enumerate(way):
            among = mask & wanted[1] if wanted is not None and wanted[0] == at else mask
            answers = among & (self._missing(at) - 1)
            answer = _lowest(answers) if answers else None
            for cells, more in ((lose, -1), (gain, 1)):
                for cell in cells:
                    self._count(cell, at, answer, more)
        return True

    def _count(self, cell: CellKey, at: int, answer: int | None, more: int) -> None:
        """One more or fewer of an answer to a question; None is no answer."""
        room = self.room
        if cell not in room.family.cells:
            return
        asked = room.answers.questions[at]
        found = dict(room.family.cells[cell])
        for row, name in enumerate(asked.measures):
            if name in found:
                holds = answer is not None and bool(asked.holds[row, answer])
                found[name] = _with(found[name], more, answers=answer is not None, holds=holds)
        room.family.cells[cell] = found
        self.moved.add(cell)
        for known in (room.losing, room.gaining, room.trading, room.presence):
            known.pop(cell, None)


def _lowest(mask: int) -> int:
    """The first answer of some."""
    return (mask & -mask).bit_length() - 1


def _with(one: Estimate, more: int, *, answers: bool, holds: bool) -> Estimate:
    if not answers:
        return replace(one, n_missing=one.n_missing + more)
    events = None if one.events is None else one.events + more * holds
    return replace(one, n=one.n + more, events=events)
