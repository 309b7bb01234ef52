"""Forms that show a service's refusal beside their fields and keep what was typed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, Refusal
from ui.refusals import BAD_FORM, add_to_form, prefers_json, problem, problem_json, retry_after, status_of_form


def is_within_calendar(at: datetime) -> bool:
    """Tell whether a time can be said in the site's zone and kept in UTC.

    >>> from datetime import UTC
    >>> is_within_calendar(datetime.max.replace(tzinfo=UTC)), is_within_calendar(datetime(2026, 3, 5, tzinfo=UTC))
    (False, True)
    """
    try:
        return timezone.is_naive(at) or bool(timezone.localtime(at) and at.astimezone(UTC))
    except OverflowError:
        return False


class RefusableMixin:
    """For forms of any kind: ``form.show(refusal)``."""

    field_of: Mapping[str, str] = {}
    """The form's field for a field of the service with another name, or for the code of a refusal without fields."""
    refusal: Refusal | None = None

    def _clean_fields(self) -> None:
        """Refuse also a time at the edge of the calendar: it has no day in the site's zone, or none that is kept."""
        super()._clean_fields()  # type: ignore[misc]  # a mixin of forms
        for name, value in list(self.cleaned_data.items()):  # type: ignore[attr-defined]
            if isinstance(value, datetime) and not is_within_calendar(value):
                self.add_error(name, _("请核对日期：这个时间超出了日历能记的范围。"))  # type: ignore[attr-defined]

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


NUMBER_DIGITS = 9
"""Of the longest number that a column of 32 bits surely holds."""


def whole_number(text: str | None) -> int:
    """Return a number that was sent; 0, which no row has for a key or a version, for anything else.

    >>> whole_number("12"), whole_number("²"), whole_number("９"), whole_number("9" * 5000), whole_number(None)
    (12, 0, 0, 0, 0)
    """
    fits = bool(text) and text is not None and len(text) <= NUMBER_DIGITS and text.isascii() and text.isdecimal()
    return int(text or 0) if fits else 0


def posted_version(request: HttpRequest) -> int:
    """Return the version of what the form was opened on; 0 for none."""
    return whole_number(request.POST.get("version"))


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
    errors = _errors_of(form)
    code = refusal.code if refusal else errors[0].code
    body = problem(status, code, errors[0].message, errors=[error.as_dict() for error in errors])
    arrivals = getattr(form, "arrivals", None)
    return body | {"photos": arrivals.as_dict()} if arrivals else body


def _errors_of(form: BaseForm) -> list[FieldError]:
    return [
        FieldError("" if name == NON_FIELD_ERRORS else name, error.code or "invalid", str(text))
        for name, found in form.errors.items()
        for error, text in zip(found.as_data(), found, strict=True)
    ]


def check_filter(form: BaseForm) -> None:
    """Refuse a file where the address has a filter that is none: it would hold every row, and not say so.

    Raises BadInput with an error per field.
    """
    if form.is_bound and not form.is_valid():
        errors = _errors_of(form)
        raise BadInput(errors[0].message, errors=errors)
