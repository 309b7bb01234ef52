"""The name under which an organisation's program knows a person."""

import re

from django.utils.translation import gettext as _

from geokit.refusal import refuse

USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


def clean_user_id(address: str) -> str:
    """Return a user id; one name, no list, no `@all`. Raises BadInput."""
    found = address.strip()
    if not USER_ID.fullmatch(found):
        raise refuse("address", "invalid", _("userid 由字母、数字和 _ . @ - 组成，只填一个。"))
    return found
