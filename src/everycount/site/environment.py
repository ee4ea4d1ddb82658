"""What the operator says, read once from the environment; the rest of the site knows no variable.

``EVERYCOUNT_DATA_DIR``     folder of everything that must be kept (default: ``everycount-data`` here)
``DATABASE_URL``            ``postgresql://user:password@host:port/name``; else SQLite in the data folder
``EVERYCOUNT_PUBLIC_URL``   the address that people and phones type, such as ``https://data.example.org``
``EVERYCOUNT_SECRET_KEY``   signs sessions and links; made and kept in the data folder where it is not given
``EVERYCOUNT_VAULT_KEY``    32 bytes in base64 that open the vault; the same
``EVERYCOUNT_NEW_VAULT_KEY`` the next one, for ``everycount rotate-keys`` alone
``EVERYCOUNT_WORKER``       ``no``: ``everycount worker`` does what else the serving process would do itself
``EMAIL_URL``               ``smtp://user:password@host:587``; else mails become files in the data folder
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA_DIR, DATABASE, PUBLIC_URL = "EVERYCOUNT_DATA_DIR", "DATABASE_URL", "EVERYCOUNT_PUBLIC_URL"
SECRET_KEY, VAULT_KEY, EMAIL = "EVERYCOUNT_SECRET_KEY", "EVERYCOUNT_VAULT_KEY", "EMAIL_URL"
WORKER, NEW_VAULT_KEY = "EVERYCOUNT_WORKER", "EVERYCOUNT_NEW_VAULT_KEY"
_YES_OR_NO = {"": True, "yes": True, "no": False}
KEY_BYTES = 32
_HERE = ("localhost", "127.0.0.1", "[::1]")
_POSTGRES = frozenset({"postgres", "postgresql"})
_MAIL_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Environment:
    """The settings of one installation.

    Attributes:
        data: the data folder; exists, and only its owner can read it.
        database: an entry of Django's ``DATABASES``.
        public_url: scheme and host, no slash at the end.
        hosts: names under which requests are answered.
        secret_key: for signatures.
        vault_key: 32 bytes.
        email: settings of Django's mail.
        worker: the serving process also reads consents and clears away.
    """

    data: Path
    database: Mapping[str, Any]
    public_url: str
    hosts: tuple[str, ...]
    secret_key: str = field(repr=False)
    vault_key: bytes = field(repr=False)
    email: Mapping[str, Any] = field(repr=False)
    worker: bool = True

    @property
    def is_secure(self) -> bool:
        """Whether people reach the node over TLS."""
        return self.public_url.startswith("https://")

    @classmethod
    def read(cls, given: Mapping[str, str] = os.environ) -> Environment:
        """From the environment.

        Raises:
            InputError: with every variable that cannot be used.
        """
        faults: list[Fault] = []
        data = _data_dir(given.get(DATA_DIR) or "everycount-data")
        public_url = _public_url(given.get(PUBLIC_URL) or "http://127.0.0.1:8000", faults)
        database = _database(given.get(DATABASE, ""), data, faults)
        vault_key = _vault_key(given.get(VAULT_KEY, ""), data, faults)
        email = _email(given.get(EMAIL, ""), data, faults)
        worker = _yes_or_no(given.get(WORKER, ""), faults)
        if faults:
            raise InputError(*faults)
        return cls(
            data=data,
            database=database,
            public_url=public_url,
            hosts=tuple(dict.fromkeys((urlsplit(public_url).hostname or "", *_HERE, *_own_addresses()))),
            secret_key=given.get(SECRET_KEY) or _kept(data, "secret.key", lambda: secrets.token_urlsafe(50)),
            vault_key=vault_key,
            email=email,
            worker=worker,
        )


def _yes_or_no(text: str, faults: list[Fault]) -> bool:
    if text not in _YES_OR_NO:
        faults.append(Fault(WORKER, f'"{text}" is neither yes nor no.', "Write yes or no."))
    return _YES_OR_NO.get(text, True)


def _data_dir(name: str) -> Path:
    path = Path(name).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (path / "keys").mkdir(exist_ok=True, mode=0o700)
    except OSError as problem:
        remedy = f"Name a folder that you may write to in {DATA_DIR}."
        raise InputError(Fault(DATA_DIR, f'"{path}" cannot be used: {problem.strerror}.', remedy)) from None
    return path


def _kept(data: Path, name: str, make: Any) -> str:
    """The text of a key file; made on the first start. The file is the owner's alone."""
    path = data / "keys" / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        made: str = make()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123 - the mode at birth
            file.write(made)
        return made


def _vault_key(given: str, data: Path, faults: list[Fault]) -> bytes:
    text = given or _kept(
        data, "vault.key", lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    )
    key = key_of(text)
    if key is None:
        remedy = "Make one with: head -c 32 /dev/urandom | base64. Losing it loses every answer in the vault."
        faults.append(Fault(VAULT_KEY, f"The key is not {KEY_BYTES} bytes in base64.", remedy))
    return key or b""


def key_of(text: str) -> bytes | None:
    """The bytes of an installation key; None where the text is not one."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _public_url(text: str, faults: list[Fault]) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        remedy = "Give scheme and host, such as https://data.example.org or http://192.168.1.20:8000."
        faults.append(Fault(PUBLIC_URL, f'"{text}" is no address of a node.', remedy))
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _database(text: str, data: Path, faults: list[Fault]) -> dict[str, Any]:
    if not text:
        return sqlite(data / "everycount.sqlite3")
    parts = _split(text)
    if parts is None or parts.scheme not in _POSTGRES or not parts.path.strip("/"):
        remedy = "Write postgresql://user:password@host:5432/name, or leave it out for SQLite."
        # The text may hold a password, so it is not repeated.
        faults.append(Fault(DATABASE, "It is no address of a PostgreSQL database.", remedy))
        return {}
    options = dict(parse_qsl(parts.query))  # as libpq has it: ?host=/run/postgresql, ?sslmode=verify-full
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite as a server wants it.

    Write-ahead log with a sync at each commit: an acknowledged submission survives the power cut. Writers
    take their lock at the beginning, so that two of them wait instead of failing. What is deleted is
    overwritten (``secure_delete``): an erased key must not be found in a free page.

    Each thread has a connection, so what one keeps of the file is little (2 MB); the system keeps the rest.
    The log goes into the file every 8 MB: pages that many commits touch are then written once, and nobody
    waits long for it.
    """
    pragmas = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "cache_size=-2000",
        "wal_autocheckpoint=2000",
    )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,  # closing the last connection moves the whole write-ahead log into the file
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in pragmas) + ";",
        },
    }


def _email(text: str, data: Path, faults: list[Fault]) -> dict[str, Any]:
    if not text:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(data / "mail")}
    parts = _split(text)
    if parts is None or parts.scheme not in _MAIL_PORTS or not parts.hostname:
        remedy = "Write smtp://user:password@host:587 or smtps://user:password@host:465."
        faults.append(Fault(EMAIL, "It is no address of a mail server.", remedy))
        return {}
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
    }


def _own_addresses() -> tuple[str, ...]:
    """This machine's name and addresses, so that phones in the same network reach it by its number.

    A foreign page cannot make a browser send one of these numbers as the host of another server.
    """
    name = socket.gethostname()
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: nothing is sent, the system only picks an address
            found.add(str(probe.getsockname()[0]))
        except OSError:
            pass
    return (name, *sorted(f"[{each}]" if ":" in each else each for each in found))
