"""That a partner sent papers or answers that were not here before: one notice a package, to who exchanges with it."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from exchange.register.models import ForeignRecord, Taking

KIND = "paper-exchange"
NAMED = 5


def tell(taking: Taking, fresh: Sequence[ForeignRecord]) -> None:
    """Notify of new papers and answers, part of the caller's transaction; of other kinds nobody is told."""
    papers = [one for one in fresh if one.kind == "papers"]
    answers = [one for one in fresh if one.kind == "answers"]
    if not papers and not answers:
        return
    title = format_lazy(
        _("{partner}发来议案建议 {papers} 件、答复 {answers} 件"),
        partner=taking.partner.name, papers=str(len(papers)), answers=str(len(answers)),
    )  # fmt: skip
    body = "\n".join(str(one) for one in [*answers, *papers][:NAMED])
    people = User.objects.filter(district_staff() | Q(role=Role.ADMIN), is_active=True)
    notify(people, KIND, title, body, taking.partner.get_absolute_url(), key=f"exchange:{taking.pk}")
