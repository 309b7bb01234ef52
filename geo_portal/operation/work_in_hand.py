"""Background jobs, mail, and stations that report by themselves."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.notices.models import Delivery
from geo_portal.operation.lines import BROKEN, LOOK, Line, span
from jobs import watch
from jobs.lanes import Lane
from jobs.models import Job
from river_monitoring.samples.models import AutomaticStation

LANES = {
    Lane.IMPORTS: gettext_lazy("导入数据"),
    Lane.MAIL: gettext_lazy("发送通知"),
    Lane.EXPORTS: gettext_lazy("报告和计算"),
    Lane.DOWNLOADS: gettext_lazy("下载（已登录）"),
    Lane.PUBLIC_DOWNLOADS: gettext_lazy("下载（公众）"),
    Lane.VIDEOS: gettext_lazy("处理视频"),
    Lane.SITE_VIDEOS: gettext_lazy("处理网站视频"),
    Lane.FETCHES: gettext_lazy("读取数据来源"),
    Lane.CLOCKS: gettext_lazy("定时任务"),
    Lane.BACKUPS: gettext_lazy("备份"),
}
LATELY = timedelta(days=1)
SILENT = timedelta(hours=24)
MOST_FAILED = 20


def queue() -> Iterator[Line]:
    for lane in watch.lanes():
        yield _lane(lane)
    if lost := watch.failed_within(LATELY):
        text = _("一天内 %d 个") % lost
        yield Line(_("失败的任务"), text, LOOK, _("原因列在下面；处理好以后可以再试一次。"))


def _lane(lane: watch.LaneFacts) -> Line:
    words = [_("等待 %(waiting)d 个，正在做 %(busy)d 个") % {"waiting": lane.waiting, "busy": lane.at_work}]
    if lane.oldest_due >= 60:
        words.append(_("最早的一个已等 %s") % span(timedelta(seconds=lane.oldest_due)))
    if lane.heartbeat is not None:
        words.append(_("%s前有过心跳") % span(timedelta(seconds=lane.heartbeat)))
    text = " · ".join(words)
    if lane.is_well:
        return Line(LANES[lane.lane], text)
    advice = _("没有进程在做这类任务：请重新启动站点（make run，或 docker compose restart worker backup）。")
    return Line(LANES[lane.lane], text, BROKEN, advice)


def failed() -> list[Job]:
    """Jobs that failed and were not tried again, the newest first."""
    return list(Job.objects.filter(succeeded=False).order_by("-finished")[:MOST_FAILED])


def mail() -> Iterator[Line]:
    sent = Delivery.objects.aggregate(at=Max("sent_at"))["at"]
    if settings.MAILERS["default"]["BACKEND"].endswith("PrivateFiles"):
        yield Line(
            _("邮件服务器"), _("没有设置，邮件只写成文件"), LOOK, _("请设置 EMAIL_HOST 等变量，大家才收得到通知。")
        )
    else:
        yield Line(_("邮件服务器"), str(settings.MAILERS["default"].get("OPTIONS", {}).get("host", "")))
    yield Line(_("最近一次送达"), date_format(timezone.localtime(sent), "DATETIME_FORMAT") if sent else _("还没有"))
    lost = Delivery.objects.filter(state=Delivery.State.FAILED, tried_at__gte=timezone.now() - LATELY)
    newest = lost.first()
    if newest is None:
        yield Line(_("一天内没有送达"), _("没有"))
    else:
        advice = _("最近一次的原因：%s。请检查邮件服务器的地址、账号和网络。") % (newest.error or "?")
        yield Line(_("一天内没有送达"), _("%d 件") % lost.count(), LOOK, advice)


def stations() -> Iterator[Line]:
    """Only where there are any."""
    active = AutomaticStation.objects.filter(is_active=True)
    if not (count := active.count()):
        return
    locked = [station.mn for station in active.exclude(locked_at=None)]
    silent = [station.mn for station in active.filter(last_seen__lt=timezone.now() - SILENT)]
    silent += [station.mn for station in active.filter(last_seen=None)]
    if locked:
        advice = _("有人用错误的密码连接过。请到“系统管理”核对来源地址后解锁。")
        yield Line(_("被锁定的自动站"), "、".join(locked[:5]), BROKEN, advice)
    if silent:
        advice = _("请运维单位检查电源和网络；地址见 docs/hj212.md。")
        text = _("%(silent)d 个，共 %(all)d 个：%(names)s")
        names = {"silent": len(silent), "all": count, "names": "、".join(silent[:5])}
        yield Line(_("一天没有数据的自动站"), text % names, LOOK, advice)
    if not locked and not silent:
        yield Line(_("自动站"), _("%d 个，一天内都有数据") % count)
