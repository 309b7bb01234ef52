"""The ballot, and what congress staff fill in to call a vote."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.district import area_rows
from accounts.models import Area
from projects.plan.models import Project
from projects.voting.models import VoteSession
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import MomentInput


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=MomentInput, error_messages={"invalid": _("请填日期和时间。")})


class BallotForm(RefusableForm):
    """Which candidates the deputy approves; an empty ballot must be meant."""

    choices = forms.TypedMultipleChoiceField(
        label=_("赞成的项目"),
        coerce=int,
        required=False,
        error_messages={"invalid_choice": _("选票上有不在候选名单里的序号。")},
    )
    blank = forms.BooleanField(label=_("全部弃权（交空白票）"), required=False)
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("发到您邮箱里的六位数字，十分钟内有效；用动态码应用的，填应用里的六位数字。"),
    )

    def __init__(self, session: VoteSession, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = session.candidacies.values_list("number", flat=True)
        self.fields["choices"].choices = [(number, str(number)) for number in numbers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "choices" in given and bool(given["choices"]) == bool(given.get("blank")):
            raise forms.ValidationError(
                _("选了项目就不要再勾“全部弃权”。")
                if given["choices"]
                else _("请选择项目；一个都不赞成，请勾“全部弃权”。")
            )
        return given


def _areas() -> QuerySet[Area]:
    """The district, and the towns that have a congress: a street (街道) has none."""
    return area_rows() | Area.objects.filter(level=Area.Level.TOWN).exclude(name__endswith="街道")


class CallForm(RefusableForm):
    """A vote: candidates, places, times and rules."""

    title = forms.CharField(label=_("名称"), max_length=80)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    area = forms.ModelChoiceField(Area.objects.none(), label=_("哪一级人大"))
    projects = forms.ModelMultipleChoiceField(
        Project.objects.filter(status=Project.Status.CANDIDATE),
        label=_("候选项目"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("要多于应选项目数（差额票决）。"),
    )
    places = forms.IntegerField(label=_("应选项目数"), min_value=1, max_value=100)
    opens_at = _moment(pgettext_lazy("vote", "开始时间"))
    closes_at = _moment(_("截止时间"))
    quorum = forms.ChoiceField(label=_("有效条件"), choices=VoteSession.Quorum.choices)
    majority = forms.ChoiceField(label=_("当选条件"), choices=VoteSession.Majority.choices)
    tie = forms.ChoiceField(label=_("得票相同"), choices=VoteSession.Tie.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = _areas()  # type: ignore[attr-defined]
        self.fields["area"].initial = area_rows().first()
        self.fields["year"].initial = timezone.localdate().year + 1


class ConfirmForm(RefusableForm):
    """How a second officer knows that changed credentials are the elector's."""

    reason = forms.CharField(label=_("怎样核实的"), max_length=200, help_text=_("例如：当面核对证件、打电话。"))


class PapersForm(RefusableForm):
    """What one teller read on the paper ballots."""

    papers = forms.CharField(
        label=_("纸质选票"),
        required=False,
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("每张一行，写赞成的序号，用空格分开；空白票写 0。先后不计。"),
    )


class RunoffForm(RefusableForm):
    """When the second vote is held."""

    opens_at = _moment(pgettext_lazy("vote", "开始时间"))
    closes_at = _moment(_("截止时间"))
