"""How forms are drawn on every page: label, hint, what is wrong, then the control, bound to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting

if TYPE_CHECKING:
    from django.forms import Form, Widget

    from everycount.faults import InputError


class Field(BoundField):
    """A field; the first one that is to be mended has the focus when the page comes, without any script."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """What Django gives it, and the focus where it is wanted."""
        made = dict(super().build_widget_attrs(attrs, widget))
        if self.errors and self.name == next(
            (each for each in self.form.errors if each in self.form.fields), ""
        ):
            made["autofocus"] = True
        return made


class Pages(TemplatesSetting):
    """Django's forms with our templates; needs ``django.forms`` among the apps."""

    form_template_name = "ui/parts/form.html"
    field_template_name = "ui/parts/field.html"
    bound_field_class = Field


def tell(form: Form, error: InputError, *, places: bool = False) -> None:
    """Says on a form what an action refused, and what to do about it.

    Args:
        form: that was sent.
        error: of the action.
        places: names the place of each fault, where the form has several of which it may be.
    """
    for fault in error.faults:
        place = f"{fault.place}: " if places else ""
        form.add_error(None, f"{place}{fault.problem} {fault.remedy}")
