"""Forms of the department's and the staff's pages."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.areas.fields import AreaChoiceField
from accounts.areas.filters import departments_around, departments_shown, offer_departments
from accounts.district.queries import meridian
from accounts.models import Area, Department
from accounts.permissions import Asker
from geokit.crs.systems import FAMILIES, gauss_kruger_code
from projects.pages.forms.days import day_field
from projects.plan.editing import STAFF_FIELDS, GoalRow, MilestoneRow
from projects.plan.models import Goal, Milestone, ProgressReport, Project
from ui.forms.photos import ClaimedPhotosMixin
from ui.forms.refusable import RefusableForm, RefusableMixin, VersionedForm
from ui.forms.widgets import DayInput, PhotoInput

CGCS2000 = FAMILIES[0]


def crs_choices() -> list[tuple[str, Any]]:
    """Return the coordinate systems that files of this district are drawn in, its own zone of CGCS2000 first."""
    own = meridian()
    near = own + 3 if own < 135 else own - 3
    central = gettext("CGCS2000 3 度带，中央经线 %d°")
    numbered = gettext("CGCS2000 3 度带 %d 带，带号在前") % (own // 3)
    zones = [
        (f"EPSG:{gauss_kruger_code(CGCS2000, own, 500_000)}", central % own),
        (f"EPSG:{gauss_kruger_code(CGCS2000, own, own // 3 * 1_000_000 + 500_000)}", numbered),
        (f"EPSG:{gauss_kruger_code(CGCS2000, near, 500_000)}", central % near),
    ]
    degrees = [("", _("按文件写明的")), ("EPSG:4326", _("WGS 84 经纬度")), ("EPSG:4490", _("CGCS2000 经纬度"))]
    return [*degrees, *(zone for zone in zones if 75 <= own <= 135)]


def _year() -> forms.IntegerField:
    return forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)


def _budget() -> forms.DecimalField:
    return forms.DecimalField(label=_("计划投资（万元）"), min_value=0, max_digits=12, decimal_places=2)


class MilestoneForm(VersionedForm):
    """That a milestone was reached, and on which day."""

    milestone = forms.IntegerField(label=_("节点"), error_messages={"required": _("请选择完成的节点。")})
    done_on = forms.DateField(
        label=_("完成日期"),
        widget=DayInput,
        initial=timezone.localdate,
        error_messages={"required": _("请填写完成日期。"), "invalid": _("日期写成 2026-03-05 的样子。")},
    )


class BasicsForm(RefusableMixin, forms.ModelForm):
    """What a project is. An officer changes what is said of it, congress staff what was voted for too."""

    year = _year()
    budget_wan = _budget()

    class Meta:
        model = Project
        fields = [
            "name", "year", "category", "lead", "partners", "area", "budget_wan",
            "summary", "goal", "address", "starts_on", "ends_on",
        ]  # fmt: skip
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "starts_on": DayInput,
            "ends_on": DayInput,
        }

    def __init__(self, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.filter(level=Area.Level.TOWN)  # type: ignore[attr-defined]
        offer_departments(self, departments_around(self.instance.area))
        self.fields["partners"].help_text = _("按住 Ctrl 可以选多个。")
        if not is_staff:
            for name in (*STAFF_FIELDS, "partners"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return the plain columns of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "partners"}

    def _post_clean(self) -> None:
        """Leave the row alone: the service writes it, and says what does not fit."""


class GoalForm(forms.Form):
    """One goal."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    title = forms.CharField(label=_("目标"), max_length=80)
    quantity = forms.DecimalField(label=pgettext_lazy("goal", "数量"), min_value=0.01, max_digits=12, decimal_places=2)
    unit = forms.CharField(label=_("单位"), max_length=12)

    @staticmethod
    def of(goal: Goal) -> dict[str, Any]:
        """Return a goal as a row of the form."""
        quantity = f"{goal.quantity.normalize():f}"
        return {"pk": goal.pk, "year": goal.year, "title": goal.title, "quantity": quantity, "unit": goal.unit}

    def row(self) -> GoalRow:
        """Return a valid form as the service takes it."""
        return GoalRow(**self.cleaned_data_of("pk", "year", "title", "quantity", "unit"))

    def cleaned_data_of(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}


class MilestoneRowForm(forms.Form):
    """One milestone."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("节点"), max_length=80)
    weight = forms.IntegerField(label=_("权重（%）"), min_value=1, max_value=100)
    due_on = day_field(_("计划日期"))

    @staticmethod
    def of(step: Milestone) -> dict[str, Any]:
        """Return a milestone as a row of the form."""
        return {"pk": step.pk, "title": step.title, "weight": step.weight, "due_on": step.due_on}

    def row(self) -> MilestoneRow:
        """Return a valid form as the service takes it."""
        names = ("pk", "title", "weight", "due_on")
        return MilestoneRow(**{name: self.cleaned_data[name] for name in names})


def _rows(form: type[forms.Form], extra: int) -> type[BaseFormSet]:
    return formset_factory(form, extra=extra, can_delete=True, max_num=60, validate_max=True)


GoalRows = _rows(GoalForm, 2)
MilestoneRows = _rows(MilestoneRowForm, 3)


def rows_of(formset: Any) -> list[Any]:
    """Return the filled-in rows of a valid set, without those to be deleted."""
    return [form.row() for form in formset if form.cleaned_data and not form.cleaned_data.get("DELETE")]


class StageForm(RefusableForm):
    """To which stage, and why."""

    after = forms.ChoiceField(label=_("转入"))
    reason = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("例如：区十一届人大五次会议决定；验收报告编号。公开。")
    )

    def __init__(self, *args: Any, stages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].choices = stages  # type: ignore[attr-defined]


class PlaceForm(RefusableForm):
    """One place by its coordinates."""

    name = forms.CharField(label=pgettext_lazy("project", "点位"), max_length=80)
    lng = forms.FloatField(label=_("经度"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), min_value=-90, max_value=90)


class PlacesFileForm(RefusableForm):
    """Many places from a file."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_(
            "GeoJSON、压缩的 Shapefile、GeoPackage、KML、CSV 等，不超过 20 MB。点、线、面都行，名称取 name 或“名称”列。"
        ),
    )
    crs = forms.ChoiceField(label=_("坐标系"), choices=crs_choices, required=False)


class ReportForm(ClaimedPhotosMixin, RefusableForm):
    """What was done, what hinders, how much of each goal and of the money, and a photo of the place."""

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
    reported_on = day_field(_("日期"), initial=timezone.localdate)
    spent_wan = forms.DecimalField(
        label=_("累计完成投资（万元）"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    place: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, label=pgettext_lazy("project", "点位"), required=False, empty_label=_("整个项目")
    )
    photo = forms.FileField(
        label=_("现场照片"),
        required=False,
        widget=PhotoInput,
        help_text=_("JPEG、PNG 或 WebP，不超过 15 MB。照片里的位置信息会被去掉。"),
    )
    moment = forms.ChoiceField(
        label=_("照片拍于"),
        choices=ProgressReport.Moment.choices,
        initial=ProgressReport.Moment.DURING,
        required=False,
        help_text=_("实施前和完成后的照片会并排展示。"),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = list(project.goals.order_by("year", "order"))
        self.fields["place"].queryset = project.places.all()  # type: ignore[attr-defined]
        if not project.places.exists():
            del self.fields["place"]
        for goal in self.goals:
            self.fields[f"goal_{goal.pk}"] = forms.DecimalField(
                label=_("%(year)d年 %(title)s：累计完成（%(unit)s）")
                % {"year": goal.year, "title": goal.title, "unit": goal.unit},
                required=False,
                min_value=0,
                max_digits=12,
                decimal_places=2,
                help_text=_("目标 %(quantity)s，已报 %(achieved)s。没有变化可以不填。")
                % {"quantity": f"{goal.quantity.normalize():f}", "achieved": f"{goal.achieved.normalize():f}"},
            )
        self.order_fields(["text", "problems", "reported_on", *(f"goal_{goal.pk}" for goal in self.goals)])

    def given(self) -> dict[str, Any]:
        """Return a valid form as the service takes it."""
        data = self.cleaned_data
        figures = {goal.pk: data[f"goal_{goal.pk}"] for goal in self.goals if data[f"goal_{goal.pk}"] is not None}
        names = ("text", "problems", "reported_on", "spent_wan", "photo", "place")
        return {**{name: data.get(name) for name in names}, "moment": data["moment"] or "during", "figures": figures}


class RecommendationForm(RefusableForm):
    """How a street's residents' council voted."""

    area = forms.ModelChoiceField(Area.objects.filter(level=Area.Level.TOWN, name__endswith="街道"), label=_("街道"))
    council = forms.CharField(label=_("议事组织"), max_length=80)
    met_on = day_field(_("会议日期"))
    members = forms.IntegerField(label=_("应到人数"), min_value=1, max_value=10_000)
    present = forms.IntegerField(label=_("实到人数"), min_value=0, max_value=10_000)
    in_favour = forms.IntegerField(label=_("赞成"), min_value=0, max_value=10_000)
    opposed = forms.IntegerField(label=_("反对"), min_value=0, max_value=10_000)
    abstained = forms.IntegerField(label=_("弃权"), min_value=0, max_value=10_000)


class CandidateForm(RefusableForm):
    """A new candidate."""

    name = forms.CharField(label=_("名称"), max_length=120)
    year = _year()
    category = forms.ChoiceField(label=_("类别"), choices=Project.Category.choices)
    lead = forms.ModelChoiceField(Department.objects.all(), label=_("牵头单位"))
    summary = forms.CharField(label=_("内容"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    goal = forms.CharField(label=_("目标任务"), max_length=200, required=False)
    budget_wan = _budget()
    starts_on = day_field(_("计划开工"))
    ends_on = day_field(_("计划完成"))
    lng = forms.FloatField(label=_("经度"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    area = AreaChoiceField(to_field_name=None)
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    reason = forms.CharField(label=_("依据"), max_length=200)

    def __init__(self, *args: Any, user: Asker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self, departments_shown(user))
