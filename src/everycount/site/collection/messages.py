"""The three kinds of XML that phones read: lists, manifests, answers to a submission."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.site.collection.models import MediaFile
    from everycount.site.collection.queries import Listed

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LIST = "http://openrosa.org/xforms/xformsList"
_MANIFEST = "http://openrosa.org/xforms/xformsManifest"
_RESPONSE = "http://openrosa.org/http/response"


def form_list(forms: Iterable[Listed], base: str) -> bytes:
    """The list of forms; ``base`` is the address under which this phone asks."""
    rows = "".join(_form(form, base) for form in forms)
    return f'{_HEAD}<xforms xmlns="{_LIST}">{rows}</xforms>\n'.encode()


def _form(form: Listed, base: str) -> str:
    where = f"{base}/forms/{form.version}"
    manifest = f"<manifestUrl>{escape(where)}/manifest</manifestUrl>" if form.has_media else ""
    return (
        f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.label)}</name>"
        f"<version>{escape(form.name)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{escape(where)}.xml</downloadUrl>{manifest}</xform>"
    )


def manifest(files: Iterable[MediaFile], lists: Mapping[str, str], base: str) -> bytes:
    """The files of a form, and the lists that are made for it (name -> MD5)."""
    rows = "".join(
        f"<mediaFile{_type(each)}><filename>{escape(each.name)}</filename>"
        f"<hash>md5:{each.md5}</hash><downloadUrl>{escape(base)}/media/{each.pk}</downloadUrl>"
        f"{_integrity_url(each, base)}</mediaFile>"
        for each in files
    ) + "".join(_list(name, md5, f"{base}/lists/{quote(name)}") for name, md5 in lists.items())
    return f'{_HEAD}<manifest xmlns="{_MANIFEST}">{rows}</manifest>\n'.encode()


def _list(name: str, md5: str, where: str) -> str:
    return (
        f'<mediaFile type="entityList"><filename>{escape(name)}</filename><hash>md5:{md5}</hash>'
        f"<downloadUrl>{escape(where)}</downloadUrl><integrityUrl>{escape(where)}/gone</integrityUrl></mediaFile>"
    )


def integrity(is_gone: Mapping[str, bool]) -> bytes:
    """Which entities are gone, by id."""
    rows = "".join(
        f'<entity id="{escape(name)}"><deleted>{str(gone).lower()}</deleted></entity>'
        for name, gone in is_gone.items()
    )
    return f"{_HEAD}<data><entities>{rows}</entities></data>\n".encode()


def response(words: str, *, good: bool) -> bytes:
    """The answer to a submission; Collect shows the words of a 201 to the person."""
    nature = "submit_success" if good else "submit_failure"
    return (
        f'{_HEAD}<OpenRosaResponse xmlns="{_RESPONSE}"><message nature="{nature}">{escape(words)}</message>'
        "</OpenRosaResponse>\n"
    ).encode()


def _integrity_url(file: MediaFile, base: str) -> str:
    if not file.is_entity_list:
        return ""
    return f"<integrityUrl>{escape(base)}/entities/{file.pk}</integrityUrl>"


def _type(file: MediaFile) -> str:
    return ' type="entityList"' if file.is_entity_list else ""
