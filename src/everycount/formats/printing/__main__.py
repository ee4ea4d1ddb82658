"""``python -m everycount.formats.printing FOLDER``: sets what a folder asks for, in a process of its own.

Each ``NAME.LANGUAGE.svg`` below the folder gets its PNG beside it. Where ``release.json`` and ``given.json``
(:class:`everycount.formats.brief.Given`) lie in it, the briefs go to ``give-back/``; ``left-out.json`` says
which could not be made. Setting type takes 80 MB of program, which go with the process.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from everycount.faults import Fault
from everycount.formats.brief import Given, files
from everycount.formats.typeset import png
from everycount.release import release_from_json

RELEASE, GIVEN, LEFT_OUT, BRIEFS = "release.json", "given.json", "left-out.json", "give-back"


def main(folder: Path) -> None:
    """Pictures, then briefs."""
    for drawn in sorted(folder.rglob("*.svg")):
        language = drawn.suffixes[-2].removeprefix(".")
        drawn.with_suffix(".png").write_bytes(png(drawn.read_bytes(), language))
    if (folder / GIVEN).is_file():
        _briefs(folder)


def _briefs(folder: Path) -> None:
    release = release_from_json(json.loads((folder / RELEASE).read_bytes()))
    said = json.loads((folder / GIVEN).read_text(encoding="utf-8"))
    given = Given(**said | {"voices": tuple(said["voices"])})
    (folder / BRIEFS).mkdir()
    left_out = []
    for name, made in files(release, given):
        if isinstance(made, Fault):
            left_out.append(f"{name}: {made}")
        else:
            (folder / BRIEFS / name).write_bytes(made)
    (folder / LEFT_OUT).write_text(json.dumps(left_out, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
