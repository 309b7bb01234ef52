"""The rules of the district that this room works by."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.rules import OWN, Kind, Rule

GROUP = _("议案和代表建议")
REASONS = (
    "不属于本级人大职权范围；涉及解决代表本人及其亲属个人问题；代转人民群众来信；属于学术探讨、产品推介；没有实际内容"
)
COLUMNS = (
    "编号=省系统编号；类别=种类；标题=题目；案由=案由或情况；案据=案据或分析；方案=方案或意见；领衔代表=领衔代表；"
    "联名代表=联名代表；承办单位=承办单位；办理结果=办理结果；提交日期=提交日期；答复日期=答复日期；状态=状态；本区编号=编号"
)

_rule = partial(Rule, group=GROUP)

RULES = (
    _rule(
        key="papers.motion_signers", kind=Kind.INT, default=10, title=_("县级以上议案的联名人数"), unit=_("名代表"),
        help=_("含领衔代表。"), least=1, most=200, source=_("地方组织法第二十二条；浙江省实施代表法办法第十条"),
    ),
    _rule(
        key="papers.motion_signers_town", kind=Kind.INT, default=5, title=_("乡镇议案的联名人数"), unit=_("名代表"),
        help=_("含领衔代表。"), least=1, most=200, source=_("地方组织法第二十二条"),
    ),
    _rule(
        key="papers.decline_reasons", kind=Kind.TEXT, default=REASONS, title=_("退回提出人的理由"),
        help=_("一条一个分号；审查时从中选一条，再写给提出人的话。"), source=OWN,
    ),
    _rule(
        key="papers.sheet_columns", kind=Kind.TEXT, default=COLUMNS, title=_("与省系统交换的表格列"),
        help=_(
            "一列一个分号，写作“表头=这里的名称”。这里的名称有：省系统编号、编号、种类、题目、案由或情况、案据或分析、"
            "方案或意见、类别、领衔代表、联名代表、承办单位、办理结果、提交日期、答复日期、状态。"
        ), source=OWN,
    ),
)  # fmt: skip
