"""The rule by which readings of a period make its class, as versioned data read from a TOML file and checked.

Pure Python, no Django. The files lie in `assessment_rules/`, each number with its source; an assessment keeps the id of
the rule that made it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import Any, Literal

from river_monitoring.standard.limits import InvalidStandard
from river_monitoring.standard.spans import PERIODS, Period

RULES_DIR = Path(__file__).with_name("assessment_rules")
_ONE_DIGIT = Context(prec=1, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """What a value of a period is a mean of, and of how many values and different days at least."""

    of: Literal["readings", "months"]
    least_values: int
    least_days: int


@dataclass(frozen=True, slots=True)
class IndexRule:
    """Of the city water quality index: its items (none named: all that decide a class), and digits of sum and items."""

    items: tuple[str, ...] = ()
    decimals: int = 4
    item_decimals: int = 4


@dataclass(frozen=True, slots=True)
class NinePlusX:
    """The basic items of "9+X", and for how many months an item that exceeded class III stays one of the X."""

    basic: frozenset[str] = frozenset({"temp", "ph", "do", "codmn", "nh3n", "tp", "tn"})
    look_back_months: int = 12


@dataclass(frozen=True, slots=True)
class AssessmentRule:
    """One version of the rule."""

    id: str
    title_zh: str
    title_en: str
    in_force: date
    non_detect: Decimal
    """The share of its detection limit that a non-detect counts as."""
    hydrogen_mean: frozenset[str]
    automatic_first: frozenset[str]
    decimals: Mapping[str, int]
    periods: Mapping[Period, PeriodRule]
    index: IndexRule = IndexRule()
    nine_plus_x: NinePlusX = NinePlusX()

    def rounded(self, code: str, mean: Decimal) -> Decimal:
        """The mean as assessment data: half to even, one significant digit where it would be nought.

        >>> rule = load_rule(RULES_DIR / "hj_2020_82.toml")
        >>> [str(rule.rounded("nh3n", Decimal(text))) for text in ("1.005", "1.015", "0.0049")]
        ['1.00', '1.02', '0.005']
        >>> str(rule.rounded("ph", Decimal("9.5"))), str(rule.rounded("fc", Decimal("10000.4")))
        ('10', '10000.4')
        """
        if code not in self.decimals:
            return mean
        found = mean.quantize(Decimal(1).scaleb(-self.decimals[code]), ROUND_HALF_EVEN)
        return found if found or not mean else _ONE_DIGIT.plus(mean)


def load_rule(path: Path) -> AssessmentRule:
    """Read a rule from its TOML file. Raises InvalidStandard, naming the file and what is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        rule = AssessmentRule(
            id=data["id"],
            title_zh=data["title_zh"],
            title_en=data["title_en"],
            in_force=data["in_force"],
            non_detect=Decimal(data["non_detect"]),
            hydrogen_mean=frozenset(data["hydrogen_mean"]),
            automatic_first=frozenset(data["automatic_first"]),
            decimals=dict(data["decimals"]),
            periods={period: _period(data["periods"][period]) for period in PERIODS},
            index=_index(data.get("cwqi", {})),
            nine_plus_x=_nine_plus_x(data.get("nine_plus_x", {})),
        )
    except (KeyError, ValueError, TypeError, ArithmeticError, OSError) as error:
        raise InvalidStandard(f"{path.name}: {error!r}") from error
    for wrong in _faults(rule):
        raise InvalidStandard(f"{path.name}: {wrong}")
    return rule


def _period(row: Mapping[str, Any]) -> PeriodRule:
    return PeriodRule(row["of"], row["least_values"], row["least_days"])


def _index(row: Mapping[str, Any]) -> IndexRule:
    usual = IndexRule()
    return IndexRule(
        tuple(row.get("items", ())), row.get("decimals", usual.decimals), row.get("item_decimals", usual.item_decimals)
    )


def _nine_plus_x(row: Mapping[str, Any]) -> NinePlusX:
    usual = NinePlusX()
    return NinePlusX(frozenset(row.get("basic", usual.basic)), row.get("look_back_months", usual.look_back_months))


def _faults(rule: AssessmentRule) -> Iterable[str]:
    if type(rule.in_force) is not date:
        yield "in_force is no date"
    if not 0 <= rule.non_detect <= 1:
        yield f"non_detect is {rule.non_detect}, not a share from 0 to 1"
    digits = (rule.index.decimals, rule.index.item_decimals)
    if any(type(places) is not int or not 0 <= places <= 10 for places in digits):
        yield f"decimals of the index are {digits}, not 0 to 10"
    if len(set(rule.index.items)) != len(rule.index.items):
        yield "an item of the index is named twice"
    months = rule.nine_plus_x.look_back_months
    if type(months) is not int or not 0 <= months <= 120 or not rule.nine_plus_x.basic:
        yield f"9+X needs basic items and 0 to 120 months to look back on, not {months!r}"
    for code, places in rule.decimals.items():
        if type(places) is not int or not 0 <= places <= 10:
            yield f"decimals of {code} are {places!r}, not 0 to 10"
    for period, row in rule.periods.items():
        if row.of not in ("readings", "months") or (row.of == "months" and period not in ("quarter", "year")):
            yield f"{period}: a mean of {row.of!r} cannot be made"
        if any(type(least) is not int or least < 1 for least in (row.least_values, row.least_days)):
            yield f"{period}: the least number of values and days is 1 or more"


def load_rules(*folders: Path) -> dict[str, AssessmentRule]:
    """Every rule of the folders by its id. Raises InvalidStandard, also for an id that is taken."""
    found: dict[str, AssessmentRule] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        rule = load_rule(path)
        if rule.id in found:
            raise InvalidStandard(f"{path.name}: id {rule.id} is taken")
        found[rule.id] = rule
    return found


def rule_in_force(day: date, rules: Iterable[AssessmentRule]) -> AssessmentRule:
    """The version that applies to a period that begins on `day`: the last one in force by then, else the first."""
    dated = sorted(rules, key=lambda rule: rule.in_force)
    return next((rule for rule in reversed(dated) if rule.in_force <= day), dated[0])


HJ_2020_82 = load_rule(RULES_DIR / "hj_2020_82.toml")
