"""Make the invented example again: form and records of the "hotspots" survey, the same bytes each time.

Nobody in it exists. Groups are named by kind only, hotspots have invented names in real states, and every answer
is drawn from a seeded generator. The Hindi wording has not been read by a native speaker yet.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

HERE = Path(__file__).resolve().parent.parent / "src" / "everycount" / "example" / "hotspots"
SEED = 20261122
MOMENT = (2026, 1, 1, 0, 0, 0)  # files inside the archives carry no clock of the day they were made

# code, English, Hindi, hotspot, state, share in weak housing, share with irregular earnings, share with disability
GROUPS = [
    ("nomadic", "Nomadic community", "घुमंतू समुदाय", "Hotspot Amber", "IN-RJ", 0.78, 0.81, 0.24),
    ("forest", "Forest-dwelling community", "वनवासी समुदाय", "Hotspot Banyan", "IN-JH", 0.71, 0.66, 0.28),
    ("fishing", "Fishing community", "मछुआरा समुदाय", "Hotspot Coral", "IN-OD", 0.49, 0.58, 0.13),
    ("landless", "Landless farm workers", "भूमिहीन खेत मज़दूर", "Hotspot Dune", "IN-BR", 0.66, 0.74, 0.30),
    ("bonded", "Bonded labourers", "बंधुआ मज़दूर", "Hotspot Ember", "IN-TN", 0.82, 0.86, 0.26),
    ("waste", "Waste pickers", "कचरा बीनने वाले", "Hotspot Fern", "IN-DL", 0.69, 0.77, 0.16),
    ("single_women", "Single women", "एकल महिलाएँ", "Hotspot Grove", "IN-WB", 0.44, 0.62, 0.33),
    ("older", "Older people living alone", "अकेले रहने वाले बुज़ुर्ग", "Hotspot Harbour", "IN-KL", 0.31, 0.35, 0.55),
    ("disability", "Persons with disabilities", "दिव्यांग व्यक्ति", "Hotspot Iris", "IN-MH", 0.38, 0.57, 0.93),
    ("transgender", "Transgender persons", "ट्रांसजेंडर व्यक्ति", "Hotspot Juniper", "IN-KA", 0.52, 0.70, 0.27),
]  # fmt: skip
PER_GROUP = 100

STATES = {
    "IN-RJ": ("Rajasthan", "राजस्थान"), "IN-JH": ("Jharkhand", "झारखंड"), "IN-OD": ("Odisha", "ओडिशा"),
    "IN-BR": ("Bihar", "बिहार"), "IN-TN": ("Tamil Nadu", "तमिलनाडु"), "IN-DL": ("Delhi", "दिल्ली"),
    "IN-WB": ("West Bengal", "पश्चिम बंगाल"), "IN-KL": ("Kerala", "केरल"), "IN-MH": ("Maharashtra", "महाराष्ट्र"),
    "IN-KA": ("Karnataka", "कर्नाटक"),
}  # fmt: skip

LISTS: dict[str, list[tuple[str, str, str]]] = {
    "yes_no": [("yes", "Yes", "हाँ"), ("no", "No", "नहीं")],
    "group": [(code, english, hindi) for code, english, hindi, *_ in GROUPS],
    "hotspot": [
        (place.split()[1].lower(), place, place.replace("Hotspot", "हॉटस्पॉट")) for _, _, _, place, *_ in GROUPS
    ],
    "state": [(code, english, hindi) for code, (english, hindi) in STATES.items()],
    "sex": [("female", "Female", "महिला"), ("male", "Male", "पुरुष"), ("other", "Other", "अन्य")],
    "wall": [
        ("burnt_brick", "Burnt bricks or stone", "पकी ईंट या पत्थर"), ("cement", "Cement or concrete", "सीमेंट या कंक्रीट"),
        ("timber", "Timber", "लकड़ी"), ("mud", "Unburnt bricks or mud", "कच्ची ईंट या मिट्टी"),
        ("bamboo", "Bamboo, grass or reeds", "बाँस, घास या सरकंडा"), ("plastic", "Plastic or cloth", "प्लास्टिक या कपड़ा"),
    ],
    "roof": [
        ("concrete", "Concrete or tiles", "कंक्रीट या टाइल"), ("metal_sheet", "Metal or asbestos sheets", "धातु या एस्बेस्टस की चादर"),
        ("timber", "Timber", "लकड़ी"), ("thatch", "Thatch, grass or leaves", "छप्पर, घास या पत्ते"),
        ("plastic", "Plastic or cloth", "प्लास्टिक या कपड़ा"),
    ],
    "earnings": [
        ("regular", "Regular", "नियमित"), ("irregular", "Irregular", "अनियमित"),
        ("seasonal", "Seasonal", "मौसमी"), ("none", "No earnings from work", "काम से कोई आय नहीं"),
    ],
    "difficulty": [
        ("1", "No difficulty", "कोई कठिनाई नहीं"), ("2", "Some difficulty", "कुछ कठिनाई"),
        ("3", "A lot of difficulty", "बहुत कठिनाई"), ("4", "Cannot do it at all", "बिल्कुल नहीं कर सकते"),
    ],
    "documents": [
        ("birth", "Birth certificate", "जन्म प्रमाणपत्र"), ("ration", "Ration card", "राशन कार्ड"),
        ("identity", "Identity card", "पहचान पत्र"), ("none", "None of these", "इनमें से कोई नहीं"),
    ],
}  # fmt: skip

FUNCTIONING = [
    ("seeing", "Do you have difficulty seeing, even if wearing glasses?", "क्या आपको चश्मा पहनने पर भी देखने में कठिनाई होती है?"),
    ("hearing", "Do you have difficulty hearing, even if using a hearing aid?", "क्या आपको श्रवण यंत्र लगाने पर भी सुनने में कठिनाई होती है?"),
    ("walking", "Do you have difficulty walking or climbing steps?", "क्या आपको चलने या सीढ़ियाँ चढ़ने में कठिनाई होती है?"),
    ("remembering", "Do you have difficulty remembering or concentrating?", "क्या आपको याद रखने या ध्यान लगाने में कठिनाई होती है?"),
    ("selfcare", "Do you have difficulty with self-care such as washing all over or dressing?", "क्या आपको नहाने या कपड़े पहनने जैसे काम में कठिनाई होती है?"),
    ("communicating", "Using your usual language, do you have difficulty communicating, for example understanding or being understood?", "क्या आपको अपनी भाषा में बात समझने या समझाने में कठिनाई होती है?"),
]  # fmt: skip

HEADER = ["type", "name", "label::English (en)", "label::Hindi (hi)", "relevant", "required", "constraint",
          "everycount::concept", "everycount::identifier", "everycount::consent"]  # fmt: skip


def questions() -> list[list[str]]:
    """The survey sheet."""

    def row(kind: str, name: str = "", english: str = "", hindi: str = "", **more: str) -> list[str]:
        keys = ("relevant", "required", "constraint", "concept", "identifier", "consent")
        return [kind, name, english, hindi, *(more.get(key, "") for key in keys)]

    asked = {"relevant": "${consent_statistics} = 'yes'"}
    return [
        row("start", "start"),
        row("end", "end"),
        row("begin_group", "consent", "Your agreement", "आपकी सहमति"),
        row("select_one yes_no", "consent_statistics",
            "May your answers be counted in tables about your community?",
            "क्या आपके जवाब आपके समुदाय की तालिकाओं में गिने जा सकते हैं?", required="yes", consent="statistics"),
        row("select_one yes_no", "consent_sharing",
            "May your answers, without your name, be shared with the statistical office?",
            "क्या आपके जवाब, बिना नाम के, सांख्यिकी कार्यालय को दिए जा सकते हैं?", consent="sharing", **asked),
        row("end_group"),
        row("begin_group", "who", "About you", "आपके बारे में", **asked),
        row("select_one hotspot", "hotspot", "Hotspot", "हॉटस्पॉट", required="yes"),
        row("select_one state", "state", "State", "राज्य"),
        row("select_one group", "community", "Which of these do you call yourself?",
            "आप अपने को इनमें से क्या कहते हैं?", concept="self_identified_group"),
        row("select_one sex", "sex", "Your sex", "आपका लिंग", concept="sex"),
        row("integer", "age", "Your age in years", "आपकी उम्र (वर्ष)", constraint=". >= 18 and . <= 110", concept="age"),
        row("text", "phone", "A phone number, if you want to hear the results",
            "फ़ोन नंबर, अगर आप नतीजे सुनना चाहते हैं", identifier="yes"),
        row("end_group"),
        row("begin_repeat", "members", "People in the household", "परिवार के सदस्य", **asked),
        row("select_one sex", "member_sex", "Sex", "लिंग", concept="sex"),
        row("integer", "member_age", "Age in years", "उम्र (वर्ष)", constraint=". >= 0 and . <= 110", concept="age"),
        row("select_one yes_no", "member_school", "Goes to school?", "क्या स्कूल जाते हैं?",
            relevant="${member_age} >= 6 and ${member_age} <= 17"),
        row("end_repeat"),
        row("begin_group", "housing", "Your house", "आपका घर", **asked),
        row("select_one wall", "wall", "What are most walls made of?", "ज़्यादातर दीवारें किससे बनी हैं?", concept="wall_material"),
        row("select_one roof", "roof", "What is most of the roof made of?", "ज़्यादातर छत किससे बनी है?", concept="roof_material"),
        row("select_one yes_no", "slum", "Is this place called a slum?", "क्या इस जगह को झुग्गी बस्ती कहा जाता है?"),
        row("select_multiple documents", "documents", "Which of these do you have?", "इनमें से आपके पास क्या है?"),
        row("end_group"),
        row("begin_group", "work", "Work", "काम", **asked),
        row("select_one earnings", "earnings",
            "In the last 12 months, was the income your household got from work regular, irregular or seasonal?",
            "पिछले 12 महीनों में काम से आपके परिवार की आय नियमित, अनियमित या मौसमी थी?", concept="earnings_regularity"),
        row("end_group"),
        row("begin_group", "functioning", "Everyday life", "रोज़मर्रा का जीवन", **asked),
        *(row("select_one difficulty", name, english, hindi, concept=f"wg-ss-{index}")
          for index, (name, english, hindi) in enumerate(FUNCTIONING, start=1)),
        row("end_group"),
    ]  # fmt: skip


def workbook() -> bytes:
    """The form as XLSX."""
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None  # noqa: S101 - a new workbook has a sheet
    survey.title = "survey"
    for line in [HEADER, *questions()]:
        survey.append(line)
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label::English (en)", "label::Hindi (hi)"])
    for name, items in LISTS.items():
        for item in items:
            choices.append([name, *item])
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id", "version", "default_language"])
    settings.append(["Hotspots (invented example)", "hotspots_example", "2026010101", "English (en)"])
    raw = io.BytesIO()
    book.save(raw)
    return _without_clock(raw.getvalue())


def _without_clock(data: bytes) -> bytes:
    """The same archive with fixed dates, so that the committed file changes only when its content does."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _stamp(content)
            new.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _stamp(core: bytes) -> bytes:
    import re  # noqa: PLC0415 - a script that is run by hand

    return re.sub(rb">\d{4}-\d\d-\d\dT[\d:]+Z<", b">2026-01-01T00:00:00Z<", core)


def household(
    rng: random.Random, group: tuple[Any, ...], number: int
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """One invented household: its main record and its members."""
    code, _, _, hotspot, state, weak, irregular, disabled = group
    key = f"uuid:{rng.getrandbits(128):032x}"
    main = dict.fromkeys(MAIN_COLUMNS, "")
    main |= {
        "SubmissionDate": f"2026-02-{1 + number % 27:02d}T10:00:00.000Z",
        "start": f"2026-02-{1 + number % 27:02d}T09:30:00.000+05:30",
        "end": f"2026-02-{1 + number % 27:02d}T09:55:00.000+05:30",
        "meta-instanceID": key,
        "KEY": key,
    }
    if rng.random() < 0.02:
        return main | {"consent-consent_statistics": "no"}, []
    wall, roof = _materials(rng, weak)
    severe = rng.random() < disabled
    main |= {
        "consent-consent_statistics": "yes",
        "consent-consent_sharing": "yes" if rng.random() < 0.85 else "no",
        "who-hotspot": hotspot.split()[1].lower(),
        "who-state": state,
        "who-community": code,
        "who-sex": _sex(rng, code),
        "who-age": str(rng.randint(60, 88) if code == "older" else rng.randint(18, 75)),
        "housing-wall": wall,
        "housing-roof": roof,
        "housing-slum": "yes" if rng.random() < (0.6 if code == "waste" else 0.08) else "no",
        "housing-documents": _documents(rng),
        "work-earnings": _earnings(rng, irregular),
        **_functioning(rng, severe=severe),
    }
    members = [_member(rng, key, index) for index in range(1 if code == "older" else rng.randint(1, 7))]
    return main, members


def _sex(rng: random.Random, code: str) -> str:
    if code == "single_women":
        return "female"
    if code == "transgender":
        return rng.choices(["other", "female", "male"], [70, 20, 10])[0]
    return rng.choices(["female", "male", "other"], [54, 45, 1])[0]


def _materials(rng: random.Random, weak: float) -> tuple[str, str]:
    if rng.random() < weak:
        wall = rng.choices(["mud", "bamboo", "plastic", "timber", "burnt_brick"], [40, 25, 12, 10, 13])[0]
        return wall, rng.choices(["thatch", "plastic", "metal_sheet", "timber"], [50, 18, 24, 8])[0]
    wall = rng.choices(["burnt_brick", "cement", "timber"], [55, 38, 7])[0]
    return wall, rng.choices(["concrete", "metal_sheet", "timber"], [60, 36, 4])[0]


def _documents(rng: random.Random) -> str:
    held = [
        code for code, share in (("birth", 0.35), ("ration", 0.7), ("identity", 0.8)) if rng.random() < share
    ]
    return " ".join(held) or "none"


def _earnings(rng: random.Random, irregular: float) -> str:
    if rng.random() < 0.03:
        return ""
    return rng.choices(
        ["irregular", "seasonal", "regular", "none"],
        [irregular * 0.75, irregular * 0.25, 1 - irregular, 0.06],
    )[0]


def _functioning(rng: random.Random, *, severe: bool) -> dict[str, str]:
    hardest = rng.choice(FUNCTIONING)[0] if severe else ""
    levels = {}
    for name, *_ in FUNCTIONING:
        mild = rng.choices(["1", "2"], [80, 20])[0]
        levels[f"functioning-{name}"] = rng.choice(["3", "3", "4"]) if name == hardest else mild
    return levels


def _member(rng: random.Random, key: str, index: int) -> dict[str, str]:
    age = rng.randint(18, 70) if index == 0 else rng.randint(0, 60)
    school = ("yes" if rng.random() < 0.7 else "no") if 6 <= age <= 17 else ""
    return {
        "member_sex": rng.choice(["female", "male"]),
        "member_age": str(age),
        "member_school": school,
        "PARENT_KEY": key,
        "KEY": f"{key}/members[{index + 1}]",
    }


MAIN_COLUMNS = [
    "SubmissionDate", "start", "end", "consent-consent_statistics", "consent-consent_sharing", "who-hotspot",
    "who-state", "who-community", "who-sex", "who-age", "who-phone", "housing-wall", "housing-roof", "housing-slum",
    "housing-documents", "work-earnings", *(f"functioning-{name}" for name, *_ in FUNCTIONING), "meta-instanceID", "KEY",
]  # fmt: skip
MEMBER_COLUMNS = ["member_sex", "member_age", "member_school", "PARENT_KEY", "KEY"]


def archive() -> bytes:
    """The records as ODK Central exports them: one CSV file per table in a ZIP."""
    rng = random.Random(SEED)
    made = [household(rng, group, number) for group in GROUPS for number in range(PER_GROUP)]
    rng.shuffle(made)  # interviews of the hotspots ran side by side
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive_file:
        tables = {
            "hotspots_example.csv": (MAIN_COLUMNS, [main for main, _ in made]),
            "hotspots_example-members.csv": (MEMBER_COLUMNS, [row for _, rows in made for row in rows]),
        }
        for name, (columns, rows) in tables.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            archive_file.writestr(zipfile.ZipInfo(name, MOMENT), text.getvalue(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def main() -> None:
    """Write the form and the records."""
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / "form.xlsx").write_bytes(workbook())
    (HERE / "submissions.zip").write_bytes(archive())


if __name__ == "__main__":
    main()
