"""What a street's residents' council recommends (票选推荐), entered by congress staff."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Area, User
from accounts.permissions import is_staff_of
from geokit.refusal import NotPermitted
from ledger import audit
from projects.plan.days import refuse_day_to_come
from projects.plan.given import refuse_in_a_vote
from projects.plan.models import Project
from projects.plan.refusals import field_refusal
from projects.plan.stage_table import STAGES
from projects.proposals.models import Recommendation


@transaction.atomic
def record_recommendation(project_id: int, actor: User, **values: Any) -> Recommendation:
    """Enter how a street's residents' council voted. Raises NotPermitted, BadInput."""
    if not is_staff_of(actor, values["area"]):
        raise NotPermitted(_("票选推荐由街道所属的人大工作人员登记。"))
    project = Project.objects.select_for_update().get(pk=project_id)
    if project.status not in STAGES.in_group("candidates"):
        raise field_refusal("", "no-candidate", _("“%s”不是候选项目。") % project.name)
    refuse_in_a_vote(project)
    _check_council(project, values)
    made = Recommendation.objects.create(project=project, author=actor, **values)
    audit.record(actor, "record_recommendation", project, area=made.area.code, in_favour=made.in_favour)
    return made


def _check_council(project: Project, values: Mapping[str, Any]) -> None:
    area = values["area"]
    if area.level != Area.Level.TOWN or not area.name.endswith("街道"):
        raise field_refusal("area", "no-street", _("只有街道由居民议事组织票选推荐；镇乡由本级人大票决。"))
    if values["present"] > values["members"]:
        raise field_refusal("present", "too-many", _("实到人数不能多于应到人数。"))
    if values["in_favour"] + values["opposed"] + values["abstained"] != values["present"]:
        raise field_refusal("in_favour", "does-not-add-up", _("赞成、反对和弃权合计应等于实到人数。"))
    refuse_day_to_come("met_on", _("会议日期"), values["met_on"])
    if project.recommendations.filter(area=area, met_on=values["met_on"]).exists():
        raise field_refusal("met_on", "entered-already", _("这次会议的结果已经登记，不能修改。"))
