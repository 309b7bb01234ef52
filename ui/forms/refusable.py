"""Forms that show a service's refusal beside their fields and keep what was typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from geokit.refusal import Refusal
from ui.refusals import BAD_FORM, add_to_form, prefers_json, problem, problem_json, retry_after, status_of_form


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


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, an empty body too; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def render_form(request: HttpRequest, template: str, context: dict[str, Any], *shown: Any) -> HttpResponse:
    """Render a page with forms, with the status that they ask for: 200, or why the first of them was refused.

    `shown` are the forms and formsets in question; ``context["form"]`` when none is named. A script that asks for JSON
    gets the refusal as a problem.
    """
    forms_shown = shown or (context["form"],)
    status = status_of_form(*forms_shown)
    if status >= BAD_FORM and prefers_json(request):
        answer: HttpResponse = problem_json(_problem_of(status, forms_shown))
    else:
        answer = render(request, template, context, status=status)
    for form in forms_shown:
        refusal = getattr(form, "refusal", None)
        if refusal and (seconds := retry_after(refusal)):
            answer["Retry-After"] = seconds
    return answer


def _problem_of(status: int, shown: tuple[Any, ...]) -> dict[str, Any]:
    """The first refused form as a problem; of a form with photos also which of them arrived."""
    form = next(form for form in shown if form.is_bound and form.errors)
    refusal = getattr(form, "refusal", None)
    errors = [
        {"field": "" if name == NON_FIELD_ERRORS else name, "code": error.code or "invalid", "message": text}
        for name, found in form.errors.items()
        for error, text in zip(found.as_data(), found, strict=True)
    ]
    code = refusal.code if refusal else errors[0]["code"]
    body = problem(status, code, errors[0]["message"], errors=errors)
    arrivals = getattr(form, "arrivals", None)
    return body | {"photos": arrivals.as_dict()} if arrivals else body
