"""Forms of proposals."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.areas.fields import AreaChoiceField
from accounts.areas.filters import departments_shown, offer_departments
from accounts.district import examples
from accounts.models import Department
from accounts.permissions import Asker, in_scope
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.stage_table import STAGES
from projects.proposals.models import Proposal
from projects.proposals.services import ProposalDraft
from projects.proposals.table import PROPOSALS
from ui.forms.photos import ClaimedPhotosMixin
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.widgets import COORDINATE, DayInput, PhotoInput


class ProposalForm(ClaimedPhotosMixin, RefusableForm):
    """What somebody proposes. The place is a point, or a town and an address."""

    title = forms.CharField(
        label=_("建议做什么"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": examples.fill_lazily(_("例如：在%(place)s建一处社区食堂"))}),
        error_messages={"required": _("请用一句话写明建议做什么。")},
    )
    text = forms.CharField(
        label=_("理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("谁需要、现在缺什么、做成什么样。请不要写他人的姓名和电话。"),
        error_messages={"required": _("请写明理由：谁需要、现在缺什么。")},
    )
    category = forms.ChoiceField(
        label=_("类别"),
        choices=[("", _("请选择")), *Project.Category.choices],
        error_messages={"required": _("请选择一个类别。")},
    )
    lng = forms.FloatField(label=_("经度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.TextInput(attrs=COORDINATE))
    area = AreaChoiceField(to_field_name=None)
    address = forms.CharField(
        label=_("地址"),
        max_length=120,
        required=False,
        help_text=examples.fill_lazily(_("例如：%(place)s村口。写到村，就定位到村。")),
    )
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        widget=PhotoInput,
        help_text=_("可不传。JPEG、PNG 或 WebP，不超过 15 MB，照片里的位置和设备信息会被清除。"),
    )
    contact = forms.CharField(
        label=_("联系方式"),
        max_length=80,
        required=False,
        help_text=_("可不填，不公开。留邮箱的，审核结果会发到邮箱。"),
    )
    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def draft(self) -> ProposalDraft:
        """Return a valid form as the service takes it."""
        return ProposalDraft(**{name: self.cleaned_data[name] for name in ProposalDraft.__dataclass_fields__})


class FilterForm(forms.Form):
    """Narrows the list; what cannot be is ignored."""

    q = forms.CharField(label=_("找建议"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("状态"), required=False)
    category = forms.ChoiceField(
        label=_("类别"), required=False, choices=[("", _("全部类别")), *Project.Category.choices]
    )
    area = AreaChoiceField(every=True)

    def __init__(self, *args: Any, may_review: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = () if may_review else PROPOSALS.in_group("waiting")
        states = [choice for choice in PROPOSALS.choices() if choice[0] not in hidden]
        self.fields["state"].choices = [("", _("全部状态")), *states]  # type: ignore[attr-defined]


class ReviewForm(VersionedForm):
    """A decision, with the version that was looked at."""

    text = forms.CharField(
        label=_("审核意见"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("提出的人和公众会看到。"),
    )


class MergeForm(ReviewForm):
    """Into which other proposal."""

    into = forms.CharField(label=_("并入哪一件（编号）"), max_length=12)


def candidates(user: Asker) -> Any:
    """Return the projects that `user` can make a proposal part of: those of where she works."""
    found = projects_visible_to(user).filter(status__in=STAGES.in_group("candidates"))
    return in_scope(user, found, "area", "geom").order_by("code")


class AdoptForm(ReviewForm):
    """Into an existing candidate, or a new one."""

    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("列入已有候选项目"), required=False, empty_label=_("新建一个候选项目")
    )
    name = forms.CharField(label=_("项目名称"), max_length=120, required=False)
    lead = forms.ModelChoiceField(Department.objects.all(), label=_("牵头单位"), required=False)
    budget_wan = forms.DecimalField(
        label=_("计划投资（万元）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    starts_on = forms.DateField(label=_("计划开工"), widget=DayInput, required=False)
    ends_on = forms.DateField(label=_("计划完成"), widget=DayInput, required=False)

    def __init__(self, *args: Any, user: Asker, proposal: Proposal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self, departments_shown(user))
        self.fields["project"].queryset = candidates(user)  # type: ignore[attr-defined]
        if proposal is not None:
            self.fields["name"].initial = proposal.title
            self.fields["starts_on"].initial = date(proposal.year, 3, 1)
            self.fields["ends_on"].initial = date(proposal.year, 12, 20)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("project") is None:
            for name in ("name", "lead", "starts_on", "ends_on"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("新建候选项目要填写这一项。"))
        return given
