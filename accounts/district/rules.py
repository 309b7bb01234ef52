"""What the site says in the district's own words, as rules: from when on, by whom and why."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule

TEXTS = _("网站和信件的文字")
_text = partial(Rule, kind=Kind.TEXT, default="", group=TEXTS, source=OWN)
PLAIN = _("只写文字。留空用平台原来的文字。")
ENGLISH = _("给用英文的读者。留空用平台原来的英文。")
OR_NONE = _("只写文字。留空就没有。")

RULES = (
    _text(key="texts.home_title", title=_("首页标题"), help=PLAIN),
    _text(key="texts.home_title_en", title=_("首页标题（英文）"), help=ENGLISH),
    _text(key="texts.home_lede", title=_("首页说明"), help=PLAIN),
    _text(key="texts.home_lede_en", title=_("首页说明（英文）"), help=ENGLISH),
    _text(key="texts.home_notice", title=_("首页公告"), help=OR_NONE),
    _text(key="texts.home_notice_en", title=_("首页公告（英文）"), help=_("给用英文的读者。留空就没有。")),
    _text(
        key="texts.letter_foot",
        title=_("信件落款"),
        help=_("每封邮件末尾的话，例如办公室的名称、电话和时间。留空就没有。"),
    ),
)
