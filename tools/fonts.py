"""Cut the fonts of Debian's fonts-noto-core down to the scripts of our languages.

Needs fontTools (``pip install fonttools``), which nothing else does; the result is committed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path("/usr/share/fonts/truetype/noto")
TARGET = Path(__file__).resolve().parent.parent / "src/everycount/formats/typeset/fonts"
WEIGHTS = ("Regular", "Bold")
# Blocks of the Unicode Standard, with the joiners and marks that a script needs.
SCRIPTS = {
    "NotoSans": (
        "U+0020-007E,U+00A0-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-209F,U+20A0-20CF,U+2100-218F,"
        "U+2190-2193,U+2212,U+2215,U+2248,U+2260,U+2264,U+2265,U+25CC,U+FEFF,U+FFFD"
    ),
    "NotoSansArabic": (
        "U+0020,U+00A0,U+0600-06FF,U+0750-077F,U+08A0-08FF,U+200C-200F,U+2010,U+2011,U+204F,U+25CC,U+2E41"
    ),
    "NotoSansDevanagari": (
        "U+0020,U+00A0,U+0900-097F,U+1CD0-1CFF,U+200C,U+200D,U+20B9,U+25CC,U+A830-A839,U+A8E0-A8FF"
    ),
    "NotoSansBengali": "U+0020,U+00A0,U+0951,U+0952,U+0964,U+0965,U+0980-09FF,U+200C,U+200D,U+20B9,U+25CC",
}
OPTIONS = ("--layout-features=*", "--no-hinting", "--notdef-outline", "--name-IDs=*")


def main() -> None:
    """Write every font again."""
    for script, signs in SCRIPTS.items():
        for weight in WEIGHTS:
            name = f"{script}-{weight}.ttf"
            cut = [f"--unicodes={signs}", *OPTIONS, f"--output-file={TARGET / name}"]
            command = [sys.executable, "-m", "fontTools.subset", str(SOURCE / name), *cut]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
