"""The newest anchor in one line, for the foot of what is printed: paper that is in other hands proves the chain too."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ledger.anchors.services import latest_anchor


def anchor_line() -> str:
    """Day, number of links and the whole digest of the newest anchor; empty where there is none."""
    anchor = latest_anchor()
    if anchor is None:
        return ""
    day = date_format(timezone.localtime(anchor.at), "DATETIME_FORMAT")
    words = {"day": day, "links": anchor.links, "head": anchor.head}
    return _("证据链 %(day)s 共 %(links)d 环，链尾摘要 %(head)s") % words
