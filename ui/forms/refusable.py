"""Forms that show a service's refusal beside their fields and keep what was typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from geokit.refusal import Refusal
from ui.refusals import add_to_form, retry_after, status_of_form


class RefusableMixin:
    """For forms of any kind: ``form.show(refusal)``."""

    field_of: Mapping[str, str] = {}
    """The form's field for a field of the service with another name, or for the code of a refusal without fields."""
    refusal: Refusal | None = None

    def show(self, refusal: Refusal) -> None:
        """Put each error of `refusal` beside its field, the rest on top."""
        add_to_form(self, refusal, self.field_of)  # type: ignore[arg-type]  # a mixin of forms


class RefusableForm(RefusableMixin, forms.Form):
    """A plain form that shows refusals."""


class VersionedForm(RefusableForm):
    """A form that carries the version of what it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def render_form(request: HttpRequest, template: str, context: dict[str, Any], *shown: Any) -> HttpResponse:
    """Render a page with forms, with the status that they ask for: 200, or why the first of them was refused.

    `shown` are the forms and formsets in question; ``context["form"]`` when none is named.
    """
    forms_shown = shown or (context["form"],)
    answer = render(request, template, context, status=status_of_form(*forms_shown))
    for form in forms_shown:
        refusal = getattr(form, "refusal", None)
        if refusal and (seconds := retry_after(refusal)):
            answer["Retry-After"] = seconds
    return answer
