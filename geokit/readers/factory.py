"""From a layer of a file to a reader of its rows."""

from collections.abc import Mapping

from geokit.readers.csv_reader import CsvReader
from geokit.readers.dxf_reader import DxfReader
from geokit.readers.ogr_reader import OgrReader
from geokit.readers.xlsx_reader import XlsxReader
from geokit.records.rows import Reader
from geokit.records.source_layer import SourceLayer
from geokit.refusal import BadInput
from geokit.wording import gettext as _

TABLE_READERS: dict[str, type[CsvReader | XlsxReader]] = {"CSV": CsvReader, "XLSX": XlsxReader}
READERS: dict[str, type[DxfReader | OgrReader]] = {"DXF": DxfReader}
"""Formats of drawings that GDAL does not read well enough by itself; all others go to `OgrReader`."""


def open_reader(
    layer: SourceLayer,
    *,
    encoding: str | None = None,
    crs: str | None = None,
    field_types: Mapping[str, str] | None = None,
) -> Reader:
    """Open `layer`; `encoding` and `crs` override what would be detected.

    `field_types` (kind by field name) matters here for tables of text: a column asked for as text keeps its digits
    as they stand. Raises BadInput.
    """
    if layer.driver == "GTiff":
        raise BadInput(_("“%s”是栅格，不是矢量图层。") % layer.name, code="raster-layer")
    if table := TABLE_READERS.get(layer.driver):
        return table(layer, encoding, crs, field_types)
    return READERS.get(layer.driver, OgrReader)(layer, encoding, crs)
