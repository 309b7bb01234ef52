"""Days in sentences that are written before it is known in which language they are read."""

from django.utils.formats import date_format
from django.utils.functional import lazy

day_in_words = lazy(date_format, str)
"""``2026-03-05`` as 2026年3月5日 or 5 Mar 2026, by the language that is active when it is shown."""
