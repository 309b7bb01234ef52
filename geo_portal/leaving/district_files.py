"""The folder `district/`: DISTRICT.toml and the datasets, of which `new_district` builds another instance."""

import json
from collections.abc import Iterable, Iterator
from itertools import batched, chain
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.utils import timezone

from accounts.district import current
from accounts.district.services import SECRET
from accounts.loads import Dataset
from accounts.loads.definition import SHAPE
from accounts.loads.registry import declared
from accounts.rules.definition import Kind
from accounts.rules.models import RuleChange
from accounts.rules.queries import book
from accounts.rules.registry import declared as rules
from geo_portal.leaving.gpkg import write_layer
from geo_portal.leaving.sinks import Sink
from geo_portal.setup.reading import MOST_VERTICES
from geo_portal.setup.record_file import EDGES, PLAIN
from geokit.geometry.repair import family_of_name
from ui.downloads import csv_lines

FOLDER = "district"
SHEET_ROWS = 2_000
"""Rows of a sheet or layer: fewer than a load reads at once, and few enough bytes."""
PLACES = ("lng", "lat", "wkt")

type Cells = dict[str, str]


def write_record(sink: Sink) -> None:
    """Write DISTRICT.toml: the record without its keys, and the rules in force that somebody has set."""
    sink.lines(f"{FOLDER}/DISTRICT.toml", (f"{line}\n" for line in _record_lines()))


def _record_lines() -> Iterator[str]:
    record = current()
    yield f"code = {_toml(record.code)}"
    for name in PLAIN:
        if name not in SECRET and (value := getattr(record, name)):
            yield f"{name} = {_toml(str(value))}"
    values = dict(_rule_values())
    if values:
        yield f"since = {timezone.localdate().isoformat()}"
    if record.box is not None:
        yield from ("", "[box]", *(f"{edge} = {float(getattr(record, edge))!r}" for edge in EDGES))
    if values:
        yield from ("", "[rules]", *(f"{_toml(key)} = {value}" for key, value in values.items()))


def _rule_values() -> Iterator[tuple[str, str]]:
    """Each rule that is set, as TOML, in the order of the page."""
    found, known = book(), set(RuleChange.objects.values_list("key", flat=True))
    for key, rule in rules().items():
        if key in known and found.current(key) is not None:
            yield key, _rule_value(rule.kind, found.value(key))


def _rule_value(kind: Kind, value: Any) -> str:
    if kind is Kind.LENGTH:
        return _toml(value.text() if value else "")
    if kind in (Kind.DATES, Kind.DEPARTMENTS):
        return f"[{', '.join(day.isoformat() if kind is Kind.DATES else _toml(day) for day in value)}]"
    if kind is Kind.BOOL:
        return "true" if value else "false"
    return str(value) if kind in (Kind.INT, Kind.DECIMAL) else _toml(str(value))


def _toml(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def datasets() -> Iterator[Dataset]:
    yield from declared().values()


def write_dataset(sink: Sink, dataset: Dataset) -> int:
    """Write the rows of a dataset: a sheet, or a layer where every row has a place, or both; return how many rows."""
    rows = _rows(dataset)
    if not dataset.shape.kinds:
        return _write_sheets(sink, dataset, rows)
    found = list(rows)
    if not all(cells[SHAPE] for cells in found):
        _write_sheets(sink, dataset, iter(found))
    _write_layers(sink, dataset, [cells for cells in found if cells[SHAPE]])
    return len(found)


def _rows(dataset: Dataset) -> Iterator[Cells]:
    """What a row would say to another instance, without what only this one knows."""
    things = (dataset.leaves or dataset.rows)()
    for thing in things.iterator(chunk_size=SHEET_ROWS):
        cells = {name: cell for name, cell in dataset.cells(thing).items() if name not in dataset.stays}
        yield {**cells, **dataset.leaves_with, **dataset.leaves_too(thing)}


def _names(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.columns if column.name not in (*PLACES, *dataset.stays)]


def _write_sheets(sink: Sink, dataset: Dataset, rows: Iterator[Cells]) -> int:
    names, labels, count = _names(dataset), dataset.labels(), 0
    head = [str(labels[name]) for name in names]
    for number, part in enumerate(batched(rows, SHEET_ROWS, strict=False), start=1):
        body = ([cells.get(name, "") for name in names] for cells in part)
        sink.lines(f"{FOLDER}/{dataset.slug}-{number:04}.csv", csv_lines(chain([head], body)))
        count += len(part)
    return count


def _write_layers(sink: Sink, dataset: Dataset, rows: list[Cells]) -> None:
    names = _names(dataset)
    for number, part in enumerate(_parts(rows), start=1):
        path = sink.work / "layer.gpkg"
        write_layer(
            path, dataset.slug, names, (([cells.get(name, "") for name in names], place) for cells, place in part)
        )
        sink.move(f"{FOLDER}/{dataset.slug}-{number:04}.gpkg", path)


def _family(place: GEOSGeometry) -> str:
    return family_of_name(place.geom_type) or ""


def _parts(rows: Iterable[Cells]) -> Iterator[list[tuple[Cells, GEOSGeometry]]]:
    """Rows with their places, in parts that one load takes: of one kind, for a reader of layers leaves the others."""
    part: list[tuple[Cells, GEOSGeometry]] = []
    corners = 0
    placed = [(cells, GEOSGeometry(cells[SHAPE])) for cells in rows]
    for cells, place in sorted(placed, key=lambda row: _family(row[1])):
        is_full = len(part) == SHEET_ROWS or corners + place.num_coords > MOST_VERTICES
        if part and (is_full or _family(part[-1][1]) != _family(place)):
            yield part
            part, corners = [], 0
        part.append((cells, place))
        corners += place.num_coords
    if part:
        yield part
