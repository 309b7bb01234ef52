"""What is remembered of a layer's last load: it fills the gaps of the next file, and never speaks against the file."""

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from geokit.crs import systems as crs_tools
from geokit.readers.factory import open_reader
from geokit.records.coordinate_columns import ChosenColumns
from geokit.records.rows import Reader
from geokit.records.source_layer import SourceLayer
from geokit.records.text_encoding import normalise
from geokit.refusal import BadInput
from layers.importing.import_report import Report
from layers.importing.joining import TABLES
from layers.importing.options import REMEMBERED, LoadOptions
from layers.storage.models import Layer, LayerVersion

GUESSED = ("fallback",)
"""Sources of an encoding that say that neither the file nor its bytes told it."""
UNSAID = {"datum": "wgs84", "axis": "auto", "invalid": "repair"}
JOIN_FORGOTTEN = "join-forgotten"


def remembered(layer: Layer) -> dict[str, Any]:
    """How the layer's published version was read: proposed for the next file of the same layer."""
    version = layer.current_version
    choices = dict(version.report.get("choices") or {}) if version else {}
    key = choices.get("key") or next(
        (item["name"] for item in (version.fields if version else []) if item["column"] == layer.key_column), ""
    )
    mode = LayerVersion.Mode.UPSERT if key else LayerVersion.Mode.REPLACE
    names = [name for name in choices if name in REMEMBERED]
    return {**choices, "key": key, "mode": mode, "slug": layer.slug, "remembered": names}


def with_memory(options: LoadOptions) -> LoadOptions:
    """`options` with what is remembered of the layer that they update, wherever nothing else was said."""
    if options.mode == LayerVersion.Mode.CREATE:
        return options
    layer = Layer.objects.select_related("current_version").filter(slug=options.slug).first()
    known = remembered(layer) if layer else {}
    gaps = {
        name: known[name]
        for name in REMEMBERED
        if known.get(name) not in (None, "", UNSAID.get(name))
        and getattr(options, name) in ("", (), {}, UNSAID.get(name))
    }
    return replace(options, **gaps, remembered=tuple(gaps))


def remembered_layer(layers: Sequence[SourceLayer], options: LoadOptions) -> str:
    """The layer asked for; one that is only remembered is forgotten where the file has none of that name."""
    there = any(options.layer in (layer.name, layer.inner) for layer in layers)
    return options.layer if there or "layer" not in options.remembered else ""


def without_lost_join(chosen: SourceLayer, options: LoadOptions, report: Report) -> LoadOptions:
    """The options without a remembered join where the file tells its places itself."""
    if not options.join or "join" not in options.remembered:
        return options
    alone = replace(options, join="", join_column="", join_to="")
    if chosen.driver in TABLES and not _has_places(chosen, alone):
        return options
    report.warn(JOIN_FORGOTTEN, _("文件自己有图形或坐标，这次不像上次那样从别处取图形。"))
    return alone


def _has_places(chosen: SourceLayer, options: LoadOptions) -> bool:
    said = {name: "" if name in options.remembered else getattr(options, name) for name in ("encoding", "crs")}
    try:
        _open(chosen, options, **said)
    except BadInput as refusal:
        if refusal.code != "csv-no-coordinates":
            raise
        return False
    return True


def without_lost_fields(reader: Reader, options: LoadOptions, report: Report) -> LoadOptions:
    """The options without remembered choices on fields that this file has not."""
    names = {field.name for field in reader.fields}
    changed: dict[str, Any] = {}
    for option in ("field_types", "aliases"):
        if option in options.remembered:
            changed[option] = {name: said for name, said in getattr(options, option).items() if name in names}
    if "skip_fields" in options.remembered:
        changed["skip_fields"] = [name for name in options.skip_fields if name in names]
    if "key" in options.remembered and options.key not in names:
        message = _("文件里没有上次的业务主键“%s”，这次不按主键对应。") % options.key
        report.warn("key-forgotten", message)
    return replace(options, **changed)


def opened_with_memory(chosen: SourceLayer, options: LoadOptions, report: Report) -> Reader:
    """The reader of a layer; what the file says comes before what is remembered.

    Raises BadInput `crs-contradiction` or `datum-contradiction`, which a person decides.
    """
    said = {name: "" if name in options.remembered else getattr(options, name) for name in ("encoding", "crs")}
    reader = _open(chosen, options, **said)
    if "encoding" in options.remembered:
        said["encoding"] = _encoding(reader, options, report)
    if "crs" in options.remembered:
        said["crs"] = _crs(reader, options, report)
        if said["crs"]:
            message = _("文件没有写明坐标系，沿用这个图层上次的 %s，请在地图上核对。") % said["crs"]
            report.warn("crs-remembered", message)
    if any(said[name] and name in options.remembered for name in said):
        reader = _open(chosen, options, **said)
    _check_datum(reader, options)
    _tell_overruled(chosen, reader, options, said, report)
    return reader


def _open(chosen: SourceLayer, options: LoadOptions, encoding: str, crs: str) -> Reader:
    columns = ChosenColumns(options.x_column, options.y_column, options.wkt_column, elsewhere=bool(options.join))
    said: dict[str, Any] = {"encoding": encoding or None, "crs": crs or None, "field_types": options.field_types}
    try:
        return open_reader(chosen, columns=columns, **said)
    except BadInput as refusal:
        if refusal.code == "field-unknown" and {"x_column", "wkt_column"} & set(options.remembered):
            return open_reader(chosen, **said)
        raise


def _encoding(reader: Reader, options: LoadOptions, report: Report) -> str:
    """The remembered encoding where nothing told one; a file that says another is believed, and that is said."""
    if reader.encoding.found_in in GUESSED:
        return options.encoding
    if reader.encoding.found_in != "format" and reader.encoding.name != normalise(options.encoding):
        said = {"found": reader.encoding.name.upper(), "remembered": options.encoding}
        message = _("文件的文字编码是 %(found)s，与上次的 %(remembered)s 不同，按文件的读取。")
        report.warn("encoding-differs", message % said)
    return ""


def _crs(reader: Reader, options: LoadOptions, report: Report) -> str:
    """The remembered CRS where the file says none; a contradiction is a question to the person."""
    if reader.crs is None or reader.crs.found_in == "assumed":
        return options.crs
    if reader.crs.label.upper() == options.crs.upper() or str(reader.crs.epsg) == options.crs:
        return ""
    report.crs, report.crs_from = reader.crs.label, reader.crs.found_in
    report.crs_candidates = [
        _candidate(found, reader) for found in (reader.crs, crs_tools.from_user(options.crs)) if found.epsg
    ]
    said = {"declared": f"{reader.crs.label}（{reader.crs.crs.name}）", "remembered": options.crs}
    message = _("文件写明坐标系是 %(declared)s，而这个图层上次用的是 %(remembered)s。请指明这次用哪一个。")
    raise BadInput(message % said, code="crs-contradiction")


def _candidate(found: crs_tools.SourceCrs, reader: Reader) -> dict[str, Any]:
    """One of the two to choose from, with where it would put the file."""
    box = crs_tools.transform_bounds(found.crs, reader.bounds) if reader.bounds else (0.0, 0.0, 0.0, 0.0)
    return {
        "crs": found.label, "name": found.crs.name, "bbox": [edge if isfinite(edge) else 0.0 for edge in box],
        "in_district": False, "swapped": False,
    }  # fmt: skip


def _check_datum(reader: Reader, options: LoadOptions) -> None:
    """A remembered offset of web maps speaks against a file in a surveyed datum."""
    if "datum" not in options.remembered or options.datum == "wgs84":
        return
    if reader.crs is not None and reader.crs.family is not None and reader.crs.found_in not in ("option", "assumed"):
        said = {"declared": reader.crs.crs.name, "remembered": options.datum.upper()}
        message = _("文件写明坐标系是 %(declared)s，而这个图层上次按 %(remembered)s 偏移读取。请指明这次有没有偏移。")
        raise BadInput(message % said, code="datum-contradiction")


def _tell_overruled(
    chosen: SourceLayer, reader: Reader, options: LoadOptions, said: dict[str, str], report: Report
) -> None:
    """Say that a person's CRS is used instead of another one that the file states."""
    if not said["crs"] or "crs" in options.remembered or reader.crs is None:
        return
    declared = _open(chosen, options, encoding=said["encoding"], crs="").crs
    if declared is not None and declared.found_in != "assumed" and declared.label != reader.crs.label:
        names = {"declared": f"{declared.label}（{declared.crs.name}）", "asked": reader.crs.label}
        message = _("文件写明坐标系是 %(declared)s，按您指定的 %(asked)s 读取，请在地图上核对。")
        report.warn("crs-overruled", message % names)
