"""The rules as they stand at one moment, to be asked any number of times without another query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.rules.registry import declared, rule_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One change that was not withdrawn."""

    pk: int
    key: str
    value: Any
    effective_from: date


class Book:
    """All changes up to now, in the order in which they are or will be in force; days are local."""

    def __init__(self, entries: Iterable[Entry], today: date) -> None:
        self.entries: Sequence[Entry] = sorted(entries, key=lambda entry: (entry.effective_from, entry.pk))
        self.today = today

    def value(self, key: str, on: date | None = None) -> Any:
        """Return the value in force on a day (default: today); raises KeyError for an unknown key."""
        return self._latest(key, self.entries[: self.version(on)])

    def version(self, on: date | None = None) -> int:
        """Return the number of the rules in force on a day: how many changes were. 0 is the defaults alone."""
        day = on or self.today
        return sum(entry.effective_from <= day for entry in self.entries)

    def value_in(self, version: int, key: str) -> Any:
        """Return the value that `key` had in a version."""
        return self._latest(key, self.entries[:version])

    def basis(self, *keys: str, on: date | None = None) -> dict[str, Any]:
        """Return version and values as JSON, for the event of a judgment: ``{"version": 7, "delisting.months": 3}``."""
        values = {key: rule_of(key).stored(self.value(key, on)) for key in keys}
        return {"version": self.version(on)} | values

    def values_in(self, version: int) -> dict[str, Any]:
        """Return the value of every rule in a version."""
        return {key: self.value_in(version, key) for key in declared()}

    def current(self, key: str) -> Entry | None:
        """Return the change that is in force today; None while the default is."""
        return next((entry for entry in reversed(self.entries[: self.version()]) if entry.key == key), None)

    def planned(self, key: str) -> list[Entry]:
        """Return the changes that begin after today, the next one first."""
        return [entry for entry in self.entries[self.version() :] if entry.key == key]

    @staticmethod
    def _latest(key: str, entries: Sequence[Entry]) -> Any:
        rule = rule_of(key)
        found = next((entry for entry in reversed(entries) if entry.key == key), None)
        return rule.default if found is None else rule.read(found.value)
