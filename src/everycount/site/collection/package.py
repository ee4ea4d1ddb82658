"""What a phone sent in one go, and what became of it."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.site.collection.models import Why

if TYPE_CHECKING:
    from uuid import UUID

    from everycount.site.vault.actions import Prepared

OPERATOR = "operator"  # whoever has the machine, and works at its shell
_CODE_BYTES = 16
_CODE = re.compile(r"(?:[A-Z2-7]{5}-){5}[A-Z2-7]")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that lies sealed on disk: marks of its name and bytes, and whether the XML names it."""

    name: str
    digest: str
    prepared: Prepared
    is_named: bool


@dataclass(frozen=True, slots=True)
class Package:
    """One POST, checked as far as that is possible without the database's transaction.

    Attributes:
        questionnaire, initiative: plain ids.
        key: the plain id of the key that it came with; None where an operator brought it in.
        instance: its instanceID; for XML without one a mark of its bytes, so that a retry is no double.
        replaces: its deprecatedID, or "".
        version: of the questionnaire, as the phone says.
        is_held: the version is not known here.
        is_test: it came by a link to try a draft.
        is_once: it came by a link that works once.
        xml: the bytes as they came.
        digest: their mark.
        named: marks of the names of files that the XML names.
        files: what came with it.
        code: a receipt code that the phone has drawn itself, so that a respondent has it without network.
    """

    questionnaire: UUID
    initiative: UUID
    key: UUID | None
    instance: str
    replaces: str
    version: str
    is_held: bool
    is_test: bool
    xml: bytes
    digest: str
    named: tuple[str, ...] = ()
    files: tuple[Arrived, ...] = ()
    is_once: bool = False
    code: str = ""

    @property
    def sender(self) -> str:
        """How the ledger names who sent it."""
        return OPERATOR if self.key is None else f"device:{self.key}"


class Fate(StrEnum):
    """What became of a package."""

    STORED = "stored"  # a new submission or a new edition
    FILES_ADDED = "files added"
    AGAIN = "again"  # nothing in it was new
    THANKED = "thanked"  # it was erased before: nothing is stored
    CONFLICT = Why.CONFLICT.value
    OUTDATED = Why.OUTDATED.value
    ORPHAN = Why.ORPHAN.value
    SPENT = "spent"  # the link worked once, for other answers; nothing is stored


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one package.

    Attributes:
        fate: what became of it.
        receipt: the code for the respondent, for a new submission; it is nowhere else.
        unused: sealed files that were there already, to be dropped after the commit.
    """

    fate: Fate
    receipt: str = ""
    unused: tuple[Prepared, ...] = ()


def new_code() -> str:
    """A receipt code: 128 random bits as 26 letters and digits, in groups that one can read aloud."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().rstrip("=")
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def drawn_code(given: str | None) -> str:
    """A code that a phone drew, where it is one as :func:`new_code` draws them; else ""."""
    code = plain_code(given or "")
    return code if _CODE.fullmatch(code) else ""


def plain_code(typed: str) -> str:
    """A code as a person types it, in the form in which it was made: case, spaces and strokes do not matter.

    0, 1 and 8 are no characters of the code; they are read as the letters that look like them.
    """
    text = "".join(each for each in typed.upper() if each.isalnum()).translate(str.maketrans("018", "OIB"))
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def first_group(code: str) -> str:
    """The first group of a code: 25 bits, enough to find it in an initiative and far too few to open it."""
    return plain_code(code).split("-", maxsplit=1)[0]
