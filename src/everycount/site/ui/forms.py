"""How forms are drawn on every page: label, hint, what is wrong, then the control, bound to each other."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Pages(TemplatesSetting):
    """Django's forms with our templates; needs ``django.forms`` among the apps."""

    form_template_name = "ui/parts/form.html"
    field_template_name = "ui/parts/field.html"
