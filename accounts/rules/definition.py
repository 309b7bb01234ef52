"""What a rule is: its key, the kind of its value, its bounds, and where the default comes from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import length
from geokit.refusal import BadInput, FieldError


class Kind(StrEnum):
    """The kinds of values, with what `value()` returns."""

    INT = "int"
    DECIMAL = "decimal"  # Decimal
    BOOL = "bool"
    CHOICE = "choice"  # the code of one of the rule's choices
    DEPARTMENTS = "departments"  # a tuple of codes of departments
    DATES = "dates"  # a sorted tuple of days
    TEXT = "text"
    LENGTH = "length"  # a `length.Length`, or None: as the clause in `source` has it


def _around_deadline(days: int) -> str:
    """A day by its place before or after a deadline."""
    if days == 0:
        return _("期限当天")
    return (_("期限前 %d 天") if days < 0 else _("期限后 %d 天")) % abs(days)


OWN = gettext_lazy("查到的规定没有写明，由本区自定。")
"""The source of a rule for which no text at hand gives a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the district. `least` and `most` bound INT and DECIMAL, both included; texts are lazy."""

    key: str
    """Topic and name, such as ``delisting.months``. Never used again for something else: old judgments name it."""
    kind: Kind
    default: Any
    """In force as long as nobody has set another. An empty list or text: must be configured before it serves."""
    title: Any
    group: Any
    """The heading that it stands under."""
    unit: Any = ""
    help: Any = ""
    least: int | Decimal | None = None
    most: int | Decimal | None = None
    not_above: str = ""
    """The key of another rule whose value this one may not be above on any day."""
    choices: tuple[tuple[str, Any], ...] = ()
    source: Any = ""
    """The clause that the default follows; empty where no text at hand gives one."""
    from_deadline: bool = False
    """Whether its days are counted from a deadline: negative ones lie before it."""
    must_be_set: bool = False
    """Whether an empty value is a fault of the configuration that the page points out."""

    def stored(self, value: Any) -> Any:
        """Return `value` as JSON; raises BadInput for one that the rule does not allow."""
        try:
            stored = _STORE[self.kind](value)
        except (TypeError, ValueError, InvalidOperation) as error:
            raise self.refusal(_("不能作为“%(rule)s”的值：%(value)s") % self._named(value)) from error
        self._require_bounds(stored)
        return stored

    def read(self, stored: Any) -> Any:
        """Return a stored value as Python has it."""
        return _READ.get(self.kind, _same)(stored)

    def words(self, value: Any) -> str:
        """Return `value` for people, with its unit; departments by their codes."""
        if self.kind is Kind.BOOL:
            return _("是") if value else _("否")
        if self.kind is Kind.CHOICE:
            return str(dict(self.choices).get(value, value))
        if self.kind in (Kind.DEPARTMENTS, Kind.DATES):
            return "、".join(map(str, value)) or _("未配置")
        if self.kind is Kind.LENGTH:
            return value.words() if value else _("与依据相同")
        if value == "":
            return _("未配置")
        if self.from_deadline:
            return _around_deadline(int(value))
        return f"{value} {self.unit}".strip()

    def is_missing(self, value: Any) -> bool:
        """Tell whether `value` must still be configured."""
        return self.must_be_set and value in ((), "")

    def refusal(self, message: str) -> BadInput:
        return BadInput(message, code="bad-rule-value", errors=[FieldError("value", "invalid", message)])

    def _require_bounds(self, stored: Any) -> None:
        if self.kind is Kind.CHOICE and stored not in dict(self.choices):
            raise self.refusal(_("“%(rule)s”没有这个选项：%(value)s") % self._named(stored))
        if self.kind not in (Kind.INT, Kind.DECIMAL):
            return
        number = self.read(stored)
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            named = self._named(number) | {"least": self.least, "most": self.most}
            raise self.refusal(_("“%(rule)s”应在 %(least)s 到 %(most)s 之间，不能是 %(value)s") % named)

    def _named(self, value: Any) -> dict[str, Any]:
        return {"rule": self.title, "value": value}


def _same(value: Any) -> Any:
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or int(value) != Decimal(str(value)):
        raise ValueError("not a whole number")
    return int(value)


def _decimal(value: Any) -> str:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError("not a finite number")
    return str(number)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _codes(value: Iterable[str]) -> list[str]:
    if isinstance(value, str):
        raise TypeError("a list is wanted")
    return sorted({str(code) for code in value})


def _days(value: Iterable[date]) -> list[str]:
    return sorted({day.isoformat() for day in value})


_STORE: dict[Kind, Callable[[Any], Any]] = {
    Kind.INT: _whole,
    Kind.DECIMAL: _decimal,
    Kind.BOOL: _truth,
    Kind.CHOICE: str,
    Kind.DEPARTMENTS: _codes,
    Kind.DATES: _days,
    Kind.TEXT: str,
    Kind.LENGTH: length.store,
}
_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.DECIMAL: Decimal,
    Kind.DEPARTMENTS: tuple,
    Kind.DATES: lambda stored: tuple(map(date.fromisoformat, stored)),
    Kind.LENGTH: length.read,
}
