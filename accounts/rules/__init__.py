"""Rules of the district (本区规则): numbers and lists that no law fixes, as versioned data with effective dates.

A room declares its rules in `<room>/rules.py` as ``RULES = (Rule(...), ...)``; `settings.RULES` lists the rooms. Read::

    from accounts import rules

    rules.value("delisting.months")               # what is in force today
    rules.value("delisting.months", on=day)       # what was in force on a day
    rules.version()                               # the number that a judgment stores
    rules.basis("delisting.months")               # version and values together, as JSON, for an event

A loop over many things reads once: ``book = rules.book()``, then ``book.value(key)``. docs/rules.md has the whole.
"""

from accounts.rules.book import Book
from accounts.rules.definition import OWN, Kind, Rule
from accounts.rules.queries import basis, book, value, version

__all__ = ["OWN", "Book", "Kind", "Rule", "basis", "book", "value", "version"]
