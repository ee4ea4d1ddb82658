"""Phones of the example world: they send a thousand submissions to the endpoint to which any phone sends."""

from __future__ import annotations

import csv
import http.client
import io
import re
import secrets
import time
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from everycount.questionnaire import read_xlsform
from everycount.questionnaire.filling import write_instance
from everycount.site.demo.world import EXAMPLE, PLACES

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 60  # seconds until the server answers
_RECEIPT = re.compile(rb"Receipt: ([A-Z2-7-]+)\.")
_TOKEN = re.compile(rb'name="token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission that was sent: from where, its instanceID, its XML, and the receipt of the respondent."""

    place: str
    instance: str
    xml: bytes
    agrees: bool
    receipt: str = ""


def wait_for(base: str) -> None:
    """Until the node answers.

    Raises:
        TimeoutError: it does not.
    """
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if ask(base, "GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("The server did not answer.")


def ask(
    base: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """One request over a connection of its own: status and body."""
    parts = urlsplit(base)
    line = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def send(base: str, xml: bytes) -> str:
    """One POST as ODK Collect makes it; the receipt, or "" for an edit."""
    edge = secrets.token_hex(12)
    part = 'Content-Disposition: form-data; name="xml_submission_file"; filename="submission.xml"'
    head = f"--{edge}\r\n{part}\r\nContent-Type: text/xml\r\n\r\n"
    body = head.encode() + xml + f"\r\n--{edge}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "X-OpenRosa-Version": "1.0"}
    _, said = ask(base, "POST", f"{urlsplit(base).path}/submission?deviceID=invented", body, headers)
    found = _RECEIPT.search(said)
    return found.group(1).decode() if found else ""


def edited(sent: Sent, *, slips: bool = False) -> bytes:
    """The same answers as the next version of a submission; with a slip in the age where it slips."""
    old = f"<instanceID>{sent.instance}</instanceID>"
    new = f"<instanceID>{sent.instance}-2</instanceID><deprecatedID>{sent.instance}</deprecatedID>"
    made = sent.xml.replace(old.encode(), new.encode())
    return re.sub(rb"<age>[0-9]+</age>", b"<age>203</age>", made) if slips else made


def take_back(base: str, receipt: str, what: str) -> bool:
    """What a respondent does at ``/receipt``: types the code, chooses, and says that it is meant."""
    token = _token(base, "/receipt", {"code": receipt})
    asked = {"token": token, "what": what}
    _form(base, "/receipt/back", asked)
    return _form(base, "/receipt/back", asked | {"sure": "yes"})[0] == 200


def leave_message(base: str, receipt: str, text: str) -> None:
    """A word to the steward, by the same way."""
    _form(base, "/receipt/message", {"token": _token(base, "/receipt", {"code": receipt}), "text": text})


def ask_correction(base: str, receipt: str, text: str) -> None:
    """What somebody wants corrected, by the same way."""
    token = _token(base, "/receipt", {"code": receipt})
    _form(base, "/receipt/correction", {"token": token, "group": "", "text": text})


def _token(base: str, path: str, fields: dict[str, str]) -> str:
    found = _TOKEN.search(_form(base, path, fields)[1])
    return found.group(1).decode() if found else ""


def _form(base: str, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask(base, "POST", path, urlencode(fields).encode(), headers)


def submissions() -> Iterator[Sent]:
    """The records of the shipped example as instances of its form; who refused is asked somewhere, too."""
    form = read_xlsform((EXAMPLE / "form.xlsx").read_bytes(), "form.xlsx")
    with zipfile.ZipFile(io.BytesIO((EXAMPLE / "submissions.zip").read_bytes())) as archive:
        tables = {name: _rows(archive.read(name)) for name in archive.namelist()}
    main = next(rows for name, rows in tables.items() if "-" not in name)
    rosters: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for name, rows in tables.items():
        repeat = name.removesuffix(".csv").partition("-")[2]
        for row in rows if repeat else ():
            rosters[row["PARENT_KEY"]][repeat].append(_named(row))
    for number, row in enumerate(main):
        answers = _named(row)
        place = answers.get("hotspot") or PLACES[number % len(PLACES)]
        xml = write_instance(form, row["KEY"], answers, rosters[row["KEY"]])
        yield Sent(place, row["KEY"], xml, answers.get("consent_statistics") == "yes")


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def _named(row: dict[str, str]) -> dict[str, str]:
    """By the question's name: exports put the groups before it."""
    return {name.rpartition("-")[2]: value for name, value in row.items()}
