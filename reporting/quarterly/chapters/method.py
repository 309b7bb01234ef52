"""How the numbers came about, so that they can be checked."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reporting.quarterly.blocks import Block, Heading, Paragraph
from reporting.quarterly.chapters.river import all_points
from reporting.quarterly.facts import Facts
from reporting.quarterly.wording import is_year, lists_in_words


def annex(facts: Facts) -> list[Block]:
    return [Heading(_("附件：全部监测点位"), 1, "points"), all_points(facts), *method(facts)]


def _means(facts: Facts) -> str:
    if is_year(facts.span):
        return _("点位按年均值评价，由各月均值计算；未检出按检出限的一半计；修约按四舍六入五成双。")
    return _("点位按季度均值评价，一项指标一季至少两次监测才有均值；未检出按检出限的一半计；修约按四舍六入五成双。")


def method(facts: Facts) -> list[Block]:
    days = {"until": date_format(facts.data_until), "today": date_format(facts.today)}
    sentences = [
        _(
            "评价标准：《地表水环境质量标准》（GB 3838-2002）表1，河流与湖库分别取限值；"
            "评价方法：《地表水环境质量评价办法（试行）》（环办[2011]22号）单因子评价，水温、总氮、粪大肠菌群不参与河流类别评价。"
        ),
        _means(facts),
        _(
            "河流不足五个断面的按各指标均值评价，五个及以上按类别占比评价，湖库按各点位均值评价；镇街和部门只按类别占比，不足五个的不评状况；变化按Ⅰ至Ⅲ类占比与劣Ⅴ类占比之差："
            "10个百分点以内为无明显变化，10至20为有所变化，20以上为明显变化。"
        ),
        _("趋势用秩相关系数法（Daniel），少于五期不判断。湖库营养状态用综合营养状态指数法（总站生字[2001]090号）。"),
        _("水质数据截至%(until)s；治理状态、项目进度和逾期件数截至成稿日%(today)s。") % days,
        lists_in_words(),
    ]
    return [Heading(_("附件：评价方法和数据说明"), 1, "method"), *(Paragraph(sentence) for sentence in sentences)]
