"""Answers to the questionnaire of the site's tests, as phones send them; it needs no Django. Invented."""

from __future__ import annotations


def answers(
    instance: str | None = "uuid:1",
    *,
    form_id: str = "invented_form",
    version: str = "1",
    replaces: str = "",
    answer: str = "heron",
    photo: str = "",
    counted: str = "yes",
) -> bytes:
    named = f"<instanceID>{instance}</instanceID>" if instance else ""
    replaced = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    return (
        f'<data id="{form_id}" version="{version}"><counted>{counted}</counted><answer>{answer}</answer>'
        f"<photo>{photo}</photo><meta>{named}{replaced}</meta></data>"
    ).encode()
