"""Forms of the public side. They read what was typed; what is right is decided by the services."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.areas.fields import AreaChoiceField
from supervision.findings.intake import MOST_PHOTOS
from supervision.findings.models import Category
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.table import TABLE
from ui.forms.photos import ClaimField, PhotosField
from ui.forms.refusable import RefusableForm

SATISFACTION = [("", _("请选择")), *SuggestionEvent.Satisfaction.choices]
REASONS = [
    ("", _("请选择")),
    ("personal", _("属于个人或家庭的具体事务，请向有关单位直接反映")),
    ("pending", _("正在诉讼、仲裁、复议或信访程序中")),
    ("empty", _("没有具体内容，或者看不出地点和问题")),
    ("trade", _("属于学术讨论、产品推介或者招标投标")),
    ("forwarded", _("转交他人的信访材料")),
    ("repeated", _("同一件事已经受理")),
    ("abuse", _("含有侮辱、广告或者他人隐私")),
    ("other", _("其他，见说明")),
]
"""Why a report is not taken up: what the provincial handling rule lists, and what everyday use adds."""


class SayForm(RefusableForm):
    """What the reporter adds: words, photos, or both."""

    text = forms.CharField(
        label=_("补充说明"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只补照片的，可以不写。"),
    )
    photo_sha256 = ClaimField()
    photos = PhotosField(most=MOST_PHOTOS, label=_("补充照片"), required=False)

    def clean_photos(self) -> list[Any]:
        photos: list[Any] = self.cleaned_data["photos"]
        if not photos and not self.cleaned_data.get("text", "").strip():
            self.add_error("text", ValidationError(_("请写明要补充的情况。"), code="required"))
        return photos


class OwnRatingForm(RefusableForm):
    """What the reporter thinks of the answer."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    handling = forms.ChoiceField(label=_("对办理工作"), choices=SATISFACTION, required=False)
    outcome = forms.ChoiceField(
        label=_("对办理结果"),
        choices=SATISFACTION,
        required=False,
        help_text=_("不满意的，退回原单位重新办理一次，一个月内再答复。"),
    )
    text = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不满意时请写明哪些问题还没有解决。"),
    )


class ModerationForm(RefusableForm):
    """What staff do with the reports that they ticked; each comes as `id:version`."""

    chosen = forms.MultipleChoiceField(required=False)
    reason = forms.ChoiceField(label=_("不予受理的理由"), choices=REASONS, required=False)
    text = forms.CharField(label=_("说明（上报人会看到）"), required=False, max_length=1000)

    def __init__(self, *args: Any, rows: list[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(f"{row.pk}:{row.version}", row.number) for row in rows]
        # A version that has moved on is refused by the service, with the reason.
        field.valid_value = lambda value: _pair_of(value) is not None  # type: ignore[method-assign]

    def pairs(self) -> list[tuple[int, int]]:
        """Return the ids and versions that were ticked; none where one of them is no such pair."""
        return [pair for value in self.cleaned_data.get("chosen", []) if (pair := _pair_of(value))]

    def words(self) -> str:
        """Return the reason in the words that the reporter reads."""
        reason = dict(REASONS).get(self.cleaned_data["reason"], "")
        named = str(reason) if self.cleaned_data["reason"] not in ("", "other") else ""
        return "。".join(part for part in (named, self.cleaned_data["text"].strip()) if part)


class PublishForm(RefusableForm):
    """The words with which a matter is published."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("公开内容"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("第一行作为题目。不写姓名、电话、门牌号和车牌号；答复的要点也可以写在这里。"),
        error_messages={"required": _("请写明公开的内容，不要写姓名和电话。")},
    )


class MatterFilterForm(forms.Form):
    """What the public list is narrowed by; the map and the API know the same."""

    category = forms.ChoiceField(label=_("类别"), choices=[("", _("全部类别")), *Category.choices], required=False)
    state = forms.ChoiceField(label=_("办理状态"), choices=[("", _("全部状态")), *TABLE.choices()], required=False)
    area = AreaChoiceField(every=True)


def _pair_of(value: str) -> tuple[int, int] | None:
    """Read ``pk:version``; None for what is no such pair."""
    pk, _colon, version = value.partition(":")
    return (int(pk), int(version)) if pk.isdecimal() and version.isdecimal() and len(value) < 24 else None
