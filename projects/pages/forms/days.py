"""A field for a day, shown as a calendar by the browser."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms.widgets import DayInput

DAY_ERRORS = {"required": _("请填写日期。"), "invalid": _("日期写成 2026-03-05 的样子。")}


def day_field(label: Any, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, widget=DayInput, error_messages=DAY_ERRORS, **more)
