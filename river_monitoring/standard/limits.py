"""A versioned standard as data: its parameters, limits and clauses, read from a TOML file and checked.

Pure Python, no Django. Another standard, or a later version of one, is another file (`docs/water-class.md` shows one);
no code names its limits. Files that cannot be right are refused with the parameter that is wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from river_monitoring.standard.readings import Reading

Water = Literal["river", "lake"]
WATERS: tuple[Water, ...] = ("river", "lake")
STANDARDS_DIR = Path(__file__).with_name("tables")
CLASSES = ("I", "II", "III", "IV", "V")
INFERIOR = 6
"""What is worse than the last class, whichever that is."""
GOOD = (1, 2, 3)
"""Classes I to III, which the statistics and the quarterly report count as good."""


@dataclass(frozen=True, slots=True)
class Saturation:
    """What meets class I besides its limit: a share of saturation, which is numerator / (offset + T) mg/L at T ℃."""

    share: Decimal
    numerator: Decimal
    offset: Decimal
    temperature: str
    """The code of the parameter that T is read from."""

    def limit_at(self, celsius: Decimal) -> Decimal:
        """
        >>> Saturation(Decimal("0.9"), Decimal(468), Decimal("31.6"), "temp").limit_at(Decimal("28.4"))
        Decimal('7.02')
        """
        return self.share * self.numerator / (self.offset + celsius)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of a standard's table: its names, unit, codes and the limits of classes I to V."""

    code: str
    zh: str
    en: str
    unit: str
    hj525: tuple[str, ...]
    clause: str
    judged: Literal["class", "separately", "never"]
    direction: Literal["max", "min", "range"]
    limits: Mapping[Water, tuple[Decimal, ...]]
    bounds: tuple[Decimal, Decimal] | None
    possible: tuple[Decimal, Decimal | None]
    usual: tuple[Decimal | None, Decimal | None]
    multiple: bool
    priority: bool
    core: bool
    decimals: int
    saturation: Saturation | None = None

    def at_temperature(self, celsius: Decimal | None) -> Parameter:
        """The same with the limit of class I that holds at a temperature; never laxer than that of class II."""
        if self.saturation is None or celsius is None:
            return self
        found = self.saturation.limit_at(celsius)
        limits = {water: (max(row[1], min(row[0], found)), *row[1:]) for water, row in self.limits.items()}
        return replace(self, limits=limits)

    def limits_for(self, water: Water) -> tuple[Decimal, ...]:
        """Limits of classes I to V in the unit of the parameter; empty where the table has none."""
        return self.limits.get(water, ())

    def is_rated(self, water: Water) -> bool:
        return self.bounds is not None or bool(self.limits_for(water))

    def grade(self, value: Decimal, water: Water) -> int:
        """1 to 6, the best class that the value meets where classes share a limit.

        >>> cod = GB3838_2002["cod"]
        >>> cod.grade(Decimal(15), "river"), cod.grade(Decimal("15.01"), "river"), cod.grade(Decimal(41), "river")
        (1, 3, 6)
        >>> GB3838_2002["do"].grade(Decimal("4.8"), "river")
        4
        """
        if self.bounds is not None:
            return 1 if self.bounds[0] <= value <= self.bounds[1] else INFERIOR
        for number, limit in enumerate(self.limits_for(water), start=1):
            if value >= limit if self.direction == "min" else value <= limit:
                return number
        return INFERIOR

    def is_possible(self, value: Decimal) -> bool:
        """False for what no water can have: a pH of 77, a negative concentration."""
        low, high = self.possible
        return low <= value and (high is None or value <= high)

    def can_be(self, reading: Reading) -> bool:
        """False for an impossible value, and for a non-detect of what is measured everywhere or is better when more.

        >>> GB3838_2002["do"].can_be(Reading(Decimal(20), below_limit=True))
        False
        >>> GB3838_2002["tp"].can_be(Reading(Decimal("0.01"), below_limit=True))
        True
        """
        return self.is_possible(reading.value) and (self.direction == "max" or not reading.below_limit)

    def is_usual(self, value: Decimal) -> bool:
        """False for what is possible and yet most often a slip: a wrong unit, a lost decimal point.

        >>> GB3838_2002["hg"].is_usual(Decimal("0.05")), GB3838_2002["nh3n"].is_usual(Decimal("2.35"))
        (False, True)
        """
        low, high = self.usual
        return (low is None or low <= value) and (high is None or value <= high)


@dataclass(frozen=True, slots=True)
class Standard:
    """A versioned standard: an id, where it is from, and its parameters in the order of its table."""

    id: str
    title_zh: str
    title_en: str
    method: str
    classes: tuple[str, ...]
    reference: int
    in_force: date | None
    """First day; None for one that applies only where it is asked for."""
    parameters: Mapping[str, Parameter]

    def __getitem__(self, code: str) -> Parameter:
        return self.parameters[code]

    @property
    def core(self) -> tuple[str, ...]:
        return tuple(code for code, parameter in self.parameters.items() if parameter.core)

    def exceedance(self, code: str, value: Decimal, water: Water, number: int | None = None) -> Decimal | None:
        """Times above the limit of a class (default: the reference class III), one decimal, half to even.

        None within the limit, and for pH, dissolved oxygen and temperature, for which it is not computed.

        >>> GB3838_2002.exceedance("codmn", Decimal("7.5"), "river")
        Decimal('0.2')
        >>> GB3838_2002.exceedance("do", Decimal("1"), "river") is None
        True
        """
        parameter = self[code]
        limits = parameter.limits_for(water)
        if not parameter.multiple or not limits:
            return None
        limit = limits[(number or self.reference) - 1]
        return ((value - limit) / limit).quantize(Decimal("0.1"), ROUND_HALF_EVEN) if value > limit else None


class InvalidStandard(ValueError):
    """A file that is no standard; the text names the file, the parameter and what is wrong."""


def load_standard(path: Path) -> Standard:
    """Read a standard from its TOML file. Raises InvalidStandard."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        rows = [_parameter(row) for row in data["parameter"]]
        standard = Standard(
            id=data["id"],
            title_zh=data["title_zh"],
            title_en=data["title_en"],
            method=data["method"],
            classes=tuple(data["classes"]),
            reference=data["classes"].index(data["reference_class"]) + 1,
            in_force=data.get("in_force"),
            parameters={row.code: row for row in rows},
        )
    except (KeyError, ValueError, TypeError, ArithmeticError, OSError) as error:
        raise InvalidStandard(f"{path.name}: {error!r}") from error
    for wrong in _faults(standard, rows):
        raise InvalidStandard(f"{path.name}: {wrong}")
    return standard


def load_all(*folders: Path) -> dict[str, Standard]:
    """Every standard of the folders by its id. Raises InvalidStandard, also for an id that is taken."""
    found: dict[str, Standard] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        standard = load_standard(path)
        if standard.id in found:
            raise InvalidStandard(f"{path.name}: id {standard.id} is taken")
        found[standard.id] = standard
    return found


def in_force(day: date, standards: Iterable[Standard]) -> Standard:
    """The version that applies to a sample of `day`: the last one in force by then, the first one before all.

    Standards without a date apply only where they are asked for by name.
    """
    dated = sorted((each for each in standards if each.in_force), key=lambda each: each.in_force or date.min)
    return next((each for each in reversed(dated) if each.in_force and each.in_force <= day), dated[0])


def _faults(standard: Standard, rows: list[Parameter]) -> Iterable[str]:
    if standard.classes != CLASSES[: len(standard.classes)]:
        yield f"classes {standard.classes} are not the first of {CLASSES}"
    if len(rows) != len(standard.parameters):
        yield "a parameter occurs twice"
    if standard.in_force is not None and type(standard.in_force) is not date:
        yield "in_force is no date"
    for row in rows:
        if row.saturation:
            yield from _saturation_faults(row, standard)
        for water, limits in row.limits.items():
            if len(limits) != len(standard.classes):
                yield f"{row.code}, {water}: {len(limits)} limits for {len(standard.classes)} classes"
            steps = limits if row.direction == "max" else tuple(-limit for limit in limits)
            if any(worse < better for better, worse in pairwise(steps)):
                yield f"{row.code}, {water}: limits do not get laxer from class to class"


def _saturation_faults(row: Parameter, standard: Standard) -> Iterable[str]:
    found = row.saturation
    if found is None or row.direction != "min":
        yield f"{row.code}: saturation is of what must not fall below its limit"
    elif not (0 < found.share <= 1 and found.numerator > 0 and found.offset > 5):
        yield f"{row.code}: saturation {found.share} of {found.numerator} / ({found.offset} + T) cannot be"
    elif found.temperature not in standard.parameters:
        yield f"{row.code}: saturation by {found.temperature}, which is no parameter"


def _parameter(row: dict[str, Any]) -> Parameter:
    limits = {water: tuple(Decimal(limit) for limit in row[water]) for water in WATERS if water in row}
    bounds = tuple(Decimal(bound) for bound in row["range"]) if "range" in row else None
    possible = [Decimal(bound) for bound in row.get("possible", [0])]
    highest = max((limit[-1] for limit in limits.values()), default=None)
    usual = [Decimal(bound) for bound in row.get("usual", [])]
    return Parameter(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        unit=row["unit"],
        hj525=tuple(row["hj525"]),
        clause=row["clause"],
        judged=row.get("judged", "class"),
        direction=row.get("direction", "max"),
        limits=limits,
        bounds=(bounds[0], bounds[1]) if bounds else None,
        possible=(possible[0], possible[1] if len(possible) > 1 else None),
        # Ten times the limit of class V, where the table of limits gives none.
        usual=(usual[0], usual[1]) if usual else (None, highest and highest * 10),
        multiple=row.get("multiple", True),
        priority=row.get("priority", False),
        core=row.get("core", False),
        decimals=row["decimals"],
        saturation=_saturation(row["saturation"]) if "saturation" in row else None,
    )


def _saturation(row: dict[str, Any]) -> Saturation:
    return Saturation(Decimal(row["share"]), Decimal(row["numerator"]), Decimal(row["offset"]), str(row["temperature"]))


GB3838_2002 = load_standard(STANDARDS_DIR / "gb3838_2002.toml")
