"""Mail to reporters who left an address: received, taken up or not, answered. It never holds what anybody wrote.

The address of the private page is signed when a letter goes out (`links.unsealed_path`), so no table holds one that
opens anything. An address that has not confirmed is asked first; its letters wait (`accounts.notices`).
"""

from typing import Any

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from accounts.notices import notify_address
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.public import private_links
from supervision.public.models import ReporterAccess

Verb = SuggestionEvent.Verb
SUBJECTS: dict[str, Any] = {
    Verb.ACCEPTED: _("您上报的 %s 已受理"),
    Verb.DECLINED: _("您上报的 %s 没有受理，理由见查询页"),
    Verb.RECONSIDERED: _("您上报的 %s 已恢复受理"),
    Verb.ASSIGNED: _("您上报的 %s 已交给负责的单位"),
    Verb.REPLIED: _("您上报的 %s 已有答复"),
    Verb.REPLY_CORRECTED: _("您上报的 %s 的答复有更正"),
    Verb.MERGED: _("您上报的 %s 与另一件合并办理"),
    Verb.RATED: _("您上报的 %s 已办结"),
}
ANSWERS = (Verb.REPLIED, Verb.REPLY_CORRECTED)
"""What is said to a part that was split off is said to who reported the whole: she reads it on her page."""
SAID_TO_BOTH = (*ANSWERS, Verb.DECLINED, Verb.RECONSIDERED)
"""What is said to a matter is said to those that were merged into it: their reporters read it on their pages."""
BODY = _("点开下面的链接查看进展和答复。链接只有您能用，请不要转给别人。")


def listen() -> None:
    """Write a letter after every event that a reporter should know of."""
    post_save.connect(mail_event, sender=SuggestionEvent, dispatch_uid="matters:letters")


def confirm_receipt(access: ReporterAccess) -> None:
    """Send the private link after filing."""
    if access.email:
        number = access.finding.suggestion.number
        _write(access, _("您的上报已收到，编号 %s") % number, f"report:{access.pk}:received")


def mail_event(instance: SuggestionEvent, created: bool, raw: bool, **kwargs: Any) -> None:
    if raw or not created or instance.verb not in SUBJECTS or instance.by_reporter:
        return
    found = ReporterAccess.objects.filter(finding__suggestion__in=_concerned(instance)).exclude(email="")
    for access in found.select_related("finding__suggestion"):
        title = SUBJECTS[instance.verb] % access.finding.suggestion.number
        _write(access, title, f"report:{access.pk}:event:{instance.pk}")


def _concerned(event: SuggestionEvent) -> list[int]:
    """The keys of the matters whose reporters hear of an event."""
    keys = [event.suggestion_id]
    if event.verb in SAID_TO_BOTH:
        keys += Suggestion.objects.filter(merged_into=event.suggestion_id).values_list("pk", flat=True)
    if event.verb in ANSWERS and event.suggestion.split_from_id:
        keys.append(event.suggestion.split_from_id)
    return keys


def _write(access: ReporterAccess, title: Any, key: str) -> None:
    notify_address(access.email, "matter-report", title, BODY, private_links.unsealed_path(access.pk), key=key)
