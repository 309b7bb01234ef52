"""What tables of every kind have in common: a head row, rows of cells, columns that tell the place.

Kinds are told from every value, not from a sample, in one pass before the rows are read.
"""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import numpy as np
import shapely
from pyproj import CRS

from geokit.crs import systems as crs_tools
from geokit.readers import curves
from geokit.readers.place_cells import Places, commonest_srid, count_srids, read_cells
from geokit.records.coordinate_columns import (
    ChosenColumns,
    CoordinateColumns,
    PlacedElsewhere,
    cell_of,
    columns_by_name,
    columns_by_values,
    find_coordinate_columns,
)
from geokit.records.coordinate_pairs import UNSURE, OrderCount, order_of_name
from geokit.records.rows import Batch, Field, Issue, convert_column, numbered
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import TextEncoding
from geokit.records.written_places import holds_place
from geokit.refusal import BadInput
from geokit.wording import gettext as _

SCAN_ROWS = 10_000
HEADER_SHOWN = 12
LOOKED_AT = 200
OFFSET = re.compile(r"gcj|bd-?_?09|百度|高德|腾讯|火星", re.IGNORECASE)
"""Names of maps whose coordinates are offset."""
TITLE_ROWS = 10
"""So many rows at the top of a table may be titles: the head is looked for among them."""


class Guess(Protocol):
    """Which kinds a column's values still allow."""

    def look(self, value: Any) -> None: ...

    @property
    def kind(self) -> str: ...


@dataclass(slots=True)
class Scan:
    """What one pass over the rows tells."""

    rows: int = 0
    guesses: list[Guess] = field(default_factory=list)
    bounds: crs_tools.Bounds | None = None
    families: set[str] = field(default_factory=set)
    orders: OrderCount = field(default_factory=OrderCount)
    pairs: int = 0
    srids: Counter[int] = field(default_factory=Counter)
    has_height: bool = False
    has_measure: bool = False

    @property
    def geometry_type(self) -> str:
        """The one type of all geometries; `Unknown` where there are several, or none."""
        return next(iter(self.families)) if len(self.families) == 1 else "Unknown"

    def look(self, places: Places) -> None:
        """Take in what some rows tell of their places."""
        self.orders.add(places.orders)
        self.pairs += places.pairs
        geometry = places.geometry()
        self.srids.update(count_srids(places.srids()))
        self.has_height |= bool(shapely.has_z(geometry).any())
        self.has_measure |= bool(shapely.has_m(geometry).any())
        for shape in geometry:
            if shape is not None and not shape.is_empty:
                self.reach(*shape.bounds)
                self.families.add(shape.geom_type.removeprefix("Multi"))

    def reach(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if not all(np.isfinite((x0, y0, x1, y1))):
            return
        old = self.bounds or (x0, y0, x1, y1)
        self.bounds = (min(old[0], x0), min(old[1], y0), max(old[2], x1), max(old[3], y1))


class TableReader(ABC):
    """A table opened for reading; coordinate columns stay attributes too, WKT and WKB do not."""

    driver = ""
    encoding: TextEncoding

    headless = False
    """The first row is data: the columns have numbers for names."""

    def __init__(
        self, layer: SourceLayer, crs: str | None, kinds: Mapping[str, str] | None, columns: ChosenColumns
    ) -> None:
        self.layer, self._chosen = layer, columns
        self.name = layer.name
        self.warnings: list[tuple[str, str]] = [*layer.warnings, *self.encoding.warnings]
        self._header = numbered(self._read_header())
        if self.headless:
            names = "、".join(self._header[:HEADER_SHOWN])
            self.warnings.append(("header-missing", _("表格没有表头，第一行已作为数据读取，列名为 %s。") % names))
        self._coordinates = self._find_coordinates()
        self._tell_offset()
        scan = self._scan()
        self.rows: int | None = scan.rows
        self.dimensions = "Z" * scan.has_height + "M" * scan.has_measure
        self._srid = commonest_srid(scan.srids)
        whole = None if scan.pairs else self._coordinates.cell
        self._kept = [index for index in range(len(self._header)) if index != whole]
        self.fields = [self._field(index, scan, kinds or {}) for index in self._kept]
        self.bounds: crs_tools.Bounds | None = scan.bounds
        self.geometry_type = "Point" if self._coordinates.cell is None else scan.geometry_type
        self.pair_order = self._order_of_pairs(scan)
        self.crs = self._find_crs(crs)

    @abstractmethod
    def _read_header(self) -> list[str]:
        """Names of the columns, each of which has one. Raises BadInput."""

    @abstractmethod
    def _data_rows(self) -> Iterator[Sequence[Any]]:
        """The rows below the head that hold anything."""

    @abstractmethod
    def _new_guess(self) -> Guess: ...

    @abstractmethod
    def _values(self, cells: list[Any], kind: str) -> list[Any]:
        """A column's cells ready for `convert_column`; None for an empty cell."""

    def _tell_title(self, rows: int) -> None:
        """Say that `rows` above the head were not read."""
        if rows:
            self.warnings.append(("rows-above-head", _("表头上面的 %d 行当作标题，没有读取。") % rows))

    def _find_coordinates(self) -> CoordinateColumns:
        """As chosen, by the names, or - in a table without a head - by values that can only be degrees in China."""
        if self._chosen.elsewhere:
            return PlacedElsewhere(None)
        if self._chosen.names:
            return self._chosen.find(self._header)
        if found := columns_by_name(self._header, list(islice(self._data_rows(), LOOKED_AT))):
            if found.others:
                used = "、".join(self._header[place] for place in (found.x, found.y))
                said = {"used": used, "others": "、".join(found.others)}
                message = _("有几列像坐标，按“%(used)s”读取；另有 %(others)s。不对时请指明坐标列。")
                self.warnings.append(("coordinate-columns-several", message % said))
            return found
        if self.headless and (found := columns_by_values(list(islice(self._data_rows(), LOOKED_AT)))):
            return found
        raise self._without_coordinates()

    def _tell_offset(self) -> None:
        """Say that the names of the columns speak of a map whose coordinates are offset."""
        places = (self._coordinates.x, self._coordinates.y, self._coordinates.cell)
        names = [self._header[place] for place in places if place is not None and 0 <= place < len(self._header)]
        if any(map(OFFSET.search, names)):
            message = _("从列名“%s”看，坐标可能带偏移（GCJ-02 或 BD-09），请指明“地图偏移”，并在地图上核对。")
            self.warnings.append(("datum-unsure", message % "、".join(names)))

    def _without_coordinates(self) -> BadInput:
        named = {"driver": self.driver, "columns": "、".join(self._header[:HEADER_SHOWN])}
        message = _(
            "%(driver)s 里没有找到坐标列（lng/lat、经度/纬度、x/y，或写在一列的坐标、WKT、WKB）。现有列：%(columns)s。"
            "请指明坐标列，或把坐标列改成这些名称之一。"
        )
        return BadInput(message % named, code="csv-no-coordinates")

    def _field(self, index: int, scan: Scan, kinds: Mapping[str, str]) -> Field:
        """A column asked for as text is read as the text that stands there: `1.50` does not become `1.5`."""
        name = self._header[index]
        return Field(name, "text" if kinds.get(name) == "text" else scan.guesses[index].kind)

    def _scan(self) -> Scan:
        scan = Scan(guesses=[self._new_guess() for _name in self._header])
        rows = self._data_rows()
        while chunk := list(islice(rows, SCAN_ROWS)):
            scan.rows += len(chunk)
            for row in chunk:
                for guess, value in zip(scan.guesses, row, strict=False):
                    guess.look(value)
            scan.look(self._places(chunk))
        return scan

    def _places(self, rows: list[Sequence[Any]]) -> Places:
        place = self._coordinates.cell
        if place is not None:
            return read_cells([cell_of(row, place) for row in rows])
        points = self._coordinates.points(rows)
        return Places(list(points) if points is not None else [self._coordinates.geometry(row) for row in rows])

    def _order_of_pairs(self, scan: Scan) -> str:
        """The order of two coordinates in one cell, by all rows or else by the column's name; empty without such."""
        place = self._coordinates.cell
        if place is None or not scan.pairs:
            return ""
        order = scan.orders.order
        return (order_of_name(self._header[place]) or UNSURE) if order == UNSURE else order

    def _find_crs(self, asked: str | None) -> crs_tools.SourceCrs | None:
        if asked:
            return crs_tools.from_user(asked)
        if self._srid and (declared := crs_tools.from_srid(self._srid)):
            return declared
        if self.bounds is None or max(map(abs, self.bounds)) > 180:
            return None
        if not self._coordinates.degrees:
            self.warnings.append(
                ("crs-assumed", _("文件没有写明坐标系，数值像经纬度，按 WGS 84 读取，请在地图上核对。"))
            )
        found_in = "columns" if self._coordinates.degrees else "assumed"
        return crs_tools.SourceCrs(CRS.from_epsg(crs_tools.WGS84), crs_tools.WGS84, found_in)

    def batches(self, size: int) -> Iterator[Batch]:
        rows = self._data_rows()
        first = 1
        while chunk := list(islice(rows, size)):
            yield self._batch(chunk, first)
            first += len(chunk)

    def _batch(self, rows: list[Sequence[Any]], first: int) -> Batch:
        issues: list[Issue] = []
        geometry = np.full(len(rows), None, object)
        places = self._places(rows)
        issues.extend(curves.told(places.curved, first))
        for offset, found in enumerate(places.shapes):
            if isinstance(found, str):
                issues.append(Issue(first + offset, "geom", "coordinate-invalid", found))
            else:
                geometry[offset] = found
        issues.extend(self._other_srids(places, first))
        for offset, row in enumerate(rows):
            self._check_row(row, first + offset, issues)
        columns = [
            self._column(rows, index, item, first, issues) for index, item in zip(self._kept, self.fields, strict=True)
        ]
        return Batch(first, geometry, columns, issues)

    def _other_srids(self, places: Places, first: int) -> Iterator[Issue]:
        """Rows of another SRID than most: theirs would be read as if they were of that one."""
        if not self._srid:
            return
        srids = places.srids()
        for offset in np.flatnonzero((srids != 0) & (srids != self._srid)):
            said = {"srid": int(srids[offset]), "most": self._srid}
            reason = _("这一行的 SRID 是 %(srid)d，别的行是 %(most)d。") % said
            yield Issue(first + int(offset), "geom", "srid-differs", reason)

    def _check_row(self, row: Sequence[Any], number: int, issues: list[Issue]) -> None:
        if len(row) > len(self._header):
            counts = {"cells": len(row), "columns": len(self._header)}
            reason = _("这一行有 %(cells)d 列，比表头的 %(columns)d 列多。") % counts
            issues.append(Issue(number, "", "csv-extra-columns", reason))

    def _column(
        self, rows: list[Sequence[Any]], index: int, item: Field, first: int, issues: list[Issue]
    ) -> list[object]:
        cells = [row[index] if index < len(row) else None for row in rows]
        return convert_column(self._values(cells, item.kind), item, first, issues)


def head_row(rows: Sequence[Sequence[str]], chosen: Sequence[str] = ()) -> int:
    """Index of the row that names coordinate columns (those `chosen`, if any), or of the first that holds anything.

    Bureaus write titles above their tables.
    """
    for index, names in enumerate(rows[:TITLE_ROWS]):
        if set(chosen) <= set(names) if chosen else names_places(names, rows[index + 1 :]):
            return index
    return next((index for index, row in enumerate(rows) if any(row)), 0)


def names_places(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is the head of columns that tell places; where one holds them whole, the next row has one."""
    if find_coordinate_columns(names):
        return True
    found = columns_by_name(names, below)
    following = next((row for row in below if any(row)), ())
    return found is not None and found.cell is not None and holds_place(cell_of(following, found.cell))


def head_names(rows: Sequence[Sequence[str]], head: int) -> list[str]:
    """The cells of the head row; a blank one has the name above it, as in heads of two rows with merged cells."""
    names = list(rows[head]) if rows else []
    above = list(rows[head - 1]) if head else []
    if sum(map(bool, above)) < 2:
        return names
    names += [""] * (len(above) - len(names))
    return [name or (above[index] if index < len(above) else "") for index, name in enumerate(names)]
