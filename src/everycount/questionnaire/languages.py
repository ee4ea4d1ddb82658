"""From the names that forms give their languages to BCP 47 tags (RFC 5646)."""

from __future__ import annotations

import re
import unicodedata
import zlib

from everycount.text import UNDETERMINED

IN_BRACKETS = re.compile(r"\(\s*(?P<tag>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)\s*$")
TAG = re.compile(r"^[a-z]{2,3}([-_]([A-Z]{2}|[A-Z][a-z]{3}|[0-9]{3}))*$")

# Names that forms in use carry without a tag: English names and the languages' own (ISO 639).
NAMED = {
    "english": "en",
    "anglais": "en",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "spanish": "es",
    "español": "es",
    "espanol": "es",
    "portuguese": "pt",
    "português": "pt",
    "portugues": "pt",
    "arabic": "ar",
    "العربية": "ar",
    "عربي": "ar",
    "hindi": "hi",
    "हिन्दी": "hi",
    "हिंदी": "hi",
    "bengali": "bn",
    "bangla": "bn",
    "বাংলা": "bn",
    "urdu": "ur",
    "اردو": "ur",
    "nepali": "ne",
    "नेपाली": "ne",
    "marathi": "mr",
    "मराठी": "mr",
    "tamil": "ta",
    "தமிழ்": "ta",
    "telugu": "te",
    "gujarati": "gu",
    "kannada": "kn",
    "malayalam": "ml",
    "punjabi": "pa",
    "odia": "or",
    "assamese": "as",
    "sinhala": "si",
    "burmese": "my",
    "khmer": "km",
    "ខ្មែរ": "km",
    "lao": "lo",
    "thai": "th",
    "vietnamese": "vi",
    "tiếng việt": "vi",
    "indonesian": "id",
    "bahasa indonesia": "id",
    "malay": "ms",
    "filipino": "fil",
    "tagalog": "tl",
    "chinese": "zh",
    "中文": "zh",
    "mongolian": "mn",
    "kazakh": "kk",
    "kyrgyz": "ky",
    "uzbek": "uz",
    "tajik": "tg",
    "russian": "ru",
    "русский": "ru",
    "ukrainian": "uk",
    "українська": "uk",
    "turkish": "tr",
    "türkçe": "tr",
    "kurmanji": "kmr",
    "sorani": "ckb",
    "persian": "fa",
    "farsi": "fa",
    "فارسی": "fa",
    "dari": "prs",
    "pashto": "ps",
    "pashtu": "ps",
    "somali": "so",
    "amharic": "am",
    "አማርኛ": "am",
    "tigrinya": "ti",
    "oromo": "om",
    "swahili": "sw",
    "kiswahili": "sw",
    "hausa": "ha",
    "yoruba": "yo",
    "igbo": "ig",
    "wolof": "wo",
    "fulfulde": "ff",
    "bambara": "bm",
    "lingala": "ln",
    "kinyarwanda": "rw",
    "kirundi": "rn",
    "luganda": "lg",
    "acholi": "ach",
    "chichewa": "ny",
    "malagasy": "mg",
    "zulu": "zu",
    "xhosa": "xh",
    "haitian creole": "ht",
    "kreyòl": "ht",
    "quechua": "qu",
    "guarani": "gn",
    "german": "de",
    "deutsch": "de",
    "italian": "it",
    "italiano": "it",
    "dutch": "nl",
    "polish": "pl",
    "romanian": "ro",
    "greek": "el",
    "hebrew": "he",
}


def tag_of(name: str) -> str:
    """The BCP 47 tag for a language as a form names it.

    ``English (en)`` is ``en`` and ``fr`` is ``fr``; a known name such as ``french`` is its tag; anything else
    becomes a private-use tag made from the name (``Klingon`` is ``x-klingon``), so that no wording is lost
    and none is attributed to a language that nobody named. No name, or pyxform's ``default``, is ``und``.
    """
    stripped = name.strip()
    if not stripped or stripped.casefold() == "default":
        return UNDETERMINED
    bracketed = IN_BRACKETS.search(stripped)
    if bracketed:
        return _cased(bracketed["tag"])
    known = NAMED.get(unicodedata.normalize("NFC", stripped).casefold())
    if known:
        return known
    return _cased(stripped) if TAG.match(stripped) else _private(stripped)


def _cased(tag: str) -> str:
    """The tag in its recommended case (RFC 5646, 2.1.1)."""
    language, *rest = tag.replace("_", "-").split("-")
    cased = [
        part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest
    ]
    return "-".join([language.lower(), *cased])


def _private(name: str) -> str:
    """A private-use tag: parts of at most eight letters or digits after ``x`` (RFC 5646, 2.2.7)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    words = re.findall(r"[a-z0-9]+", plain)
    parts = [word[start : start + 8] for word in words for start in range(0, len(word), 8)]
    if not parts:
        parts = [f"{zlib.crc32(name.encode()):08x}"]
    return "-".join(["x", *parts])
