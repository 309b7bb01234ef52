"""Whose public things somebody is shown, where this instance holds several districts under a city.

Decision 64. Nothing of one district shows in another's lists, tiles, search or exports, public things included:

* who is signed in is shown what is her district's (`reach_of`), the city's people and administrators all;
* a visitor is shown the district that she chose (`?in-district=CODE` in the address, then a cookie; `all` is the whole
  city), else the home district of the site: that of its record (`DISTRICT_CODE`, or the first);
* the site itself (None), and whatever asks outside of a request without an account, reads all.

With one district nothing is asked and nothing narrowed.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.db.models import Extent
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _

from accounts.directory.levels import districts, held, line_of
from accounts.directory.models import Area, User
from accounts.district import District, area_rows, bounds, current, record_over
from accounts.permissions import NOWHERE, Asker, reach_of, within
from geokit.geometry.bbox import BBox

NAME = "in-district"
"""The parameter of an address and the cookie that say which district a visitor chose."""
ALL = "all"
KEPT_SECONDS = 365 * 24 * 3600


class Choice:
    """What the address or the cookie of one request says; `area` is asked once, and only where it matters."""

    def __init__(self, code: str, before: str = "") -> None:
        self.code, self.before = code, before

    @cached_property
    def area(self) -> Area | None:
        """The district that a visitor is shown; None for the whole instance."""
        for code in (self.code, self.before):
            if code == ALL:
                return None
            if found := _district(code):
                return found
        return home()


_choice: ContextVar[Choice | None] = ContextVar("what the visitor of this request chose", default=None)


def _district(code: str) -> Area | None:
    return held().filter(code=code).defer("geom").first() if _is_code(code) else None


def _is_code(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) <= 12


def home() -> Area | None:
    """Return the area of the site's own record; None where none is known. A city's record makes all its own."""
    code = current().code
    return Area.objects.filter(code=code).defer("geom").first() if code else None


def whole() -> Area | None:
    """Return the area that all of the instance is: its district, or the narrowest that its districts lie in."""
    known = districts()
    if not known.several:
        own = home()
        return own if own is not None else held().order_by("code").defer("geom").first()
    around = Area.objects.filter(pk__in=frozenset.intersection(*known.lines)).defer("geom")
    return max(around, key=lambda area: len(line_of(area)), default=None)


def looked_at(user: Asker) -> Area | None:
    """Return the district whose public things `user` is shown; None for all that the instance holds."""
    # With one district nobody asks who it is: who is asked has read a session, and her answer is not shared.
    if user is None or not districts().several or not isinstance(user, User | AnonymousUser):
        return None
    reach = reach_of(user)
    if isinstance(user, User):
        if reach is None or reach.pk != NOWHERE.pk:
            return reach
        if user.is_service:
            return None
    choice = getattr(user, "choice", None) or _choice.get()
    return choice.area if choice is not None else None


def record_shown(user: Asker) -> District:
    """Return the record by whose names pages go for `user`: that of the district that she is shown, else the site's."""
    area = looked_at(user)
    return current() if area is None else record_over(area)


def as_public(user: Asker) -> AnonymousUser:
    """Return who reads no more than the public, of the district that `user` is shown: for feeds and open data."""
    reader, choice = AnonymousUser(), Choice("")
    choice.area = looked_at(user)
    reader.choice = choice  # type: ignore[attr-defined]
    return reader


def shown(user: Asker, area_field: str = "area", place_field: str = "") -> Q:
    """Match what is of the district that `user` is shown: what a list of public things is narrowed to, everywhere."""
    area = looked_at(user)
    return Q() if area is None else within(area, area_field, place_field)


def shown_with_above(user: Asker, area_field: str = "area") -> Q:
    """The same of what may be the city's too, which all its districts are shown: of no area, or one above."""
    area = looked_at(user)
    return Q() if area is None else with_above(area, area_field)


def with_above(area: Area, area_field: str = "area") -> Q:
    """Match what is of `area`, of what lies in it or around it, and of no area."""
    above = [each.pk for each in line_of(area)[1:]]
    return within(area, area_field) | Q(**{f"{area_field}__isnull": True}) | Q(**{f"{area_field}__in": above})


def shown_key(user: Asker) -> str:
    """Name whose public things `user` is shown, for the audiences of tiles and for files that are kept."""
    area = looked_at(user)
    if area is not None:
        return f"-of-{area.pk}"
    # All of several is one choice among them: no shared cache keeps it for the others.
    return "" if user is None or not districts().several else "-of-all"


def districts_shown(user: Asker) -> QuerySet[Area]:
    """Return the district that `user` is shown, or all that this instance holds; with one, the site's own."""
    return held().filter(shown(user, "pk")) if districts().several else area_rows()


def codes_shown(user: Asker) -> tuple[str, ...]:
    """Return the codes of the districts that `user` is shown: whose ground a map draws as one's own."""
    if not districts().several:
        return (current().code,)
    return tuple(districts_shown(user).order_by("code").values_list("code", flat=True))


def city_shown(user: Asker) -> Area | None:
    """Return the city, or wider, all of whose districts `user` is shown at once; None for one district's reader."""
    return whole() if districts().several and looked_at(user) is None else None


def bounds_shown(user: Asker) -> BBox:
    """Return west, south, east, north in degrees of what `user` is shown: where her map opens."""
    if not districts().several:
        return bounds()
    rows = districts_shown(user)
    undrawn = District.objects.filter(code__in=rows.filter(geom=None).values("code"))
    boxes = [rows.aggregate(box=Extent("geom"))["box"], *(record.box for record in undrawn)]
    known = list(zip(*(box for box in boxes if box), strict=True))
    if not known:
        return bounds()
    west, south, east, north = known
    return (round(min(west), 5), round(min(south), 5), round(max(east), 5), round(max(north), 5))


def to_choose(user: Asker) -> Iterator[tuple[str, str, bool]]:
    """Yield code, name and "is looked at" of what a visitor may look at: the districts, then all of the city.

    Nothing for who is signed in, and where there is one district.
    """
    if not districts().several or not isinstance(user, AnonymousUser):
        return
    looked = looked_at(user)
    for area in held().order_by("code").only("pk", "code", "name"):
        yield area.code, area.name, looked is not None and looked.pk == area.pk
    yield ALL, _("全部区县"), looked is None


def carried(request: HttpRequest) -> str:
    """Return `?in-district=CODE` as the address says it, for addresses that the answer names; empty otherwise."""
    code = request.GET.get(NAME, "")
    return f"?{NAME}={code}" if code == ALL or _is_code(code) else ""


class LookingMiddleware:
    """Keeps what a visitor chose while her request is answered, and for later requests when the address says it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        choice = Choice(request.GET.get(NAME, ""), request.COOKIES.get(NAME, ""))
        asker: Any = request.user
        # On the account too: tiles are drawn for it later, outside of the request.
        request.user = SimpleLazyObject(lambda: _with_choice(asker, choice))  # type: ignore[assignment]
        token = _choice.set(choice)
        try:
            response = self.get_response(request)
        finally:
            _choice.reset(token)
        if "area" in vars(choice):  # it was asked, so the answer depends on it
            patch_vary_headers(response, ["Cookie"])
        if choice.code and districts().several:
            _keep(response, choice.code)
        return response


def _keep(response: HttpResponse, code: str) -> None:
    """Pages keep the choice; what programs ask (tiles, API) and others frame holds for its own address alone."""
    is_framed = getattr(response, "xframe_options_exempt", False)
    is_page = response.get("Content-Type", "").startswith("text/html") and not is_framed
    if is_page and (code == ALL or _district(code)):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(NAME, code, KEPT_SECONDS, secure=secure, httponly=True, samesite="Lax")


def _with_choice(asker: Any, choice: Choice) -> Any:
    asker.choice = choice
    return asker
