"""Copy the real example from the shared data: the columns that the survey file reads, and no more.

Usage: python tools/refresh_dhaka.py ../shared/data/surveys/dhaka-slums-2017
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "src" / "everycount" / "example" / "dhaka"
# Data minimisation: dates, devices, places below the zone and interviewers are not needed for any number.
HOUSEHOLD = ["uniqueID", "zone", "type", "psu", "landOwnStatus"]
MEMBERS = ["nWomen", "nMen", "nOldWomen", "nOldMen", "nGirls", "nBoys", "nInfants", "nMobility"]
WATER = ["water1", "water2", "water14"]
SANITATION = ["san1", "san2", "san6", "san7", "san9", "san10"]
RAW = [*HOUSEHOLD, *MEMBERS, *WATER, *SANITATION]
POVERTY = ["uniqueID", "ppi", "pQuintile"]


def rows(path: Path, columns: list[str]) -> list[list[str]]:
    """The chosen columns of a CSV file, header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return [columns, *([row[name] for name in columns] for row in csv.DictReader(file))]


def text(table: list[list[str]]) -> bytes:
    """The table as CSV bytes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue().encode()


def main() -> None:
    """Write the three data files of the example; the same bytes each time."""
    source = Path(sys.argv[1])
    (HERE / "households.csv.gz").write_bytes(
        gzip.compress(text(rows(source / "surveyDataBGD.csv", RAW)), mtime=0)
    )
    (HERE / "poverty.csv").write_bytes(text(rows(source / "indicatorsDataBGD.csv", POVERTY)))
    (HERE / "population.csv").write_bytes(text(rows(source / "popBGD.csv", ["psu", "pop"])))


if __name__ == "__main__":
    main()
