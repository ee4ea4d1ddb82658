"""``python -m everycount.formats.printing FOLDER``: sets what a folder asks for, in a process of its own.

Each ``NAME.LANGUAGE.svg`` in the folder gets its PNG beside it. Setting type takes 80 MB of program, which go
with the process.
"""

from __future__ import annotations

import sys
from pathlib import Path

from everycount.formats.typeset import png


def main(folder: Path) -> None:
    """Pictures; what is there already is made again, and is the same."""
    for drawn in sorted(folder.rglob("*.svg")):
        language = drawn.suffixes[-2].removeprefix(".")
        drawn.with_suffix(".png").write_bytes(png(drawn.read_bytes(), language))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
