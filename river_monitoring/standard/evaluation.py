"""Class of a water by a versioned standard: the single-factor rule over cited limits.

Pure Python, no Django. The limits are data (`tables/*.toml`, read by `limits`, the clause beside each row); the rule is
地表水环境质量评价办法（试行）（环办[2011]22号）: the worst single parameter decides; water temperature, total nitrogen
and faecal coliform do not. Measured values are compared as they are, without rounding them to the digits of the limit
(the whole-value method that GB/T 8170 takes by default); only exceedance multiples are rounded, half to
even.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from river_monitoring.standard.limits import GB3838_2002 as GB3838_2002
from river_monitoring.standard.limits import GOOD as GOOD
from river_monitoring.standard.limits import INFERIOR as INFERIOR
from river_monitoring.standard.limits import WATERS as WATERS
from river_monitoring.standard.limits import Parameter as Parameter
from river_monitoring.standard.limits import Standard as Standard
from river_monitoring.standard.limits import Water as Water
from river_monitoring.standard.message import Message
from river_monitoring.standard.readings import RawReading, Reading, UnreadableValue, parse_reading


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
        return _NUMBERS[self.value]

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
        return _OF_NUMBER[number]


_NUMBERS = {each.value: 0 if each is WaterClass.UNRATED else place for place, each in enumerate(WaterClass, start=1)}
_OF_NUMBER = {each.number: each for each in WaterClass}
"""Both are asked for every point of a table a dozen times."""


CLASS_ZH = ("未评价", "Ⅰ类", "Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类", "劣Ⅴ类")


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on the class: a stable code, the parameters concerned, and the sentence."""

    code: str
    parameters: tuple[str, ...]
    message: Message

    @property
    def text(self) -> str:
        """The sentence in Chinese."""
        return str(self.message)


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

    def exceeding(self, reference: int) -> tuple[str, ...]:
        """The items that are worse than a reference class, in the order of the standard's table."""
        return tuple(code for code, number in self.grades.items() if number > reference)

    @property
    def note(self) -> str:
        return "；".join(note.text for note in self.notes)


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
        notes=(
            *_unusual(measured, standard),
            *_fewer_than_core(grades, standard),
            *_separate_notes(separate, standard),
        ),
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
        if not parameter.can_be(reading):
            named = {"name": parameter, "value": str(reading)}
            faults.append(
                _note("impossible-value", (code,), "%(name)s的值%(value)s不可能出现，请核对数值和单位", **named)
            )
        measured[code] = reading
    return measured, tuple(faults)


def _grades(measured: dict[str, Reading], water: Water, standard: Standard, judged: str) -> dict[str, int]:
    return {
        code: _at_temperature(standard[code], measured).grade(reading.counted, water)
        for code, reading in measured.items()
        if standard[code].judged == judged and standard[code].is_rated(water)
    }


def _at_temperature(parameter: Parameter, measured: Mapping[str, Reading]) -> Parameter:
    """Where the standard rates by saturation, the parameter at the temperature that was measured with it."""
    by = parameter.saturation
    warmth = measured.get(by.temperature) if by else None
    return parameter.at_temperature(warmth.value) if warmth else parameter


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
    return Note(code, parameters, Message(pattern, values))


def _nothing_to_rate(measured: dict[str, Reading], water: Water, standard: Standard) -> Note:
    if not measured:
        return _note("no-readings", (), "没有监测数据")
    names = tuple(standard[code] for code in measured)
    kind = Message("河流" if water == "river" else "湖库")
    pattern = "没有可参评的指标：%(names)s不参与评价%(kind)s类别"
    return _note("nothing-to-rate", tuple(measured), pattern, names=names, kind=kind)


def _unusual(measured: dict[str, Reading], standard: Standard) -> tuple[Note, ...]:
    """Return a note for each value that is possible but most often a slip; people confirm them before storage."""
    pattern = "%(name)s的值%(value)s很少见，请核对单位和小数点"
    return tuple(
        _note("unusual-value", (code,), pattern, name=standard[code], value=str(reading))
        for code, reading in measured.items()
        if not standard[code].is_usual(reading.value)
    )


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
