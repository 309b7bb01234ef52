"""WMTS 1.0: the document that names layers, grids and addresses."""

from collections.abc import Iterable

from accounts.permissions import Asker
from ogc.extent import Boxes, box_in, boxes_of
from ogc.ows.xml import attribute, text
from ogc.pictures.tiles import Layer, grids_of
from tiles.grids.tile_matrix_sets import CGCS2000, GRIDS, Grid
from tiles.layer.vector import MAX_ZOOM

VERSION = "1.0.0"
STYLE = "default"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.opengis.net/wmts/1.0 '
    f'http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd" version="{VERSION}">\n'
)


def capabilities(address: str, title: str, layers: Iterable[Layer], user: Asker) -> str:
    every = list(layers)
    boxes = boxes_of(every, user)
    return (
        f"{_HEAD}<ows:ServiceIdentification><ows:Title>{text(title)}</ows:Title>"
        f"<ows:ServiceType>OGC WMTS</ows:ServiceType><ows:ServiceTypeVersion>{VERSION}</ows:ServiceTypeVersion>"
        f"</ows:ServiceIdentification>\n{_operations(address)}\n<Contents>\n"
        + "\n".join(_layer(address, layer, boxes) for layer in every)
        + "\n"
        + "\n".join(_grid(grid) for grid in GRIDS.values())
        + f"\n</Contents>\n<ServiceMetadataURL xlink:href={attribute(f'{address}/{VERSION}/WMTSCapabilities.xml')}/>\n"
        "</Capabilities>"
    )


def _operations(address: str) -> str:
    how = (
        '<ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues>'
        "</ows:Constraint>"
    )
    get = f"<ows:DCP><ows:HTTP><ows:Get xlink:href={attribute(address + '?')}>{how}</ows:Get></ows:HTTP></ows:DCP>"
    names = ("GetCapabilities", "GetTile")
    operations = "".join(f'<ows:Operation name="{name}">{get}</ows:Operation>' for name in names)
    return f"<ows:OperationsMetadata>{operations}</ows:OperationsMetadata>"


def _layer(address: str, layer: Layer, boxes: Boxes) -> str:
    west, south, east, north = box_in(boxes, layer)
    links = "".join(
        f"<TileMatrixSetLink><TileMatrixSet>{name}</TileMatrixSet></TileMatrixSetLink>" for name in grids_of(layer)
    )
    tiles = f"{address}/{VERSION}/{layer.name}/{STYLE}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.png"
    return (
        f"<Layer><ows:Title>{text(layer.title)}</ows:Title><ows:WGS84BoundingBox>"
        f"<ows:LowerCorner>{west} {south}</ows:LowerCorner><ows:UpperCorner>{east} {north}</ows:UpperCorner>"
        f"</ows:WGS84BoundingBox><ows:Identifier>{text(layer.name)}</ows:Identifier>"
        f'<Style isDefault="true"><ows:Identifier>{STYLE}</ows:Identifier></Style><Format>image/png</Format>{links}'
        f'<ResourceURL format="image/png" resourceType="tile" template={attribute(tiles)}/></Layer>'
    )


def _grid(grid: Grid) -> str:
    """Corners stand in the axes of the authority: latitude first in CGCS2000."""
    described = grid.matrix_set(MAX_ZOOM)
    matrices = "".join(_matrix(each) for each in described["tileMatrices"])
    known = "" if grid is CGCS2000 else _WELL_KNOWN
    return (
        f"<TileMatrixSet><ows:Title>{text(grid.title)}</ows:Title><ows:Identifier>{grid.name}</ows:Identifier>"
        f"<ows:SupportedCRS>urn:ogc:def:crs:EPSG::{grid.srid}</ows:SupportedCRS>{known}{matrices}</TileMatrixSet>"
    )


_WELL_KNOWN = "<WellKnownScaleSet>urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible</WellKnownScaleSet>"


def _matrix(matrix: dict[str, object]) -> str:
    first, second = matrix["pointOfOrigin"]  # type: ignore[misc]  # a pair of numbers
    return (
        f"<TileMatrix><ows:Identifier>{matrix['id']}</ows:Identifier>"
        f"<ScaleDenominator>{matrix['scaleDenominator']!r}</ScaleDenominator>"
        f"<TopLeftCorner>{first!r} {second!r}</TopLeftCorner>"  # type: ignore[has-type]
        f"<TileWidth>{matrix['tileWidth']}</TileWidth><TileHeight>{matrix['tileHeight']}</TileHeight>"
        f"<MatrixWidth>{matrix['matrixWidth']}</MatrixWidth><MatrixHeight>{matrix['matrixHeight']}</MatrixHeight>"
        "</TileMatrix>"
    )
