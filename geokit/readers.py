"""From a layer of a file to a reader of its rows."""

from geokit.csv_reader import CsvReader
from geokit.ogr_reader import OgrReader
from geokit.rows import Reader
from geokit.sources import SourceLayer


def open_reader(layer: SourceLayer, *, encoding: str | None = None, crs: str | None = None) -> Reader:
    """Open `layer`; `encoding` and `crs` override what would be detected."""
    if layer.driver == "CSV":
        return CsvReader(layer, encoding, crs)
    return OgrReader(layer, encoding, crs)
