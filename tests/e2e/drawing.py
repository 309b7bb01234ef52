"""Small files that a person would have at hand: a photo, a bureau's shapefile."""

import zipfile
from pathlib import Path

import geopandas
from PIL import Image, ImageDraw
from shapely.geometry import Polygon


def photo(
    path: Path,
    colour: str = "#5b7f8f",
    size: tuple[int, int] = (1200, 900),
    place: tuple[float, float] = (121.45, 29.85),
) -> Path:
    """Write a JPEG with a position (lng, lat) in its EXIF, as a telephone would."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((300, 300, 700, 600), fill="#cfd8c0")
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (place[1], 0.0, 0.0), 3: "E", 4: (place[0], 0.0, 0.0)})
    image.save(path, "JPEG", exif=exif, quality=85)
    return path


def gbk_shapefile(path: Path, names: list[str], west: float = 121.42, south: float = 29.84) -> Path:
    """Write a zipped shapefile of squares in EPSG:4549 with GBK text, as a bureau's software would.

    The `.dbf` carries no `.cpg`; its only hint is the language driver byte 0x4D (cp936).
    """
    step = 0.01
    squares = [
        Polygon.from_bounds(west + i * step, south, west + (i + 0.8) * step, south + 0.8 * step)
        for i in range(len(names))
    ]
    frame = geopandas.GeoDataFrame(
        {"名称": names, "编码": [f"0{i}" for i in range(len(names))]}, geometry=squares, crs=4490
    )
    folder = path.parent / path.stem
    folder.mkdir()
    frame.to_crs(4549).to_file(folder / "管网.shp", encoding="GBK", engine="pyogrio")
    (folder / "管网.cpg").unlink(missing_ok=True)
    dbf = folder / "管网.dbf"
    content = bytearray(dbf.read_bytes())
    content[29] = 0x4D
    dbf.write_bytes(content)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    return path


def publish_layer(site, slug):
    """Open a loaded layer with everything said about it, as the command does."""
    facts = {"source": "普查", "data-date": "2026-03-05", "licence": "开放", "review-number": "不需要审图",
             "department": "water"}  # fmt: skip
    done = site.manage("publish_layer", slug, "--confirm", *(f"--{name}={value}" for name, value in facts.items()))
    assert done.returncode == 0, done.stderr
