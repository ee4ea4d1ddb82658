"""The names of printed sheets: a paper is found again by its id, and the id tells nothing of anybody."""

from __future__ import annotations

import secrets

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # 31, a prime; without 0, 1, I, L and O, which look alike
_DRAWN = 7  # 31**7 is 27 thousand million: of 10,000 sheets two are the same in one case of 550


def fresh(number: int) -> list[str]:
    """That many ids, no two the same, such as ``H7K2-QM49``."""
    found: dict[str, None] = {}
    while len(found) < number:
        found[_written("".join(secrets.choice(LETTERS) for _ in range(_DRAWN)))] = None
    return list(found)


def is_whole(paper_id: str) -> bool:
    """Whether it was copied rightly: no letter is another one, and no two have changed places.

    The last letter makes the sum of all letters, each times its place, divisible by 31, as the last digit of
    an ISBN-10 does with 11 (ISO 2108:1972). Since 31 is a prime and each place has its own factor, one wrong
    letter or any two exchanged ones always show.
    """
    letters = paper_id.replace("-", "")
    return len(letters) == _DRAWN + 1 and set(letters) <= set(LETTERS) and not _sum(letters) % len(LETTERS)


def _written(drawn: str) -> str:
    # The last place counts ``_DRAWN + 1``, so its letter is the one that makes the sum even out.
    last = next(letter for letter in LETTERS if not _sum(drawn + letter) % len(LETTERS))
    return f"{drawn[:4]}-{drawn[4:]}{last}"


def _sum(letters: str) -> int:
    return sum(place * LETTERS.index(letter) for place, letter in enumerate(letters, start=1))
