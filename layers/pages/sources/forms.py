"""Forms of sources: a new one, which layer of it, when it is read, its token, and hosts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from layers.sources.models import LayerSource
from layers.storage.models import Layer
from ui.forms.refusable import RefusableForm

TOKEN_HELP = _("对方要求令牌时填写。保存后不再显示，也不随数据导出。")
PASSED_HELP = _("对方要求令牌写在地址参数里时填参数名，例如 token、tk；留空则放在请求头 Authorization: Bearer 里。")
PASSED_PATTERN = r"^[A-Za-z][A-Za-z0-9_.-]{0,39}$"


def _token(**more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=_("令牌"), required=False, max_length=500, help_text=TOKEN_HELP, widget=widget, **more)


def _passed_as() -> forms.RegexField:
    return forms.RegexField(PASSED_PATTERN, label=_("令牌的参数名"), required=False, help_text=PASSED_HELP)


class SourceForm(RefusableForm):
    """An address, and the layer that it fills."""

    kind = forms.ChoiceField(label=_("类型"), choices=LayerSource.Kind.choices)
    url = forms.CharField(
        label=_("地址"), max_length=500,
        help_text=_("服务的地址，或者一个文件的地址。主机要在允许的名单里。"),
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url"}),
    )  # fmt: skip
    layer = forms.ChoiceField(label=_("用来做什么"), required=False)
    title = forms.CharField(
        label=_("名称"), required=False, max_length=120, help_text=_("新图层的名称；更新已有图层时可以不填。")
    )
    secret = _token()
    passed_as = _passed_as()

    def __init__(self, layers: list[Layer], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        updates = [(one.slug, _("更新“%s”") % one.title) for one in layers]
        self.fields["layer"].choices = [("", _("新建图层")), *updates]  # type: ignore[attr-defined]


class ScheduleForm(RefusableForm):
    """When a source is read, and what happens with small changes."""

    schedule = forms.ChoiceField(label=_("多久取一次"), choices=LayerSource.Schedule.choices)
    at_hour = forms.IntegerField(label=_("几点"), min_value=0, max_value=23)
    applies_itself = forms.BooleanField(
        label=_("变化不大时自动更新图层"), required=False,
        help_text=_(
            "到时间取来的内容，列没有变、没有读不进的行、变化不超过图层行数的五分之一时不再等人确认，"
            "一天最多一次，并通知管理图层的人；可以随时撤销。"
        ),
    )  # fmt: skip


class SecretForm(RefusableForm):
    """Another token, or none."""

    secret = _token()
    passed_as = _passed_as()


class HostForm(RefusableForm):
    """A host that sources may name."""

    host = forms.CharField(
        label=_("主机名"), max_length=120, help_text=_("只写主机名，例如 data.example.gov.cn，不带 https:// 和路径。")
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=80)
