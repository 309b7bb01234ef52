"""The rules of the district on layers: what the nightly clean-up leaves."""

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Book, Kind, Rule

KEEP_VERSIONS, KEEP_DAYS, UPLOAD_DAYS = "layers.keep_versions", "layers.keep_days", "layers.upload_days"

NOTICE_DAYS = 30
"""Days that somebody has to notice that less is kept, before anything goes by it."""

_kept = partial(Rule, kind=Kind.INT, group=_("图层的保存"), source=OWN)

RULES = (
    _kept(
        key=KEEP_VERSIONS, default=10, title=_("保存的版本数"), unit=_("个版本"), least=2, most=1000,
        help=_(
            "每个图层最新的这么多个版本总是保存；送交的文件和在线编辑分开计数。"
            "正在公布的版本从不删除。改小以后过 30 天才起作用。"
        ),
    ),
    _kept(
        key=KEEP_DAYS, default=90, title=_("旧版本至少保存"), unit=_("天"), least=30, most=3660,
        help=_("被替换得比这更早、又不在上面所说个数之内的版本，夜间只删数据，记录仍在。改小以后过 30 天才起作用。"),
    ),
    _kept(
        key=UPLOAD_DAYS, default=30, title=_("上传的文件保存"), unit=_("天"), least=7, most=366,
        help=_("导入结束或没有确认的，过了这些天删去上传的文件。改小以后过 30 天才起作用。"),
    ),
)  # fmt: skip


def most_kept(book: Book, key: str) -> int:
    """Return the largest value of a rule of this module in the last NOTICE_DAYS, and never less than it may be now.

    So no single change lets the next night remove what was kept until today.
    """
    least = next(rule.least for rule in RULES if rule.key == key)
    days = (book.today - timedelta(days=number) for number in range(NOTICE_DAYS + 1))
    return max(int(least or 0), *(int(book.value(key, day)) for day in days))
