"""A release that is made in a process of its own, for whoever holds the records elsewhere.

``python -m everycount.survey.releasing FOLDER`` finds ``survey.toml`` and ``job.json`` (:class:`Job`) in the
folder, says each stage as a line of its standard output, and leaves ``release.json`` there, or
``faults.json`` and exit 2. The engine's memory and everything that was opened go with the process.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.faults import InputError
from everycount.release import release_from_json, to_bytes
from everycount.sample import MAIN, Source
from everycount.survey.folder import Supplied, read_folder
from everycount.survey.river import make_release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from everycount.estimate.estimates import CellKey
    from everycount.release import Release

JOB, RELEASE, FAULTS = "job.json", "release.json", "faults.json"


@dataclass(frozen=True)
class Job:
    """What the release is to be made from, besides the survey file.

    Attributes:
        questionnaire: name of the XLSForm in the folder.
        tables: of each table its file, its key and, for a roster, its parent's key and name.
        given: files of earlier releases in the folder, the oldest first.
        withheld: (measure, cell) that the community does not want shown.
        noise_key: the initiative's secret in hexadecimal signs; "" where there is none.
    """

    questionnaire: str
    tables: Mapping[str, Mapping[str, str]]
    given: tuple[str, ...] = ()
    withheld: tuple[tuple[str, CellKey], ...] = ()
    noise_key: str = field(default="", repr=False)

    def write(self, folder: Path) -> None:
        """Lays it into the folder."""
        (folder / JOB).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Job:
        """What lies in the folder."""
        found: dict[str, Any] = json.loads((folder / JOB).read_text(encoding="utf-8"))
        cells = tuple(
            (measure, tuple((name, code) for name, code in cell)) for measure, cell in found.pop("withheld")
        )
        return cls(**found | {"given": tuple(found["given"]), "withheld": cells})


def released(folder: Path) -> Release:
    """Makes the release of a folder with a job in it.

    Raises:
        InputError: with every fault of the survey file, as it meets these records.
    """
    job = Job.read(folder)
    sources = {name: _source(folder, table) for name, table in job.tables.items()}
    opened = read_folder(folder, supplied=Supplied(sources, folder / job.questionnaire))
    earlier = [release_from_json(json.loads((folder / name).read_bytes())) for name in job.given]
    return make_release(
        opened,
        given=earlier,
        withheld=job.withheld,
        noise_key=bytes.fromhex(job.noise_key) or None,
        progress=_say,
    )


def _source(folder: Path, table: Mapping[str, str]) -> Source:
    return Source(
        folder / table["file"],
        key=table["key"],
        parent_key=table.get("parent_key"),
        parent=table.get("parent", MAIN),
    )


def _say(stage: str) -> None:
    sys.stdout.write(f"{stage}\n")
    sys.stdout.flush()


def main() -> int:
    """What the command does."""
    folder = Path(sys.argv[1])
    try:
        made = released(folder)
    except InputError as problem:
        told = [asdict(each) for each in problem.faults]
        (folder / FAULTS).write_text(json.dumps(told), encoding="utf-8")
        return 2
    (folder / RELEASE).write_bytes(to_bytes(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
