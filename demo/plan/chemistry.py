"""Monthly readings that look measured: a hidden state of the water, the season, noise, the laboratory's digits.

Nothing here says a class. The state is a plain number (about 1 clean ... 7 foul) that only sets how much of each
parameter is in the water; what class that is, the standard says.
"""

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from demo.plan.chance import stream

# Typical contents (mg/L) of waters in state 1, 2, ... 7.
CONTENT = {
    "codmn": (1.4, 2.8, 4.9, 7.6, 11.8, 16.8, 24.0),
    "cod": (8.0, 12.5, 17.5, 24.5, 34.0, 46.0, 64.0),
    "bod5": (1.4, 2.2, 3.4, 4.9, 7.8, 12.0, 18.0),
    "nh3n": (0.08, 0.30, 0.74, 1.22, 1.72, 2.70, 4.60),
    "tp": (0.012, 0.058, 0.145, 0.245, 0.345, 0.520, 0.850),
    "tn": (0.15, 0.36, 0.75, 1.22, 1.72, 2.60, 4.20),
}
LAKE_TP = (0.007, 0.018, 0.037, 0.074, 0.150, 0.260, 0.450)
SATURATION = (0.99, 0.92, 0.80, 0.64, 0.46, 0.31, 0.18)
WATER_TEMPERATURE = (7.2, 8.4, 12.1, 17.3, 22.0, 25.4, 29.3, 29.6, 26.2, 21.0, 15.4, 9.6)
DETECTION = {"nh3n": 0.025, "tp": 0.01, "tn": 0.05, "bod5": 0.5, "cod": 4.0, "codmn": 0.5}
DIGITS = {"temp": 1, "ph": 1, "do": 2, "codmn": 1, "cod": 0, "bod5": 1, "nh3n": 2, "tp": 3, "tn": 2}
# Ordinary background of the rest of the table: typical value, detection limit, digits.
TRACES = {
    "cu": (0.0016, 0.001, 4), "zn": (0.02, 0.05, 3), "f": (0.32, 0.05, 2), "se": (0.0002, 0.0004, 5),
    "as": (0.0011, 0.0003, 4), "hg": (0.00002, 0.00004, 5), "cd": (0.00005, 0.0001, 5), "cr6": (0.002, 0.004, 4),
    "pb": (0.0007, 0.001, 4), "cn": (0.0006, 0.001, 4), "phenol": (0.0002, 0.0003, 5), "oil": (0.008, 0.01, 3),
    "las": (0.03, 0.05, 3), "s": (0.006, 0.01, 3),
}  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """What is measured at a point and what its water suffers from: `lead` parameters follow its state most closely."""

    lake: bool
    lead: tuple[str, ...]
    full: bool  # a section: COD, BOD5, and the whole table every quarter


def readings(habit: Habit, state: float, month: date, chance: Random) -> dict[str, str]:
    """One month's readings as the laboratory writes them, non-detects as ``0.025L``."""
    temperature = WATER_TEMPERATURE[month.month - 1] + chance.gauss(0, 0.9)
    values = {"temp": _digits("temp", temperature), "ph": _digits("ph", 7.4 + chance.gauss(0, 0.22))}
    values["do"] = _digits("do", _oxygen(habit, state, temperature, chance))
    codes = ["codmn", "nh3n", "tp"]
    codes += ["cod", "bod5"] if habit.full else []
    codes += ["tn"] if habit.lake else []
    for code in codes:
        values[code] = _written(code, _content(habit, code, state, month, chance))
    values |= _algae(values, month) if habit.lake else {}
    if habit.full and month.month in (2, 5, 8, 11):
        values |= {code: _trace(code, chance) for code in TRACES}
    return values


def _algae(values: dict[str, str], month: date) -> dict[str, str]:
    """Chlorophyll a (mg/m³) and transparency (m) of a lake: algae follow phosphorus and warmth, and cloud the water."""
    own = stream(f"algae {month} {values}")  # a stream of its own: nothing else of the demo changes with it
    phosphorus, warmth = float(values["tp"].rstrip("L")), float(values["temp"])
    chlorophyll = 260 * phosphorus**0.85 * (0.35 + warmth / 24) * math.exp(own.gauss(0, 0.16))
    transparency = min(4.5, 3.6 * chlorophyll**-0.42 * math.exp(own.gauss(0, 0.1)))
    return {"chla": f"{chlorophyll:.1f}", "sd": f"{transparency:.2f}"}


def _content(habit: Habit, code: str, state: float, month: date, chance: Random) -> float:
    levels = LAKE_TP if habit.lake and code == "tp" else CONTENT[code]
    own = state if code in habit.lead else max(1.0, state - 0.85)
    return _between(levels, own) * _season(code, month) * math.exp(chance.gauss(0, 0.09))


def _between(levels: tuple[float, ...], state: float) -> float:
    """Logarithmic interpolation between the contents of two neighbouring states."""
    at = min(max(state, 1.0), 6.999) - 1
    low = int(at)
    return math.exp(math.log(levels[low]) * (1 - at + low) + math.log(levels[low + 1]) * (at - low))


def _season(code: str, month: date) -> float:
    """Ammonia peaks in the cold (little nitrification), phosphorus and organics with the summer's rain."""
    wave = math.cos(2 * math.pi * (month.month - 1.5) / 12)
    return 1 + {"nh3n": 0.16, "tn": 0.10, "tp": -0.14, "codmn": -0.09, "cod": -0.07, "bod5": -0.06}[code] * wave


def _oxygen(habit: Habit, state: float, temperature: float, chance: Random) -> float:
    """Dissolved oxygen as a share of saturation, 468/(31.6+T) mg/L."""
    own = state if "do" in habit.lead else max(1.0, state - 0.7)
    return 468 / (31.6 + temperature) * _between(SATURATION, own) * math.exp(chance.gauss(0, 0.07))


def _written(code: str, value: float) -> str:
    return f"{DETECTION[code]:g}L" if value < DETECTION[code] else _digits(code, value)


def _trace(code: str, chance: Random) -> str:
    typical, limit, digits = TRACES[code]
    value = typical * math.exp(chance.gauss(0, 0.45))
    return f"{limit:.5f}".rstrip("0") + "L" if value < limit else f"{value:.{digits}f}"


def _digits(code: str, value: float) -> str:
    return f"{value:.{DIGITS[code]}f}"
