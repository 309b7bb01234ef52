"""The form of a calendar that somebody hands in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms.refusable import RefusableForm


class BusyForm(RefusableForm):
    file = forms.FileField(
        label=_("日历文件（.ics）"),
        help_text=_("从手机或电脑的日历应用导出，不超过 1 MB。只记什么时候有安排，不记是什么事。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )


class FeedForm(RefusableForm):
    url = forms.CharField(
        label=_("日历的地址"),
        max_length=1000,
        help_text=_("日历应用里“分享”或“发布”给出的 iCal 地址，以 https:// 或 webcal:// 开头。保存后不再显示。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "placeholder": "https://"}),
    )
