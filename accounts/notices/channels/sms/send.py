"""A text message: which provider, which template, and what may stand in it."""

import re
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.notices.channels.base import NeverDelivered, Variable, Words
from accounts.notices.channels.sms import aliyun, tencent
from geokit.refusal import refuse

PROVIDERS = {"aliyun": aliyun.send, "tencent": tencent.send}
MOBILE = re.compile(r"1[3-9][0-9]{9}")
LONGEST_VALUE = 30
"""Characters of one value; the providers take 35 at most."""
TEMPLATES = {"notice": "SMS_TEMPLATE_NOTICE", "code": "SMS_TEMPLATE_CODE", "link": "SMS_TEMPLATE_LINK"}
_BRACKETS = str.maketrans("【】", "〔〕")
VARIABLES = (
    Variable("SMS_PROVIDER", gettext_lazy("短信服务商：aliyun（阿里云）或 tencent（腾讯云）")),
    Variable("SMS_KEY_ID", gettext_lazy("访问密钥的编号：阿里云 AccessKey ID，腾讯云 SecretId")),
    Variable("SMS_KEY_SECRET", gettext_lazy("访问密钥：阿里云 AccessKey Secret，腾讯云 SecretKey"), secret=True),
    Variable("SMS_SIGN", gettext_lazy("审核通过的短信签名，不带括号")),
    Variable("SMS_TEMPLATE_CODE", gettext_lazy("验证码模板的编号：“验证码 ${code}，十分钟内有效。”")),
    Variable("SMS_TEMPLATE_NOTICE", gettext_lazy("通知模板的编号：“您有一条新通知：${title}，请登录查看。”")),
    Variable(
        "SMS_TEMPLATE_LINK",
        gettext_lazy("来信查询链接模板的编号：“来信 ${number} 的查询链接：本站网址/line/${code} ，两天内有效。”"),
    ),
)
APP = Variable("SMS_APP_ID", gettext_lazy("腾讯云短信应用的 SDK AppID"))


def given() -> Mapping[str, str]:
    """The operator's variables."""
    values: Mapping[str, str] = settings.SMS
    return values


def needed() -> Sequence[Variable]:
    """What the operator has to set; Tencent's wants the application too."""
    return (*VARIABLES, APP) if given().get("SMS_PROVIDER") == "tencent" else VARIABLES


def clean(address: str) -> str:
    """Return a mobile number of the mainland as eleven digits. Raises BadInput.

    >>> clean("+86 138-0000-0000")
    '13800000000'
    """
    digits = re.sub(r"[ \-]", "", address.strip()).removeprefix("+86").removeprefix("0086")
    if not MOBILE.fullmatch(digits):
        raise refuse("address", "invalid", _("请填写 11 位手机号。"))
    return digits


def say(phone: str, words: Words) -> None:
    """Send now. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    values, name = given(), TEMPLATES[words.kind]
    provider = PROVIDERS.get(values.get("SMS_PROVIDER", ""))
    if provider is None or not values.get(name):
        raise NeverDelivered(f"{name if provider else 'SMS_PROVIDER'} is not set")
    provider(values, phone, values[name], {key: _short(text) for key, text in words.values.items()})


def _short(text: str) -> str:
    """A value as providers take it: one line, no address, no brackets of a signature."""
    if re.fullmatch(r"[\w-]{1,30}", text, re.ASCII):  # a code or a number
        return text
    words = (word for word in text.split() if "://" not in word and "www." not in word)
    return " ".join(words).translate(_BRACKETS)[:LONGEST_VALUE]
