"""The secret by which counts are changed, and the keys of cells that come of it."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.estimate.keys import cell_keys
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.keyed import CellKeys
    from everycount.estimate.plan import Plan
    from everycount.protect import Policy
    from everycount.sample import Sample

VARIABLE = "EVERYCOUNT_NOISE_KEY"
FEWEST = 16  # bytes: 128 bits, which nobody tries one by one
_MAKE = (
    "Make one once, `openssl rand -hex 32 > noise.key`, keep it outside the survey folder where nobody else "
    f"reads it, and give it with --noise-key noise.key, or its text as {VARIABLE}. "
    "Use the same for every release."
)


def read_secret(file: Path | None, text: str | None, folder: Path) -> bytes | None:
    """The secret from a file, or else from a text; None where neither is given.

    Args:
        file: holds the secret in hexadecimal signs.
        text: the secret itself, as the environment has it.
        folder: the survey folder, in which it must not lie: a folder is copied and handed on.

    Raises:
        InputError: it cannot be read, is no secret, or lies where others find it.
    """
    if file is None:
        return None if not text else _decoded(text, VARIABLE)
    if file.resolve().is_relative_to(folder.resolve()):
        problem = "The noise key lies in the survey folder, which is copied and handed on."
        raise InputError(Fault(str(file), problem, "Keep it elsewhere."))
    try:
        return _decoded(file.read_text(encoding="ascii"), str(file))
    except UnicodeDecodeError:
        raise InputError(Fault(str(file), "This is not a noise key.", _MAKE)) from None


def _decoded(text: str, place: str) -> bytes:
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        raise InputError(Fault(place, "A noise key is written in hexadecimal signs.", _MAKE)) from None
    if len(secret) < FEWEST:
        problem = f"A noise key of {len(secret)} bytes can be found by trying."
        raise InputError(Fault(place, problem, f"Use at least {FEWEST} bytes. {_MAKE}"))
    return secret


def name_of(secret: bytes) -> str:
    """Tells one secret from another, and nothing else about it."""
    return hmac.digest(secret, b"everycount: name of this noise key", "sha256")[:4].hex()


def keyed(policy: Policy, sample: Sample, plan: Plan, secret: bytes | None) -> tuple[Policy, CellKeys | None]:
    """The policy with the name of its key, and the keys of all cells; as it is where it needs none.

    Raises:
        InputError: the policy needs a secret and there is none, or records have no identity.
    """
    if not policy.needs_key:
        return policy, None
    if secret is None:
        raise InputError(Fault("noise key", f'The policy "{policy.name}" changes counts by a secret.', _MAKE))
    return replace(policy, noise_key=name_of(secret)), cell_keys(sample, plan, secret)
