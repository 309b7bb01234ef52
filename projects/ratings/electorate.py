"""Who rates as a deputy, and how many people a count on paper can have asked: deputies, or electors of the place."""

import re

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.congress.queries import congress_of, members_on
from accounts.directory.levels import district_or_above
from accounts.looking import home
from accounts.models import Area, Congress, Role, User
from accounts.permissions import Asker, is_deputy, sits
from geokit.refusal import BadInput
from projects.plan.models import Project
from projects.ratings.models import PaperCount

RULE = "projects.electors"
DEPUTIES = "代表"
"""Stands in the rule for the deputies, where not all of them are entered as members."""


def most_voters(project: Project, voter: str) -> int:
    """Return the bound. Raises BadInput where the rule names neither the project's area nor one above it."""
    numbers, area = read_numbers(rules.value(RULE)), project.area or home()
    if voter == PaperCount.Voter.DEPUTY:
        return numbers.get(DEPUTIES) or _deputies(area)
    while area is not None:
        if area.code in numbers:
            return numbers[area.code]
        area = area.parent
    message = _("还没有登记“%s”的选民数，纸质票没有上限可核。请先在本区规则里填写。") % (project.area or "")
    raise BadInput(message, code="no-electorate")


def rates_as_deputy(user: Asker, project: Project) -> bool:
    """Tell whether `user` is a deputy who rates: who sits today; where not all are entered as members, by her role."""
    return sits(user) or (is_deputy(user) and not _are_all_entered(project))


def _are_all_entered(project: Project) -> bool:
    return DEPUTIES not in read_numbers(rules.value(RULE)) and _congress(project.area or home()) is not None


def _deputies(area: Area | None) -> int:
    """Who sits in the congress of the district of `area` today, with an account or without.

    Accounts where members are not kept.
    """
    congress = _congress(area)
    if congress is not None:
        return members_on(congress, timezone.localdate()).count()
    return User.objects.filter(role=Role.DEPUTY, is_active=True).count()


def _congress(area: Area | None) -> Congress | None:
    """The congress of the district of `area` that sits today; None where its members are not kept."""
    district, today = district_or_above(area) or home(), timezone.localdate()
    congress = congress_of(district, today) if district is not None else None
    return congress if congress is not None and members_on(congress, today).exists() else None


def read_numbers(text: str) -> dict[str, int]:
    """Return the electors of each area from ``code number`` pairs, parted by `;`. Raises BadInput, which says where.

    >>> read_numbers("330203 520000; 330203101 31000")
    {'330203': 520000, '330203101': 31000}
    """
    found = {}
    for pair in filter(None, (part.strip() for part in text.replace("；", ";").split(";"))):
        code, _space, number = pair.partition(" ")
        known = code == DEPUTIES or re.fullmatch(r"[0-9]{6,12}", code)
        if not known or not re.fullmatch(r"[0-9]{1,9}", number.strip()):
            raise BadInput(_("选民数写成“区划代码 人数”，用分号分开；看不懂：%s") % pair, code="bad-electors")
        found[code] = int(number)
    return found
