"""GB 3838-2002 Table 1, typed anew from the standard, and the class of a row by its worst item.

Imports nothing of the product, on purpose: agreement of the two says that neither misreads the standard.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

#: Item -> upper limits of the classes I to V in mg/L (faecal coliform, total nitrogen and temperature do not decide).
UPPER = {
    "高锰酸盐指数": ("2", "4", "6", "10", "15"),
    "化学需氧量": ("15", "15", "20", "30", "40"),
    "五日生化需氧量": ("3", "3", "4", "6", "10"),
    "氨氮": ("0.15", "0.5", "1.0", "1.5", "2.0"),
    "总磷": ("0.02", "0.1", "0.2", "0.3", "0.4"),
    "铜": ("0.01", "1.0", "1.0", "1.0", "1.0"),
    "锌": ("0.05", "1.0", "1.0", "2.0", "2.0"),
    "氟化物": ("1.0", "1.0", "1.0", "1.5", "1.5"),
    "硒": ("0.01", "0.01", "0.01", "0.02", "0.02"),
    "砷": ("0.05", "0.05", "0.05", "0.1", "0.1"),
    "汞": ("0.00005", "0.00005", "0.0001", "0.001", "0.001"),
    "镉": ("0.001", "0.005", "0.005", "0.005", "0.01"),
    "六价铬": ("0.01", "0.05", "0.05", "0.05", "0.1"),
    "铅": ("0.01", "0.01", "0.05", "0.05", "0.1"),
    "氰化物": ("0.005", "0.05", "0.2", "0.2", "0.2"),
    "挥发酚": ("0.002", "0.002", "0.005", "0.01", "0.1"),
    "石油类": ("0.05", "0.05", "0.05", "0.5", "1.0"),
    "阴离子表面活性剂": ("0.2", "0.2", "0.2", "0.3", "0.3"),
    "硫化物": ("0.05", "0.1", "0.2", "0.5", "1.0"),
}
LAKE_PHOSPHORUS = ("0.01", "0.025", "0.05", "0.1", "0.2")
NITROGEN = ("0.2", "0.5", "1.0", "1.5", "2.0")
LOWER_OXYGEN = ("7.5", "6", "5", "3", "2")
PH_FROM, PH_TO, MOST_PH = Fraction(6), Fraction(9), Fraction(14)
SLIGHTLY = Fraction(1, 10**6)
WORST = 6
"""Inferior to class V."""
DECIDING = (*UPPER, "pH", "溶解氧")
#: Decimals to which assessment data (means) are rounded, half to even.
DECIMALS = {
    "pH": 0,
    "溶解氧": 1,
    "高锰酸盐指数": 1,
    "化学需氧量": 1,
    "五日生化需氧量": 1,
    "氨氮": 2,
    "总磷": 3,
    "总氮": 2,
}

Row = Mapping[str, Fraction]


def class_of(row: Row, *, lake: bool = False, nitrogen: bool = False) -> int:
    """Class 1 to 6 of what was measured (item -> value); 0 when nothing that decides was."""
    names = [name for name in row if name in DECIDING or (nitrogen and name == "总氮")]
    return max((item_class(name, row[name], lake=lake) for name in names), default=0)


def item_class(name: str, value: Fraction, *, lake: bool = False) -> int:
    """The best class that a value meets; 6 when it meets none."""
    if name == "pH":
        return 1 if PH_FROM <= value <= PH_TO else WORST
    if name == "溶解氧":
        return next((number for number, limit in enumerate(LOWER_OXYGEN, 1) if value >= Fraction(limit)), WORST)
    return next(
        (number for number, limit in enumerate(limits_of(name, lake=lake), 1) if value <= Fraction(limit)), WORST
    )


def limits_of(name: str, *, lake: bool = False) -> tuple[str, ...]:
    if name == "总氮":
        return NITROGEN
    if name == "溶解氧":
        return LOWER_OXYGEN
    if name == "pH":
        return (str(PH_FROM), str(PH_TO))
    return LAKE_PHOSPHORUS if lake and name == "总磷" else UPPER[name]


def rounded(row: Row) -> dict[str, Fraction]:
    """The row as if each value were a mean: rounded half to even."""
    return {name: Fraction(round(value, DECIMALS[name])) if name in DECIMALS else value for name, value in row.items()}


def on_the_other_side(row: Row, close: Fraction, *, lake: bool = False) -> Iterator[dict[str, Fraction]]:
    """The row with one value moved just below and just above each limit no further away than the share `close`."""
    for name, value in row.items():
        for text in limits_of(name, lake=lake) if name in DECIDING else ():
            limit = Fraction(text)
            if abs(value - limit) <= close * limit:
                yield {**row, name: limit * (1 - SLIGHTLY)}
                yield {**row, name: limit * (1 + SLIGHTLY)}


def is_possible(row: Row) -> bool:
    """Whether no value is one that no water can have."""
    return all(value >= 0 for value in row.values()) and row.get("pH", Fraction(7)) <= MOST_PH
