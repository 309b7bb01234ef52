"""WMS 1.3.0 and 1.1.1: the document that names layers and systems."""

from collections.abc import Iterable

from accounts.permissions import Asker
from ogc.extent import Boxes, box_in, boxes_of
from ogc.ows.xml import attribute, text
from ogc.pictures.tiles import Layer
from tiles.layer.vector import VectorLayer

VERSIONS = ("1.3.0", "1.1.1")
OLD_EXCEPTION = "application/vnd.ogc.se_xml"
"""What 1.1.1 calls a refusal."""
IN_METRES = ("EPSG:3857",)
IN_DEGREES = ("EPSG:4490", "EPSG:4326", "CRS:84")
MOST_PIXELS = 2_048
MOST_LAYERS = 16


def systems_of(layer: Layer) -> tuple[str, ...]:
    """Rasters are warped to Web Mercator alone."""
    return (*IN_METRES, *IN_DEGREES) if isinstance(layer, VectorLayer) else IN_METRES


def capabilities(address: str, title: str, layers: Iterable[Layer], user: Asker, version: str) -> str:
    old = version == VERSIONS[1]
    every = list(layers)
    boxes = boxes_of(every, user)
    root = "WMT_MS_Capabilities" if old else "WMS_Capabilities"
    space = "" if old else ' xmlns="http://www.opengis.net/wms"'
    link = (
        f'<DCPType><HTTP><Get><OnlineResource xmlns:xlink="http://www.w3.org/1999/xlink" xlink:type="simple" '
        f"xlink:href={attribute(address + '?')}/></Get></HTTP></DCPType>"
    )
    media = "application/vnd.ogc.wms_xml" if old else "text/xml"
    service = f'<OnlineResource xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href={attribute(address)}/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} version="{version}"{space}>\n'
        f"<Service><Name>WMS</Name><Title>{text(title)}</Title>{service}"
        + ("" if old else f"<MaxWidth>{MOST_PIXELS}</MaxWidth><MaxHeight>{MOST_PIXELS}</MaxHeight>")
        + f"</Service>\n<Capability><Request><GetCapabilities><Format>{media}</Format>{link}</GetCapabilities>"
        f"<GetMap><Format>image/png</Format>{link}</GetMap></Request>"
        f"<Exception><Format>{OLD_EXCEPTION if old else 'XML'}</Format></Exception>\n"
        f"<Layer><Title>{text(title)}</Title>\n"
        + "\n".join(_layer(layer, boxes, old=old) for layer in every)
        + f"\n</Layer></Capability></{root}>"
    )


def _layer(layer: Layer, boxes: Boxes, *, old: bool) -> str:
    west, south, east, north = box_in(boxes, layer)
    tag = "SRS" if old else "CRS"
    names = [name for name in systems_of(layer) if not old or not name.startswith("CRS:")]
    systems = "".join(f"<{tag}>{name}</{tag}>" for name in names)
    if old:
        box = f'<LatLonBoundingBox minx="{west}" miny="{south}" maxx="{east}" maxy="{north}"/>'
    else:
        box = (
            f"<EX_GeographicBoundingBox><westBoundLongitude>{west}</westBoundLongitude>"
            f"<eastBoundLongitude>{east}</eastBoundLongitude><southBoundLatitude>{south}</southBoundLatitude>"
            f"<northBoundLatitude>{north}</northBoundLatitude></EX_GeographicBoundingBox>"
        )
    return (
        f'<Layer queryable="0"><Name>{text(layer.name)}</Name><Title>{text(layer.title)}</Title>{systems}{box}'
        "<Style><Name>default</Name><Title>default</Title></Style></Layer>"
    )
