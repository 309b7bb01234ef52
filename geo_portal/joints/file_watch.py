"""Rows without their file: administrators are told once for each set of them, and the page of the chain says it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notices import notify
from ledger.filestore import reconciliation
from ledger.filestore.reconciliation import Report
from ledger.filestore.signals import files_checked

KIND = "files-missing"
HELD_BACK: dict[str, str | Promise] = {
    reconciliation.SHARED: gettext_lazy("另一个站点也在使用这个存储，没有清理任何文件。"),
    reconciliation.UNMOUNTED: gettext_lazy("存储看起来是空的或没有挂载，没有清理任何文件。"),
    reconciliation.NEW_HERE: gettext_lazy("本站第一次核对这个存储，下次起才清理无主文件。"),
    reconciliation.TOO_MANY: gettext_lazy("无主文件异常多，没有清理；请先核对数据库是否为最新。"),
}


@dataclass(frozen=True, slots=True)
class FileState:
    """What the last comparison found, in words."""

    missing: int
    held_back: str
    sentence: str


def listen() -> None:
    files_checked.connect(tell_of_missing, dispatch_uid="file-watch:missing")


def tell_of_missing(report: Report, **kwargs: Any) -> None:
    """One notice for each administrator and set of missing files, however many nights it stays so."""
    if not report.missing:
        return
    told = "\n".join([str(report.missing), *(naming.name for naming in report.lost)])
    title = format_lazy(gettext_lazy("{count} 份文件在存储中找不到"), count=report.missing)
    body = HELD_BACK.get(report.held_back, gettext_lazy("请核对存储，并从备份恢复；check_files 列出每一份。"))
    people = User.objects.filter(role=Role.ADMIN, is_active=True, is_service=False)
    notify(people, KIND, title, body, reverse("chain_state"), key=f"{KIND}:{sha256(told.encode()).hexdigest()[:32]}")


def in_words() -> FileState | None:
    """What the last comparison found; None before the first."""
    last = reconciliation.last_check()
    if last is None:
        return None
    found = last.detail
    sentence = _("%(at)s 核对：%(files)d 份文件，%(unnamed)d 份没有对应的记录，清理了 %(removed)d 份。") % {
        "at": date_format(timezone.localtime(last.at), "DATETIME_FORMAT"),
        "files": found["files"],
        "unnamed": found["unnamed"],
        "removed": found["removed"],
    }
    return FileState(found["missing"], str(HELD_BACK.get(found["held_back"], "")), sentence)
