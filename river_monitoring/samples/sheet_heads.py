"""Heads of tables of samples: which parameter a column holds, and in which unit.

Columns are known by their heads, in Chinese, English, by code or HJ 525 code, with the unit in brackets: 氨氮(mg/L),
NH3-N, nh3n, 汞（μg/L）. A unit that is not known is refused, never assumed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from river_monitoring.standard.evaluation import Parameter, Standard
from river_monitoring.standard.readings import NUMBER
from ui.text.width import half_width

KNOWN_NAMES = {
    "codcr": "cod",
    "化学需氧量(codcr)": "cod",
    "nh3-n": "nh3n",
    "高锰酸钾指数": "codmn",
    "ph": "ph",
    "ph值": "ph",
    "总磷(以p计)": "tp",
}
LIMIT_HEADS = ("检出限", "detection limit")
"""What ends the head of a column of detection limits."""
FACTORS = {"mg/l": Decimal(1), "ug/l": Decimal("0.001"), "g/l": Decimal(1000)}
HEAD = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^()\[\]]*)[)\]]$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one parameter; its values times `factor` are in the parameter's own unit."""

    parameter: str
    factor: Decimal


def plain(cell: str) -> str:
    """Heads without the differences that do not count: width, case, blanks."""
    return re.sub(r"\s+", " ", half_width(cell)).strip().casefold()


def parameter_names(standard: Standard) -> dict[str, str]:
    """Every name of every parameter, plain -> its code."""
    names = {code: code for code in standard.parameters}
    for code, parameter in standard.parameters.items():
        names[plain(parameter.zh)] = names[plain(parameter.en)] = code
        names.update((hj, code) for hj in parameter.hj525)
    return {**names, **{name: code for name, code in KNOWN_NAMES.items() if code in standard.parameters}}


def column_of(name: str, names: dict[str, str], standard: Standard) -> Column | None:
    """The parameter of a plain head, with the factor of its unit; None for a column of another kind (remarks).

    Raises BadInput for an unknown unit.
    """
    if name in names:
        return Column(names[name], Decimal(1))
    found = HEAD.match(name)
    if not found or found["name"] not in names:
        return None
    code = names[found["name"]]
    return Column(code, factor_of(standard[code], found["unit"]))


def limit_column_of(name: str, names: dict[str, str], standard: Standard) -> Column | None:
    """The parameter whose detection limits stand under a plain head: 氨氮检出限(mg/L), nh3n detection limit.

    None for a column of another kind; raises BadInput for an unknown unit.
    """
    found = HEAD.match(name)
    bare, unit = (found["name"].strip(), found["unit"]) if found else (name, "")
    head = next((head for head in LIMIT_HEADS if bare.endswith(head)), None)
    if head is None:
        return None
    code = names.get(bare.removesuffix(head).strip())
    return Column(code, factor_of(standard[code], unit)) if code else None


def factor_of(parameter: Parameter, unit: str) -> Decimal:
    """What a value in `unit` is multiplied by to be in the parameter's own. Raises BadInput for an unknown unit."""
    wanted, unit = plain(parameter.unit), plain(unit)
    unit = unit.replace("\u03bc", "u").replace("\u00b5", "u").replace("微克/升", "ug/l").replace("毫克/升", "mg/l")
    if unit in ("", wanted, "无量纲", "无") or (not wanted and unit in ("-", "ph")):
        return Decimal(1)
    if wanted == "mg/l" and unit in FACTORS:
        return FACTORS[unit]
    raise BadInput(
        _("“%(name)s”的单位“%(unit)s”不认识，应为 %(wanted)s。")
        % {"name": parameter.zh, "unit": unit, "wanted": parameter.unit or _("无量纲")},
        code="unit-unknown",
    )


def converted(text: str, factor: Decimal) -> str:
    """A value as reported, in the parameter's own unit; what is no number stays as it is and is refused later."""
    if factor == 1:
        return text
    number = half_width(text).strip()
    mark = "L" if number[-1:] in ("L", "l") or number.startswith("<") else ""
    bare = number.lstrip("<").rstrip("Ll").strip()
    return f"{Decimal(bare) * factor:f}{mark}" if NUMBER.fullmatch(bare) else text
