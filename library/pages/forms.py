"""Forms of the library: a document with its file or text, another version, what it does to another document."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from library.documents.models import Document, Relation
from library.reading.files import MOST_TEXT_BYTES, SUFFIXES
from ui.forms.refusable import RefusableForm
from ui.forms.shadowed import ShadowedNames


class DayInput(forms.DateInput):
    """A day as browsers ask for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class VersionForm(RefusableForm):
    """The text of a version: a file, or what is pasted."""

    file = forms.FileField(
        label=_("文件"),
        required=False,
        help_text=_("PDF、DOCX、TXT 或 MD，最大 50 MB；可以拖到这里。"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    text = forms.CharField(
        label=_("或粘贴正文"),
        required=False,
        max_length=MOST_TEXT_BYTES // 3,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("“第…条”自动分条；没有条文的按小标题分段。"),
    )
    adopted_on = forms.DateField(
        label=_("通过或发布日期"), required=False, widget=DayInput, help_text=_("留空则从题注里读")
    )
    in_force_on = forms.DateField(label=_("施行日期"), required=False, widget=DayInput, help_text=_("留空则从末条里读"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not given.get("text", "").strip() and "file" not in self.errors:
            self.add_error("file", _("请选一份文件，或粘贴正文。"))
        return given


class DocumentForm(VersionForm):
    """A new document with its first version."""

    title = forms.CharField(label=_("题名"), required=False, max_length=200, help_text=_("留空则用文件的第一行"))
    kind = forms.ChoiceField(label=_("类别"), choices=Document.Kind.choices)
    visibility = forms.ChoiceField(label=_("可见范围"), choices=Document.Visibility.choices)
    organ = forms.CharField(label=_("发布机关"), required=False, max_length=80)
    number = forms.CharField(label=_("文号"), required=False, max_length=60)
    subjects = forms.CharField(
        label=_("主题词"), required=False, max_length=120, help_text=_("用空格分开，例如：河道 水污染")
    )
    source = forms.CharField(label=_("来源"), required=False, max_length=200)
    field_order = ["file", "text", "title", "kind", "visibility", "organ", "number", "subjects", "source"]

    def facts(self) -> dict[str, Any]:
        names = ("title", "kind", "visibility", "organ", "number", "subjects", "source")
        return {name: self.cleaned_data[name] for name in names}


class RelationForm(ShadowedNames, RefusableForm):
    """What this document does to another one."""

    kind = forms.ChoiceField(label=_("关系"), choices=Relation.Kind.choices)
    target = forms.ModelChoiceField(Document.objects.all(), label=_("对象文件"), to_field_name="code")
    on = forms.DateField(label=_("废止日期"), required=False, widget=DayInput, help_text=_("只在“废止”时填写"))


class ListForm(forms.Form):
    """The filters of the list; what is not understood counts as not said."""

    q = forms.CharField(
        label=_("查找"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *Document.Kind.choices])
