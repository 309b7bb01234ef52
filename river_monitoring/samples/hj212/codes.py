"""Pollutant codes of HJ 525 as HJ 212 sends them: which parameter of the standard, in which unit.

HJ 212-2017 (annex B) gives several metals in µg/L; the limits are mg/L. The list of those codes comes from secondary
sources (`docs/hj212.md`), so a station can depart from it by its own `units`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from river_monitoring.samples.sheet_heads import converted
from river_monitoring.standard.evaluation import GB3838_2002, Standard
from river_monitoring.standard.readings import UNIT_UNKNOWN

MG_L, UG_L = "mg/L", "ug/L"
FACTORS: Mapping[str, Decimal] = MappingProxyType({MG_L: Decimal(1), UG_L: Decimal("0.001")})
#: As, Hg, Cd, Pb, Se: total form and element.
UNITS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            "w20119", "w20141", "w20111", "w20142", "w20115", "w20143", "w20120", "w20144", "w20128", "w20140",
        ),
        UG_L,
    )
)  # fmt: skip
GOOD_FLAGS = frozenset({"N", "S"})
"""Flags whose values count: measured normally, or set by hand (HJ 212-2017, table 8)."""


def parameters_by_code(standard: Standard = GB3838_2002) -> dict[str, str]:
    """HJ 525 code -> the standard's parameter.

    >>> parameters_by_code()["w21003"], parameters_by_code()["w20138"]
    ('nh3n', 'cu')
    """
    return {code: parameter.code for parameter in standard.parameters.values() for code in parameter.hj525}


_PARAMETERS = parameters_by_code()
_PLACES = {code: place for each in GB3838_2002.parameters.values() for place, code in enumerate(each.hj525)}
"""Where a code stands in its parameter's list, whatever the order of a packet."""


def sort_values(
    measured: Mapping[str, tuple[str, str]], units: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Divide what a station sent into readings (mg/L) and values that it marked as not measured properly.

    Codes that the standard does not know (conductivity, turbidity) are left out.

    >>> sort_values({"w20111": ("0.05", "N"), "w21003": ("9.9", "D"), "w01014": ("312", "N")}, {})
    ({'hg': '0.00005'}, {'nh3n': {'value': '9.9', 'flag': 'D'}})
    >>> sort_values({"w21003": ("235", "N")}, {"w21003": "ppb"})
    ({}, {'nh3n': {'value': '235 ppb', 'flag': 'U'}})
    >>> sort_values({"w20142": ("0.02", "N"), "w20111": ("0.05L", "N")}, {})
    ({'hg': '0.00005L'}, {})
    """
    readings: dict[str, str] = {}
    flagged: dict[str, dict[str, str]] = {}
    for code, (value, flag) in sorted(measured.items(), key=lambda item: _PLACES.get(item[0], 0)):
        parameter = _PARAMETERS.get(code)
        if parameter is None:
            continue
        unit = units.get(code, UNITS.get(code, MG_L))
        if unit not in FACTORS:
            flagged[parameter] = {"value": f"{value[:30]} {unit[:10]}", "flag": UNIT_UNKNOWN}
            continue
        in_mg_l = converted(value, FACTORS[unit])
        if flag in GOOD_FLAGS:
            # The total form stands first in the standard's list and wins over the element.
            readings.setdefault(parameter, in_mg_l)
        else:
            flagged[parameter] = {"value": in_mg_l, "flag": flag}
    return readings, {code: item for code, item in flagged.items() if code not in readings}
