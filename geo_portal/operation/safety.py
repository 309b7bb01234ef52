"""Backups and the chain of evidence."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backups import runs
from backups.models import Run
from geo_portal.health import guard_faults_now
from geo_portal.operation.lines import BROKEN, LOOK, OK, Line, span
from ledger.anchors.delivery import undelivered
from ledger.anchors.services import latest_anchor

PROOF_LATE = timedelta(days=15)
LOOK_AFTER = timedelta(days=30)
"""So long a restore asks for a review of accounts."""
ANCHOR_LATE = timedelta(hours=36)


def backups() -> Iterator[Line]:
    good, newest = runs.last(Run.Kind.BACKUP, ok=True), runs.last(Run.Kind.BACKUP)
    old = runs.is_old()
    run = _(
        "请运行 make backup（容器：docker compose exec backup with-keys python manage.py backup），并照它的提示处理。"
    )
    if good:
        sizes = {name: filesizeformat(good.facts.get(name, 0)) for name in ("bytes", "copied_bytes")}
        text = f"{_when(good)} · " + _("共 %(bytes)s，其中新文件 %(copied_bytes)s") % sizes
        yield Line(_("最近一次备份"), text, BROKEN if old else OK, run if old else "")
    else:
        text = _("还没有：每天 02:30 自动备份")
        yield Line(_("最近一次备份"), text, BROKEN if old else LOOK, run)
    if newest and not newest.ok:
        yield Line(_("最近一次没有成功"), f"{_when(newest)} · {newest.said[:200]}", BROKEN, run)
    where = _place()
    yield where
    if good and not good.facts.get("encrypted"):
        advice = _("备份里有全部数据和密钥。如果存放的地方别人也能进入，请运行 make backup-key，以后就会加密。")
        yield Line(_("加密"), _("没有"), LOOK if where.state == OK else OK, advice if where.state == OK else "")
    elif good:
        yield Line(_("加密"), _("有；密钥要另外抄在纸上保管"))
    yield _proof()
    yield from _restored()


def _restored() -> Iterator[Line]:
    """A backup brings back the accounts of its day: people have to look at them."""
    done = runs.last(Run.Kind.RESTORE, ok=True)
    if done is None or timezone.now() - done.finished > LOOK_AFTER:
        return
    advice = _("恢复带回了备份那天的账号、角色、密码和令牌。请在“人员”和“接口令牌”两页逐个核对：%s")
    yield Line(
        _("最近一次恢复"), f"{_when(done)} · {done.name}", LOOK, advice % "；".join(done.facts.get("review", []))
    )


def _place() -> Line:
    target = settings.BACKUP_TARGET
    if target.startswith(str(settings.VAR_DIR)):
        advice = _(
            "备份和数据在同一块磁盘上，磁盘坏了就一起没了：请把 BACKUP_TARGET 设为移动硬盘、网盘文件夹或另一台机器。"
        )
        return Line(_("存放位置"), target, LOOK, advice)
    return Line(_("存放位置"), target)


def _proof() -> Line:
    good, newest = runs.last(Run.Kind.PROOF, ok=True), runs.last(Run.Kind.PROOF)
    if newest and not newest.ok:
        advice = (
            _("备份能用 ANYWAY=1 恢复，但列出的文件或证据链有问题：请运行 manage.py verify_chain，逐项处理。")
            if newest.facts.get("restorable")
            else _("这份备份恢复不出来：请马上再备份一次，再运行 make backup-check；还是不行就换一个存放位置。")
        )
        return Line(_("最近一次试恢复"), f"{_when(newest)} · {newest.said[:200]}", BROKEN, advice)
    if good is None:
        return Line(_("最近一次试恢复"), _("还没有"), LOOK, _("每周自动进行；也可以现在运行 make backup-check。"))
    figures = _("%(rows)d 行、%(files)d 个文件、证据链 %(links)d 环都一致") % good.facts
    late = timezone.now() - good.finished > PROOF_LATE
    advice = _("试恢复没有按时进行：请运行 make backup-check。") if late else ""
    return Line(_("最近一次试恢复"), f"{_when(good)} · {figures}", LOOK if late else OK, advice)


def chain() -> Iterator[Line]:
    faults = guard_faults_now()
    if faults:
        advice = _("保护证据的触发器或权限和程序不一致：%s。请停止站点，运行 manage.py migrate，再看这里。") % faults[0]
        yield Line(_("证据的保护"), _("%d 处不一致") % len(faults), BROKEN, advice)
    else:
        yield Line(_("证据的保护"), _("触发器、约束和权限都在"))
    proven = runs.last(Run.Kind.PROOF, ok=True)
    checked = _when(proven) if proven else _("还没有：每周试恢复时核对；也可以运行 manage.py verify_chain")
    yield Line(_("最近一次全链核对"), checked)
    yield _anchor()
    if late := undelivered().count():
        advice = _("请在“证据链”页查看是哪个去向，检查网络和设置。")
        yield Line(_("没有送达的锚定"), _("%d 个") % late, LOOK, advice)


def _anchor() -> Line:
    anchor = latest_anchor()
    if anchor is None:
        return Line(_("最近一次锚定"), _("还没有：每天 00:10 自动进行"))
    text = date_format(timezone.localtime(anchor.at), "DATETIME_FORMAT")
    if timezone.now() - anchor.at > ANCHOR_LATE:
        return Line(_("最近一次锚定"), text, LOOK, _("昨夜没有锚定：请看“后台任务”中失败的任务。"))
    return Line(_("最近一次锚定"), text)


def _when(run: Run) -> str:
    moment = date_format(timezone.localtime(run.finished), "DATETIME_FORMAT")
    return _("%(moment)s（%(age)s前）") % {"moment": moment, "age": span(timezone.now() - run.finished)}
