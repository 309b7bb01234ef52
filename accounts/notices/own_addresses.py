"""One's own addresses: a code goes there, and whoever types it has the address. Each writes only her own rows."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.notices.channels import CHANNELS, OWN_CHANNELS, NotDelivered
from accounts.notices.channels.base import NeverDelivered, Own, UnknownAddress, Words
from accounts.notices.links import preferences_path
from accounts.notices.models import SMS, Delivery, Notice, NoticePreference, OwnAddress
from accounts.notices.services import notify
from accounts.notices.text_messages import spend_of_site
from accounts.notices.wake import wake_delivery
from accounts.rate_limits import Limit, digest_of, network_of, spend
from geokit.refusal import BadInput, Busy, NotFound, refuse
from ledger import audit
from ui.text.codes import typed_code

GOOD_FOR = timedelta(minutes=10)
MOST_WRONG = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED, ASKED_A_DAY = Limit("own-address", 6, HOUR), Limit("own-address-day", 10, DAY)
"""By one person."""
OF_NETWORK = Limit("own-address-network", 40, HOUR)
"""By all who ask from neighbouring network addresses."""
SENT_TO = Limit("own-address-to", 4, DAY)
"""To one address, whoever types it."""


def set_up() -> dict[str, Own]:
    """Return the channels to own addresses that the operator has set up, by name."""
    return {name: own for name, own in OWN_CHANNELS.items() if not own.missing()}


def _channel(name: str) -> Own:
    own = set_up().get(name)
    if own is None:
        raise NotFound(_("本站没有开通这种通知方式。"))
    return own


def ask(user: Any, channel: str, address: str, *, asked_from: str = "") -> OwnAddress:
    """Send a code to an address; nothing else goes there until it is typed. It takes the place of the one before.

    `asked_from` is the network address of who asks.

    Raises NotFound for a channel that is not set up, BadInput, TooMany, Busy where the other side takes nothing.
    """
    own = _channel(channel)
    if not own.is_typed:
        raise NotFound(_("这种通知方式不能自己填写地址。"))
    address = own.clean(address)
    _spend(user, channel, address, asked_from)
    code = f"{secrets.randbelow(10**6):06}"
    _send(own, address, code)
    fresh = {
        "address": address, "confirmed_at": None, "code_digest": _digest(user, channel, code), "wrong_codes": 0,
        "code_until": timezone.now() + GOOD_FOR,
    }  # fmt: skip
    return OwnAddress.objects.update_or_create(user=user, channel=channel, defaults=fresh)[0]


def _spend(user: Any, channel: str, address: str, asked_from: str) -> None:
    """Before anything goes out. Raises TooMany."""
    spend(ASKED, f"user:{user.pk}")
    spend(ASKED_A_DAY, f"user:{user.pk}")
    if asked_from:
        spend(OF_NETWORK, network_of(asked_from))
    spend(SENT_TO, f"{channel}:{address.casefold()}")
    if channel == SMS:
        spend_of_site()


def _send(own: Own, address: str, code: str) -> None:
    body = _("十分钟内有效。不是您本人在操作，请不必理会。")
    words = Words("code", _("通知地址的验证码：%s") % code, body, values={"code": code})
    try:
        own.say(address, words)
    except UnknownAddress as error:
        raise refuse("address", "unknown-address", _("对方查无此号，请核对后再试。")) from error
    except NeverDelivered as error:
        raise BadInput(_("这种通知方式的设置有误，请告诉本站管理员。"), code="channel-broken") from error
    except (NotDelivered, OSError) as error:
        raise Busy(_("验证码没有发出，请过几分钟再试。")) from error


def _digest(user: Any, channel: str, code: str) -> str:
    return digest_of(f"own-address:{user.pk}:{channel}:{code}")


def confirm(user: Any, channel: str, code: str) -> None:
    """Take the code that came. Raises BadInput for a wrong one, an old one, and after five wrong ones."""
    with transaction.atomic():
        row = OwnAddress.objects.select_for_update().filter(user=user, channel=channel).first()
        if row is None or row.code_until is None or row.code_until < timezone.now() or row.wrong_codes >= MOST_WRONG:
            raise refuse("code", "code-over", _("验证码已失效，请重新获取。"))
        right = constant_time_compare(row.code_digest, _digest(user, channel, typed_code(code)))
        if right:
            _confirmed(user, row)
        else:
            row.wrong_codes += 1
            row.save(update_fields=["wrong_codes"])
    if not right:
        raise refuse("code", "wrong-code", _("验证码不对，请核对。"))


def _confirmed(user: Any, row: OwnAddress) -> None:
    row.confirmed_at, row.code_until, row.code_digest = timezone.now(), None, ""
    row.save(update_fields=["confirmed_at", "code_until", "code_digest"])
    audit.record(user, "own-address-confirmed", row, channel=row.channel)
    title = gettext_lazy("您的账号添加了新的通知地址")
    body = gettext_lazy("不是您本人操作的，请马上修改密码，并在“通知方式”里删除它。")
    key = f"own-address:{row.pk}:{row.confirmed_at:%Y%m%d%H%M%S}"
    notify([user], "account-own-address", title, body, preferences_path(), key=key)


def proven(user: Any, own: Own) -> str:
    """Return her address on a channel as the identity has it by which she signs in; empty for none."""
    if own.identity is None:
        return ""
    kind, key = own.identity
    found = SocialAccount.objects.filter(user=user, provider=kind).first()
    return str(found.extra_data.get(key, "")) if found is not None else ""


@transaction.atomic
def take(user: Any, channel: str) -> None:
    """Use the address that her identity proves, without a code. Raises NotFound, BadInput where there is none."""
    own = _channel(channel)
    address = proven(user, own)
    if not address:
        raise BadInput(_("请先绑定这种登录方式。"), code="no-identity")
    fresh = {"address": own.clean(address), "confirmed_at": None, "wrong_codes": 0}
    row = OwnAddress.objects.update_or_create(user=user, channel=channel, defaults=fresh)[0]
    _confirmed(user, row)


def forget_proven(user: Any, kind: str, known: Mapping[str, Any]) -> None:
    """Forget the addresses that an identity proved which opens the account no longer."""
    for name, own in OWN_CHANNELS.items():
        if own.identity and own.identity[0] == kind and (address := known.get(own.identity[1])):
            OwnAddress.objects.filter(user=user, channel=name, address=address).delete()


def choose(user: Any, channel: str, wanted: str) -> None:
    """Say when messages go there: at once, in the daily digest, never. Raises BadInput."""
    if wanted not in NoticePreference.Mail.values:
        raise refuse("wanted", "unknown", _("请选择什么时候发。"))
    OwnAddress.objects.filter(user=user, channel=channel).update(wanted=wanted)


@transaction.atomic
def remove(user: Any, channel: str) -> None:
    """Take an address back; what waits for it is dropped."""
    row = OwnAddress.objects.filter(user=user, channel=channel).first()
    if row is not None:
        audit.record(user, "own-address-removed", row, channel=channel)
        row.delete()
    waiting = Delivery.objects.filter(notice__recipient=user, channel=channel, state=Delivery.State.WAITING)
    waiting.delete()


def forget_all(user: Any) -> None:
    """Forget every address of somebody whose account is closed or gets another mailbox from others.

    What waits for her is dropped: it is no longer hers to read, and another may read that mailbox. Robots are groups'.
    """
    OwnAddress.objects.filter(user=user).delete()
    Delivery.objects.filter(notice__recipient=user, robot=None, state=Delivery.State.WAITING).delete()


@transaction.atomic
def try_channel(user: Any, channel: str) -> None:
    """Send oneself a message that says only that the channel works, at any hour. Raises NotFound, BadInput."""
    _channel(channel)
    if not OwnAddress.objects.filter(user=user, channel=channel, confirmed_at__isnull=False).exists():
        raise BadInput(_("请先在“通知方式”里填写并确认自己的地址，测试消息会发到那里。"), code="no-own-address")
    now = timezone.now()
    words = {
        "kind": "data-channel-test", "title": _("测试消息"), "at": now, "read_at": now,
        "body": _("收到这条消息，说明“%s”可以接收本站的通知。") % CHANNELS[channel].label,
    }  # fmt: skip
    key = f"channel-test:{channel}:{now:%Y%m%d%H%M}"
    notice, _new = Notice.objects.get_or_create(recipient=user, key=key, defaults=words)
    row = {"key": key, "not_before": now}
    Delivery.objects.get_or_create(notice=notice, channel=channel, defaults=row)
    wake_delivery()
