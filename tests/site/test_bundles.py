"""Signed bundles of a node, and its keys."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from everycount.cli import DIFFERENT, DONE, main
from everycount.site.machines import keys
from library.release.samples import small_release
from public_world import counted_elsewhere, put_out
from site_world import AT, initiative

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
KEYS = "/.well-known/everycount-keys.json"


def bundle(path: str) -> bytes:
    answer = Client().get(path)
    assert answer.status_code == 200
    whole = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    answer.close()
    return whole


def test_a_bundle_is_checked_with_the_keys_that_the_node_tells(tmp_path: Path) -> None:
    """Also what was signed before the key changed; and nothing of a key that somebody else may have."""
    release = put_out(counted_elsewhere(initiative(listed=True)), small_release())
    path = f"/releases/{release.plan.slug}/{release.number}/bundle.zip"
    before, after, known = tmp_path / "before.zip", tmp_path / "after.zip", tmp_path / "keys.json"
    before.write_bytes(bundle(path))
    assert before.read_bytes() == bundle(path)
    for lost in (False, True):
        keys.rotate(settings.ENVIRONMENT.data, at=AT, lost=lost)
        known.write_bytes(Client().get(KEYS).content)
        after.write_bytes(bundle(path))
        assert main(["verify", str(after), "--key", str(known)]) == DONE
        assert main(["verify", str(before), "--key", str(known)]) == DONE
        if not lost:
            middle = after.read_bytes()
    (tmp_path / "middle.zip").write_bytes(middle)
    assert main(["verify", str(tmp_path / "middle.zip"), "--key", str(known)]) == DIFFERENT
    assert after.read_bytes() != middle
    assert f'href="{path}"' in Client().get(path.removesuffix("/bundle.zip")).content.decode()
    put_out(release.plan, small_release(), 2)
    assert Client().get(path).status_code == 410


def test_no_private_half_leaves_the_node(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    first = keys.signing(tmp_path, at=AT)
    assert keys.signing(tmp_path, at=AT) == first
    second = keys.rotate(tmp_path, at=AT, lost=False)
    path = tmp_path / "keys" / "signing.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert second.private in text
    assert first.private not in text
    here = keys.signing(settings.ENVIRONMENT.data, at=AT)
    told = Client().get(KEYS).content.decode()
    assert here.private not in told
    assert json.loads(told)["keys"][0] == here.told()
    assert [one.name for one in (tmp_path / "keys").iterdir()] == ["signing.json"]
