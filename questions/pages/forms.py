"""Forms of questionnaires: the staff's own, and the one that is made of the questions."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.areas.fields import AreaChoiceField
from accounts.areas.filters import towns
from accounts.congress.permissions import groups_seen_by
from accounts.directory.levels import and_below
from accounts.models import Area, User
from accounts.permissions import scope_of
from questions.answering.models import MAX_PUBLISHED
from questions.answering.reading import MOST_PHOTOS, field_of
from questions.logic.expressions import MOST_CHARACTERS
from questions.register.form import MOST_CHOICES, MOST_LABEL, MOST_WORDS, Kind, Question, codes_of, when_in_words
from questions.register.models import MAX_TEXT, Questionnaire
from questions.register.services import MOST_CODES_AT_ONCE
from supervision.public import draft_photos
from ui.forms.honeypot import HoneypotMixin
from ui.forms.photos import PhotosField
from ui.forms.refusable import RefusableForm, RefusableMixin, VersionedForm
from ui.forms.widgets import COORDINATE, MomentInput

MOST_TYPED = MOST_CHOICES * (MOST_LABEL + 42)
"""Of all options of a question: each on its row, with its code."""


class AnswerForm(HoneypotMixin, RefusableForm):
    """The questions as fields. What is required or in bounds is decided by `answering.reading`, not here."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    form_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10_000_000)

    def __init__(
        self, *args: Any, questionnaire: Questionnaire, questions: Sequence[Question], number: int, **more: Any
    ) -> None:
        more.setdefault("initial", {"client_id": uuid4(), "form_number": number})
        super().__init__(*args, **more)
        self.questions = questions
        if questionnaire.once == Questionnaire.Once.CODE:
            self.fields["code"] = forms.CharField(label=_("纸上印的码"), max_length=40, required=False)
        if questionnaire.audience == Questionnaire.Audience.AREA or questionnaire.asks_area:
            self.fields["area"] = _area_field(questionnaire)
        for question in questions:
            self.fields |= _fields(question, questions)

    def typed(self) -> dict[str, Any]:
        """Return what was typed, by the questions' names."""
        return {question.name: self._typed(question) for question in self.questions}

    def _typed(self, question: Question) -> Any:
        name = field_of(question)
        if question.kind == Kind.POINT:
            parts = {"lng": "-lng", "lat": "-lat", "address": ""}
            return {part: self.data.get(f"{name}{end}", "") for part, end in parts.items()}
        if question.kind == Kind.PHOTO:
            return self._sent(name) or draft_photos.read(self.data.get(f"{name}-held", ""))
        if question.kind == Kind.SEVERAL:
            return self.data.getlist(name) if hasattr(self.data, "getlist") else self.data.get(name, [])
        return self.data.get(name, "")

    def _sent(self, name: str) -> list[Any]:
        return self.files.getlist(name) if self.files else []

    def _photo_fields(self) -> list[str]:
        return [field_of(question) for question in self.questions if question.kind == Kind.PHOTO]

    def keep_photos(self) -> None:
        """Keep the photos of a form that comes back: a browser forgets chosen files. New ones replace earlier ones."""
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        for name in self._photo_fields():
            if 0 < len(sent := self._sent(name)) <= MOST_PHOTOS:
                shown[f"{name}-held"] = draft_photos.keep_with([], sent, self.data.get(f"{name}-held", ""))
        self.data = shown

    def forget_photos(self) -> None:
        """They are in the sheet now."""
        for name in self._photo_fields():
            draft_photos.delete(self.data.get(f"{name}-held", ""))

    def said(self) -> list[tuple[str, str]]:
        """Return what was typed beside its question, in words to copy: of a form that comes too late."""
        return [(one.label, words) for one in self.questions if (words := _in_words(one, self._typed(one)))]

    def rows(self) -> list[dict[str, Any]]:
        """Return the questions with their fields, for the page."""
        found = []
        for question in self.questions:
            name = field_of(question)
            row: dict[str, Any] = {"question": question, "when": when_in_words(question, self.questions)}
            if name in self.fields:
                row["field"] = self[name]
            if question.kind == Kind.POINT:
                row |= {"lng": self[f"{name}-lng"], "lat": self[f"{name}-lat"]}
            if question.kind == Kind.PHOTO:
                held = self[f"{name}-held"]
                row |= {"held": held, "held_count": len(draft_photos.read(held.value() or ""))}
            found.append(row)
        return found


def _in_words(question: Question, typed: Any) -> str:
    if question.kind in (Kind.PHOTO, Kind.NOTE):
        return ""
    if question.kind == Kind.POINT:
        return typed["address"] or ",".join(part for part in (typed["lng"], typed["lat"]) if part)
    return str(_("、")).join(question.label_of(code) for code in codes_of(typed))


def _area_field(questionnaire: Questionnaire) -> AreaChoiceField:
    wide = questionnaire.for_area
    rows = and_below(wide).filter(level__in=[Area.Level.TOWN, Area.Level.VILLAGE]) if wide else towns(None)
    needed = questionnaire.audience == Questionnaire.Audience.AREA
    label = _("您在哪个镇街、村社") if needed else _("您在哪个镇街（可不填）")
    return AreaChoiceField(queryset=rows.order_by("code"), label=label, help_text=_("由您自己填写，不核对。"))


def _fields(question: Question, questions: Sequence[Question]) -> dict[str, forms.Field]:
    if question.kind == Kind.NOTE:
        return {}
    name, label = field_of(question), question.label + ("" if question.required else str(_("（可不填）")))
    common: dict[str, Any] = {"label": label, "required": False, "help_text": _help(question, questions)}
    if question.kind in (Kind.ONE, Kind.SCALE):
        return {name: forms.ChoiceField(choices=question.options(), widget=forms.RadioSelect, **common)}
    if question.kind == Kind.SEVERAL:
        widget = forms.CheckboxSelectMultiple
        return {name: forms.MultipleChoiceField(choices=question.options(), widget=widget, **common)}
    if question.kind == Kind.PHOTO:
        held = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)
        return {name: PhotosField(most=MOST_PHOTOS, **common), f"{name}-held": held}
    if question.kind == Kind.POINT:
        number: dict[str, Any] = {"required": False, "widget": forms.TextInput(attrs=COORDINATE), "max_length": 30}
        return {
            name: forms.CharField(max_length=120, **common),
            f"{name}-lng": forms.CharField(label=_("经度"), **number),
            f"{name}-lat": forms.CharField(label=_("纬度"), **number),
        }
    if question.kind == Kind.NUMBER:
        return {name: forms.CharField(widget=forms.TextInput(attrs=COORDINATE), **common)}
    rows = 4 if question.kind == Kind.TEXT else 5
    attrs = {"rows": rows} | ({"maxlength": question.most or MOST_WORDS} if question.kind == Kind.TEXT else {})
    return {name: forms.CharField(widget=forms.Textarea(attrs=attrs), **common)}


def _help(question: Question, questions: Sequence[Question]) -> str:
    when = when_in_words(question, questions)
    own = {
        Kind.POINT: _("写镇、村的名字；也可以用手机定位、在地图上点，或者写经纬度。"),
        Kind.LINE: _("每行一个点，写“经度,纬度”或者镇、村的名字，至少两行。"),
        Kind.PHOTO: _("最多 %d 张。照片里的位置和设备信息会被清除。") % MOST_PHOTOS,
    }.get(Kind(question.kind), "")
    bounds = ""
    if question.kind == Kind.NUMBER and question.low is not None and question.high is not None:
        bounds = _("%(low)g 到 %(high)g 之间。") % {"low": question.low, "high": question.high}
    if question.kind == Kind.SEVERAL and question.most:
        bounds = _("最多选 %d 项。") % question.most
    asked = _("只在%s时回答。") % when if when else ""
    return " ".join(str(part) for part in (asked, question.hint, own, bounds) if part)


class QuestionnaireForm(RefusableMixin, forms.ModelForm):
    """What stands above the questions. What it is about is a kind and a code."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000)
    about_kind = forms.ChoiceField(label=_("关于什么"), required=False, widget=forms.RadioSelect)
    about_code = forms.CharField(
        label=_("它的编号或代码"),
        required=False,
        max_length=60,
        help_text=_("页面地址里的编号"),
    )

    class Meta:
        model = Questionnaire
        fields = (
            "title", "text", "area", "audience", "for_area", "group", "once", "asks_area", "opens_at", "closes_at",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "audience": forms.RadioSelect,
            "once": forms.RadioSelect,
            "opens_at": MomentInput,
            "closes_at": MomentInput,
        }

    def __init__(self, *args: Any, user: User, abouts: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        scope = scope_of(user)
        areas = Area.objects.all() if scope is None else and_below(scope)
        wide = [Area.Level.TOWN, Area.Level.DISTRICT, Area.Level.VILLAGE]
        self.fields["area"].queryset = areas.filter(level__in=wide).order_by("code")  # type: ignore[attr-defined]
        self.fields["for_area"].queryset = areas.filter(level__in=wide).order_by("code")  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups_seen_by(user)  # type: ignore[attr-defined]
        self.fields["about_kind"].choices = [("", _("不关于某一件")), *abouts]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service checks the whole; the instance is not written to from here."""

    def values(self) -> dict[str, Any]:
        """Return what the service takes, without what the questions are about."""
        return {name: self.cleaned_data.get(name) for name in self.Meta.fields if name in self.cleaned_data}


class QuestionForm(VersionedForm):
    """One question."""

    label = forms.CharField(label=_("问题怎么问"), max_length=MOST_LABEL)
    kind = forms.ChoiceField(label=_("题型"), choices=Kind.choices, initial=Kind.ONE, widget=forms.RadioSelect)
    choices = forms.CharField(
        label=_("选项"), required=False, max_length=MOST_TYPED, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("单选、多选才填，每行一个；要自定代码的写“代码=文字”。"),
    )  # fmt: skip
    required = forms.BooleanField(label=_("必答"), required=False)
    hint = forms.CharField(label=_("提示"), required=False, max_length=MOST_LABEL)
    low = forms.FloatField(label=_("下限（打分、数字）"), required=False)
    high = forms.FloatField(label=_("上限（打分、数字）"), required=False)
    most = forms.IntegerField(label=_("最多字数或选项数"), required=False, min_value=1, max_value=MOST_WORDS)
    when = forms.CharField(
        label=_("什么时候问"), required=False, max_length=MOST_CHARACTERS, help_text=_("例如 ${q1} = 'a'；留空为总是问")
    )


class StepForm(VersionedForm):
    """A step with its words."""

    verb = forms.CharField(widget=forms.HiddenInput, max_length=20)
    text = forms.CharField(
        label=_("说明"), required=False, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("答复、退回、撤下和作废要写；其他可不写。"),
    )  # fmt: skip


class SheetForm(VersionedForm):
    """A form drawn up elsewhere (XLSForm)."""

    file = forms.FileField(label=_("XLSForm 表格"), help_text=_("含 survey 和 choices 两张表；会替换现有的问题。"))


class CodesForm(RefusableForm):
    """How many codes are printed."""

    number = forms.IntegerField(label=_("再制作多少个"), min_value=1, max_value=MOST_CODES_AT_ONCE, initial=50)


class PublishForm(RefusableForm):
    """A written answer as it is shown."""

    text = forms.CharField(
        label=_("公开的文字"), max_length=MAX_PUBLISHED, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("不写姓名、电话和门牌号。"),
    )  # fmt: skip
    reply = forms.CharField(
        label=_("回应（可不填）"), max_length=MAX_PUBLISHED, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
