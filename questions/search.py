"""What of the questionnaires the search of the site finds."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from questions.register.models import Questionnaire
from questions.register.permissions import questionnaires_visible_to
from search.offers import Described, Offer, Watch


def _questionnaire(row: Questionnaire) -> Described:
    return Described(
        row.title,
        row.get_absolute_url(),
        text="\n".join(filter(None, [row.text, row.response])),
        meta=row.area.name,
        area_id=row.area_id,
        year=timezone.localtime(row.opens_at).year,
    )


OFFERS = [
    Offer(
        "questionnaires",
        _("征求意见"),
        Questionnaire,
        questionnaires_visible_to,
        _questionnaire,
        weight=4,
        related=("area",),
        watches=(Watch(Area, via="area"),),
    ),
]
