"""The ballot, and what congress staff fill in to call a vote."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.congress.queries import congress_of, members_on
from accounts.district import area_rows
from accounts.models import Area, Membership
from accounts.permissions import Asker, inside, reach_of
from projects.plan.models import Project
from projects.voting.checks import undecided_candidacies
from projects.voting.models import VoteSession
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.widgets import MomentInput


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=MomentInput, error_messages={"invalid": _("请填日期和时间。")})


def _carry_version(form: forms.Form, version: int | None) -> None:
    """Give a form that changes a draft the version that it was read at; one that begins a draft has none."""
    if version is not None:
        form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=version)


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
    credential = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    """What a passkey signed; filled in by the browser."""

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


class CongressChoice(forms.ModelChoiceField):
    """The areas whose congress sits, each with how many members it has and how many of them have an account."""

    def label_from_instance(self, area: Any) -> str:
        words = _("%(area)s（在任代表 %(members)d 人，有账号 %(accounts)d 人）")
        today = timezone.localdate()
        congress = congress_of(area, today)
        members = members_on(congress, today) if congress is not None else Membership.objects.none()
        with_account = members.filter(person__user__is_active=True).count()
        return words % {"area": area.name, "members": members.count(), "accounts": with_account}


def _areas(user: Asker) -> QuerySet[Area]:
    """The areas of the site's own level and below that have a congress which has not ended; of one's own district."""
    reach = reach_of(user)
    own = area_rows() if reach is None else Area.objects.filter(pk=reach.pk)
    towns = inside(user, "pk") & Q(level=Area.Level.TOWN)
    return (
        Area.objects.filter(Q(pk__in=own.values("pk")) | towns, congresses__ends_on=None)
        .filter(congresses__isnull=False)
        .distinct()
    )


class CallForm(RefusableForm):
    """A vote: candidates, places, times and rules."""

    title = forms.CharField(label=_("名称"), max_length=80)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    area = CongressChoice(
        Area.objects.none(), label=_("哪一级人大"), help_text=_("名册是票决那天的在任代表，有没有账号都算。")
    )
    projects = forms.ModelMultipleChoiceField(
        Project.objects.filter(status=Project.Status.CANDIDATE),
        label=_("候选项目"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("没有在别的票决里的候选项目都已勾选。要多于应选项目数（差额票决），差额比例见本区规则。"),
    )
    places = forms.IntegerField(label=_("应选项目数"), min_value=1, max_value=100)
    opens_at = _moment(pgettext_lazy("vote", "开始时间"))
    closes_at = _moment(_("截止时间"))

    def __init__(self, user: Asker, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _carry_version(self, version)
        self.fields["area"].queryset = _areas(user)  # type: ignore[attr-defined]
        self.fields["area"].initial = reach_of(user) or area_rows().first()
        candidates = self.fields["projects"].queryset.filter(inside(user, "area"))  # type: ignore[attr-defined]
        candidates = candidates.exclude(pk__in=undecided_candidacies().values("project"))
        self.fields["projects"].queryset = candidates  # type: ignore[attr-defined]
        self.fields["projects"].initial = [candidate.pk for candidate in candidates]
        self.fields["year"].initial = timezone.localdate().year + 1


class DraftStepForm(VersionedForm):
    """One step of a draft; some ask for a reason."""

    reason = forms.CharField(label=_("理由"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["reason"]


class CancelForm(RefusableForm):
    """Why a called vote does not take place, and whether it is changed instead."""

    reason = forms.CharField(
        label=_("取消的理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会公布，并通知名册上的代表。"),
    )
    change = forms.BooleanField(
        label=_("为了修改：用同样的内容另起一份草案"),
        required=False,
        help_text=_("修改后还要由另一位工作人员审核，才重新安排。"),
    )


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


class HallForm(RefusableForm):
    """One teller's sheet of a hall: how many papers came back, and how many approve each candidate."""

    papers = forms.IntegerField(
        label=_("收回的选票"), min_value=0, max_value=100_000, help_text=_("含空白票和废票，不能多于发出的。")
    )

    def __init__(self, session: VoteSession, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = []
        for candidacy in session.candidacies.select_related("project"):
            label = f"{candidacy.number}. {candidacy.project.name}"
            field = forms.IntegerField(label=label, min_value=0, max_value=100_000)
            self.fields[f"votes_{candidacy.number}"] = field
            self.numbers.append(candidacy.number)

    def votes(self) -> dict[int, int]:
        return {number: self.cleaned_data[f"votes_{number}"] for number in self.numbers}


class TickForm(RefusableForm):
    """Who took a ballot on paper in the hall."""

    electors = forms.TypedMultipleChoiceField(label=_("领取纸质选票的代表"), coerce=int)

    def __init__(self, waiting: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, waiting)


class ConfirmManyForm(ConfirmForm):
    """Whose accounts a second officer knows to be theirs, and how."""

    electors = forms.TypedMultipleChoiceField(label=_("核实过的代表"), coerce=int)
    field_order = ("electors", "reason")

    def __init__(self, waiting: Iterable[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, waiting)


def _offer(form: forms.Form, electors: Iterable[tuple[int, str]]) -> None:
    """Put electors into a form as boxes to tick."""
    choices = list(electors)
    form.fields["electors"].choices = choices  # type: ignore[attr-defined]
    form.fields["electors"].widget = forms.CheckboxSelectMultiple(choices=choices)


class RunoffForm(RefusableForm):
    """When the second vote is held; everything else is the first count's."""

    opens_at = _moment(pgettext_lazy("vote", "开始时间"))
    closes_at = _moment(_("截止时间"))

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _carry_version(self, version)
