"""Which addresses may be asked: hosts on the list, by https; inner ones where the operator's settings name them too."""

from functools import lru_cache
from urllib.parse import parse_qsl

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from geokit.fetching.addresses import not_allowed, origin_of, public_host, split
from geokit.refusal import BadInput
from layers.sources.models import SourceHost

SECRET_PARTS = ("token", "key", "auth", "sign", "secret", "pass", "pwd")
"""In the name of a parameter: `access_token`, `X-Amz-Signature`, `apiKey`."""
SECRET_NAMES = ("ak", "tk", "sig")


def require_allowed(url: str, area_id: int | None) -> bool:
    """Tell whether `url` is at an inner host that the operator names. Raises BadInput unless it may be asked.

    Asked when a source is added and again before every request, so a host taken off the list is asked no more. That the
    operator names an origin only lets its host be put on the list: who may read what there is for GIS staff to decide.
    """
    is_inner = origin_of(url) in inner_origins(tuple(settings.SOURCE_INNER_ORIGINS))
    host = (split(url).hostname or "") if is_inner else public_host(url)
    listed = SourceHost.objects.filter(Q(area=None) | Q(area=area_id), host=host, ended_at=None)
    if not listed.exists():
        raise not_allowed(_("主机“%s”不在允许的名单里，请 GIS 人员先把它加进去。") % host)
    return is_inner


def require_no_secret(url: str) -> None:
    """An address is shown and exported, so what opens the service has a field of its own. Raises BadInput."""
    query = split(url).query.replace(";", "&")  # some services part by it
    names = [name.lower() for name, _value in parse_qsl(query, keep_blank_values=True)]
    if any(name in SECRET_NAMES or any(part in name for part in SECRET_PARTS) for name in names):
        raise not_allowed(_("地址里带了令牌或密钥。请从地址里去掉，填到“令牌”一栏。"))


@lru_cache(maxsize=8)
def inner_origins(named: tuple[str, ...]) -> frozenset[str]:
    """Scheme, host and port of each address that the operator named; what is no address names nothing."""
    return frozenset(origin for each in named if (origin := _origin(each)))


def inner_hosts() -> frozenset[str]:
    """Hosts of these origins, which are put on the list like others."""
    return frozenset(split(url).hostname or "" for url in settings.SOURCE_INNER_ORIGINS if _origin(url))


def _origin(url: str) -> str:
    try:
        return origin_of(url)
    except BadInput:
        return ""
