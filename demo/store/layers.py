"""Three loaded layers, put through the same import as any bureau's file.

Two are invented and come as GBK shapefiles in EPSG:4549; the third, the places of GeoNames, is real.
"""

import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import shapely
from shapely.geometry.base import BaseGeometry

from accounts.models import Department, User
from demo.plan import plane, sources
from demo.plan.chance import stream
from demo.plan.points import by_village
from demo.plan.rivers import waters
from demo.plan.villages import villages
from layers.catalogue.publication import every_field, publish
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from layers.styling.style import Labels, Style, StyleClass, Symbol

CRS = "EPSG:4549"
PLACES = "geonames_places"
NOTE = "演示数据：位置为示意，不是实测。"
NO_REVIEW = "演示数据，未送审"
COLLECTED = date(2026, 10, 31)
# Each kind has a shape or a dash as well as a colour.
STYLES = {
    "sewage_terminals": Style(
        kind="categorized", field="工艺", palette="okabe-ito", symbol=Symbol(size=5.5, outline="#ffffff"),
        classes=(
            StyleClass("#0072b2", value="A2/O"), StyleClass("#e69f00", value="A/O", shape="triangle"),
            StyleClass("#009e73", value="人工湿地", shape="square"),
            StyleClass("#d55e00", value="MBR", shape="diamond"),
        ),
        labels=Labels("名称", minzoom=13.5),
    ),
    "source_protection": Style(
        kind="categorized", field="级别", palette="okabe-ito", symbol=Symbol(fill_opacity=0.3, outline_width=1.4),
        classes=(
            StyleClass("#0072b2", "一级保护区", value="一级"),
            StyleClass("#56b4e9", "二级保护区", value="二级", dash="dashed"),
        ),
        labels=Labels("名称", minzoom=11.5),
    ),
}  # fmt: skip
PLACES_STYLE = Style(symbol=Symbol("#5d6a72", size=3.5, outline="#ffffff"), labels=Labels("name", size=11, minzoom=11))


def store_layers(departments: dict[str, Department], users: dict[str, User]) -> int:
    """Load all; raises Refusal when the import refuses its own demo file, which would be a bug."""
    _load("sewage_terminals", "农村生活污水处理终端", _terminals(), departments["ecology"], users["gis"])
    _load("source_protection", "饮用水水源保护区", _protection(), departments["water"], users["gis"])
    _load_places(departments["planning"], users["gis"])
    return Layer.objects.count()


def _load_places(department: Department, user: User) -> None:
    path = sources.folder() / "ningbo_places_geonames.geojson"
    load(LoadOptions(path, path.name, slug=PLACES, title="宁波地名", user=user), Report())
    words = "宁波及周边的真实地名（拉丁字母拼写）。"
    facts = {"source": "GeoNames", "licence": "CC BY 4.0", "department": department}
    _publish(PLACES, words, PLACES_STYLE, facts, user)


def _publish(slug: str, words: str, style: Style, facts: dict[str, Any], user: User) -> None:
    Layer.objects.filter(slug=slug).update(description=words, style=style.as_json())
    layer = Layer.objects.get(slug=slug)
    facts = {"data_date": COLLECTED, "review_number": NO_REVIEW, **facts}
    publish(layer, facts, every_field(layer), True, layer.revision, user)


def _load(slug: str, title: str, rows: geopandas.GeoDataFrame, department: Department, user: User) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = _zipped(rows, Path(folder), title)
        options = LoadOptions(archive, archive.name, slug=slug, title=title, user=user)
        load(options, Report())
    facts = {"source": department.name, "licence": "示意数据，可自由使用", "department": department}
    _publish(slug, NOTE, STYLES[slug], facts, user)


def _zipped(rows: geopandas.GeoDataFrame, folder: Path, name: str) -> Path:
    rows.to_crs(CRS).to_file(folder / f"{name}.shp", driver="ESRI Shapefile", encoding="CP936")
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as package:
        for part in sorted(folder.glob(f"{name}.*")):
            if part != archive:
                package.write(part, part.name)
    return archive


def _terminals() -> geopandas.GeoDataFrame:
    """A sewage plant for each village outside the city, with its capacity and process."""
    chance = stream("sewage terminals")
    rural = [village for village in villages() if village.is_village and village.town.kind != "city"]
    return _frame(
        [
            {
                "编号": f"WS{number:03d}",
                "名称": f"{village.short}污水处理终端",
                "镇街": village.town.name,
                "规模吨日": chance.choice((10, 20, 30, 50, 80, 120)),
                "工艺": chance.choice(("A/O", "A2/O", "人工湿地", "MBR")),
                "geometry": shapely.Point(by_village(village, chance)),
            }
            for number, village in enumerate(rural, start=1)
        ]
    )


def _protection() -> geopandas.GeoDataFrame:
    """Two rings of protection around each reservoir."""
    rows = []
    for water in waters():
        if "水库" in water.name:
            lake = plane.to_plane(shapely.Polygon(water.line.coords))
            first, second = lake.buffer(250), lake.buffer(1100)
            rows.append(_zone(water.name, "一级", plane.to_degrees(first)))
            rows.append(_zone(water.name, "二级", plane.to_degrees(second.difference(first))))
    return _frame(rows)


def _zone(name: str, level: str, shape: BaseGeometry) -> dict[str, object]:
    return {"名称": f"{name}{level}保护区", "级别": level, "geometry": shape}


def _frame(rows: list[dict[str, object]]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
