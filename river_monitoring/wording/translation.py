"""Messages of the pure modules in the reader's language."""

import re
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from river_monitoring.standard.evaluation import Parameter, WaterClass
from river_monitoring.standard.message import Message
from river_monitoring.steps.proofs import Missing
from river_monitoring.steps.table import TABLE, Transition
from river_monitoring.wording.parameters import parameter_name

CLAUSE = re.compile(r"(?P<standard>.+) 表(?P<table>\d+) 第(?P<row>\d+)项")

# The pure modules write these; they are named here for translators.
MESSAGES = (
    gettext_noop("情况说明"),
    gettext_noop("一点一策方案（文字或文件）"),
    gettext_noop("整治期限"),
    gettext_noop("治理前照片"),
    gettext_noop("治理后照片"),
    gettext_noop("治理前后照片的拍摄位置和时间有据"),
    gettext_noop("至少一项治理措施，且登记的措施全部完成"),
    gettext_noop("至少一项已报告完成的治理措施（现有0项）"),
    gettext_noop("Ⅰ–Ⅴ类的目标类别"),
    gettext_noop("异议都已答复"),
    gettext_noop("对异议的答复（还有%(open)s件未答复）"),
    gettext_noop("可用的%(name)s（%(faults)s）"),
    gettext_noop("上传人以外的人对%(names)s拍摄位置和时间的说明（照片里没有写）"),
    gettext_noop("照片打不开，无法比对"),
    gettext_noop("与“%(point)s”档案里的照片是同一张"),
    gettext_noop("拍摄位置离点位%(metres)s米，超过%(most)s米"),
    gettext_noop("与治理前或以前的照片是同一张"),
    gettext_noop("拍摄于措施完成（%(day)s）之后"),
    gettext_noop("拍摄于措施完成（%(day)s）之前"),
    gettext_noop("连续达标水样"),
    gettext_noop("登记的措施全部完成（还有%(open)s项未完成）"),
    gettext_noop("不达标的最新水样"),
    gettext_noop("不达标的最新水样（尚无水样）"),
    gettext_noop("不达标的最新水样（最近一次%(day)s达标）"),
    gettext_noop("晚于今天的整治期限（填写的是%(day)s）"),
    gettext_noop("不晚于%(day)s的整治期限（挂号时已定，要延长由验收单位调整）"),
    gettext_noop("连续%(months)s个月达标水样（最近一次在%(days)s天以内）"),
    gettext_noop("连续%(months)s个月达标水样（现有%(held)s个月）"),
    gettext_noop("连续%(months)s个月达标水样（现有%(held)s个月：%(why)s）"),
    gettext_noop("本月"),
    gettext_noop("%(year)s年%(month)s月"),
    gettext_noop("%(days)s天以内的水样（最近一次是%(day)s）"),
    gettext_noop("%(name)s的值“%(value)s”读不出数字，请核对"),
    gettext_noop("%(name)s的值%(value)s不可能出现，请核对数值和单位"),
    gettext_noop("%(name)s的值%(value)s很少见，请核对单位和小数点"),
    gettext_noop("没有监测数据"),
    gettext_noop("没有水样"),
    gettext_noop("可用的读数少于评价规则的要求"),
    gettext_noop("缺%(names)s"),
    gettext_noop("%(names)s的检出限高于目标限值"),
    gettext_noop("没有可参评的指标：%(names)s不参与评价%(kind)s类别"),
    gettext_noop("只有%(rated)s项参评，少于基本%(core)s项（缺%(names)s）"),
    gettext_noop("基本%(core)s项不全（缺%(names)s）"),
    gettext_noop("%(name)s单独评价：%(grade)s"),
    gettext_noop("水体类型“%(named)s”不明，应为 river 或 lake"),
)


def translate(message: Message) -> str:
    """Return a message in the reader's language."""
    return _(message.pattern) % {name: _value(value) for name, value in message.values.items()}


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return _("、").join(_value(one) for one in value)
    if isinstance(value, Message):
        return translate(value)
    if isinstance(value, Parameter):
        return parameter_name(value)
    if isinstance(value, WaterClass):
        return _(value.zh)
    return date_format(value) if isinstance(value, date) else str(value)


def clause_of(parameter: Parameter) -> str:
    """Cite the row of the standard's table that a parameter stands in."""
    cited = CLAUSE.fullmatch(parameter.clause)
    return _("%(standard)s 表%(table)s 第%(row)s项") % cited.groupdict() if cited else parameter.clause


def step_title(step: Transition) -> str:
    """Name a step."""
    return str(TABLE.verbs[step.verb])


def step_people(step: Transition) -> str:
    """Name those who may take a step."""
    return _("或").join(str(name) for name in TABLE.who_may([step]))


def not_permitted_text(step: Transition) -> str:
    """Return who takes a step, for somebody who may not."""
    return _("“%(step)s”须由%(who)s办理") % {"step": step_title(step), "who": step_people(step)}


def missing_text(piece: Missing) -> str:
    """Return that one piece of evidence is missing."""
    return _("缺：%(piece)s") % {"piece": translate(piece.message)}
