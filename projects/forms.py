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


class ReportForm(forms.Form):
    """What was done, what hinders, and a photo of the place."""

    text = forms.CharField(
        label=_("进展"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明进展：做了什么、做到哪一步。")},
    )
    problems = forms.CharField(
        label=_("问题"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("没有可以不填。"),
    )
    reported_on = forms.DateField(
        label=_("日期"),
        widget=DayInput,
        initial=timezone.localdate,
        error_messages={"required": _("请填写日期。"), "invalid": _("日期写成 2026-03-05 的样子。")},
    )
    photo = forms.FileField(
        label=_("现场照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG、PNG 或 WebP,不超过 15 MB。照片里的位置信息会被去掉。"),
    )
