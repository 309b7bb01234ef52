"""What an officer fills in on a project's page."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    """A date field that the browser shows as a calendar; ISO 8601 on the wire."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MilestoneForm(forms.Form):
    """That a milestone was reached, and on which day."""

    milestone = forms.IntegerField(label=_("节点"), error_messages={"required": _("请选择完成的节点。")})
    version = forms.IntegerField()
    done_on = forms.DateField(
        label=_("完成日期"),
        widget=DayInput,
        initial=timezone.localdate,
        error_messages={"required": _("请填写完成日期。"), "invalid": _("日期写成 2026-03-05 的样子。")},
    )
