"""Answers of other instances on the pages of our papers."""

from django.utils.translation import gettext_lazy as _

from exchange.on_papers import answers_to
from ui.linked import LinkedOffer, register


def listen() -> None:
    """Have answers listed on the pages of papers."""
    register(LinkedOffer("exchange", _("其他平台的答复"), answers_to))
