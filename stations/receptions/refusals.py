"""Refusals of several modules of receptions."""

from django.utils.translation import gettext

from geokit.refusal import NotPermitted


def not_permitted() -> NotPermitted:
    """Return the refusal of those who do not run the station."""
    return NotPermitted(gettext("接待由联络站所在镇街的工作人员、本站代表和人大工作人员办理。"))
