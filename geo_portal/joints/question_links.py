"""Questionnaires on the pages of what they are about."""

from django.utils.translation import gettext_lazy as _

from questions.register.about import linked_to
from ui.linked import LinkedOffer, register


def listen() -> None:
    """Have questionnaires listed on the pages of documents, projects, rivers and points."""
    register(LinkedOffer("questions", _("征求意见"), linked_to))
