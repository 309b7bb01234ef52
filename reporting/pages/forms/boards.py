"""The editor of a board: its name and readers, and a form for each block, with empty ones for more."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from reporting.boards.blocks import FORMS, KINDS, METHODS, MOST_BLOCKS, MOST_TEXT, MOST_TITLE, OVER_MANY, OVER_ONE
from reporting.boards.models import Board
from reporting.indicators.models import Indicator
from ui.forms.parts import needed_by
from ui.forms.refusable import RefusableForm, RefusableMixin, VersionedForm

EMPTY_FORMS = 2


class BoardForm(VersionedForm):
    """The board itself."""

    NAMES = ("title", "about", "readers")
    title = forms.CharField(label=_("名称"), max_length=60)
    about = forms.CharField(label=_("说明"), max_length=300, required=False)
    readers = forms.ChoiceField(
        label=_("谁能看"),
        choices=Board.Readers.choices,
        help_text=_("没有公开的指标，不管看板公开与否，市民都看不到。"),
    )


class CopyForm(RefusableForm):
    """A copy under another address."""

    slug = forms.CharField(
        label=_("新看板的地址"), max_length=40, validators=[RegexValidator(r"^[a-z][a-z0-9_-]*\Z")],
        help_text=_("小写字母、数字和横线。"),
    )  # fmt: skip
    title = forms.CharField(label=_("新看板的名称"), max_length=60)


class BlockForm(RefusableMixin, forms.Form):
    """One block; an empty kind takes it away."""

    place = forms.IntegerField(
        label=_("顺序"), required=False, min_value=1, max_value=99, widget=forms.NumberInput({"data-place": ""})
    )
    kind = forms.ChoiceField(label=_("内容"), required=False)
    indicators = forms.MultipleChoiceField(
        label=_("统计指标"),
        required=False,
        help_text=_("表格和计划对照表可以选几个，其他选一个。"),
        widget=forms.SelectMultiple({"size": 4, "data-many": " ".join(OVER_MANY)}),
    )
    title = forms.CharField(label=_("标题"), max_length=MOST_TITLE, required=False, help_text=_("不写就用指标的名称。"))
    text = forms.CharField(label=_("文字"), max_length=MOST_TEXT, required=False, widget=forms.Textarea({"rows": 2}))
    method = forms.ChoiceField(label=_("地图分级"), choices=METHODS, required=False)
    form = forms.ChoiceField(
        label=_("地图画法"), choices=FORMS, required=False, help_text=_("点位和图层要素总是画成圆。")
    )
    wide = forms.BooleanField(label=_("占整行"), required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("（不要这块）")), *KINDS.items()]  # type: ignore[attr-defined]
        self.fields["indicators"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        needed_by(self, {"indicators": (*OVER_ONE, *OVER_MANY), "method": ["map"], "form": ["map"]})

    def clean_indicators(self) -> list[str]:
        return [code for code in self.cleaned_data["indicators"] if code]


def indicator_choices() -> list[tuple[str, str]]:
    return [
        (one.code, f"{one.title}（{one.get_level_display()}，{one.get_period_kind_display()}）")
        for one in Indicator.objects.order_by("title")
    ]


class BlockFormSet(BaseFormSet):
    """The blocks in their order; the indicators to choose from are read once for all of them."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        if not hasattr(self, "choices"):
            self.choices = indicator_choices()
        return super().get_form_kwargs(index) | {"choices": self.choices}


BlockForms = formset_factory(
    BlockForm, formset=BlockFormSet, extra=EMPTY_FORMS, max_num=MOST_BLOCKS, validate_max=True,
    absolute_max=MOST_BLOCKS + EMPTY_FORMS,
)  # fmt: skip


def initial_of(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"place": place, **block} for place, block in enumerate(blocks, start=1)]


def blocks_from(parts: Any) -> list[dict[str, Any]]:
    """The blocks that the forms say, in their order; forms without a kind are left out."""
    given = [
        (form.cleaned_data.get("place") or 99, form.cleaned_data) for form in parts if form.cleaned_data.get("kind")
    ]
    return [data for _place, data in sorted(given, key=lambda pair: pair[0])]
