"""Forms written as text, the way the tests of questionnaires draw their cases."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from everycount.questionnaire import Questionnaire, read_xlsform

if TYPE_CHECKING:
    from collections.abc import Callable


def drawn(text: str) -> bytes:
    """A form drawn as a table: sheet names at the margin, cells between bars."""
    lines = []
    for line in textwrap.dedent(text).strip().splitlines():
        if line.lstrip().startswith("|"):
            cells = [cell.strip().replace('"', '""') for cell in line.strip().strip("|").split("|")]
            lines.append("," + ",".join(f'"{cell}"' for cell in cells))
        else:
            lines.append(f"{line.strip()},")
    return "\n".join(lines).encode()


@pytest.fixture(scope="session")
def draw() -> Callable[[str], bytes]:
    """Turns a drawn form into the bytes of a CSV form."""
    return drawn


@pytest.fixture(scope="session")
def form() -> Callable[[str], Questionnaire]:
    """Reads a drawn form."""
    return lambda text: read_xlsform(drawn(text), "form.csv")
