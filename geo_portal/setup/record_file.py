"""`DISTRICT.toml`: the district's record, its first rules, and what is to be said of single files."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.district.services import FIELDS
from accounts.rules import length
from accounts.rules.definition import Kind
from accounts.rules.length import Length
from accounts.rules.registry import declared
from geo_portal.setup.reading import Reading
from geokit.refusal import BadInput

MOST_BYTES = 200_000
EDGES = ("west", "south", "east", "north")
PLAIN = tuple(name for name in FIELDS if name not in EDGES)


@dataclass(frozen=True, slots=True)
class DistrictFile:
    """What a DISTRICT.toml says. `since` is the day from which its rules are in force."""

    code: str
    record: Mapping[str, Any]
    rules: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None
    files: Mapping[str, Reading] = field(default_factory=dict)
    """By file name: what its coordinate system, datum, encoding and columns are, where it does not say so."""


def read_district_file(path: Path) -> DistrictFile:
    """Read and check a DISTRICT.toml. Raises BadInput (`district-file`), naming what is wrong."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _wrong(_("文件太大。"))
        body = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise _wrong(_("打不开“%s”。") % path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(_("不是 TOML：%s") % error) from None
    return _parsed(body)


def _parsed(body: dict[str, Any]) -> DistrictFile:
    code = body.pop("code", None)
    if not isinstance(code, str):
        raise _wrong(_('缺少区划代码，例如 code = "999901"。'))
    box, rules, files = _table(body, "box"), _table(body, "rules"), _table(body, "files")
    since = body.pop("since", None)
    if since is not None and type(since) is not date:
        raise _wrong(_("since 应是日期，例如 2026-01-01。"))
    if unknown := sorted(set(body) - set(PLAIN)):
        raise _wrong(_("不认识“%(key)s”，可用：%(known)s。") % {"key": unknown[0], "known": _("、").join(PLAIN)})
    if wrong := [name for name, value in body.items() if not isinstance(value, str)]:
        raise _wrong(_("“%s”应是文字。") % wrong[0])
    return DistrictFile(code, {**body, **_box(box)}, _rules(rules), since, _files(files))


def _table(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.pop(name, {})
    if not isinstance(found, dict):
        raise _wrong(_("“%s”应是一个表。") % name)
    return found


def _box(box: Mapping[str, Any]) -> dict[str, float]:
    if not box:
        return {}
    numbers = {name: value for name, value in box.items() if isinstance(value, int | float) and value == value}
    if set(numbers) != set(EDGES) or set(box) != set(EDGES):
        raise _wrong(_("[box] 要写 west、south、east、north 四个数。"))
    return {name: float(value) for name, value in numbers.items()}


def _rules(given: Mapping[str, Any]) -> dict[str, Any]:
    """Rules by their dotted keys; TOML reads ``delisting.months`` as a table in a table."""
    flat = dict(_flattened(given))
    known = declared()
    if unknown := sorted(set(flat) - set(known)):
        raise _wrong(_("没有“%s”这条规则。") % unknown[0])
    for key, value in flat.items():
        if known[key].kind in (Kind.DATES, Kind.DEPARTMENTS) and not isinstance(value, list):
            raise _wrong(_("规则“%s”应是一个列表。") % key)
    return {key: _length(key, value) if known[key].kind is Kind.LENGTH else value for key, value in flat.items()}


def _length(key: str, value: Any) -> Length | None:
    try:
        return length.parse(str(value))
    except ValueError:
        raise _wrong(_("规则“%s”应写成 10 workdays、6 months 或 30 days to-workday 的样子。") % key) from None


def _flattened(given: Mapping[str, Any], start: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in given.items():
        key = f"{start}{name}"
        found += _flattened(value, f"{key}.") if isinstance(value, dict) else [(key, value)]
    return found


def _files(given: Mapping[str, Any]) -> dict[str, Reading]:
    return {name: _reading(name, table) for name, table in given.items()}


def _reading(name: str, table: Any) -> Reading:
    known = ("crs", "datum", "encoding", "layer", "columns")
    if not isinstance(table, dict) or set(table) - set(known):
        raise _wrong(_('[files."%(name)s"] 可以写：%(known)s。') % {"name": name, "known": _("、").join(known)})
    columns = table.get("columns", {})
    texts = [*(value for key, value in table.items() if key != "columns"), *dict(columns).values()]
    if not isinstance(columns, dict) or not all(isinstance(value, str) for value in texts):
        raise _wrong(_('[files."%s"] 的值应是文字。') % name)
    if table.get("datum", "wgs84") not in ("wgs84", "gcj02", "bd09"):
        raise _wrong(_('[files."%s"] 的 datum 是 wgs84、gcj02 或 bd09。') % name)
    return Reading(**table)


def _wrong(message: str) -> BadInput:
    return BadInput(f"DISTRICT.toml: {message}", code="district-file")
