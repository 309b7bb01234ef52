"""Forms of an indicator and of one of its values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import Refusal
from layers.models import Layer
from layers.permissions import layers_visible_to
from reporting.indicators.models import POINT, Indicator
from reporting.observations.places import Place, find_places
from reporting.observations.queries import areas_of
from ui.forms.refusable import RefusableForm, RefusableMixin
from ui.forms.widgets import DayInput


class IndicatorForm(RefusableMixin, forms.ModelForm):
    """The definition; the service checks units, circles and what may still change."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Indicator
        fields = (
            "code", "title", "about", "unit", "direction", "department", "period_kind", "level", "layer", "total",
            "decimals", "minimum", "is_public", "source", "way", "formula", "figure", "due_days", "closed_before",
        )  # fmt: skip
        widgets = {"closed_before": DayInput, "about": forms.Textarea({"rows": 3})}
        help_texts = {
            "code": _("小写字母、数字和下划线，公式里用它，以后不改。"),
            "about": _("怎么算出来的，包括什么、不包括什么。"),
            "formula": _("例如 spent / budget * 100：指标代码、数字、加减乘除和括号。只在“由其他指标计算”时写。"),
            "figure": _("平台记录自动计算时写，例如 answered-in-time；监测点位的水样均值写项目，例如 nh3n。"),
        }

    def __init__(self, user: Asker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        layers: Any = self.fields["layer"]
        layers.queryset = layers_visible_to(user).filter(kind=Layer.Kind.VECTOR).exclude(key_column="")
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.initial["version"] = self.instance.version

    def facts(self) -> dict[str, Any]:
        """What is to be saved."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("code", "version")}

    def _post_clean(self) -> None:
        """The row itself stays as it is: the service changes it, under a lock."""


class ValueForm(RefusableForm):
    """One value."""

    area: forms.Field = forms.ModelChoiceField(label=_("区域"), queryset=Area.objects.none(), to_field_name="code")
    period = forms.CharField(label=_("期间"), max_length=20)
    value = forms.DecimalField(label=_("数值"), max_digits=20, decimal_places=6, required=False)
    plan = forms.DecimalField(label=_("计划"), max_digits=20, decimal_places=6, required=False)
    whole = forms.IntegerField(label=_("分母"), min_value=0, max_value=2**31 - 1, required=False)
    reason = forms.CharField(label=_("更正的理由"), max_length=200, required=False, help_text=_("改已有的数时要写。"))
    confirmed = forms.BooleanField(label=_("与上一次相差很大，已核对"), required=False)

    def __init__(self, indicator: Indicator, user: Asker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator, self.user = indicator, user
        areas: Any = self.fields["area"]
        if indicator.is_of_areas:
            areas.queryset = areas_of(indicator.level, user)
        else:
            self.fields["area"] = _code_field(indicator)
        self.fields["value"].label = f"{_('数值')}（{indicator.unit}）" if indicator.unit else _("数值")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("value") is None and given.get("plan") is None and not self.errors:
            self.add_error("value", _("请写数值或计划。"))
        if "area" in given:
            given["place"] = self._place(given["area"])
        return given

    def _place(self, given: Any) -> Place | None:
        """The area, or what the code names."""
        if self.indicator.is_of_areas:
            area: Area = given
            return area
        found = find_places([(self.indicator, given)], self.user)[self.indicator.pk, given]
        if isinstance(found, Refusal):
            self.add_error("area", found.message)
            return None
        return found


def _code_field(indicator: Indicator) -> forms.CharField:
    """Points and features are named by their code: a layer has too many to choose from."""
    label = _("点位编码") if indicator.level == POINT else _("要素的业务主键")
    return forms.CharField(label=label, max_length=120)
