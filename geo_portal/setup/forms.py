"""Forms of the set-up: the district's record, a file, the first account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.district.models import District
from accounts.district.services import FIELDS
from geo_portal.setup.reading import GIS, SHEETS, Reading
from ui.forms.refusable import RefusableForm, RefusableMixin

DATUMS = (("wgs84", _("WGS 84 或 CGCS2000")), ("gcj02", _("GCJ-02（高德、腾讯）")), ("bd09", _("BD-09（百度）")))


class RecordForm(RefusableMixin, forms.ModelForm):
    """The district's record; its code is fixed once it is written."""

    class Meta:
        model = District
        fields = ("code", *FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]

    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class FileForm(RefusableForm):
    """A sheet or GIS file, with what it cannot say itself."""

    field_of = {"": "file"}

    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ",".join((*SHEETS, *GIS))}),
        help_text=_("CSV（UTF-8 或 GBK）、XLSX；有图形的也可以是 GeoPackage、GeoJSON 或压缩成 zip 的 Shapefile。"),
    )
    datum = forms.ChoiceField(label=_("坐标"), choices=DATUMS, initial="wgs84", required=False)
    crs = forms.CharField(
        label=_("坐标系"), required=False, max_length=20, help_text=_("文件没有写明时填，例如 EPSG:4548；一般留空。")
    )
    encoding = forms.CharField(
        label=_("文字编码"), required=False, max_length=20, help_text=_("属性是乱码时填，例如 GB18030；一般留空。")
    )

    def reading(self) -> Reading:
        given = self.cleaned_data
        return Reading(given["crs"], given["datum"] or "wgs84", given["encoding"])


class FirstAccountForm(RefusableForm):
    """The first administrator, with the code that the start of the site printed."""

    code = forms.CharField(
        label=_("一次性代码"), max_length=40, help_text=_("启动平台的窗口里打印的代码，例如 ABCD-EFGH-JKMN。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )  # fmt: skip
    username = forms.CharField(label=_("账号"), max_length=60, help_text=_("登录用，以后不能改。"))
    display_name = forms.CharField(label=_("姓名"), max_length=40)
    password = forms.CharField(
        label=_("密码"), max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("再写一遍密码"), max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        password = given.get("password", "")
        if password and given.get("again") not in (None, password):
            self.add_error("again", _("两次写的密码不一样。"))
        elif password:
            try:
                validate_password(password)
            except ValidationError as error:
                self.add_error("password", error)
        return given
