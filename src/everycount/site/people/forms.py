"""What people fill in about initiatives, roles, organisations and openings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from everycount.site.people.models import Organisation, OrganisationKind, Role
from everycount.site.registry.models import Initiative

_TAKEN_WORDS = frozenset({"admit"})  # addresses of pages beside those of initiatives


class InitiativeForm(forms.Form):
    """What an initiative says of itself."""

    name = forms.CharField(label=_("Name"), max_length=200)
    about = forms.CharField(
        label=_("About"),
        help_text=_("Who counts whom, why, and what it is for. In your own words."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=5000,
    )
    language = forms.ChoiceField(label=_("Language of name and text"), choices=settings.LANGUAGES)
    listed = forms.BooleanField(
        label=_("Everybody may see that it exists and what it says of itself"), required=False
    )


class AdmitForm(InitiativeForm):
    """A new initiative with its first steward."""

    slug = forms.SlugField(
        label=_("Short name for addresses"), help_text=_("Such as water-in-korail."), max_length=60
    )
    steward = forms.EmailField(
        label=_("E-mail of the first steward"),
        help_text=_("They get an invitation, and invite everybody else."),
    )
    field_order = ("name", "slug", "about", "language", "listed", "steward")

    def clean_slug(self) -> str:
        """One that is free."""
        slug: str = self.cleaned_data["slug"]
        if slug in _TAKEN_WORDS or Initiative.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("“%s” is taken. Choose another short name.") % slug)
        return slug


class InviteForm(forms.Form):
    """Whom to offer which role."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("The link works for this address only."))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose one")), *((role.value, _(role.label)) for role in roles)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, _(kind.label)) for kind in OrganisationKind]
    )
    country = forms.CharField(
        label=_("Country"), help_text=_("Three letters, such as BGD."), max_length=3, required=False
    )

    def clean_name(self) -> str:
        """One that is free."""
        name: str = self.cleaned_data["name"]
        if Organisation.objects.filter(name=name).exists():
            raise forms.ValidationError(_("“%s” is here already.") % name)
        return name

    def clean_country(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["country"]).upper()


class OpeningForm(forms.Form):
    """Why answers must be opened, where, and for how long."""

    initiative = forms.SlugField(label=_("Short name of the initiative"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The people of the initiative will read it. Name no respondent."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
    hours = forms.IntegerField(label=_("For how many hours"), min_value=1, max_value=72, initial=4)


class ProfileForm(forms.Form):
    """How a person is called and written to."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class EndAccountForm(forms.Form):
    """That somebody means it."""

    sure = forms.BooleanField(
        label=_("I want to end my account for ever."),
        error_messages={"required": _("Tick this only when you are sure.")},
    )
