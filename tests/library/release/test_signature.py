"""A signed bundle: whatever is changed is found, and by whom it is signed is said, without a network."""

from __future__ import annotations

import base64
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from everycount.cli import DIFFERENT, DONE, WRONG_INPUT, main
from everycount.formats import write
from everycount.release import document
from everycount.release.bundle import bundle
from everycount.release.signature import NAME, check, fingerprint, sign
from library.release.samples import small_release

if TYPE_CHECKING:
    from pathlib import Path

OURS, OTHERS = bytes(range(32)), bytes(range(1, 33))
BY = "https://data.example.org"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of a release."""
    folder = tmp_path_factory.mktemp("release") / "out"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in write(small_release(), folder)}


def public(private: bytes) -> str:
    half = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return base64.b64encode(half).decode()


def keys(tmp_path: Path, *rows: dict[str, object]) -> str:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"node": BY, "keys": rows}))
    return str(path)


def put(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    return str(path)


def opened(data: bytes, tmp_path: Path) -> Path:
    folder = tmp_path / "opened"
    with zipfile.ZipFile(put(tmp_path, data)) as archive:
        archive.extractall(folder)
    return folder


def zipped(files: dict[str, bytes], target: Path) -> str:
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return str(target)


def test_a_signed_bundle_is_as_it_was_and_says_by_whom(
    files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = bundle(files, by=BY, private=OURS)
    assert made == bundle(files, by=BY, private=OURS)
    assert main(["verify", put(tmp_path, made)]) == DONE
    said = capsys.readouterr().out
    mark = fingerprint(base64.b64decode(public(OURS)))
    assert f"Signed by {BY} with the key {mark}." in said
    assert "--key" in said
    known = keys(tmp_path, {"key": public(OTHERS)}, {"key": public(OURS), "until": "2026-01-01"})
    assert main(["verify", put(tmp_path, made), "--key", known]) == DONE
    assert "--key" not in capsys.readouterr().out


def test_the_signature_is_the_one_of_the_standard() -> None:
    """RFC 8032, 7.1, test 1: the public half of the secret of all messages."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    expected = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert base64.b64decode(json.loads(sign({}, by=BY, private=secret))["key"]) == expected


def test_one_changed_figure_in_any_file_is_found(files: dict[str, bytes], tmp_path: Path) -> None:
    folder = opened(bundle(files, by=BY, private=OURS), tmp_path)
    assert list(check(folder)) == []
    for name in files:
        path = folder / name
        data = path.read_bytes()
        at = next(i for i, byte in enumerate(data) if chr(byte).isdigit())
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert [one.file for one in check(folder)] == [name]
        assert main(["verify", str(folder)]) == DIFFERENT
        path.write_bytes(data)
        path.unlink()
        assert [(one.file, one.fate) for one in check(folder)] == [(name, "missing")]
        path.write_bytes(data)
    (folder / "more.csv").write_text("1")
    assert [(one.file, one.fate) for one in check(folder)] == [("more.csv", "extra")]


def test_whoever_changes_a_file_and_its_digest_cannot_sign(files: dict[str, bytes], tmp_path: Path) -> None:
    """Every list of digests can be made again, the signature not."""
    changed = dict(files)
    changed["cells.csv"] = changed["cells.csv"].replace(b"0.", b"1.", 1)
    forged = json.loads(sign({}, by=BY, private=OURS))
    folder = opened(bundle(changed, by=BY, private=OTHERS), tmp_path)
    theirs = json.loads((folder / NAME).read_bytes())
    for part in ("key", "fingerprint", "signature"):
        theirs[part] = forged[part]
    (folder / NAME).write_text(json.dumps(theirs, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert [one.file for one in check(folder)] == [NAME]
    for before, after in ((BY, "https://evil.example"), ('"by"', '"By"'), ("}", " }")):
        text = (folder / NAME).read_text(encoding="utf-8").replace(before, after, 1)
        (tmp_path / "odd").mkdir(exist_ok=True)
        (tmp_path / "odd" / NAME).write_text(text, encoding="utf-8")
        assert main(["verify", str(tmp_path / "odd")]) in {DIFFERENT, WRONG_INPUT}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"key": public(OTHERS)}], "another key"),
        ([{"key": public(OURS), "lost": True}], "called back"),
    ],
)
def test_another_key_and_a_lost_one_do_not_count(
    files: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: list[dict[str, object]],
    said: str,
) -> None:
    path = put(tmp_path, bundle(files, by=BY, private=OURS))
    assert main(["verify", path, "--key", keys(tmp_path, *rows)]) == DIFFERENT
    assert said in capsys.readouterr().out


def test_a_bundle_that_nobody_signed_is_not_taken_for_one(
    files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", zipped(files, tmp_path / "bare.zip")]) == DIFFERENT
    assert "nobody vouches" in capsys.readouterr().out
    folder = tmp_path / "folder"
    write(small_release(), folder)
    assert main(["verify", str(folder)]) == DONE, "a release of the library has no signature, and needs none"
    assert main(["verify", str(folder), "--key", keys(tmp_path, {"key": public(OURS)})]) == DIFFERENT


def test_what_is_no_bundle_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    assert main(["verify", put(tmp_path, b"PK no")]) == WRONG_INPUT
    assert main(["verify", zipped(files | {"../out": b""}, tmp_path / "leads_out.zip")]) == WRONG_INPUT
    made = bytearray(bundle(files, by=BY, private=OURS))
    made[len(made) // 3] ^= 255
    assert main(["verify", put(tmp_path, bytes(made))]) != DONE
    path = put(tmp_path, bundle(files, by=BY, private=OURS))
    (tmp_path / "none.json").write_text("{}")
    assert main(["verify", path, "--key", str(tmp_path / "none.json")]) == WRONG_INPUT
    assert document.NAME in files
