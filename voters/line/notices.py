"""What deputies, stations and voters are told of a message. A notice has its number and never what anybody wrote."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import notify, notify_address
from stations.permissions import station_staff
from voters.line.contacts import Reach, open_up
from voters.line.models import Message, MessageEvent
from voters.line.private_links import unsealed_path

Verb = MessageEvent.Verb
READERS = {
    Verb.SENT: _("有选民给您来信 {number}"),
    Verb.LEFT: _("联络站收到选民来信 {number}"),
    Verb.HANDED_OVER: _("代表转来选民来信 {number}"),
    Verb.LATE: _("选民来信 {number} 到期未答复，已转联络站"),
    Verb.CAME_BACK: _("选民来信 {number} 转的事项不予受理，请答复选民"),
    Verb.REOPENED: _("选民对 {number} 的答复不满意，请再办"),
    Verb.SAID: _("选民对 {number} 有补充"),
}
VOTER = {
    Verb.ANSWERED: _("您的来信 {number} 已有答复"),
    Verb.RELAYED: _("您的来信 {number} 已有答复"),
    Verb.RAISED: _("您的来信 {number} 已转为事项办理"),
    Verb.DISMISSED: _("您的来信 {number} 没有办理，理由见查询页"),
    Verb.REISSUED: _("您的来信 {number} 出具了新的回执，以前的链接已失效"),
}
BODY = _("点开下面的链接查看进展和答复。链接只有您能用，请不要转给别人。")
INSIDE = _("请打开来信查看并办理。")


def tell_readers(message: Message, event: MessageEvent) -> None:
    """Tell those who act next: the deputies, and the station once it has the message."""
    title = format_lazy(READERS[Verb(event.verb)], number=message.number)
    key = f"voter-message:{message.pk}:{event.pk}"
    notify(_readers(message), "voter-message", title, INSIDE, message.get_absolute_url(), key=key)


def _readers(message: Message) -> Iterable[User]:
    people = {deputy.user for deputy in message.deputies.select_related("user") if deputy.user is not None}
    return people | (set(station_staff(message.station)) if message.at_station_since else set())


def tell_voter(message: Message, event: MessageEvent) -> None:
    """Write to a voter who left a mail address."""
    title = format_lazy(VOTER[Verb(event.verb)], number=message.number)
    _mail(message, _address(message), title, f"voter-message:{message.pk}:{event.pk}")


def confirm_receipt(message: Message) -> None:
    """Send the private link after writing."""
    title = format_lazy(_("您的来信已收到，编号 {number}"), number=message.number)
    _mail(message, _address(message), title, f"voter-message:{message.pk}:link")


def send_link(message: Message, email: str, key: str) -> None:
    """Send the private link to a mailbox of the voter's own."""
    _mail(message, email, format_lazy(_("来信 {number} 的查询链接"), number=message.number), key)


def _address(message: Message) -> str:
    return open_up(message.contact) if message.reach == Reach.EMAIL else ""


def _mail(message: Message, email: str, title: Any, key: str) -> None:
    if email:
        notify_address(email, "voter-message", title, BODY, unsealed_path(message), key=key)
