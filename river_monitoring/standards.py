"""Class of a water by a versioned standard: the single-factor rule over cited limits.

Pure Python, no Django. The limits are data (`norms/*.toml`, the clause beside each row); the rule is
地表水环境质量评价办法（试行）（环办[2011]22号）: the worst single parameter decides; water temperature, total nitrogen
and faecal coliform do not. Measured values are compared as they are, without rounding them to the digits of the limit
(the whole-value method that GB/T 8170 takes unless told otherwise); only exceedance multiples are rounded, half to
even.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from river_monitoring.phrase import Phrase
from river_monitoring.readings import RawReading, Reading, UnreadableValue, parse_reading

Water = Literal["river", "lake"]
WATERS: tuple[Water, ...] = ("river", "lake")
NORMS = Path(__file__).with_name("norms")


class WaterClass(Enum):
    """Class of a water. UNRATED is no number and cannot be compared, so it never passes for a good water."""

    I = "I"  # noqa: E741 - the class is called so
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    INFERIOR_V = "V-"
    UNRATED = "UNRATED"

    @property
    def number(self) -> int:
        """1 to 6 (6 is inferior V), 0 when unrated: the value that tiles and the API carry.

        >>> [c.number for c in WaterClass]
        [1, 2, 3, 4, 5, 6, 0]
        """
        return 0 if self is WaterClass.UNRATED else list(WaterClass).index(self) + 1

    @property
    def zh(self) -> str:
        """
        >>> WaterClass.INFERIOR_V.zh, WaterClass.III.zh
        ('劣Ⅴ类', 'Ⅲ类')
        """
        return CLASS_ZH[self.number]

    @classmethod
    def of(cls, number: int) -> WaterClass:
        """
        >>> WaterClass.of(6), WaterClass.of(0)
        (<WaterClass.INFERIOR_V: 'V-'>, <WaterClass.UNRATED: 'UNRATED'>)
        """
        return list(cls)[number - 1]


CLASS_ZH = ("未评价", "Ⅰ类", "Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类", "劣Ⅴ类")
INFERIOR = 6


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
    reference: int
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


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say beside the class: a stable code, the parameters concerned, and the sentence."""

    code: str
    parameters: tuple[str, ...]
    phrase: Phrase

    @property
    def text(self) -> str:
        """The sentence in Chinese."""
        return str(self.phrase)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer: a class, what decides it, and what was not known.

    `grades` has the class number of every parameter that counted; `separate` of those rated beside it (TN of a lake,
    faecal coliform). `exceedance` has every parameter above the reference class for which a multiple is computed.
    """

    water_class: WaterClass
    standard: str
    water: Water
    limiting: tuple[str, ...]
    grades: Mapping[str, int]
    exceedance: Mapping[str, Decimal]
    primary: tuple[str, ...]
    separate: Mapping[str, int]
    notes: tuple[Note, ...]

    @property
    def note(self) -> str:
        return "；".join(note.text for note in self.notes)


def load_standard(path: Path) -> Standard:
    """Read a standard from its TOML file. Raises KeyError or ValueError when a field is missing."""
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    rows = [_parameter(row) for row in data["parameter"]]
    return Standard(
        id=data["id"],
        title_zh=data["title_zh"],
        title_en=data["title_en"],
        method=data["method"],
        reference=data["classes"].index(data["reference_class"]) + 1,
        parameters={row.code: row for row in rows},
    )


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
        # Ten times the limit of class V, where the table of limits does not say better.
        usual=(usual[0], usual[1]) if usual else (None, highest and highest * 10),
        multiple=row.get("multiple", True),
        priority=row.get("priority", False),
        core=row.get("core", False),
        decimals=row["decimals"],
    )


GB3838_2002 = load_standard(NORMS / "gb3838_2002.toml")


def evaluate_water_class(
    readings: Mapping[str, RawReading], water: Water = "river", standard: Standard = GB3838_2002
) -> Evaluation:
    """Rate one set of readings, in the units of the standard (mg/L; faecal coliform per litre).

    A value that cannot be read or cannot be true leaves the whole set unrated, with the value named: leaving it out
    could hide the one parameter that decides. Raises KeyError for a parameter that the standard does not know.

    >>> answer = evaluate_water_class({"ph": 7.2, "do": 4.8, "codmn": 5.6, "nh3n": "2.35", "tp": 0.31})
    >>> answer.water_class.value, answer.limiting, answer.primary
    ('V-', ('nh3n',), ('nh3n', 'tp', 'do'))
    >>> dict(answer.exceedance)
    {'nh3n': Decimal('1.4'), 'tp': Decimal('0.6')}
    >>> evaluate_water_class({"nh3n": "0.025L"}).note
    '只有1项参评，少于基本5项（缺pH值、溶解氧、高锰酸盐指数、总磷）'
    >>> evaluate_water_class({"tn": 3}).note
    '没有可参评的指标：总氮不参与评价河流类别'
    """
    measured, faults = _parse(readings, standard)
    if faults:
        return _unrated(water, standard, faults, {})
    grades = _grades(measured, water, standard, "class")
    separate = _grades(measured, water, standard, "separately")
    if not grades:
        return _unrated(water, standard, (_nothing_to_rate(measured, water, standard),), separate)
    worst = max(grades.values())
    exceedance = _exceedances(measured, grades, water, standard)
    return Evaluation(
        water_class=WaterClass.of(worst),
        standard=standard.id,
        water=water,
        limiting=tuple(code for code, number in grades.items() if number == worst),
        grades=grades,
        exceedance=exceedance,
        primary=_primary(grades, exceedance, standard),
        separate=separate,
        notes=(*_fewer_than_core(grades, standard), *_separate_notes(separate, standard)),
    )


def _parse(readings: Mapping[str, RawReading], standard: Standard) -> tuple[dict[str, Reading], tuple[Note, ...]]:
    """Readings present, in the order of the standard's table, and a note for each value that cannot be used."""
    for code in readings:
        standard[code]
    measured, faults = {}, []
    for code, parameter in standard.parameters.items():
        try:
            reading = parse_reading(readings.get(code))
        except UnreadableValue as error:
            pattern = "%(name)s的值“%(value)s”读不出数字，请核对"
            faults.append(_note("unreadable-value", (code,), pattern, name=parameter, value=str(error)))
            continue
        if reading is None:
            continue
        if not parameter.is_possible(reading.value):
            named = {"name": parameter, "value": str(reading)}
            faults.append(
                _note("impossible-value", (code,), "%(name)s的值%(value)s不可能出现，请核对数值和单位", **named)
            )
        measured[code] = reading
    return measured, tuple(faults)


def _grades(measured: dict[str, Reading], water: Water, standard: Standard, judged: str) -> dict[str, int]:
    return {
        code: standard[code].grade(reading.counted, water)
        for code, reading in measured.items()
        if standard[code].judged == judged and standard[code].is_rated(water)
    }


def _exceedances(
    measured: dict[str, Reading], grades: dict[str, int], water: Water, standard: Standard
) -> dict[str, Decimal]:
    found = ((code, standard.exceedance(code, measured[code].counted, water)) for code in grades)
    return {code: multiple for code, multiple in found if multiple is not None}


def _primary(grades: dict[str, int], exceedance: dict[str, Decimal], standard: Standard) -> tuple[str, ...]:
    """Primary pollutants: none up to class III; cyanide and heavy metals first, then by class, then by multiple."""

    def order(code: str) -> tuple[bool, int, Decimal]:
        return (not standard[code].priority, -grades[code], -exceedance.get(code, Decimal(-1)))

    return tuple(sorted((code for code, number in grades.items() if number > standard.reference), key=order)[:3])


def _unrated(water: Water, standard: Standard, notes: tuple[Note, ...], separate: dict[str, int]) -> Evaluation:
    more = _separate_notes(separate, standard)
    return Evaluation(WaterClass.UNRATED, standard.id, water, (), {}, {}, (), separate, (*notes, *more))


def _note(code: str, parameters: tuple[str, ...], pattern: str, **values: object) -> Note:
    return Note(code, parameters, Phrase(pattern, values))


def _nothing_to_rate(measured: dict[str, Reading], water: Water, standard: Standard) -> Note:
    if not measured:
        return _note("no-readings", (), "没有监测数据")
    names = tuple(standard[code] for code in measured)
    kind = Phrase("河流" if water == "river" else "湖库")
    pattern = "没有可参评的指标：%(names)s不参与评价%(kind)s类别"
    return _note("nothing-to-rate", tuple(measured), pattern, names=names, kind=kind)


def _fewer_than_core(grades: dict[str, int], standard: Standard) -> tuple[Note, ...]:
    missing = tuple(code for code in standard.core if code not in grades)
    if not missing:
        return ()
    names = tuple(standard[code] for code in missing)
    pattern = "只有%(rated)s项参评，少于基本%(core)s项（缺%(names)s）"
    if len(grades) >= len(standard.core):
        pattern = "基本%(core)s项不全（缺%(names)s）"
    return (_note("fewer-than-core", missing, pattern, rated=len(grades), core=len(standard.core), names=names),)


def _separate_notes(separate: dict[str, int], standard: Standard) -> tuple[Note, ...]:
    pattern = "%(name)s单独评价：%(grade)s"
    return tuple(
        _note("judged-separately", (code,), pattern, name=standard[code], grade=WaterClass.of(number))
        for code, number in separate.items()
    )
