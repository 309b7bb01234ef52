"""Forms of reception days. They parse input; the services validate it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.areas.filters import departments_around, offer_departments
from accounts.models import Department
from stations.pages.forms.base import day_field, moment_field, text_area
from stations.receptions.models import MAX_PEOPLE, Matter, Reception, ReceptionSeries
from stations.receptions.plans import ReceptionPlan
from stations.receptions.recurrence import WEEKDAY_NAMES, WEEKS, Rhythm, write_rule
from stations.receptions.series import SeriesPlan
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_visible_to, in_office
from ui.field_checks import EARLIEST, LATEST
from ui.forms.honeypot import HoneypotMixin
from ui.forms.refusable import RefusableForm, VersionedForm

FOLLOWING = _("这一组里以后的各次也一样")
FOLLOWING_HELP = _("以后的各次挪同样的天数，用同样的钟点和安排；已单独改过的也照这次改")


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
        offer_departments(self, departments_around(station.area))
        field = self.fields["deputies"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = deputies_visible_to(None).filter(station=station)

    def plan(self) -> ReceptionPlan:
        """Return the plan of a valid form."""
        return ReceptionPlan(**{name: self.cleaned_data[name] for name in ReceptionPlan.__dataclass_fields__})


class SeriesForm(PlanForm):
    """Reception days by one rule: which days, between which, and what is announced of each."""

    rhythm = forms.ChoiceField(label=_("周期"), choices=Rhythm.choices, widget=forms.RadioSelect, initial=Rhythm.NTH)
    interval = forms.IntegerField(
        label=_("每隔"), min_value=1, max_value=12, initial=1, help_text=_("1 为每周或每月，2 为每两周或每两个月")
    )
    week = forms.TypedChoiceField(
        label=_("第几个"), coerce=int, choices=list(WEEKS.items()), initial=1, help_text=_("只用于每月第几个星期几")
    )
    weekday = forms.TypedChoiceField(
        label=_("星期几"), coerce=int, choices=list(enumerate(WEEKDAY_NAMES, 1)), initial=2,
        help_text=_("用于每周、每月第几个星期几"),
    )  # fmt: skip
    day = forms.IntegerField(
        label=_("几日"), min_value=1, max_value=31, initial=15, help_text=_("只用于每月几日；没有 31 日的月份不接待")
    )
    starts_on = day_field(_("从哪天起"))
    ends_on = day_field(_("到哪天止"), help_text=_("最多 60 次"))
    starts = forms.TimeField(label=_("几点开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("几点结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    on_holiday = forms.ChoiceField(
        label=_("节假日"), choices=ReceptionSeries.OnHoliday.choices, widget=forms.RadioSelect,
        help_text=_("按国务院的放假通知和本区的日历；周末只在“每月几日”时算放假"),
    )  # fmt: skip
    field_of: Mapping[str, str] = {"starts_at": "starts_on", "ends_at": "ends"}
    field_order = (
        "rhythm", "interval", "week", "weekday", "day", "starts_on", "ends_on", "starts", "ends", "on_holiday",
    )  # fmt: skip

    def __init__(self, station: Station, *args: Any, **kwargs: Any) -> None:
        super().__init__(station, *args, **kwargs)
        del self.fields["starts_at"], self.fields["ends_at"]
        self.fields["on_holiday"].initial = rules.value("stations.series_on_holiday")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("starts_on", "ends_on"):
            on = given.get(name)
            if on is not None and not EARLIEST <= on.year <= LATEST:
                self.add_error(name, _("请核对日期的年份。"))
        return self.cleaned_data

    def series(self) -> SeriesPlan:
        """Return the plan of a valid form."""
        given = self.cleaned_data
        rule = write_rule(
            given["rhythm"], given["interval"], weekday=given["weekday"], week=given["week"], day=given["day"]
        )
        starts, ends = (
            timezone.make_aware(datetime.combine(given["starts_on"], given[name])) for name in ("starts", "ends")
        )
        names = [name for name in ReceptionPlan.__dataclass_fields__ if name in given]
        pattern = ReceptionPlan(starts_at=starts, ends_at=ends, **{name: given[name] for name in names})
        return SeriesPlan(rule, given["starts_on"], given["ends_on"], given["on_holiday"], pattern)


class ChangeForm(PlanForm):
    """What is announced, changed; of a series, also of the days that follow."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    following = forms.BooleanField(label=FOLLOWING, required=False, help_text=FOLLOWING_HELP)

    def __init__(self, station: Station, *args: Any, in_series: bool = False, **kwargs: Any) -> None:
        super().__init__(station, *args, **kwargs)
        if not in_series:
            del self.fields["following"]

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
    following = forms.BooleanField(label=FOLLOWING, required=False)

    def __init__(self, *args: Any, in_series: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not in_series:
            del self.fields["following"]


class LeaveForm(VersionedForm):
    """A deputy who cannot come: the one who asks, or whom the station names."""

    deputy = forms.ModelChoiceField(Deputy.objects.none(), label=_("请假的代表"), empty_label=None)
    reason = forms.CharField(label=_("请假原因"), max_length=200, help_text=_("只有联络站和本站代表看得到，不对外公开"))

    def __init__(self, reception: Reception, own: Deputy | None, runs: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        announced = reception.deputies.all()
        field.queryset = announced if runs else announced.filter(pk=own.pk if own else 0)
        field.initial = own.pk if own else None


class SubstituteForm(RefusableForm):
    """Who takes the place of one on leave: a deputy of the station who is not announced for the day."""

    leave = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)
    deputy = forms.ModelChoiceField(Deputy.objects.none(), label=_("顶替的代表"), empty_label=None)

    def __init__(self, reception: Reception, own: Deputy | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        here = Deputy.objects.filter(in_office(), station=reception.station_id)
        field.queryset = here.exclude(receptions=reception)
        field.initial = own.pk if own else None


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
