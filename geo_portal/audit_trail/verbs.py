"""What was done, in words: steps from their own tables, everything else here."""

from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.steps.registry import all_tables

STEP_PREFIXES = {"matters": "suggestion", "papers": "paper", "paper_handlings": "paper_handling"}
"""Under which word a table's steps stand in the trail, where that is not its name."""

VERBS: dict[str, Any] = {
    "add-measure": _("登记措施"),
    "add-outfall": _("登记排污口"),
    "add_places": _("添加项目地点"),
    "admin-add": _("在系统管理里新增"),
    "admin-change": _("在系统管理里修改"),
    "admin-delete": _("在系统管理里删除"),
    "agenda-item-added": _("添加议程"),
    "agenda-item-changed": _("修改议程"),
    "agenda-item-removed": _("删除议程"),
    "answer-objection": _("答复异议"),
    "answer-published": _("公开问卷的意见"),
    "answer-withdrawn": _("不再公开问卷的意见"),
    "area-changed": _("修改行政区域"),
    "area-entered": _("登记行政区域"),
    "board-saved": _("保存看板"),
    "calendar-day-written": _("登记节假日或调休"),
    "call_vote": _("发起票决"),
    "change-measure": _("更新措施"),
    "change-outfall": _("修改排污口"),
    "change-point": _("修改点位"),
    "change_stage": _("变更项目阶段"),
    "close_vote": _("票决计票"),
    "complete-listing": _("补记整治清单"),
    "complete_milestone": _("完成项目节点"),
    "confirm_elector": _("确认投票人"),
    "congress-changed": _("修改人民代表大会"),
    "congress-entered": _("登记人民代表大会"),
    "correct-point": _("更正点位"),
    "cover-photo": _("遮盖照片"),
    "create_candidate": _("列为候选项目"),
    "dataset-load-undone": _("撤回导入"),
    "dataset-loaded": _("导入数据"),
    "date-samples": _("补记水样日期"),
    "decide_paper_count": _("核对纸质测评"),
    "department-changed": _("修改单位"),
    "department-entered": _("登记单位"),
    "deputy-account-changed": _("更换代表的账号"),
    "deputy-edited": _("修改联络站代表"),
    "deputy-entered": _("登记联络站代表"),
    "district-export-asked": _("申请整体导出"),
    "district-export-downloaded": _("下载整体导出"),
    "district-exported": _("生成整体导出"),
    "district-written": _("修改本区资料"),
    "door-codes-made": _("生成楼门二维码"),
    "drop-measure": _("取消措施"),
    "edit_project": _("修改项目"),
    "email-change-asked": _("申请更换邮箱"),
    "email-changed": _("更换邮箱"),
    "email-confirmed": _("确认邮箱"),
    "enter_hall_sheet": _("录入会场计票单"),
    "enter_paper_ballots": _("录入纸质选票"),
    "enter_paper_count": _("录入纸质测评"),
    "enter_project": _("登记项目"),
    "erase-feedback": _("删除反馈中的个人信息"),
    "erase-matter": _("删除事项中的个人信息"),
    "factor-reset": _("重置两步验证"),
    "factor-reset-asked": _("申请重置两步验证"),
    "finding-filed": _("上报"),
    "first-account-made": _("建立第一个账号"),
    "group-made": _("建立代表小组"),
    "group-post": _("任命小组职务"),
    "import_papers": _("导入议案建议"),
    "indicator-saved": _("保存统计指标"),
    "issue_paper_ballot": _("发放纸质选票"),
    "job_tried_again": _("重做后台任务"),
    "kind-changed": _("修改问题种类"),
    "layer.append": _("追加图层数据"),
    "layer.clean": _("清理旧版本图层数据"),
    "layer.create": _("导入新图层"),
    "layer.derive": _("由叠加分析生成图层"),
    "layer.edit": _("修改图层说明"),
    "layer.publish": _("公开图层"),
    "layer.remind": _("提醒更新图层"),
    "layer.replace": _("替换图层数据"),
    "layer.style": _("修改图层样式"),
    "layer.undo": _("撤销图层版本"),
    "layer.upsert": _("更新图层数据"),
    "layer.withdraw": _("撤回公开的图层"),
    "library.place": _("核定文件涉及的地点"),
    "library.relate": _("关联法规文件"),
    "library.version": _("登记法规文件版本"),
    "link-outfall": _("关联排污口"),
    "meeting-changed": _("修改人代会专栏"),
    "meeting-document-added": _("添加会议文件"),
    "meeting-document-removed": _("移出会议文件"),
    "meeting-opened": _("开设人代会专栏"),
    "member-changed": _("修改代表资格"),
    "member-entered": _("登记代表"),
    "membership-ended": _("终止代表资格"),
    "object-to-delisting": _("提出异议"),
    "paper-drafted": _("起草议案建议"),
    "paper-entered": _("补录历年议案建议"),
    "paper-outer_number": _("登记外部编号"),
    "paper-registered": _("登记议案建议"),
    "patrol-stopped": _("结束巡查"),
    "person-account-changed": _("更换人员的账号"),
    "person-changed": _("修改人员"),
    "person-closed": _("停用账号"),
    "person-corrected": _("更正人员"),
    "person-entered": _("登记人员"),
    "person-handed-over": _("移交待办"),
    "person-invitation-printed": _("打印邀请"),
    "person-invited": _("邀请人员"),
    "person-invited-again": _("再次邀请"),
    "person-link-given": _("当面交付登录链接"),
    "person-merged": _("合并重复人员"),
    "person-reopened": _("恢复账号"),
    "photo-covered": _("遮盖项目照片"),
    "photo-redacted": _("公开遮盖后的照片"),
    "photo-uncovered": _("撤去项目照片的遮盖"),
    "photos-added": _("补充照片"),
    "plan_goals": _("修改项目目标"),
    "plan_milestones": _("修改项目节点"),
    "point-reminded": _("催办点位"),
    "points-rule-set": _("设定履职积分"),
    "questionnaire-changed": _("起草或修改征求意见"),
    "questionnaire-codes-made": _("制作问卷码"),
    "questionnaire-form-saved": _("保存问卷的问题"),
    "questionnaire-made": _("发起征求意见"),
    "reach-changed": _("修改河段"),
    "reach-entered": _("登记河段"),
    "record_recommendation": _("登记推荐意见"),
    "record-sample": _("录入水样"),
    "register-point": _("登记点位"),
    "remove_place": _("删除项目地点"),
    "report_progress": _("报告项目进展"),
    "report.ordered": _("生成监督季报"),
    "river-changed": _("修改河流"),
    "river-entered": _("登记河流"),
    "robot-added": _("添加群机器人"),
    "robot-removed": _("删除群机器人"),
    "robot-restored": _("恢复群机器人"),
    "routing-rule-deleted": _("删除交办规则"),
    "routing-rule-saved": _("保存交办规则"),
    "row-taken-back": _("撤回导入的一行"),
    "rule-changed": _("修改本区规则"),
    "rule-withdrawn": _("撤回规则修改"),
    "save_answer_template": _("保存答复模板"),
    "save_session": _("保存会议"),
    "second-district": _("开设第二个区"),
    "service-area-cut": _("划分服务范围"),
    "service-area-given": _("划给服务范围"),
    "service-area-removed": _("删除服务范围"),
    "service-area-replaced": _("替换服务范围"),
    "set-causes": _("修改成因"),
    "set_places_done": _("登记地点完工"),
    "settle_roll": _("确定投票名册"),
    "station-edited": _("修改联络站"),
    "station-entered": _("登记联络站"),
    "term-begun": _("开始新一届"),
    "token-issued": _("发放接口令牌"),
    "token-revoked": _("撤销接口令牌"),
    "transition-point": _("治理点位办理步骤"),
    "video-added": _("补充视频"),
    "vouch-for-photo": _("为照片作证"),
    "warning-rule-saved": _("保存预警规则"),
    "warning-rule-switched": _("启用或停用预警规则"),
}


@cache
def _steps() -> dict[str, Any]:
    """The steps of every table, under the words by which the trail names them."""
    found: dict[str, Any] = {}
    for name, table in all_tables().items():
        for line in table.transitions:
            label = table.verbs[line.verb]
            found[f"{STEP_PREFIXES.get(name, name)}-{line.event}"] = label
            if name == "proposals":
                found[f"{line.event}_proposal"] = label
            if name == "sample_quality":
                found[f"{line.verb}-sample"] = label
    return found


def words_of(verb: str) -> Any:
    """What `verb` says to people; a verb of a former version, which nobody writes any more, says so."""
    return VERBS.get(verb) or _steps().get(verb) or _("其他操作")


def choices() -> list[tuple[str, Any]]:
    """Every verb that has words of its own, for the filter."""
    return sorted((_steps() | VERBS).items(), key=lambda pair: str(pair[1]))
