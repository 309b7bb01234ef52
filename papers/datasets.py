"""What this room holds of a district, as rows: motions and suggestions of former years, with answers and ratings."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.loads import Column, Dataset
from papers.exchange import past
from papers.handling.models import Result, Satisfaction
from papers.register.models import Paper
from supervision.models import Category

COLUMNS = (
    Column("number", _("编号"), "2025-J-001", needed=True, help=_("最多 30 字，以后不改。"), aliases=("建议编号",)),
    Column("area", _("人大"), "999901", needed=True, help=_("人大所在区划的代码或名称。"), aliases=("区划代码",)),
    Column("term", _("届次"), "", help=_("不写就是现在这一届。"), aliases=("届",)),
    Column("kind", pgettext_lazy("paper", "种类"), _("代表建议"), choices=tuple(Paper.Kind.choices)),
    Column("title", _("题目"), _("关于修缮示例桥的建议"), needed=True, aliases=("标题",)),
    Column("facts", _("案由或情况"), "", aliases=("案由",)),
    Column("analysis", _("案据或分析"), "", aliases=("案据",)),
    Column("request", _("方案或意见"), "", aliases=("方案",)),
    Column("category", _("类别"), "", choices=tuple(Category.choices)),
    Column("lead", _("领衔代表"), "DB-001", needed=True, help=_("代表证号或姓名。"), aliases=("提出人",)),
    Column("signers", _("联名代表"), "", help=_("代表证号或姓名，用顿号隔开。")),
    Column("submitted_on", _("提交日期"), "2025-03-01", needed=True),
    Column("state", _("状态"), _("已办结"), choices=past.STATES, help=_("不写就是已办结。")),
    Column("departments", _("承办单位"), "water", help=_("几个单位分别答复的用顿号隔开。"), aliases=("主办单位",)),
    Column("co", _("会办单位"), ""),
    Column("assigned_on", _("交办日期"), "2025-03-10", help=_("不写就是提交日期。")),
    Column("due_on", _("答复期限"), "", help=_("不写就按法定期限。")),
    Column("result", _("办理结果"), "A", choices=tuple(Result.choices)),
    Column("answered_on", _("答复日期"), "2025-05-20"),
    Column("answer", _("答复内容"), ""),
    Column("handling_rating", _("对办理工作"), _("满意"), choices=tuple(Satisfaction.choices)),
    Column("outcome_rating", _("对办理结果"), _("满意"), choices=tuple(Satisfaction.choices)),
)

DATASETS = (
    Dataset(
        slug="suggestions",
        title=_("以往的议案和建议"),
        about=_(
            "平台启用以前的议案和代表建议，连同办理结果、答复和评价；还在办的接着在平台上办。先导入代表任职和部门。"
        ),
        columns=COLUMNS,
        key=("number",),
        rows=past.filed,
        find=past.find,
        write=past.write,
        find_many=past.find_many,
        write_many=past.write_many,
        cells=past.cells,
        areas=lambda paper: [paper.congress.area if paper.congress else None],
        lists_missing=False,
    ),
)
