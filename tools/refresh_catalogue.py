"""Make the derived data files of the catalogue again from the copied sources, and its digests and page.

    python tools/refresh_catalogue.py ../shared/data     # derived files, digests, reference page
    python tools/refresh_catalogue.py --digests          # after editing a list by hand: SOURCES.toml and page
    python tools/refresh_catalogue.py --docs             # the page alone

Run by hand; what it writes is committed. The bytes depend on the sources alone.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogue_boundaries import indian_states, world
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src/everycount/catalogue/data"
PAGE = ROOT / "docs/reference/catalogue.md"
KNOWN = ROOT / "tools/catalogue_sources.toml"

# Folder names of the translations to BCP 47 tags; English, the original, first.
LANGUAGES = "en,ar,ca,cnr,cs,de,es,fo,fr,hy,it,kk,km,ky,lo,my,nb_NO,ne,ro,ru,sw,tg,tk,tr,uk,zh-Hans"
TAGS = {name: name.partition("_")[0] for name in LANGUAGES.split(",")}

# The tier sheet says "13.2.1/13.b.1 (with a slight amendment) are repeated"; their UNSD codes differ.
SAME_INDICATOR = {"13.b.1": "13.2.1"}

M49_LANGUAGES = {"en": "en", "fr": "fr", "es": "es", "ar": "ar", "ru": "ru", "cn": "zh-Hans"}

# ISO 3166-2:IN, beside the names that the source gives; the codes withdrawn since stand in ``also``.
INDIAN_STATES = {
    "Andaman & Nicobar": ("IN-AN", "Andaman and Nicobar Islands", ""),
    "Andhra Pradesh": ("IN-AP", "Andhra Pradesh", ""),
    "Arunachal Pradesh": ("IN-AR", "Arunachal Pradesh", ""),
    "Assam": ("IN-AS", "Assam", ""),
    "Bihar": ("IN-BR", "Bihar", ""),
    "Chandigarh": ("IN-CH", "Chandigarh", ""),
    "Chhattisgarh": ("IN-CG", "Chhattisgarh", "IN-CT"),
    "Dadra & Nagar Haveli": ("IN-DN", "Dadra and Nagar Haveli", ""),
    "Daman & Diu": ("IN-DD", "Daman and Diu", ""),
    "Delhi": ("IN-DL", "Delhi", ""),
    "Goa": ("IN-GA", "Goa", ""),
    "Gujarat": ("IN-GJ", "Gujarat", ""),
    "Haryana": ("IN-HR", "Haryana", ""),
    "Himachal Pradesh": ("IN-HP", "Himachal Pradesh", ""),
    "Jammu & Kashmir": ("IN-JK", "Jammu and Kashmir (with Ladakh)", ""),
    "Jharkhand": ("IN-JH", "Jharkhand", ""),
    "Karnataka": ("IN-KA", "Karnataka", ""),
    "Kerala": ("IN-KL", "Kerala", ""),
    "Lakshadweep": ("IN-LD", "Lakshadweep", ""),
    "Madhya Pradesh": ("IN-MP", "Madhya Pradesh", ""),
    "Maharashtra": ("IN-MH", "Maharashtra", ""),
    "Manipur": ("IN-MN", "Manipur", ""),
    "Meghalaya": ("IN-ML", "Meghalaya", ""),
    "Mizoram": ("IN-MZ", "Mizoram", ""),
    "Nagaland": ("IN-NL", "Nagaland", ""),
    "Orissa": ("IN-OD", "Odisha", "IN-OR"),
    "Puducherry": ("IN-PY", "Puducherry", ""),
    "Punjab": ("IN-PB", "Punjab", ""),
    "Rajasthan": ("IN-RJ", "Rajasthan", ""),
    "Sikkim": ("IN-SK", "Sikkim", ""),
    "Tamil Nadu": ("IN-TN", "Tamil Nadu", ""),
    "Telangana": ("IN-TS", "Telangana", "IN-TG"),
    "Tripura": ("IN-TR", "Tripura", ""),
    "Uttar Pradesh": ("IN-UP", "Uttar Pradesh", ""),
    "Uttarakhand": ("IN-UK", "Uttarakhand", "IN-UT"),
    "West Bengal": ("IN-WB", "West Bengal", ""),
}

# The places of the fact sheets of NFHS-5, by the codes that their file gives: ISO 3166-2:IN since 2020.
NFHS_CODES = {
    "": "IND",
    "CT": "IN-CG",
    "DD": "IN-DH",
    "LH": "IN-LA",
    "OR": "IN-OD",
    "TG": "IN-TS",
    "UT": "IN-UK",
}
NFHS_NAMES = {
    "Dadra & Nagar Haveli and Daman & Diu": "Dadra and Nagar Haveli and Daman and Diu",
    "NCT Delhi": "Delhi",
}

# A footnote's mark stands glued to the word before it; "kg/m2)" and "(141-160 mg/dl)" have their own digits.
FOOTNOTE = re.compile(r"(?<=[a-z)])\d{1,2}(?:, \d{1,2})?(?= +\(|$| of HIV)")


# --- bytes ---------------------------------------------------------------------------------------------


def as_json(value: object) -> bytes:
    """Compact JSON with the order of keys kept and a line end."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def packed(value: object) -> bytes:
    """Compact JSON under gzip without name or time, so that the same value gives the same bytes."""
    return gzip.compress(as_json(value), compresslevel=9, mtime=0)


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV with plain line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file; a byte order mark is read over."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


# --- translations --------------------------------------------------------------------------------------


def flat_yaml(text: str) -> dict[str, str]:
    """A flat mapping of texts in YAML: plain, single- and double-quoted scalars, folded over lines.

    This is the whole of YAML that the translation files use; anything else is refused.
    """
    entries: dict[str, list[str]] = {}
    for line in text.splitlines():
        start = re.match(r"([0-9a-z][0-9a-zA-Z_-]*):(?: +(.*))?$", line)
        if start:
            key = start.group(1)
            entries[key] = [start.group(2) or ""]
        elif not line.startswith("#"):
            if line[:1] not in {"", " "} or not entries:
                raise ValueError(f"This line is no flat YAML: {line!r}.")
            entries[key].append(line.strip())
    return {key: scalar(lines) for key, lines in entries.items()}


def scalar(lines: list[str]) -> str:
    """The words of one YAML scalar whose continuation lines are stripped already."""
    text = fold(lines).strip()
    if text[:1] == "'":
        return text[1:-1].replace("''", "'").strip()
    if text[:1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1]).strip()
    if text[:1] in {"|", ">", "&", "*", "!", "{", "["}:
        raise ValueError(f"This YAML is not flat: {text[:40]!r}.")
    return text


def fold(lines: list[str]) -> str:
    """Lines folded as YAML does: joined by a space, except where a backslash ends a line."""
    text = lines[0]
    for line in lines[1:]:
        if text.endswith("\\"):
            text = text[:-1] + line
        elif line:
            text += " " + line
    return text


def translations(data: Path, name: str) -> dict[str, dict[str, str]]:
    """Language tag to key to words of one file of the translations."""
    folder = data / "sdg-framework/translations"
    return {
        tag: flat_yaml((folder / lang / f"{name}.yml").read_text(encoding="utf-8"))
        for lang, tag in TAGS.items()
    }


def tidy(words: str) -> str:
    """Words without footnote signs at their end, doubled or trailing spaces."""
    return re.sub(r"\s+", " ", words).strip()


def in_order(texts: Mapping[str, Mapping[str, str]], key: str) -> list[str]:
    """The words of one key in the order of the tags, "" where a language has none."""
    return [tidy(texts[tag].get(key, "")) for tag in TAGS.values()]


# --- the framework -------------------------------------------------------------------------------------


def framework_rows(data: Path) -> Iterator[tuple[str, str]]:
    """("1.1" or "1.1.1", words) of the framework of 2023 in its order, and ("code", UNSD code) after each."""
    path = data / "sdg-framework/2023_Global_Indicator_Framework_after_refinement.English.xlsx"
    for row in sheet(path, 0):
        for cell in row:
            found = re.match(r"(\d+\.[0-9a-z]+(?:\.\d+)?) (.*)", tidy(cell))
            if found:
                yield found.group(1), found.group(2)
            elif re.match(r"C\d", cell):
                yield "code", cell.strip()


def sheet(path: Path, name: int | str) -> list[list[str]]:
    """The cells of a sheet as texts."""
    import openpyxl  # noqa: PLC0415 - slow, and only the derived files need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # print areas that openpyxl does not understand
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        page = book.worksheets[name] if isinstance(name, int) else book[name]
        return [
            ["" if cell is None else str(cell) for cell in row] for row in page.iter_rows(values_only=True)
        ]


def framework(data: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Targets, indicators (number to words) and UNSD codes (number to code) of the framework of 2023."""
    targets: dict[str, str] = {}
    titles: dict[str, str] = {}
    codes: dict[str, str] = {}
    for key, words in framework_rows(data):
        if key == "code":
            codes[next(reversed(titles))] = words
        elif key.count(".") == 1:
            targets[key] = words
        else:
            titles[key] = words
    return targets, titles, codes


def goals(data: Path) -> bytes:
    """Number, short name and title of each goal in every language."""
    texts = translations(data, "global_goals")
    rows = [
        {"number": str(n), "short": in_order(texts, f"{n}-short"), "title": in_order(texts, f"{n}-title")}
        for n in range(1, 18)
    ]
    return packed({"languages": list(TAGS.values()), "goals": rows})


def targets(data: Path) -> bytes:
    """Number and title of each target in every language; English as in the framework of 2023."""
    texts = translations(data, "global_targets")
    official, _, _ = framework(data)
    rows = [worded(number, words, texts) for number, words in official.items()]
    return packed({"languages": list(TAGS.values()), "targets": rows})


def worded(number: str, official: str, texts: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A numbered text: the official English words, translations, and whether those are of amended words."""
    words = in_order(texts, number.replace(".", "-") + "-title")
    unmarked = official.rstrip("0123456789")
    if letters(unmarked) == letters(words[0]):
        official = unmarked  # the workbook sets footnote marks as plain digits
    amended = words[0] != "" and letters(words[0]) != letters(official)
    return {"number": number, "title": [official, *words[1:]], "amended": words[0] if amended else ""}


def letters(words: str) -> str:
    """What is left of words without signs and case: footnote marks and commas make no amendment."""
    return re.sub(r"[^a-z0-9]+", " ", words.casefold().translate(SUPERSCRIPTS)).strip()


SUPERSCRIPTS = str.maketrans("", "", "¹²³⁴⁵⁶⁷⁸⁹⁰")


def indicators(data: Path) -> bytes:
    """Each unique indicator with all its numbers and titles; English as in the framework of 2023."""
    texts = translations(data, "global_indicators")
    _, titles, codes = framework(data)
    rows: dict[str, dict[str, Any]] = {}
    for number, words in titles.items():
        code = codes[SAME_INDICATOR.get(number, number)]
        row = rows.setdefault(code, {"code": code, "numbers": []} | worded(number, words, texts))
        row["numbers"].append(number)
    for row in rows.values():
        del row["number"]
    return packed({"languages": list(TAGS.values()), "indicators": list(rows.values())})


def tiers(data: Path) -> bytes:
    """Facts alone of the tier classification of 30 November 2022: tier, custodians, partners."""
    rows = []
    path = data / "sdg-framework/tiers/2022-11-30_Tier_Classification.xlsx"
    for row in sheet(path, "Updated Tier classification"):
        at = next((at for at in (0, 1) if re.match(r"C[0-9a-d]{6}", row[at])), None)
        if at is not None:
            number = row[at + 2].split()[0]
            tier, custodians, partners = tidy(row[at + 6]), agencies(row[at + 4]), agencies(row[at + 5])
            rows.append((number, row[at].strip(), tier, custodians, partners))
    return as_csv(("number", "code", "tier", "custodians", "partners"), rows)


def agencies(cell: str) -> str:
    """Agencies of a cell, semicolons between them; a comma inside brackets divides nothing."""
    names = (tidy(part) for part in re.split(r",(?![^(]*\))", cell))
    return ";".join(name.replace("UN WOMEN", "UN Women") for name in names if name)


# --- series and the data structure -----------------------------------------------------------------------

STRUCTURE = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure}"
COMMON = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def dsd(data: Path) -> etree._Element:
    """The root of the SDG data structure file."""
    return etree.parse(data / "sdmx/IAEG-SDGs_SDG_DSD_2021-04-20.xml").getroot()


def named(element: etree._Element) -> str:
    """The English name of an SDMX artefact; the file has no other language."""
    names = {name.get(XML_LANG): name.text for name in element.findall(f"{COMMON}Name")}
    if set(names) != {"en"}:
        raise ValueError(f"{element.get('id')} is named in {sorted(map(str, names))}, not in English alone.")
    return tidy(names["en"] or "")


def structure(data: Path) -> bytes:
    """Dimensions and attributes of the SDG data structure in its order, and what code lists it has."""
    root = dsd(data)
    scheme = {c.get("id"): named(c) for c in root.iter(f"{STRUCTURE}Concept")}
    found = next(root.iter(f"{STRUCTURE}DataStructure"))
    parts = {
        kind: [component(part, scheme) for part in found.find(f".//{STRUCTURE}{kind}")]  # type: ignore[union-attr]  # both lists are there
        for kind in ("DimensionList", "AttributeList")
    }
    lists = {
        str(item.get("id")): {
            "agency": item.get("agencyID"),
            "version": item.get("version"),
            "name": named(item),
        }
        for item in root.iter(f"{STRUCTURE}Codelist")
    }
    about = {
        "id": found.get("id"),
        "agency": found.get("agencyID"),
        "version": found.get("version"),
    }
    return as_json(
        about
        | {"dimensions": parts["DimensionList"], "attributes": parts["AttributeList"], "codelists": lists}
    )


def component(part: etree._Element, scheme: Mapping[str | None, str]) -> dict[str, Any]:
    """A dimension or attribute: id, name, code list or "", whether it is mandatory."""
    listed = [ref.get("id") for ref in part.iter("Ref") if ref.get("class") == "Codelist"]
    mandatory = part.get("assignmentStatus", "Mandatory") == "Mandatory"
    name = scheme.get(part.get("id"), "")
    return {
        "id": part.get("id"),
        "name": name,
        "codelist": listed[0] if listed else "",
        "mandatory": mandatory,
    }


def codelists(data: Path) -> dict[str, bytes]:
    """One CSV a code list: code, parent, name."""
    return {
        f"sdmx/{item.get('id')}.csv": as_csv(
            ("code", "parent", "en"), map(code_row, item.iter(f"{STRUCTURE}Code"))
        )
        for item in dsd(data).iter(f"{STRUCTURE}Codelist")
    }


def code_row(code: etree._Element) -> tuple[str, str, str]:
    """Code, parent or "", name."""
    parent = code.find(f"{STRUCTURE}Parent/Ref")
    return str(code.get("id")), "" if parent is None else str(parent.get("id")), named(code)


def series(data: Path) -> bytes:
    """Series with name, indicator numbers and allowed codes; those of the constraints and of CL_SERIES."""
    constraints = {
        row["SERIES"]: row for row in table(data / "sdg-framework/sdmx_global_content_constraints.csv")
    }
    lists = {item.get("id"): item for item in dsd(data).iter(f"{STRUCTURE}Codelist")}
    names = {code: name for code, _, name in map(code_row, lists["CL_SERIES"].iter(f"{STRUCTURE}Code"))}
    rows = {
        code: one_series(
            names.get(code) or tidy(constraints[code]["Name"]), constraints.get(code), code in names
        )
        for code in names | constraints
    }
    return packed(rows)


def one_series(name: str, constraint: Mapping[str, str] | None, listed: bool) -> dict[str, Any]:  # noqa: FBT001 - a fact, not a switch
    """A series; ``allowed`` holds the dimensions that may be split: "*" for every code of the list."""
    found = re.search(r"\s*\[([0-9a-z., ]+)\]$", name)
    allowed = {
        key: "*" if value == "ALL" else value.strip(";").split(";")
        for key, value in (constraint or {}).items()
        if key not in {"SERIES", "Name"} and value not in {"", "_T"}
    }
    return {
        "name": name[: found.start()] if found else name,
        "indicators": [n.strip() for n in found.group(1).split(",")] if found else [],
        "in_codelist": listed,
        "constrained": constraint is not None,
        "allowed": allowed,
    }


# --- areas ---------------------------------------------------------------------------------------------


def areas(data: Path) -> bytes:
    """Countries and areas of M49 with their regions, groups and names."""
    tables = {tag: table(data / f"m49/UNSD-{name}.csv") for name, tag in M49_LANGUAGES.items()}
    names = {
        tag: {row["M49 Code"]: tidy(row["Country or Area"]) for row in rows} for tag, rows in tables.items()
    }
    flags = [f"{name} ({short})" for name, short in GROUPS]
    rows = [
        (
            row["M49 Code"],
            row["ISO-alpha2 Code"],
            row["ISO-alpha3 Code"],
            row["Region Code"],
            row["Sub-region Code"],
            row["Intermediate Region Code"],
            *("1" if row[flag].strip() else "" for flag in flags),
            *(names[tag].get(row["M49 Code"], "") for tag in M49_LANGUAGES.values()),
        )
        for row in sorted(tables["en"], key=lambda row: row["M49 Code"])
    ]
    head = ("m49", "alpha2", "alpha3", "region", "subregion", "intermediate", "ldc", "lldc", "sids")
    return as_csv((*head, *M49_LANGUAGES.values()), rows)


GROUPS = (
    ("Least Developed Countries", "LDC"),
    ("Land Locked Developing Countries", "LLDC"),
    ("Small Island Developing States", "SIDS"),
)


def regions(data: Path) -> bytes:
    """Regions of M49 with the region above and names."""
    names: dict[str, dict[str, str]] = {}
    parents: dict[str, str] = {}
    for name, tag in M49_LANGUAGES.items():
        for row in table(data / f"m49/UNSD-{name}.csv"):
            above = ""
            for level in ("Global", "Region", "Sub-region", "Intermediate Region"):
                if code := row[f"{level} Code"]:
                    parents.setdefault(code, above)
                    names.setdefault(code, {})[tag] = tidy(row[f"{level} Name"])
                    above = code
    tags = tuple(M49_LANGUAGES.values())
    rows = [(code, parents[code], *(names[code].get(tag, "") for tag in tags)) for code in sorted(parents)]
    return as_csv(("code", "parent", *tags), rows)


def states(_: Path) -> bytes:
    """States and union territories of India as the boundary source has them (2019)."""
    rows = [(code, name, also, source) for source, (code, name, also) in INDIAN_STATES.items()]
    return as_csv(("code", "en", "also", "source_name"), sorted(rows))


def nfhs(data: Path) -> list[dict[str, str]]:
    """The rows of the fact sheets of NFHS-5: India, then its states and union territories."""
    return table(data / "nfhs5/NFHS-5-States.csv")


def nfhs_place(row: Mapping[str, str]) -> str:
    """The code of the place of a row."""
    code = row["state_code"]
    return NFHS_CODES.get(code) or f"IN-{code}"


def states_since_2020(data: Path) -> bytes:
    """States and union territories of India as they are since 26 January 2020, named as in the sheets."""
    names = {nfhs_place(row): row["state"] for row in nfhs(data) if row["state_code"]}
    plain = {code: NFHS_NAMES.get(name, name.replace("&", "and")) for code, name in names.items()}
    return as_csv(("code", "en"), sorted(plain.items()))


def nfhs_figures(data: Path) -> bytes:
    """Labels and figures of NFHS-5 by place; null where the copy has none, and never a number instead.

    One indicator has another age in the sheets of the first phase; that wording is an indicator of its own.
    """
    rows = nfhs(data)
    labels: dict[str, str] = {}
    places = list(dict.fromkeys(map(nfhs_place, rows)))
    figures: dict[str, list[list[float | None] | None]] = {}
    for row in rows:
        number, words = row["indicator"].split(". ", 1)
        label = FOOTNOTE.sub("", tidy(words))
        key = number if labels.setdefault(number, label) == label else f"{number}b"
        labels.setdefault(key, label)
        column = figures.setdefault(key, [None] * len(places))
        column[places.index(nfhs_place(row))] = [number_or_none(row[name]) for name in NFHS_COLUMNS]
    return packed({"places": places, "labels": labels, "indicators": figures})


NFHS_COLUMNS = ("nfhs5_urban", "nfhs5_rural", "nfhs5_total", "nfhs4_total")


def number_or_none(cell: str) -> float | None:
    """A figure; whatever is no number is none."""
    return float(cell) if re.fullmatch(r"\d+(\.\d+)?", cell) else None


def world_shapes(data: Path) -> bytes:
    """Countries of the world as SVG paths."""
    return packed(world(json.loads((data / "geo/world-atlas/countries-50m.json").read_text())))


def indian_shapes(data: Path) -> bytes:
    """States of India as SVG paths."""
    collection = json.loads((data / "geo/india/india_states_2019_dissolved.geojson").read_text())
    codes = {source: code for source, (code, _, _) in INDIAN_STATES.items()}
    return as_json(indian_states(collection, codes))


DERIVED: dict[str, Callable[[Path], bytes]] = {
    "sdg-goals.json.gz": goals,
    "sdg-targets.json.gz": targets,
    "sdg-indicators.json.gz": indicators,
    "sdg-tiers.csv": tiers,
    "sdg-series.json.gz": series,
    "sdmx/structure.json": structure,
    "m49-areas.csv": areas,
    "m49-regions.csv": regions,
    "IND-states.csv": states,
    "IND-states-2020.csv": states_since_2020,
    "official/nfhs5-states.json.gz": nfhs_figures,
    "boundaries-world.json.gz": world_shapes,
    "boundaries-IND-states.json": indian_shapes,
}


def derive(data: Path) -> dict[str, bytes]:
    """Every derived file: name below the data folder to bytes."""
    return {name: make(data) for name, make in DERIVED.items()} | codelists(data)


# --- SOURCES.toml ----------------------------------------------------------------------------------------

FIELDS = (
    "id",
    "file",
    "title",
    "version",
    "source",
    "dated",
    "retrieved",
    "licence",
    "sha256",
    "rows",
    "note",
)
RETRIEVED = "2026"


def sources() -> bytes:
    """SOURCES.toml of the data files as they lie there."""
    paths = sorted(path for path in DATA.rglob("*") if path.is_file() and path.name != "SOURCES.toml")
    entries = [entry(path.relative_to(DATA).as_posix(), path.read_bytes()) for path in paths]
    head = "# Where every data file comes from. Written by tools/refresh_catalogue.py; do not edit.\n"
    return (head + "".join(map(toml_entry, entries))).encode()


def entry(name: str, content: bytes) -> dict[str, str | int]:
    """What SOURCES.toml says of a file; lists of our own say it of themselves."""
    about: dict[str, str | int] = {
        "id": name.rpartition("/")[2].split(".")[0],
        "file": name,
        "retrieved": RETRIEVED,
        "note": "",
    }
    if name.endswith(".toml"):
        about |= our_own(tomllib.loads(content.decode()))
    else:
        known = tomllib.loads(KNOWN.read_text(encoding="utf-8"))
        about |= known.get(name) or known[name.partition("/")[0] + "/"]
    return about | {"sha256": hashlib.sha256(content).hexdigest(), "rows": rows(name, content)}


def our_own(found: Mapping[str, Any]) -> dict[str, str]:
    """What a list of ours says of itself."""
    title = found["title"]
    return {
        "title": title if isinstance(title, str) else title["en"],
        "version": found["version"],
        "source": found.get("source", "everycount"),
        "dated": found.get("dated", RETRIEVED),
        "licence": found["licence"],
        "note": found.get("note", ""),
    }


def rows(name: str, content: bytes) -> int:
    """How many entries a file holds."""
    if name.endswith(".csv"):
        return len(list(csv.reader(content.decode().splitlines()))) - 1
    if name.endswith(".toml"):
        found = tomllib.loads(content.decode())
        return sum(len(found.get(key, ())) for key in ("code", "question", "derivation", "indicator"))
    value = json.loads(gzip.decompress(content) if name.endswith(".gz") else content)
    for key in ("goals", "targets", "indicators", "paths", "dimensions"):
        if key in value:
            return len(value[key])
    return len(value)


def toml_entry(values: Mapping[str, str | int]) -> str:
    """One table of SOURCES.toml; JSON writes texts and numbers as TOML does."""
    lines = (f"{key} = {json.dumps(values[key], ensure_ascii=False)}" for key in FIELDS)
    return "\n[[file]]\n" + "\n".join(lines) + "\n"


# --- the reference page ------------------------------------------------------------------------------------


def page(text: str) -> str:
    """The reference page with its generated parts written anew between their marks."""
    for name, make in (
        ("lists", lists_table),
        ("bank", bank_table),
        ("rules", rules_table),
        ("files", files_table),
    ):
        start, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
        before, _, rest = text.partition(start)
        text = before + start + make() + end + rest.partition(end)[2]
    return text


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |\n" for line in lines)


def toml_files(folder: str) -> list[dict[str, Any]]:
    """The tables of our own files in a folder, by name."""
    return [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / folder).glob("*.toml"))
    ]


def lists_table() -> str:
    """Our own lists."""
    found = toml_files("lists")
    rows = [(f"`{item['id']}`", item["title"]["en"], str(len(item["code"])), spoken(item)) for item in found]
    return markdown(("list", "what", "codes", "wording"), rows)


def spoken(item: Mapping[str, Any]) -> str:
    """Whose words a list uses."""
    kinds = [code.get("wording", item.get("wording", "")) for code in item["code"]]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


def bank_table() -> str:
    """The question bank."""
    rows = [
        (f"`{entry['id']}`", entry["measures"], whole["standard"], whole["unit"], str(whole["sensitivity"]))
        for block in toml_files("question_bank")
        for entry in block["question"]
        for whole in [block["defaults"] | entry]
    ]
    return markdown(("concept", "measures", "standard", "unit", "sensitivity"), rows)


def rules_table() -> str:
    """The derivations."""
    rows = [
        (f"`{rule['id']}`", rule["title"]["en"], ", ".join(file["columns"][rule["columns"]]), rule["wording"])
        for file in toml_files("derivations")
        for rule in file["derivation"]
    ]
    return markdown(("derivation", "gives", "columns", "rule"), rows)


def files_table() -> str:
    """The data files."""
    found = tomllib.loads((DATA / "SOURCES.toml").read_text(encoding="utf-8"))["file"]
    rows = [(f"`{item['file']}`", item["version"], str(item["rows"]), item["licence"]) for item in found]
    return markdown(("file", "version", "entries", "licence"), rows)


def refresh(data: Path) -> None:
    """Write every derived file."""
    for name, content in derive(data).items():
        path = DATA / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder of the copied sources")
    parser.add_argument("--digests", action="store_true", help="SOURCES.toml and the page alone")
    parser.add_argument("--docs", action="store_true", help="the reference page alone")
    options = parser.parse_args()
    if not (options.data or options.digests or options.docs):
        parser.error("name the folder of the sources, or ask for --digests or --docs")
    if options.data:
        refresh(options.data)
    if options.data or options.digests:
        (DATA / "SOURCES.toml").write_bytes(sources())
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
