"""Small GIS files made on the spot, as bureaus send them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import write
from pyproj import Transformer
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

# As ArcGIS writes it.
ESRI_4549 = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
PONDS = [
    {"编号": "0012", "名称": "西塘河北段", "面积": 1250.5, "户数": 12},
    {"编号": "0013", "名称": "南塘河", "面积": 980.0, "户数": None},
    {"编号": "0014", "名称": "鄞江小微水体", "面积": 310.25, "户数": 3},
]


def square(lng: float, lat: float, size: float = 0.002) -> Polygon:
    """A square with its south-west corner at a WGS 84 place; size in degrees."""
    return shapely.box(lng, lat, lng + size, lat + size)


def bow_tie(lng: float, lat: float, size: float = 0.002) -> Polygon:
    """A ring that crosses itself."""
    return Polygon([(lng, lat), (lng + size, lat + size), (lng + size, lat), (lng, lat + size)])


def pond_squares() -> list[BaseGeometry]:
    return [square(121.31 + 0.01 * index, 29.85) for index in range(len(PONDS))]


def project(geometries: Sequence[BaseGeometry | None], epsg: int) -> list[BaseGeometry | None]:
    """WGS 84 geometries in another CRS, east before north."""
    move = Transformer.from_crs(4326, epsg, always_xy=True).transform
    return [geometry and shapely.transform(geometry, move, interleaved=False) for geometry in geometries]


def _column(values: list[Any]) -> tuple[np.ndarray, np.ndarray | None]:
    mask = np.array([value is None for value in values])
    kept = [value for value in values if value is not None]
    if kept and all(isinstance(value, int) for value in kept):
        return np.array([value or 0 for value in values], dtype="int64"), mask if mask.any() else None
    if kept and all(isinstance(value, int | float) for value in kept):
        return np.array([np.nan if value is None else value for value in values], dtype="float64"), None
    return np.array(values, dtype=object), None


def write_file(
    path: Path,
    geometries: Sequence[BaseGeometry | None],
    rows: Sequence[Mapping[str, Any]],
    *,
    crs: str | None = "EPSG:4326",
    encoding: str | None = None,
    geometry_type: str = "Polygon",
    driver: str | None = None,
) -> Path:
    """Write a layer with GDAL; the driver comes from the file's suffix."""
    names = list(rows[0]) if rows else []
    columns = [_column([row[name] for row in rows]) for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    write(
        path,
        np.array([None if geometry is None else shapely.to_wkb(geometry) for geometry in geometries], dtype=object),
        field_data=[values for values, _ in columns],
        field_mask=[mask for _, mask in columns],
        fields=names,
        geometry_type=geometry_type,
        crs=crs,
        encoding=encoding,
        driver=driver,
    )
    return path


class GbkZipInfo(zipfile.ZipInfo):
    """A member whose name is written in GBK without the UTF-8 flag, as Chinese Windows does."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), 0


def zip_files(target: Path, files: Mapping[str, bytes], *, gbk_names: bool = False) -> Path:
    """A zip of the given members."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(GbkZipInfo(name) if gbk_names else name, content)
    return target


def shapefile_parts(folder: Path) -> dict[str, bytes]:
    """The parts of the only shapefile in a folder, by suffix."""
    return {path.suffix: path.read_bytes() for path in sorted(folder.iterdir())}


def gbk_ponds(
    folder: Path, *, name: str = "小微水体", with_cpg: bool = False, with_prj: bool = True, **more: Any
) -> Path:
    """The key case: a zipped GBK shapefile in EPSG:4549 with an Esri `.prj`."""
    rows, geometries = more.get("rows", PONDS), more.get("geometries", pond_squares())
    made = folder / "made"
    write_file(made / "ponds.shp", project(geometries, 4549), rows, crs="EPSG:4549", encoding="GBK")
    parts = shapefile_parts(made)
    del parts[".cpg"]
    parts[".prj"] = ESRI_4549.encode()
    # GDAL notes the code page in the header too; a bureau's old program did not.
    dbf = bytearray(parts[".dbf"])
    dbf[29] = 0
    parts[".dbf"] = bytes(dbf)
    if with_cpg:
        parts[".cpg"] = b"GBK"
    if not with_prj:
        del parts[".prj"]
    return zip_files(folder / f"{name}.zip", {f"{name}{suffix}": content for suffix, content in parts.items()})
