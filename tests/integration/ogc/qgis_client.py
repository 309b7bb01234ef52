"""QGIS without a window: run by the interpreter that QGIS belongs to, with the questions as JSON, answers as JSON.

It is a client like any other: it imports nothing of the site, and knows of it what its arguments say.
"""

import json
import os
import sys
import tempfile
import urllib.request
from collections import Counter
from urllib.parse import quote

# QGIS reads both when it is imported.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QGIS_CUSTOM_CONFIG_PATH"] = tempfile.mkdtemp()

from qgis import core
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

SQUARE = "MultiPolygon(((121.4 29.8,121.41 29.8,121.41 29.81,121.4 29.81,121.4 29.8)))"
TRIANGLE = "MultiPolygon(((121.4 29.8,121.41 29.8,121.41 29.81,121.4 29.8)))"


def main(asked):
    """Answer each question of `asked` (a function's name, its arguments), and say what QGIS noted meanwhile."""
    app = core.QgsApplication([], False)
    app.initQgis()
    noted = []
    app.messageLog().messageReceived.connect(
        lambda text, tag, level: noted.append(f"{tag}: {text}") if int(level) in (1, 2) else None
    )
    answers = []
    for name, arguments in asked:
        answers.append(globals()[name](**arguments))
        app.processEvents()
    sys.stdout.write(f"ANSWERS {json.dumps({'answers': answers, 'noted': noted})}\n")
    sys.stdout.flush()
    os._exit(0)  # its own end waits for downloads that nobody asks for any more


def bytes_of(address):
    return urllib.request.urlopen(address, timeout=120).read()


def vector(provider, address, name, auth=""):
    """A layer of a WFS or of OGC API Features."""
    source = core.QgsDataSourceUri()
    source.setParam("url", address)
    source.setParam("typename", name)
    source.setParam("srsname", "EPSG:4326" if provider == "WFS" else "OGC:CRS84")
    source.setParam("pagingEnabled", "true")
    if provider == "WFS":
        source.setParam("version", "2.0.0")
    if auth:
        source.setParam("authcfg", auth)
    return core.QgsVectorLayer(source.uri(False), name, provider)


def read(provider, address, name, column, box, condition):
    """All rows, those in a box, those of a condition, each by a layer of its own."""
    layer = vector(provider, address, name)
    near = core.QgsFeatureRequest().setFilterRect(core.QgsRectangle(*box))
    chosen = vector(provider, address, name)
    taken = chosen.setSubsetString(condition)
    shapes = [feature.geometry().asPoint() for feature in vector(provider, address, name).getFeatures()]
    return {
        "valid": layer.isValid(), "count": layer.featureCount(), "crs": layer.crs().authid(),
        "whole": sorted(feature[column] for feature in layer.getFeatures()),
        "near": sorted(feature[column] for feature in vector(provider, address, name).getFeatures(near)),
        "chosen": [taken, sorted(feature[column] for feature in chosen.getFeatures())],
        "places": sorted([round(shape.x(), 5), round(shape.y(), 5)] for shape in shapes),
    }  # fmt: skip


def authentication(method, values):
    """A kept way to sign in, in a store of this run alone."""
    manager = core.QgsApplication.authManager()
    manager.setMasterPassword("of this run alone", True)
    config = core.QgsAuthMethodConfig(method)
    config.setName(method)
    for name, value in values.items():
        config.setConfig(name, value)
    manager.storeAuthenticationConfig(config)
    return config.id()


def read_internal(address, by_token, name, method, values):
    """How many rows an internal layer has: for nobody, by an authentication, by an address with a token."""
    return [
        vector("OAPIF", address, name).featureCount(),
        vector("OAPIF", address, name, authentication(method, values)).featureCount(),
        vector("OAPIF", by_token, name).featureCount(),
    ]


def edit(address, name, column, other, values):
    """Add a feature, change a value, change the shape, take it away; after each what is there."""
    auth = authentication("APIHeader", values)

    def rows():
        found = {str(row[column]): row for row in vector("OAPIF", address, name, auth).getFeatures()}
        return found, {key: [row[other], round(row.geometry().area(), 8)] for key, row in found.items()}

    def commit(change):
        layer = vector("OAPIF", address, name, auth)
        list(layer.getFeatures())  # as a map that shows it: QGIS changes only what it has fetched
        layer.startEditing()
        change(layer)
        done = layer.commitChanges()
        return [done, [] if done else layer.commitErrors(), rows()[1].get("C9")]

    def add(layer):
        feature = core.QgsFeature(layer.fields())
        feature.setGeometry(core.QgsGeometry.fromWkt(SQUARE))
        feature[column], feature[other] = "C9", "新塘"
        layer.addFeature(feature)

    def rename(layer):
        layer.changeAttributeValue(rows()[0]["C9"].id(), layer.fields().indexOf(other), "改名")

    def reshape(layer):
        layer.changeGeometry(rows()[0]["C9"].id(), core.QgsGeometry.fromWkt(TRIANGLE))

    def remove(layer):
        layer.deleteFeature(rows()[0]["C9"].id())

    return [commit(change) for change in (add, rename, reshape, remove)]


def edit_without_scope(address, name, values):
    """What a token that may only read is told, and whether anything is there afterwards."""
    layer = vector("OAPIF", address, name, authentication("APIHeader", values))
    layer.startEditing()
    feature = core.QgsFeature(layer.fields())
    feature.setGeometry(core.QgsGeometry.fromWkt(SQUARE))
    layer.addFeature(feature)
    return [layer.commitChanges(), vector("OAPIF", address, name).featureCount()]


def picture(service, address, name, crs, box, more):
    """The share of a map's pixels that a layer of WMS or WMTS colours, and the colours it has most of."""
    source = f"crs={crs}&format=image/png&layers={name}&url={quote(address, safe='')}&{more}"
    layer = core.QgsRasterLayer(source, service, "wms")
    return {"valid": layer.isValid(), "said": layer.error().message(), **drawn([layer], crs, box)}


def drawn(layers, crs, box, size=(400, 300)):
    """Draw layers over a box of degrees on white."""
    turn = core.QgsCoordinateTransform(
        core.QgsCoordinateReferenceSystem("EPSG:4326"),
        core.QgsCoordinateReferenceSystem(crs),
        core.QgsProject.instance(),
    )
    settings = core.QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(core.QgsCoordinateReferenceSystem(crs))
    settings.setExtent(turn.transformBoundingBox(core.QgsRectangle(*box)))
    settings.setOutputSize(QSize(*size))
    settings.setBackgroundColor(QColor("white"))
    job = core.QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    if os.environ.get("QGIS_PICTURES"):
        image.save(f"{os.environ['QGIS_PICTURES']}/{layers[0].name()}-{crs.replace(':', '-')}.png")
    pixels = Counter(image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height()))
    share = 1 - pixels["#ffffff"] / sum(pixels.values())
    return {"share": round(share, 4), "colours": dict(pixels), "errors": [each.message for each in job.errors()]}


def converted(address):
    """What QGIS's converter warns of in a style, and the names of what it draws."""
    style = json.loads(bytes_of(address))
    context = core.QgsMapBoxGlStyleConversionContext()
    signs = bytes_of(style["sprite"] + "@2x.png")
    context.setSprites(QImage.fromData(signs), json.loads(bytes_of(style["sprite"] + "@2x.json")))
    converter = core.QgsMapBoxGlStyleConverter()
    converter.convert(style, context)
    styles, labels = converter.renderer().styles(), converter.labeling().styles()
    said = [style.filterExpression() for style in [*styles, *labels]]
    for each in styles:
        symbol = each.symbol()
        found = symbol.symbolLayer(0).dataDefinedProperties()
        said += [found.property(key).expressionString() for key in found.propertyKeys()]
    return {
        "warnings": list(converter.warnings()),
        "of nothing": [text for text in said if '""' in text],
        "drawn": [each.styleName() for each in [*styles, *labels]],
    }


def tiles(address, style, box):
    """The map of vector tiles in their style, as *New Generic Connection* makes it."""
    source = core.QgsDataSourceUri()
    for name, value in {"type": "xyz", "url": address, "zmin": "0", "zmax": "14", "styleUrl": style}.items():
        source.setParam(name, value)
    layer = core.QgsVectorTileLayer(bytes(source.encodedUri()).decode(), "tiles")
    styled = layer.loadDefaultStyle()
    return {"valid": layer.isValid(), "styled": list(styled), **drawn([layer], "EPSG:3857", box, (900, 300))}


def sheet(address, features, name, language, box):
    """Load a style as a file; its rules, and the map of the layer in it."""
    path = os.path.join(tempfile.mkdtemp(), f"{name}.{language}")
    with open(path, "wb") as file:
        file.write(bytes_of(address))
    layer = vector("OAPIF", features, name)
    message, loaded = layer.loadNamedStyle(path) if language == "qml" else layer.loadSldStyle(path)
    rules = layer.renderer().rootRule().children()
    return {
        "said": message, "loaded": loaded, "rules": [[rule.label(), rule.symbol().color().name()] for rule in rules],
        **drawn([layer], "EPSG:4326", box),
    }  # fmt: skip


main(json.loads(sys.stdin.read()))
