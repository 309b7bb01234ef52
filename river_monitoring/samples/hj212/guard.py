"""Who is heard as a station: its network, its password, its lock. Failures are counted, and lock and alarm when many.

HJ 212 sends a password of six digits in clear. It proves little, so a station should have its networks set, and come
through a tunnel (docs/operations.md); what stands here keeps guesses few and tells people of them.
"""

from datetime import timedelta
from hmac import compare_digest
from ipaddress import ip_network
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from river_monitoring.samples.hj212.packet import Packet
from river_monitoring.samples.models import AutomaticStation
from ui.network.addresses import plain_address

LOCKED_AFTER = 10
"""Wrong passwords for one station within `COUNTED_FOR`, from wherever they come, after which it is locked."""
COUNTED_FOR = timedelta(hours=24)
LOCK_NOTICE = "river-station-locked"
STRANGERS_NOTICE = "river-station-strangers"

NotHeard = Literal["unknown-station", "wrong-network", "wrong-password", "locked"]


def admit(station: AutomaticStation | None, packet: Packet) -> NotHeard | None:
    """Return why this packet is not heard, or None. Counts on the station, which the caller saves.

    Somebody outside the networks of a station can neither guess its password nor have it locked. Elsewhere a lock
    keeps everybody out but the address from which the station last reported, so that guessing does not silence it;
    when the guesses come from that address too, nobody is heard until the station is unlocked.
    """
    if station is None or not station.is_active:
        return "unknown-station"
    if not is_allowed(packet.peer, station.networks):
        return "wrong-network"
    if station.locked_at and (not station.last_peer or packet.peer != station.last_peer):
        return "locked"
    if not compare_digest(packet.pw.encode(), station.password.encode()):
        _count_failure(station, packet.peer)
        return "wrong-password"
    if not station.locked_at:
        station.last_peer = packet.peer
    return None


def is_allowed(peer: str, networks: list[str]) -> bool:
    """Whether an address lies in one of the networks; without networks every address does.

    >>> is_allowed("10.20.3.4", ["10.20.0.0/16"]), is_allowed("::ffff:10.20.3.4", ["10.20.0.0/16"])
    (True, True)
    >>> is_allowed("10.21.3.4", ["10.20.0.0/16"]), is_allowed("", ["10.20.0.0/16"]), is_allowed("10.21.3.4", [])
    (False, False, True)
    """
    if not networks:
        return True
    try:
        address = plain_address(peer)
    except ValueError:
        return False
    return any(address in ip_network(network) for network in networks)


def _count_failure(station: AutomaticStation, peer: str) -> None:
    now = timezone.now()
    if station.failing_since is None or now - station.failing_since > COUNTED_FOR:
        station.failures, station.failing_since = 0, now
    station.failures += 1
    if station.failures < LOCKED_AFTER:
        return
    if peer == station.last_peer:
        station.last_peer = ""
    if station.locked_at is None:
        station.locked_at = now
        _alarm_of_lock(station, peer)


def unlock(station: AutomaticStation) -> None:
    """Hear the station again, from everywhere in its networks. Saves it."""
    station.failures, station.failing_since, station.locked_at = 0, None, None
    station.save(update_fields=["failures", "failing_since", "locked_at"])


def _alarm_of_lock(station: AutomaticStation, peer: str) -> None:
    title = format_lazy(_("自动站 {mn} 已锁定"), mn=station.mn)
    body = format_lazy(
        _(
            "{point}的自动站在24小时内有{count}次访问密码错误，最近一次来自 {peer}。"
            "请核对设备的密码或限定来源网段，再在后台解除锁定。"
        ),
        point=station.point.name,
        count=station.failures,
        peer=peer or "-",
    )
    when = station.locked_at or timezone.now()
    key = f"station:{station.pk}:locked:{when:%Y%m%d%H%M}"
    notify(watchers(), LOCK_NOTICE, title, body, station.point.get_absolute_url(), key=key)


def alarm_of_strangers(peer: str) -> None:
    """Tell of an address that is no longer answered because strangers called from it; once a day whatever happens."""
    body = format_lazy(
        _("{peer} 等地址多次以未知的设备或错误的密码连接自动站端口，已暂停接收。详见后台的自动站故障。"), peer=peer
    )
    key = f"station:strangers:{timezone.localdate()}"
    notify(watchers(), STRANGERS_NOTICE, _("自动站端口有陌生连接"), body, key=key)


def watchers() -> QuerySet[User]:
    """Operators and the district's staff."""
    return User.objects.filter(Q(role=Role.ADMIN) | district_staff(), is_active=True)
