"""A second, fictitious county as files, as another province's bureaus would send them; every name and number invented.

Central meridian 117°E, towns' borders as a GBK shapefile in CGCS2000 / 3-degree GK (EPSG:4548), one broken ring, no
village borders, two lakes drawn in GCJ-02, sheets in GBK, UTF-8 and XLSX, characters outside the basic plane.
`python -m tests.data.county FOLDER` writes it, for `make run DISTRICT=FOLDER`.
"""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geokit.crs.gcj02 import wgs84_to_gcj02
from tests.data.gis_files import project, shapefile_parts, write_file, zip_files
from ui.downloads import Sheet as Page
from ui.downloads import xlsx

CODE = "999901"
WEST, SOUTH, EAST, NORTH = 116.90, 30.00, 117.10, 30.20
MIDDLE, ACROSS = 117.00, 30.10
EPSG = 4548
"""CGCS2000 / 3-degree Gauss-Krüger, central meridian 117°."""

RECORD = """
code = "999901"
slug = "weishui"
name = "㵲水县"
name_en = "Weishui County"
congress = "㵲水县人民代表大会"
congress_en = "Weishui County People’s Congress"
site_name = "㵲水县人大监督地图"
site_name_en = "Weishui Supervision Map"
phone_code = "0999"
code_prefix = "WS"
example_place = "堃东镇𬇙头村"
since = 2024-01-01

[box]
west = 116.85
south = 29.95
east = 117.15
north = 30.25

[rules]
"ranges.county_m" = 6
ranges.basis = "㵲水县河道管理办法第九条"
calendar.days_off = [2027-03-03]

[files."areas-borders.zip"]
crs = "EPSG:4548"
columns = { XZDM = "code", XZMC = "name" }

[files."rivers-lakes.geojson"]
datum = "gcj02"
"""

TOWNS = {
    "999901100": ("堃东镇", (WEST, ACROSS, MIDDLE, NORTH)),
    "999901101": ("堃西乡", (MIDDLE, ACROSS, EAST, NORTH)),
    "999901102": ("𬇙头镇", (WEST, SOUTH, MIDDLE, ACROSS)),
    "999901001": ("城关街道", (MIDDLE, SOUTH, EAST, ACROSS)),
}
AREAS = [
    ("区划代码", "名称", "层级", "上级代码"),
    ("99", "㵲川省", "省", ""),
    ("9999", "堃阳市", "市", "99"),
    (CODE, "㵲水县", "区县", "9999"),
    *((code, name, "镇街", CODE) for code, (name, _box) in TOWNS.items()),
    ("999901100201", "𬇙头村", "村社", "999901100"),
    ("999901100202", "仝家村", "村社", "999901100"),
    ("999901001001", "东社区", "村社", "999901001"),
]
DEPARTMENTS = [
    ("代码", "名称", "简称", "区域代码", "监督电话"),
    ("water", "县水利局", "水利局", "", "0999-8000001"),
    ("ecology", "县生态环境分局", "生态环境", "", "0999-8000002"),
    ("court", "县人民法院", "法院", "", ""),
    ("procuratorate", "县人民检察院", "检察院", "", ""),
    ("supervision", "县监察委员会", "监委", "", ""),
    *((f"town-{code}", f"{name}人民政府", name, code, "") for code, (name, _box) in TOWNS.items()),
]
RIVERS = [
    ("编码", "名称", "水体类型", "河道等级", "汇入"),
    ("R-1", "㵲水", "河流", "县级", ""),
    ("R-2", "𬇙溪", "河流", "乡级", "R-1"),
    ("L-1", "堃湖", "湖库", "县级", ""),
    ("L-2", "小仝湖", "湖库", "乡级", "R-1"),
]
LAKES = {"L-1": ("堃湖", (116.93, 30.13, 116.95, 30.15)), "L-2": ("小仝湖", (117.03, 30.03, 117.045, 30.04))}
REACHES = {
    "R-1-1": ("㵲水堃西段", "R-1", 1, [(117.06, 30.19), (117.05, 30.15), (117.04, 30.10)]),
    "R-1-2": ("㵲水城关段", "R-1", 2, [(117.04, 30.10), (117.03, 30.06), (117.02, 30.01)]),
    "R-2-1": ("𬇙溪𬇙头段", "R-2", 1, [(116.92, 30.05), (116.97, 30.06), (117.00, 30.06)]),
    "R-2-2": ("𬇙溪城关段", "R-2", 2, [(117.00, 30.06), (117.02, 30.055), (117.029, 30.055)]),
}
POINTS = [
    ("点位编码", "点位名称", "类型", "河流", "目标水质", "责任部门", "经度", "纬度", "位置已核对"),
    ("W-1", "㵲水大桥", "县控断面", "R-1", "Ⅲ类", "水利局", "117.05", "30.15", ""),
    ("W-2", "城关闸", "省控断面", "R-1", "III", "water", "117.03", "30.06", ""),
    ("W-3", "𬇙溪口", "交接断面", "𬇙溪", "Ⅳ", "ecology", "117.0", "30.06", ""),
    ("W-4", "堃湖心", "县控断面", "L-1", "Ⅲ", "ecology", "116.94", "30.14", ""),
    ("W-5", "仝家塘", "小微水体", "", "Ⅴ", "town-999901100", "116.96", "30.17", ""),
]
OUTFALLS = [
    ("编码", "名称", "二级类型", "状态", "监管部门", "河流", "晴天有水流出", "影响的点位", "经度", "纬度"),
    ("PW-1", "城关老闸排口", "城镇雨洪排口", "规范整治中", "ecology", "㵲水", "是", "W-2", "117.031", "30.061"),
    ("PW-2", "𬇙头村污水站", "农村污水处理设施排污口", "保留", "ecology", "R-2", "", "", "116.93", "30.051"),
]
SAMPLES = [
    (
        "点位编码",
        "采样时间",
        "采样单位",
        "检测单位",
        "pH",
        "溶解氧(mg/L)",
        "高锰酸盐指数(mg/L)",
        "氨氮(mg/L)",
        "总磷(mg/L)",
    ),
    ("W-1", "2024-03-05 09:30", "县环境监测站", "县环境监测站", "7.4", "7.8", "3.1", "0.32", "0.08"),
    ("W-1", "2024-04-05 09:30", "县环境监测站", "县环境监测站", "7.5", "7.1", "3.3", "0.41", "0.09"),
    ("W-2", "2024-03-05 10:30", "县环境监测站", "县环境监测站", "7.2", "4.2", "7.9", "1.62", "0.25"),
]
STATIONS = [
    ("编号", "名称", "类型", "镇街", "地址", "电话", "接待时间", "经度", "纬度"),
    (
        "LZ-1",
        "城关中心联络站",
        "中心联络站",
        "城关街道",
        "㵲水路1号",
        "0999-8100001",
        "每月15日 08:30-11:00",
        "117.05",
        "30.05",
    ),
    (
        "LZ-2",
        "堃东镇联络站",
        "镇街联络站",
        "堃东镇",
        "堃东路2号",
        "0999-8100002",
        "每周三 14:00-16:00",
        "116.95",
        "30.12",
    ),
]
DEPUTIES = [
    ("代表证号", "姓名", "联络站编号", "选区", "选区所含村社", "在任"),
    ("DB-1", "仝𬤊", "LZ-1", "城关第1选区", "东社区", "是"),
    ("DB-2", "彧珺", "LZ-2", "堃东第1选区", "𬇙头村、仝家村", "是"),
]
CONGRESSES = [
    ("人大", "届次", "代表名额", "本届开始", "本届结束"),
    ("全国", "14", "", "2023-03-05", ""),
    ("99", "14", "", "2023-01-10", ""),
    ("9999", "9", "", "2022-02-10", ""),
    (CODE, "17", "12", "2022-01-20", ""),
    ("999901100", "20", "8", "2022-01-05", ""),
]
MEMBERS = [
    ("代表证号", "姓名", "人大", "人员编号", "选区", "代表小组", "职务", "产生方式"),
    ("DB-1", "仝𬤊", CODE, "", "城关第1选区", "第一小组", "小组组长", "换届选举"),
    ("DB-2", "彧珺", "㵲水县", "", "堃东第1选区", "第二小组", "", "换届选举"),
    *((f"DB-{n}", f"虚构{n}", CODE, "", f"第{n}选区", "第一小组", "", "") for n in range(3, 11)),
    ("GX-1", "仝𬤊", "99", "DB-1", "堃阳市", "", "", ""),
    ("QG-1", "仝𬤊", "全国", "DB-1", "㵲川省", "", "", ""),
    ("SX-1", "彧珺", "9999", "DB-2", "㵲水县", "", "", ""),
    *((f"KD-{n}", f"虚构镇{n}", "堃东镇", "", f"堃东第{n}选区", "", "", "") for n in range(1, 7)),
]
"""Five levels; one person sits in three of them."""
STEPS = "完成设计 20% 2026-03-31 2026-03-20；完成施工 60% 2026-10-31；竣工验收 20% 2026-12-15"
PROJECTS = [
    (
        "项目编号", "项目名称", "年度", "类别", "阶段", "牵头单位", "镇街", "计划投资（万元）", "计划开工", "计划完成",
        "节点", "经度", "纬度",
    ),
    (
        "WS2026-01", "堃东镇社区食堂", "2026", "养老服务", "实施", "town-999901100", "堃东镇", "120", "2026-01-10",
        "2026-12-20", STEPS, "116.96", "30.13",
    ),
    (
        "WS2027-01", "城关菜场改造", "2027", "乡村建设", "初定候选", "water", "", "80", "2027-01-10", "2027-12-20",
        "", "117.05", "30.04",
    ),
]  # fmt: skip
ROUTING = [
    ("类别", "镇街", "主办单位", "交所在镇街办理", "优先级"),
    ("所有类别", "全区", "", "是", "100"),
    ("城建环保", "全区", "ecology", "否", "100"),
]


HOLIDAYS = [("日期", "放假或上班", "说明"), ("2099-10-01", "放假", "国庆节"), ("2099-10-10", "上班", "调休")]
SUGGESTIONS = [
    ("编号", "人大", "题目", "案由或情况", "领衔代表", "联名代表", "提交日期", "状态", "承办单位", "会办单位",
     "交办日期", "答复期限", "办理结果", "答复日期", "答复内容", "对办理工作", "对办理结果"),
    ("2025-001", CODE, "修缮堃东桥", "桥面破损", "DB-1", "DB-2、虚构3", "2025-03-01", "已办结", "water", "ecology",
     "2025-03-10", "", "A", "2025-05-20", "已修好。", "满意", "基本满意"),
    ("2025-002", CODE, "增设路灯", "夜间昏暗", "DB-2", "", "2025-03-02", "办理中", "town-999901100", "", "",
     "2099-06-02", "", "", "", "", ""),
]  # fmt: skip


def write_county(folder: Path) -> Path:
    """Write DISTRICT.toml and the files into a folder; return the path of the former."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "DISTRICT.toml"
    record.write_text(RECORD, encoding="utf-8")
    write_csv(folder / "areas.csv", AREAS, "utf-8-sig")
    write_csv(folder / "departments.csv", DEPARTMENTS, "gb18030")
    write_csv(folder / "rivers.csv", RIVERS, "utf-8-sig")
    (folder / "points.xlsx").write_bytes(xlsx(Page(POINTS, "点位")))
    write_csv(folder / "outfalls.csv", OUTFALLS, "gb18030")
    write_csv(folder / "samples.csv", SAMPLES, "gb18030")
    write_csv(folder / "stations.csv", STATIONS, "utf-8-sig")
    write_csv(folder / "congresses.csv", CONGRESSES, "gb18030")
    (folder / "代表任职.xlsx").write_bytes(xlsx(Page(MEMBERS, "代表任职")))
    (folder / "人大代表.xlsx").write_bytes(xlsx(Page(DEPUTIES, "代表")))
    write_csv(folder / "projects.csv", PROJECTS, "gb18030")
    write_csv(folder / "routing.csv", ROUTING, "utf-8-sig")
    write_csv(folder / "holidays.csv", HOLIDAYS, "utf-8-sig")
    write_csv(folder / "suggestions.csv", SUGGESTIONS, "gb18030")
    write_borders(folder)
    _lakes(folder)
    _reaches(folder)
    _service_areas(folder)
    return record


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def box(west: float, south: float, east: float, north: float) -> Polygon:
    return shapely.box(west, south, east, north)


def borders() -> Mapping[str, tuple[str, BaseGeometry]]:
    """Code -> name and border of the county and its towns; the ring of one town crosses itself in a spike."""
    found: dict[str, tuple[str, BaseGeometry]] = {CODE: ("㵲水县", box(WEST, SOUTH, EAST, NORTH))}
    for code, (name, edges) in TOWNS.items():
        found[code] = (name, box(*edges))
    name, (west, south, east, north) = TOWNS["999901102"]
    spike = [(west, south), (east, south), (east, north), (west + 0.05, north), (west + 0.05, north + 0.01)]
    found["999901102"] = (name, Polygon([*spike, (west + 0.05, north), (west, north), (west, south)]))
    return found


def write_borders(folder: Path, code: str = "XZDM") -> None:
    """A shapefile without .prj and .cpg, its text in GB18030, as a planning office exports it; its field of codes."""
    known = borders()
    rows = [{code: number, "XZMC": name} for number, (name, _shape) in known.items()]
    shapes = project([shape for _name, shape in known.values()], EPSG)
    with TemporaryDirectory() as made:
        write_file(Path(made) / "borders.shp", shapes, rows, crs=f"EPSG:{EPSG}", encoding="GB18030")
        parts = shapefile_parts(Path(made))
    kept = {f"borders{suffix}": content for suffix, content in parts.items() if suffix not in (".prj", ".cpg")}
    zip_files(folder / "areas-borders.zip", kept)


def _lakes(folder: Path) -> None:
    features = []
    for code, (name, edges) in LAKES.items():
        ring = [list(map(float, wgs84_to_gcj02(x, y))) for x, y in box(*edges).exterior.coords]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"编码": code, "名称": name}, "geometry": geometry})
    body = {"type": "FeatureCollection", "features": features}
    (folder / "rivers-lakes.geojson").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def _reaches(folder: Path) -> None:
    known = [(code, *facts) for code, facts in REACHES.items()]
    rows = [{"编码": code, "名称": name, "河流": river, "次序": order} for code, name, river, order, _line in known]
    lines = project([LineString(line) for *_facts, line in known], EPSG)
    write_file(folder / "reaches.gpkg", lines, rows, crs=f"EPSG:{EPSG}", geometry_type="LineString")


def _service_areas(folder: Path) -> None:
    """The west of the county is served by one station, the east by the other; a GeoPackage in EPSG:4548."""
    halves = {"LZ-1": box(MIDDLE, SOUTH, EAST, NORTH), "LZ-2": box(WEST, SOUTH, MIDDLE, NORTH)}
    rows = [{"联络站编号": code} for code in halves]
    write_file(folder / "service-areas.gpkg", project(list(halves.values()), EPSG), rows, crs=f"EPSG:{EPSG}")


if __name__ == "__main__":
    write_county(Path(sys.argv[1]))
