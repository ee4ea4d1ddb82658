"""The question types of XLSForm, under one name each."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What kind of answer a question takes, named as in the reference table of xlsform.org."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    BARCODE = "barcode"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    START_GEOPOINT = "start-geopoint"
    BACKGROUND_GEOPOINT = "background-geopoint"
    IMAGE = "image"
    AUDIO = "audio"
    BACKGROUND_AUDIO = "background-audio"
    VIDEO = "video"
    FILE = "file"
    OSM = "osm"
    START = "start"
    END = "end"
    TODAY = "today"
    DEVICEID = "deviceid"
    SUBSCRIBERID = "subscriberid"
    SIMSERIAL = "simserial"
    PHONENUMBER = "phonenumber"
    USERNAME = "username"
    EMAIL = "email"
    AUDIT = "audit"
    XML_EXTERNAL = "xml-external"
    CSV_EXTERNAL = "csv-external"


SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
POINTS = frozenset({Kind.GEOPOINT, Kind.START_GEOPOINT, Kind.BACKGROUND_GEOPOINT})
LINES = frozenset({Kind.GEOTRACE, Kind.GEOSHAPE})
MEDIA = frozenset(
    {Kind.IMAGE, Kind.AUDIO, Kind.BACKGROUND_AUDIO, Kind.VIDEO, Kind.FILE, Kind.OSM, Kind.AUDIT}
)
DEVICE = frozenset(
    {Kind.DEVICEID, Kind.SUBSCRIBERID, Kind.SIMSERIAL, Kind.PHONENUMBER, Kind.USERNAME, Kind.EMAIL}
)
METADATA = DEVICE | {Kind.START, Kind.END, Kind.TODAY, Kind.AUDIT}
EXTERNAL = frozenset({Kind.XML_EXTERNAL, Kind.CSV_EXTERNAL})  # files beside the form; no answer
UNSPOKEN = {
    Kind.CALCULATE,
    Kind.HIDDEN,
    Kind.START_GEOPOINT,
    Kind.BACKGROUND_GEOPOINT,
    Kind.BACKGROUND_AUDIO,
}
SPOKEN = frozenset(Kind) - METADATA - EXTERNAL - UNSPOKEN  # what people see and answer

# Older spellings that forms in use still carry; the list follows pyxform, and a test compares the two.
SPELLINGS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("text", "string", "q string", "add text prompt", "phone number"),
    Kind.INTEGER: (
        "integer",
        "int",
        "q int",
        "add integer prompt",
        "percentage",
        "number of days in last month",
        "number of days in last six months",
        "number of days in last year",
    ),
    Kind.DECIMAL: ("decimal", "q decimal", "add decimal prompt"),
    Kind.RANGE: ("range",),
    Kind.DATE: ("date", "q date", "add date prompt"),
    Kind.TIME: ("time",),
    Kind.DATETIME: (
        "dateTime",
        "datetime",
        "date time",
        "q dateTime",
        "q date time",
        "add dateTime prompt",
        "add date time prompt",
    ),
    Kind.ACKNOWLEDGE: ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"),
    Kind.NOTE: ("note", "q note", "add note prompt"),
    Kind.CALCULATE: ("calculate", "q calculate", "add calculate prompt"),
    Kind.HIDDEN: ("hidden",),
    Kind.BARCODE: ("barcode", "q barcode", "add barcode prompt"),
    Kind.GEOPOINT: (
        "geopoint",
        "gps",
        "location",
        "q geopoint",
        "q location",
        "add location prompt",
    ),
    Kind.GEOTRACE: ("geotrace", "q geotrace"),
    Kind.GEOSHAPE: ("geoshape", "q geoshape"),
    Kind.START_GEOPOINT: ("start-geopoint",),
    Kind.BACKGROUND_GEOPOINT: ("background-geopoint",),
    Kind.IMAGE: ("image", "photo", "q image", "q picture", "add image prompt", "add photo prompt"),
    Kind.AUDIO: ("audio", "q audio", "add audio prompt"),
    Kind.BACKGROUND_AUDIO: ("background-audio",),
    Kind.VIDEO: ("video", "q video", "add video prompt"),
    Kind.FILE: ("file", "add file prompt"),
    Kind.OSM: ("osm",),
    Kind.START: ("start", "start time", "get start time"),
    Kind.END: ("end", "end time", "get end time"),
    Kind.TODAY: ("today", "get today"),
    Kind.DEVICEID: ("deviceid", "device id", "imei", "get device id", "uri:deviceid"),
    Kind.SUBSCRIBERID: ("subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"),
    Kind.SIMSERIAL: ("simserial", "sim id", "get sim id", "uri:simserial"),
    Kind.PHONENUMBER: ("phonenumber", "get phone number", "uri:phonenumber"),
    Kind.USERNAME: ("username", "uri:username"),
    Kind.EMAIL: ("email", "uri:email"),
    Kind.AUDIT: ("audit",),
    Kind.XML_EXTERNAL: ("xml-external",),
    Kind.CSV_EXTERNAL: ("csv-external",),
}
KIND_OF = {spelling: kind for kind, spellings in SPELLINGS.items() for spelling in spellings}

# A select names its list (or file) after the command.
SELECT_SPELLINGS: dict[str, Kind] = {
    "select_one": Kind.SELECT_ONE,
    "select one": Kind.SELECT_ONE,
    "select1": Kind.SELECT_ONE,
    "select one from": Kind.SELECT_ONE,
    "add select one prompt using": Kind.SELECT_ONE,
    "select_one_external": Kind.SELECT_ONE,
    "select_one_from_file": Kind.SELECT_ONE,
    "select one from file": Kind.SELECT_ONE,
    "select_multiple": Kind.SELECT_MULTIPLE,
    "select all that apply": Kind.SELECT_MULTIPLE,
    "select all that apply from": Kind.SELECT_MULTIPLE,
    "add select multiple prompt using": Kind.SELECT_MULTIPLE,
    "select_multiple_from_file": Kind.SELECT_MULTIPLE,
    "select multiple from file": Kind.SELECT_MULTIPLE,
    "rank": Kind.RANK,
}
FROM_FILE = frozenset(spelling for spelling in SELECT_SPELLINGS if spelling.endswith("file"))
FILE_ENDINGS = (".xml", ".csv", ".geojson")
