"""Forms of accounts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.directory.levels import districts
from accounts.directory.models import Area, Department, Role
from accounts.people.permissions import roles_given_by
from accounts.people.services import Particulars
from ui.forms.mailboxes import MailboxField
from ui.forms.refusable import RefusableForm

LEVELS = (Area.Level.DISTRICT, Area.Level.TOWN, Area.Level.VILLAGE)


class PersonForm(RefusableForm):
    """Who somebody is, and what she may do."""

    username = forms.CharField(label=_("账号"), max_length=60, help_text=_("登录用，例如工号或姓名拼音，以后不能改。"))
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    role = forms.ChoiceField(label=_("角色"), widget=forms.RadioSelect)
    department = forms.ModelChoiceField(
        label=_("部门"),
        queryset=Department.objects.all(),
        required=False,
        empty_label=_("不属于部门"),
        help_text=_("部门联络员必选，其他角色留空。"),
    )
    area = forms.ModelChoiceField(
        label=_("区域"),
        queryset=Area.objects.filter(level__in=LEVELS),
        required=False,
        empty_label=_("全区"),
        help_text=_("人大工作人员选镇街或村社时，只经办那里的事；其他角色只作说明。"),
    )
    email = MailboxField(label=_("邮箱"), required=False, help_text=_("有邮箱的，邀请和通知会发到那里。"))
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, user: Any, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if districts().several:  # a city's people too; and who has no area knows no district's inside
            area: Any = self.fields["area"]
            area.queryset, area.empty_label = Area.objects.all(), _("没有写明（看不到各区内部的资料）")
            area.help_text = _("属于哪个区县，或者管着它们的市；人大工作人员也可以选镇街或村社。")
        role: Any = self.fields["role"]
        role.choices = [(role.value, role.label) for role in roles_given_by(user)]
        if not is_new:
            del self.fields["username"]

    def particulars(self) -> Particulars:
        given = self.cleaned_data
        return Particulars(
            given["display_name"].strip(), given["role"], given["department"], given["area"], given["email"]
        )


class FactorResetForm(forms.Form):
    """How the person was checked whose second factor is taken away."""

    reason = forms.CharField(
        label=_("怎样核对了本人"), max_length=300, help_text=_("例如：当面核对身份证，工号相符。会留在记录里。")
    )


class CodeForm(RefusableForm):
    """The code of an invitation on paper."""

    username = forms.CharField(
        label=_("账号"), max_length=150, widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"})
    )
    code = forms.CharField(
        label=_("邀请码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-scan": ""}
        ),
        help_text=_("邀请单上的三组字母和数字，空格可以不输。"),
    )


class PeopleFilter(forms.Form):
    """Narrows the list by the address."""

    q = forms.CharField(label=_("姓名或账号"), max_length=60, required=False)
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部角色")), *Role.choices])
    department = forms.ModelChoiceField(
        label=_("部门"), queryset=Department.objects.all(), to_field_name="code", required=False, empty_label=_("全部")
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("active", _("在用")), ("invited", _("待设密码")), ("closed", _("已停用"))],
    )


class SheetForm(RefusableForm):
    """A sheet of accounts."""

    field_of = {"": "file"}

    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV 或 XLSX，首行为表头：账号、姓名、角色、部门、区域、邮箱。已有账号按表更新，没有的列不动。"),
    )
