"""Shapefiles as other people's programs read them: names and values in UTF-8 or GBK, `.cpg` and `.prj` beside.

A DBF holds ten bytes of a field's name and 254 of a text, in the encoding of the file. What had to be cut is said in
`fields.txt` and to whoever asked; a character that the encoding does not have is refused.
"""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.exporting.ogr_writer import empty_batch, write_batch
from layers.exporting.row_batches import UTF8, ExportRequest, Rows
from layers.storage.columns import Column

GBK = "GBK"
ENCODINGS = (UTF8, GBK)
CODECS = {UTF8: "utf-8", GBK: "gbk"}
LANGUAGE_BYTES = {UTF8: 0x00, GBK: 0x4D}
"""Byte 29 of a DBF: 0x4D is code page 936."""
LANGUAGE_AT = 29
NAME_BYTES = 10
TEXT_BYTES = 254
NUMBER_PLACES = 24
FILE_BYTES = 2**31 - 1
DRIVER = "ESRI Shapefile"


def encoding_named(name: str) -> str:
    """Return the encoding called so. Raises BadInput `encoding-unsupported`."""
    found = {"": UTF8, "utf8": UTF8, "utf-8": UTF8, "gbk": GBK, "cp936": GBK}.get(name.strip().lower())
    if found is None:
        message = _("编码“%(name)s”不支持，可用：%(known)s。") % {"name": name[:40], "known": "、".join(ENCODINGS)}
        raise BadInput(message, code="encoding-unsupported")
    return found


def write_shapefile(request: ExportRequest, work: Path, suffix: str) -> tuple[Path, int, list[str]]:
    """Write the parts and zip them; returns the zip, the number of rows and what had to be cut."""
    path = work / f"{request.layer.slug}.shp"
    columns = list(request.columns.values())
    names = short_names(columns, request.encoding)
    count, cut = 0, dict.fromkeys((column.name for column in columns), 0)
    rounded: dict[str, int] = {}
    for rows in request.batches():
        _count_rounded(rows, columns, rounded)
        fitting = _fitting(rows, columns, request.encoding, cut)
        write_batch(request, fitting, path, DRIVER, names, append=count > 0, encoding=request.encoding)
        count += len(rows.geometry)
        _check_size(path)
    if not count:
        write_batch(request, empty_batch(request), path, DRIVER, names, append=False, encoding=request.encoding)
    _declare(path, request.encoding)
    warnings = _warnings(columns, names, cut, rounded)
    return _packed(path, warnings), count, warnings


def short_names(columns: list[Column], encoding: str = UTF8) -> list[str]:
    """Field names that fit a DBF: ten bytes in its encoding, each only once. Raises BadInput `export-encoding`."""
    names: list[str] = []
    for column in columns:
        _check_text(column.name, column.name, encoding)
        name, number = _cut(column.name, NAME_BYTES, encoding), 1
        while name.lower() in (other.lower() for other in names):
            name = _cut(column.name, NAME_BYTES - len(str(number)), encoding) + str(number)
            number += 1
        names.append(name)
    return names


def _cut(text: str, size: int, encoding: str) -> str:
    codec = CODECS[encoding]
    return text.encode(codec)[:size].decode(codec, errors="ignore")


def _check_text(text: str, field: str, encoding: str) -> None:
    try:
        text.encode(CODECS[encoding])
    except UnicodeEncodeError as error:
        named = {
            "field": field,
            "sign": text[error.start],
            "code": f"{ord(text[error.start]):04X}",
            "encoding": encoding,
        }
        message = (
            _("字段“%(field)s”中的“%(sign)s”（U+%(code)s）不在 %(encoding)s 中，请改用 UTF-8 或 GeoPackage。") % named
        )
        raise BadInput(message, code="export-encoding") from error


def _fitting(rows: Rows, columns: list[Column], encoding: str, cut: dict[str, int]) -> Rows:
    """Cut texts to what a DBF holds, at a character's border; `cut` counts them by field."""
    fitted = [
        [_text(value, column.name, encoding, cut) for value in values] if column.kind == "text" else values
        for column, values in zip(columns, rows.columns, strict=True)
    ]
    return replace(rows, columns=fitted)


def _text(value: str | None, field: str, encoding: str, cut: dict[str, int]) -> str | None:
    if value is None:
        return None
    _check_text(value, field, encoding)
    short = _cut(value, TEXT_BYTES, encoding)
    cut[field] += short != value
    return short


def _count_rounded(rows: Rows, columns: list[Column], counts: dict[str, int]) -> None:
    """Count, by field, the doubles that a DBF does not hold to the last digit."""
    for column, values in zip(columns, rows.columns, strict=True):
        if column.kind == "double":
            lost = sum(value is not None and is_rounded(value) for value in values)
            counts[column.name] = counts.get(column.name, 0) + lost


def is_rounded(value: float) -> bool:
    """Whether fifteen decimals, which GDAL writes where they fit the field's 24 places, are another number.

    >>> is_rounded(0.25), is_rounded(1 / 3)
    (False, True)
    """
    text = f"{value:.15f}"
    return len(text) <= NUMBER_PLACES and float(text) != value


def _check_size(path: Path) -> None:
    largest = max(path.with_suffix(part).stat().st_size for part in (".shp", ".dbf"))
    if largest > FILE_BYTES:
        raise BadInput(_("Shapefile 不能超过 2 GB，请改用 GeoPackage 或 FlatGeobuf。"), code="export-too-large")


def _declare(path: Path, encoding: str) -> None:
    """Say the encoding in both places where programs look."""
    path.with_suffix(".cpg").write_text(encoding, "ascii")
    with path.with_suffix(".dbf").open("r+b") as file:
        file.seek(LANGUAGE_AT)
        file.write(bytes([LANGUAGE_BYTES[encoding]]))


def _warnings(columns: list[Column], names: list[str], cut: dict[str, int], rounded: dict[str, int]) -> list[str]:
    renamed = [
        _("字段“%(name)s”在 Shapefile 中名为“%(short)s”。") % {"name": column.name, "short": short}
        for column, short in zip(columns, names, strict=True)
        if short != column.name
    ]
    shortened = [
        _("字段“%(name)s”有 %(count)d 个值超过 254 字节，已截短。") % {"name": name, "count": count}
        for name, count in cut.items()
        if count
    ]
    times = [
        _("字段“%(name)s”是日期时间，Shapefile 只能存为文本。") % {"name": column.name}
        for column in columns
        if column.kind == "datetime"
    ]
    shorter = [
        _("字段“%(name)s”有 %(count)d 个小数在 Shapefile 中只保留 15 位小数，已四舍五入。")
        % {"name": name, "count": count}
        for name, count in rounded.items()
        if count
    ]
    return renamed + shortened + times + shorter


def _packed(path: Path, warnings: list[str]) -> Path:
    """All parts in one zip, with what had to be cut."""
    packed = path.with_suffix(".zip")
    parts: list[Any] = sorted(part for part in path.parent.glob(f"{path.stem}.*") if part != packed)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, part.name)
        if warnings:
            archive.writestr("fields.txt", "\n".join(warnings) + "\n")
    return packed
