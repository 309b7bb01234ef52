"""Forms of a rule with its conditions, and of what is decided about a warning."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from reporting.pages.forms.boards import indicator_choices
from reporting.warnings.conditions import KINDS, MOST_CONDITIONS, MOST_WEIGHT, NEEDS
from ui.forms.parts import needed_by
from ui.forms.refusable import RefusableForm, RefusableMixin, VersionedForm
from ui.forms.widgets import DayInput

EMPTY_FORMS = 2
BEYOND = (("above", _("高于")), ("below", _("低于")))
NUMBERS = sorted({name for needs in NEEDS.values() for name in needs})
BY_LIMIT = [kind for kind, needs in NEEDS.items() if "value" in needs]


class RuleForm(RefusableForm):
    """The rule itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(
        label=_("代码"), max_length=40, validators=[RegexValidator(r"^[a-z][a-z0-9_-]*\Z")], help_text=_("以后不改。")
    )
    title = forms.CharField(label=_("名称"), max_length=60)
    department = forms.ModelChoiceField(
        label=_("承办单位"), queryset=Department.objects.all(), to_field_name="code", required=False,
        help_text=_("确认预警时默认交给它。"),
    )  # fmt: skip
    at_least = forms.IntegerField(
        label=_("至少满足几条"), min_value=1, max_value=MOST_CONDITIONS * MOST_WEIGHT, required=False,
        help_text=_("不写就要全部满足；写 1 就是任一条。条件有权重时，写权重合计至少多少。"),
    )  # fmt: skip
    effective_from = forms.DateField(label=_("起算日期"), widget=DayInput, help_text=_("从这一天所在的期间开始判断。"))
    reason = forms.CharField(label=_("理由"), max_length=300, required=False)


class ConditionForm(RefusableMixin, forms.Form):
    """One condition; without a kind it is left out."""

    kind = forms.ChoiceField(label=_("条件"), required=False)
    indicator = forms.ChoiceField(label=_("统计指标"), required=False)
    beyond = forms.ChoiceField(label=_("方向"), choices=[("", "—"), *BEYOND], required=False, help_text=_("限值用。"))
    value = forms.FloatField(label=_("限值"), required=False)
    percent = forms.FloatField(label=_("百分之几"), required=False, help_text=_("落后计划、比去年同期用。"))
    periods = forms.IntegerField(
        label=_("几期"), required=False, help_text=_("连续多期用；水平突变看最近这么多期，至少 12 期，常用 24。")
    )
    times = forms.FloatField(label=_("离差的倍数"), required=False, help_text=_("偏离其他区域用，常用 3。"))
    days = forms.IntegerField(label=_("宽限天数"), required=False, help_text=_("没有按时报送用。"))
    weight = forms.IntegerField(
        label=_("权重"), required=False, min_value=1, max_value=MOST_WEIGHT, help_text=_("不写就是 1。")
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("（不要这条）")), *KINDS.items()]  # type: ignore[attr-defined]
        self.fields["indicator"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        needed_by(self, {name: [kind for kind, words in NEEDS.items() if name in words] for name in NUMBERS})
        needed_by(self, {"beyond": BY_LIMIT})


class ConditionFormSet(BaseFormSet):
    """The conditions of a rule; the indicators to choose from are read once."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        if not hasattr(self, "choices"):
            self.choices = indicator_choices()
        return super().get_form_kwargs(index) | {"choices": self.choices}


ConditionForms = formset_factory(
    ConditionForm, formset=ConditionFormSet, extra=EMPTY_FORMS, max_num=MOST_CONDITIONS, validate_max=True,
    absolute_max=MOST_CONDITIONS + EMPTY_FORMS,
)  # fmt: skip


def conditions_from(parts: Any) -> list[dict[str, Any]]:
    """The conditions that the forms say."""
    found = []
    for form in parts:
        data = form.cleaned_data
        if kind := data.get("kind"):
            names = ["kind", "indicator", *(["beyond"] if kind in BY_LIMIT else []), *NEEDS[kind], "weight"]
            found.append({name: data.get(name) for name in names})
    return found


class DecisionForm(VersionedForm):
    """A reason, or what is asked."""

    text = forms.CharField(label=_("说明"), max_length=500, widget=forms.Textarea({"rows": 3}))


class ConfirmForm(DecisionForm):
    """Give the warning to a department as a matter with its clock."""

    text = forms.CharField(
        label=_("要求说明或办理什么"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("预警的数值会自动写进事项。"),
    )  # fmt: skip
    department = forms.ModelChoiceField(label=_("承办单位"), queryset=Department.objects.all(), to_field_name="code")
    days = forms.IntegerField(
        label=_("几个工作日内答复"), min_value=1, max_value=60, required=False, help_text=_("不写就按法定期限。")
    )
