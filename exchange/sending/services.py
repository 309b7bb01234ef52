"""Make a package of what this instance shows."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.levels import districts
from accounts.looking import home
from accounts.models import Area
from exchange.packages.writing import Written, write_package
from exchange.register.models import Partner
from exchange.register.services import own_origin
from exchange.sending.records import SHOWN, Showing
from exchange.standard.kinds import KINDS
from geokit.refusal import BadInput, NotFound


def export_package(target: Path, *, to: str = "", kinds: Iterable[str] = (), internal: bool | None = None) -> Written:
    """Write a package to `target`: for a partner what is agreed with it, else `kinds` (all) of what is public.

    Of several districts it says what lies in the area of the site's record. Raises BadInput, NotFound and TooLarge.
    """
    partner = _partner(to) if to else None
    wanted = list(kinds) or (list(partner.kinds) if partner else list(KINDS))
    if unknown := [kind for kind in wanted if kind not in KINDS]:
        raise BadInput(_("不认识的内容“%s”。") % unknown[0], code="unknown-kind")
    origin = own_origin()
    inside = internal if internal is not None else bool(partner and partner.is_internal)
    show = Showing(origin, partner, inside, _own_area(origin))
    with transaction.atomic():  # rows come by cursors of the server, which live in a transaction
        made_at = timezone.now()
        records = ((kind, SHOWN[kind](show)) for kind in KINDS if kind in wanted)
        return write_package(target, records, show.files, origin=origin, site=settings.SITE_URL, to=to, made_at=made_at)


def _own_area(origin: str) -> Area | None:
    """Return the area of the site's record where there are several districts; None, for all, where there is one."""
    if not districts().several:
        return None
    if (area := home()) is None:
        raise BadInput(_("有多个区县，却没有代码为“%s”的区划，不知道哪些内容是本平台的。") % origin, code="no-area")
    return area


def _partner(origin: str) -> Partner:
    partner = Partner.objects.filter(origin=origin).first()
    if partner is None:
        raise NotFound(_("没有登记代码为“%s”的平台。") % origin[:20], code="unknown-partner")
    return partner
