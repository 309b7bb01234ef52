"""Which column of a sheet of the provincial system is which field here: a rule of the district."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from papers.register.rules_read import lines

FIELDS = {
    "outer_number": _("省系统编号"),
    "number": _("编号"),
    "kind": pgettext_lazy("paper", "种类"),
    "title": _("题目"),
    "facts": _("案由或情况"),
    "analysis": _("案据或分析"),
    "request": _("方案或意见"),
    "category": _("类别"),
    "lead": _("领衔代表"),
    "signers": _("联名代表"),
    "departments": _("承办单位"),
    "result": _("办理结果"),
    "submitted_on": _("提交日期"),
    "answered_on": _("答复日期"),
    "state": _("状态"),
}
"""What a column may be, with what it is called here."""


def heads() -> dict[str, str]:
    """Return head -> field in the order of the rule; what names no known field is left out.

    A field is written by what it is called here, in the language of the instance, or by its code.
    """
    found: dict[str, str] = {}
    with override(settings.LANGUAGE_CODE):
        by_name = {str(name): code for code, name in FIELDS.items()} | {code: code for code in FIELDS}
    for line in lines("papers.sheet_columns"):
        head, _sign, name = line.partition("=")
        field = by_name.get(name.strip())
        if field and head.strip() and field not in found.values():
            found[head.strip()] = field
    return found
