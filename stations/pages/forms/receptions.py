"""Forms of reception days. They parse input; the services validate it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from stations.pages.forms.base import day_field, moment_field, text_area
from stations.receptions.models import MAX_PEOPLE, Matter, Reception
from stations.receptions.plans import ReceptionPlan
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_visible_to
from ui.forms.honeypot import HoneypotMixin
from ui.forms.refusable import RefusableForm, VersionedForm


class PlanForm(RefusableForm):
    """What is announced."""

    kind = forms.ChoiceField(label=_("类型"), choices=Reception.Kind.choices, widget=forms.RadioSelect)
    theme = forms.CharField(label=_("主题"), max_length=80, required=False, help_text=_("主题接待必填"))
    starts_at = moment_field(_("开始"))
    ends_at = moment_field(_("结束"))
    place = forms.CharField(label=_("地点"), max_length=120, required=False, help_text=_("留空即在联络站"))
    online_url = forms.URLField(
        label=_("网上接待地址"), required=False, assume_scheme="https", help_text=_("网上接待必填，以 https:// 开头")
    )
    capacity = forms.IntegerField(
        label=_("可预约人数"), min_value=0, max_value=200, initial=10, help_text=_("0 表示不用预约，直接到场")
    )
    deputies = forms.ModelMultipleChoiceField(
        Deputy.objects.none(), label=_("接待代表"), widget=forms.CheckboxSelectMultiple
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.all(), label=_("到场部门"), required=False, help_text=_("主题接待可请部门到场，可多选")
    )

    def __init__(self, station: Station, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputies"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = deputies_visible_to(None).filter(station=station)

    def plan(self) -> ReceptionPlan:
        """Return the plan of a valid form."""
        return ReceptionPlan(**{name: self.cleaned_data[name] for name in ReceptionPlan.__dataclass_fields__})


class ChangeForm(PlanForm):
    """What is announced, changed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(reception: Reception) -> dict[str, Any]:
        plain = ("kind", "theme", "place", "online_url", "capacity", "version")
        return {name: getattr(reception, name) for name in plain} | {
            "starts_at": timezone.localtime(reception.starts_at),
            "ends_at": timezone.localtime(reception.ends_at),
            "deputies": list(reception.deputies.all()),
            "departments": list(reception.departments.all()),
        }


class CancelForm(VersionedForm):
    reason = forms.CharField(label=_("取消原因"), max_length=120, help_text=_("预约的选民会看到"))


class RecordForm(VersionedForm):
    present = forms.ModelMultipleChoiceField(
        Deputy.objects.none(), label=_("到场代表"), required=False, widget=forms.CheckboxSelectMultiple
    )
    visitors = forms.IntegerField(label=_("接待选民（人）"), min_value=0, max_value=2000)
    summary = text_area(
        _("接待小结"), required=False, most=2000, help_text=_("内部记录，不对外公开，不要写选民的姓名和电话")
    )

    def __init__(self, reception: Reception, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = Deputy.objects.filter(receptions=reception)
        signed_in = Deputy.objects.filter(attendances__reception=reception)
        field = self.fields["present"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = (Deputy.objects.filter(station=reception.station_id) | planned | signed_in).distinct()


class MatterForm(RefusableForm):
    level = forms.ChoiceField(label=_("类别"), choices=Matter.Level.choices, widget=forms.RadioSelect, initial="town")
    text = text_area(_("事项内容"), help_text=_("一事一记，内部记录。不要写选民的姓名、电话和住址。"))


class ForwardForm(VersionedForm):
    reference = forms.CharField(
        label=_("转办编号或去向"),
        max_length=30,
        required=False,
        help_text=_("接待代表和人大工作人员留空，即作为代表建议转入办理"),
    )


class SettleForm(VersionedForm):
    answer = text_area(_("办理结果"), required=False)
    on = day_field(_("办结日期"), required=False, help_text=_("留空即今天"))


class BookingForm(HoneypotMixin, RefusableForm):
    """A voter's booking, without an account."""

    name = forms.CharField(label=_("怎么称呼您"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("只用于这次接待的联系，对外不公开，到期自动清除"),
    )
    people = forms.TypedChoiceField(
        label=_("几个人来"), coerce=int, choices=[(n, n) for n in range(1, MAX_PEOPLE + 1)], initial=1
    )
    topic = forms.CharField(label=_("想谈什么"), max_length=200, required=False, help_text=_("可不填，便于代表准备"))
