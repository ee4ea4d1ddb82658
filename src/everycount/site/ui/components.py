"""The components with which pages are made, each with an example of every state for the style page.

A thirteenth is a reason to look again at the page that wants it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms


@dataclass(frozen=True, slots=True)
class Example:
    """One component in one state: the template of that name in ``ui/parts`` and what it is given."""

    part: str
    state: str
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """Where it stands."""
        return f"ui/parts/{self.part}.html"


class Fields(forms.Form):
    """Every kind of field, as forms draw it."""

    name = forms.CharField(label="Name", help_text="As you want to be called.")
    about = forms.CharField(label="About", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    role = forms.ChoiceField(label="Role", choices=[("", "Choose one"), ("observer", "Observer")])
    rule = forms.ChoiceField(
        label="Who is asked",
        choices=[("all", "Every member of the community body"), ("quorum", "A number of members")],
        widget=forms.RadioSelect,
    )
    listed = forms.BooleanField(label="Everybody may see that it exists", required=False)
    day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    file = forms.FileField(label="File", help_text="A picture; at most 20 MB.", required=False)


def fields() -> tuple[Fields, Fields]:
    """The same form, empty and sent without what it needs."""
    return Fields(auto_id="empty_%s"), Fields({"rule": "none"}, auto_id="faulty_%s")


EXAMPLES = (
    Example(
        "page_head", "with a line below", {"title": "Ten hotspots", "about": "Asked by invented people."}
    ),
    Example("finding", "a sentence", {"said": "3 in 10 households fetch water.", "href": "#"}),
    Example(
        "number", "with its interval", {"value": "3 in 10", "between": "between 2 and 4 in 10", "href": "#"}
    ),
    Example("number", "hidden", {"hidden": "Fewer than 10 people answered."}),
    Example("notice", "care", {"said": "Nothing was stored. Send it again.", "care": True}),
    Example("notice", "calm", {"said": "These people and answers are invented."}),
    Example(
        "status_line", "waiting", {"state": "Waiting", "said": "for the community body, since 3 May 2026"}
    ),
    Example("line", "organisation", {"name": "An invented union", "about": "Civil society", "href": "#"}),
    Example("line", "person", {"name": "An invented collector", "about": "Collector"}),
    Example("facets", "one chosen", {"facets": [("All", "#", True), ("Water", "#", False)]}),
    Example("steps", "at the second", {"steps": [("Design", "done"), ("Review", "now"), ("Publish", "")]}),
    Example(
        "timeline",
        "two events",
        {"events": [("2026-05-03", "A version was published."), ("2026-05-02", "A review ended.")]},
    ),
    Example("form_step", "empty", {"label": "E-mail", "hint": "We write only when you ask.", "name": "a"}),
    Example(
        "form_step",
        "with a fault",
        {"label": "E-mail", "fault": "“anna” is no address. Write anna@example.org.", "name": "b"},
    ),
)
