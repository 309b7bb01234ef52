"""Days in sentences that are written before it is known in which language they are read."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.functional import lazy


def _in_words(day: date | datetime, form: str = "DATE_FORMAT") -> str:
    return date_format(day, form)


day_in_words = lazy(_in_words, str)
"""``2026-03-05`` as 2026年3月5日 or 5 Mar 2026, by the language that is active when it is shown."""
