"""Open a source for an import: choose the layer, settle encoding and CRS, say what was found."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.district import current, outline_box
from geokit.crs import datum_shift
from geokit.crs import systems as crs_tools
from geokit.crs.systems import Bounds, SourceCrs
from geokit.geometry import repair as geometries
from geokit.geometry.geojson import plain
from geokit.geometry.repair import Cleaner
from geokit.readers.table_reader import TableReader
from geokit.records.coordinate_pairs import LAT_LON, LON_LAT, MIXED
from geokit.records.rows import Batch, Reader
from geokit.refusal import BadInput
from geokit.sources.discovery import choose_layer, open_layers
from layers.importing.field_choice import chosen_fields
from layers.importing.import_report import Report
from layers.importing.joining import joined
from layers.importing.memory import opened_with_memory, remembered_layer, without_lost_fields, without_lost_join
from layers.importing.options import KIND_FAMILIES, KINDS_OF, LoadOptions
from layers.storage.columns import Column, make_columns

ENCODING_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "iso8859-1": "ISO-8859-1", "utf-16": "UTF-16"}
FAMILY_SAMPLE = 1_000
SAMPLE_ROWS = 20
PAIR_ORDERS = {
    LON_LAT: gettext_lazy("坐标写在一列里，从数值或列名看先经度、后纬度，按此读取，请在地图上核对。"),
    LAT_LON: gettext_lazy("坐标写在一列里，从数值或列名看先纬度、后经度，按此读取，请在地图上核对。"),
}
"""What is said of two coordinates in one cell."""
ORDER_MIXED = gettext_noop(
    "坐标写在一列里，有的行先写经度，有的行先写纬度。请在“坐标顺序”里指明：先经度选“按文件原样”，先纬度选“对调横、纵坐标”。"
)
ORDER_UNSURE = gettext_noop(
    "坐标写在一列里，从数值看不出哪个是经度、哪个是纬度。请在“坐标顺序”里指明：先经度选“按文件原样”，先纬度选“对调横、纵坐标”。"
)
KIND_NAMES = {"point": gettext_lazy("点"), "line": gettext_lazy("线"), "polygon": gettext_lazy("面")}


@dataclass(slots=True)
class OpenSource:
    """A layer ready to be read row by row."""

    reader: Reader
    columns: list[Column]
    cleaner: Cleaner
    first_batch: Batch | None
    rest: Iterator[Batch]

    def batches(self) -> Iterator[Batch]:
        if self.first_batch is not None:
            yield self.first_batch
        yield from self.rest


@contextmanager
def open_source(options: LoadOptions, report: Report, batch_rows: int) -> Iterator[OpenSource]:
    """Open `options.path` in a working folder that goes away afterwards; fills in `report.source`."""
    with TemporaryDirectory(prefix="import-") as work:
        layers = open_layers(options.path, Path(work))
        if len(layers) > 1:
            report.layers = [layer.name for layer in layers]
        chosen = choose_layer(layers, remembered_layer(layers, options) or None)
        options = without_lost_join(chosen, options, report)
        reader = opened_with_memory(chosen, options, report)
        options = without_lost_fields(reader, options, report)
        pairs = reader.pair_order if isinstance(reader, TableReader) and not options.join else ""
        report.source_fields = [{"name": field.name, "kind": field.kind} for field in reader.fields]
        if options.join:
            reader = joined(reader, options)
        reader = chosen_fields(reader, options.field_types, options.skip_fields, options.aliases)
        _report_source(reader, report)
        report.source_bounds = reader.bounds
        columns = make_columns(reader.fields, options.aliases)
        report.fields = [column.as_dict() for column in columns]
        batches = reader.batches(batch_rows)
        first = next(islice(batches, 1), None)
        report.sample = _sample(first)
        family = _geometry_family(reader, first, options, report, batch_rows)
        report.geometry_type = family
        found = _settle_crs(reader, report)
        report.datum = options.datum
        swap = _swap_pairs(pairs, options, report) if pairs else _swap_axes(reader.bounds, found, report, options.axis)
        found = _with_datum_shift(found, options.transformation, report)
        cleaner = Cleaner(found.crs, family, options.datum, swap, options.invalid, bool(report.kinds))
        _check_location(reader.bounds, found, report, swap=swap)
        yield OpenSource(reader, columns, cleaner, first, batches)


def _sample(first: Batch | None) -> list[list[Any]]:
    if first is None:
        return []
    return [[plain(column[index]) for column in first.columns] for index in range(min(SAMPLE_ROWS, len(first)))]


def _report_source(reader: Reader, report: Report) -> None:
    report.driver = reader.driver
    report.layer = reader.name
    report.encoding = ENCODING_NAMES.get(reader.encoding.name, reader.encoding.name.upper())
    report.encoding_from = reader.encoding.found_in
    for code, message in reader.warnings:
        report.warn(code, message)
    report.dimensions, report.rows_expected = reader.dimensions, reader.rows
    if reader.dimensions:
        held = _(" 和 ").join(reader.dimensions)
        report.warn("dimensions-dropped", _("源数据带有 %s 值，只保留平面坐标。") % held)


class SeveralKinds(BadInput):
    """Points, lines or areas in one source, of which none was chosen."""

    default_code = "kinds-choice"


def _geometry_family(reader: Reader, first: Batch | None, options: LoadOptions, report: Report, batch_rows: int) -> str:
    """The one type of the layer's geometries: declared, chosen, or that of all rows. Raises SeveralKinds."""
    if found := geometries.family_of_name(reader.geometry_type):
        return found
    counts = count_kinds(reader, batch_rows)
    if len(counts) < 2:
        return KIND_FAMILIES[next(iter(counts))] if counts else _family_of_first(first)
    report.kinds = counts
    kind = options.kind or options.kind_of_target
    listed = _("、").join(f"{KIND_NAMES[name]} {count}" for name, count in counts.items())
    if kind not in counts:
        message = _("图层里有几类图形：%s。请指明要导入哪一类，或者每类各成一层。")
        raise SeveralKinds(message % listed)
    report.warn("kinds-elsewhere", _("文件里有几类图形（%s），这一层只取其中一类。") % listed)
    return KIND_FAMILIES[kind]


def count_kinds(reader: Reader, batch_rows: int) -> dict[str, int]:
    """Rows of each kind of geometry, the commonest first; the whole source is read for it."""
    counts: dict[str, int] = {}
    for batch in reader.batches(batch_rows):
        for family, count in geometries.count_families(batch.geometry).items():
            kind = KINDS_OF[family]
            counts[kind] = counts.get(kind, 0) + count
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _family_of_first(first: Batch | None) -> str:
    sample = first.geometry[:FAMILY_SAMPLE] if first is not None else np.array([], object)
    found = geometries.commonest_family(sample)
    if found is None:
        if first is None:
            raise BadInput(_("图层里没有任何要素。"), code="no-rows")
        unsupported = any(issue.code == "geometry-unsupported" for issue in first.issues)
        if unsupported:
            raise BadInput(
                _("图层是三维表面（MultiPatch / TIN），不能转为平面图形，请先在原软件里转换。"),
                code="geometry-unsupported",
            )
        raise BadInput(_("前面的要素都没有图形，无法判断几何类型。"), code="geometry-unknown")
    return found


def _settle_crs(reader: Reader, report: Report) -> SourceCrs:
    """The CRS, or a refusal that proposes candidates: one is never guessed."""
    found = reader.crs
    if found is None and reader.rows == 0:
        raise BadInput(_("图层里没有任何要素。"), code="no-rows")
    if found is None and reader.bounds is None and isinstance(reader, TableReader):
        raise BadInput(_("没有一行有能读的坐标，请核对坐标列；公式要先在表格软件里算出并保存。"), code="no-valid-rows")
    if found is None:
        raise without_crs(reader.bounds, report)
    report.crs, report.crs_from = found.label, found.found_in
    if found.epsg is None:
        report.warn("crs-custom", _("坐标系“%s”没有 EPSG 编号，按其参数转换，请在地图上核对。") % found.crs.name)
    return found


def _with_datum_shift(found: SourceCrs, asked: str, report: Report) -> SourceCrs:
    """The CRS with its way to WGS 84 fixed; says which, where the datum leaves a choice."""
    shift = datum_shift.shift_for(found, asked)
    if shift is None:
        return found
    choices = datum_shift.shifts_for(found)
    report.transformations = [item.as_dict() for item in ([] if shift in choices else [shift]) + choices]
    stated = bool(asked.strip()) or shift.key == datum_shift.IN_FILE
    report.transformation = {**shift.as_dict(), "stated": stated}
    if shift.key == datum_shift.BALLPARK:
        message = _("%s 到 WGS 84 没有公开的精确转换参数，位置可能偏差几十米，请先做基准转换或核对。")
        report.warn("datum-shift-unknown", message % found.crs.name)
    else:
        accuracy = _("约 %g 米") % shift.accuracy_m if shift.accuracy_m else _("未知，可能偏差几十米")
        values = {"crs": found.crs.name, "shift": shift.name, "accuracy": accuracy}
        message = _("%(crs)s 按“%(shift)s”转换到 WGS 84，精度：%(accuracy)s。请用已知点核对。")
        report.warn("datum-shift", message % values)
    return replace(found, crs=shift.apply_to(found.crs))


def without_crs(bounds: Bounds | None, report: Report) -> BadInput:
    """The refusal `crs-missing`, naming the CRSs that the bounds allow."""
    candidates = _candidates(bounds) if bounds else []
    report.crs_candidates = [_candidate(item) for item in candidates]
    likely = [item for item in candidates if item.in_district] or candidates
    hint = _("、").join(f"EPSG:{item.epsg}（{item.name}）" for item in likely[:3])
    advice = _("从坐标范围看可能是 %s。") % hint if hint else ""
    lost = report.driver == "ESRI Shapefile"
    reason = _("源数据没有说明坐标系（缺少 .prj）。") if lost else _("源数据没有说明坐标系。")
    return BadInput(f"{reason}{advice}{_('请指明坐标系后再导入。')}", code="crs-missing")


def _candidate(found: crs_tools.Candidate) -> dict[str, Any]:
    return {
        "crs": f"EPSG:{found.epsg}",
        "name": found.name,
        "bbox": list(found.bounds),
        "in_district": found.in_district,
        "swapped": found.swapped,
    }


def _candidates(bounds: Bounds) -> list[crs_tools.Candidate]:
    """CRSs that the bounds allow; where none of them hits the district, also with x and y turned round."""
    district = district_bounds()
    found = crs_tools.candidates_for(bounds, district)
    if any(item.in_district for item in found):
        return found
    west, south, east, north = bounds
    turned = crs_tools.candidates_for((south, west, north, east), district)
    return [replace(item, swapped=True) for item in turned if item.in_district] + found


def _swap_axes(bounds: Bounds | None, found: SourceCrs, report: Report, asked: str) -> bool:
    """Whether x and y change places: as asked, else as the numbers look."""
    report.axis, report.axis_from = "as-is", "assumed"
    if asked != "auto":
        report.axis, report.axis_from = asked, "option"
        return asked == "swap"
    if bounds is None or not crs_tools.axes_look_swapped(bounds, found.crs):
        return False
    report.axis = "swap"
    report.warn("axis-swapped", _("横、纵坐标的顺序看来是反的（X 为北），已对调，请在地图上核对。"))
    return True


def _swap_pairs(order: str, options: LoadOptions, report: Report) -> bool:
    """Whether the latitude comes first where both stand in one cell: as asked, else as the numbers of all rows tell.

    Raises BadInput `pair-order` where they do not tell it.
    """
    remembered = "axis" in options.remembered and order in PAIR_ORDERS
    if options.axis != "auto" and not remembered:
        report.axis, report.axis_from = options.axis, "option"
        return options.axis == "swap"
    if order not in PAIR_ORDERS:
        raise BadInput(_(ORDER_MIXED if order == MIXED else ORDER_UNSURE), code="pair-order")
    report.axis, report.axis_from = ("swap" if order == LAT_LON else "as-is"), "assumed"
    report.warn("pairs-read", str(PAIR_ORDERS[order]))
    return order == LAT_LON


def _check_location(bounds: Bounds | None, found: SourceCrs, report: Report, *, swap: bool) -> None:
    """Warn when the data lie outside the district, and name a CRS that would put them inside."""
    district = district_bounds()
    if bounds is None or district is None:
        return
    west, south, east, north = bounds
    source = (south, west, north, east) if swap else bounds
    box = crs_tools.transform_bounds(found.crs, source)
    if all(np.isfinite(box)) and crs_tools.overlaps(box, district):
        return
    inside = [item for item in crs_tools.candidates_for(source, district) if item.in_district]
    report.crs_candidates = [_candidate(item) for item in inside]
    hint = ""
    if inside:
        hint = _("换成 EPSG:%(code)d（%(name)s）则在区内。") % {"code": inside[0].epsg, "name": inside[0].name}
    message = _("按 %(crs)s 换算后，数据不在本区范围内。%(hint)s请核对坐标系。")
    report.warn("outside-district", message % {"crs": found.label, "hint": hint})


def district_bounds() -> Bounds | None:
    """The district's box, a little wider (0.02 degrees, about 2 km); None before there is a district."""
    box = outline_box() or current().box
    if box is None:
        return None
    west, south, east, north = box
    return (west - 0.02, south - 0.02, east + 0.02, north + 0.02)


def bounds_of(geometry: np.ndarray) -> Bounds | None:
    present = geometry[~shapely.is_missing(geometry)]
    if not len(present):
        return None
    return tuple(float(value) for value in shapely.total_bounds(present))  # type: ignore[return-value]
