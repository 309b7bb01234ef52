"""From a layer of a file to a reader of its rows."""

from collections.abc import Callable, Mapping

from geokit.readers.csv_reader import CsvReader
from geokit.readers.dxf_reader import DxfReader
from geokit.readers.ogr_reader import OgrReader
from geokit.readers.parquet_reader import ParquetReader
from geokit.readers.survey_text import BoundaryReader, CassReader
from geokit.readers.xlsx_reader import XlsxReader
from geokit.records.coordinate_columns import NOTHING_CHOSEN, ChosenColumns
from geokit.records.rows import Reader
from geokit.records.source_layer import SourceLayer
from geokit.refusal import BadInput
from geokit.wording import gettext as _

TABLE_READERS: dict[str, type[CsvReader | XlsxReader]] = {"CSV": CsvReader, "CASS": CassReader, "XLSX": XlsxReader}
READERS: dict[str, Callable[..., Reader]] = {"DXF": DxfReader, "Parquet": ParquetReader, "BOUNDARY": BoundaryReader}
"""Formats that GDAL does not read well enough by itself, or not at all; all others go to `OgrReader`."""


def open_reader(
    layer: SourceLayer,
    *,
    encoding: str | None = None,
    crs: str | None = None,
    field_types: Mapping[str, str] | None = None,
    columns: ChosenColumns = NOTHING_CHOSEN,
) -> Reader:
    """Open `layer`; `encoding` and `crs` override what would be detected.

    `field_types` (kind by field name) matters here for tables of text: a column asked for as text keeps its digits
    as they stand. `columns` are those of a table that tell the place. Raises BadInput.
    """
    if layer.driver == "GTiff":
        raise BadInput(_("“%s”是栅格，不是矢量图层。") % layer.name, code="raster-layer")
    if table := TABLE_READERS.get(layer.driver):
        return table(layer, encoding, crs, field_types, columns)
    return READERS.get(layer.driver, OgrReader)(layer, encoding, crs)
