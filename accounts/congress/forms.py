"""Forms of congresses and members."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.congress.models import NATIONAL, Congress, DeputyGroup, Membership
from accounts.congress.services import STREET
from accounts.directory.models import Area, User
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput
from ui.sheet_rows import split_names


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput, required=required, help_text=help_text)


class CongressForm(RefusableForm):
    """One term of a congress."""

    field_of = {"level": "area"}

    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("哪里的人大"), required=False, empty_label=_("全国"),
        help_text=_("层级由区域而定；街道不设人大。"),
    )  # fmt: skip
    term = forms.IntegerField(label=_("届次"), min_value=0, max_value=999, help_text=_("第几届；不知道写 0。"))
    seats = forms.IntegerField(
        label=_("代表名额"), min_value=1, max_value=10_000, required=False, help_text=_("应选代表的总数。")
    )
    starts_on = day_field(_("本届开始"))
    ends_on = day_field(_("本届结束"), required=False, help_text=_("还没有结束就不填。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.exclude(level=Area.Level.VILLAGE).exclude(level=Area.Level.TOWN, name__endswith=STREET)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]

    @property
    def level(self) -> str:
        area = self.cleaned_data["area"]
        return area.level if area is not None else NATIONAL


class AccountChoice(forms.ModelChoiceField):
    """Accounts by name and by what they sign in with, for people of one name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.username})"


class MemberForm(RefusableForm):
    """One membership, new or known. Only who may link accounts sees which there are."""

    code = forms.CharField(label=_("代表证号"), max_length=30, help_text=_("每一届一个，以后不改。"))
    name = forms.CharField(label=_("姓名"), max_length=40)
    person = forms.CharField(
        label=_("人员编号"), max_length=30, required=False,
        help_text=_("同一人在几级人大任职时写同一个；不写就取代表证号。"),
    )  # fmt: skip
    user = AccountChoice(
        User.objects.none(), label=_("账号"), to_field_name="username", required=False, empty_label=_("没有账号"),
        help_text=_("没有账号的代表用纸质选票。由区人大的另一位工作人员登记，不能登记自己的账号。"),
    )  # fmt: skip
    constituency = forms.CharField(label=_("选区或选举单位"), max_length=60, required=False)
    group = forms.CharField(
        label=_("代表小组"), max_length=60, required=False, help_text=_("写小组名称，没有的会新建。"),
        widget=forms.TextInput(attrs={"list": "group-names"}),
    )  # fmt: skip
    committee = forms.CharField(label=_("专门委员会"), max_length=60, required=False)
    posts = forms.CharField(label=_("职务"), max_length=200, required=False, help_text=_("用顿号隔开。"))
    starts_on = day_field(_("任职开始"))
    began = forms.ChoiceField(label=_("产生方式"), choices=Membership.Began.choices)

    def __init__(
        self, congress: Congress, *args: Any, known: Membership | None = None, may_link: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        linked = Q(pk=known.person.user_id) if known is not None else Q()  # also one that is closed
        self.fields["user"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            Q(is_service=False, is_active=True) | linked
        )
        self.fields["starts_on"].initial = congress.starts_on
        if known is not None:
            del self.fields["code"], self.fields["person"]
        if not may_link:
            del self.fields["user"]

    def facts(self) -> dict[str, Any]:
        names = ("constituency", "committee", "starts_on", "began")
        return {name: self.cleaned_data[name] for name in names} | {"posts": split_names(self.cleaned_data["posts"])}


class EndForm(RefusableForm):
    """That somebody leaves before the term ends."""

    field_of = {"ends_on": "last_day", "ended": "why"}

    last_day = day_field(_("任职最后一天"))
    why = forms.ChoiceField(label=_("终止原因"), choices=[one for one in Membership.Ended.choices if one[0] != "term"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = timezone.localdate()


class TermForm(RefusableForm):
    """The next term, and who goes over into it."""

    field_of = {"starts_on": "first_day"}

    first_day = day_field(_("新一届的第一天"), help_text=_("本届和本届全体代表的任职到前一天为止。"))
    seats = forms.IntegerField(label=_("代表名额"), min_value=1, max_value=10_000, required=False)
    carried = forms.TypedMultipleChoiceField(
        label=_("连任的代表"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的在新一届有新的任职，证号以后可以改；其他人的任职到此为止，记录都在。"),
    )  # fmt: skip

    def __init__(self, congress: Congress, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_the_end = Q(ends_on=None) | Q(ended=Membership.Ended.TERM)
        staying = congress.memberships.filter(to_the_end).select_related("person").order_by("code")
        self.fields["carried"].choices = [(one.pk, f"{one.person} {one.code}") for one in staying]  # type: ignore[attr-defined]
        self.fields["first_day"].initial = (congress.ends_on or timezone.localdate()) + timedelta(days=1)
        self.fields["seats"].initial = congress.seats


class MemberFilter(forms.Form):
    """Narrows the list by the address."""

    q = forms.CharField(label=_("姓名或证号"), max_length=60, required=False)
    group = forms.ModelChoiceField(
        DeputyGroup.objects.none(), label=_("代表小组"), required=False, empty_label=_("全部")
    )
    constituency = forms.CharField(label=_("选区或选举单位"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[
            ("", _("在任")), ("no-account", _("在任，没有账号")), ("ended", _("已终止")), ("all", _("全部")),
        ],
    )  # fmt: skip

    def __init__(self, congress: Congress, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = congress.groups.all()  # type: ignore[attr-defined]
