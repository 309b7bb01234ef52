"""Drafts that are shared with a deputy group on the group's page."""

from django.utils.translation import gettext_lazy as _

from papers.register.group_drafts import linked_to
from ui.linked import LinkedOffer, register


def listen() -> None:
    """Have a group's papers listed on its page."""
    register(LinkedOffer("group-papers", _("小组的议案和建议（含草稿）"), linked_to))
