"""A county of the size that issue-size districts have, written into the templates that `/setup/` hands out.

20 towns, 200 points, 300 deputies, 60 projects: `county`'s own rows, and more of the same kind.
"""

import io
from collections.abc import Mapping, Sequence

import openpyxl
from shapely.geometry import LineString

from tests.data import county

TOWNS, POINTS, DEPUTIES, PROJECTS = 20, 200, 300, 60
HEADS = {
    "点位编码": "编码", "点位名称": "名称", "类型": "点位类型", "河流": "河流编码", "目标水质": "目标类别",
    "项目编号": "编号", "项目名称": "名称",
}  # fmt: skip
"""Heads that bureaus write, where the template has another word."""
type Rows = Sequence[Sequence[str]]


def filled(template: bytes, rows: Rows) -> bytes:
    """Write rows with their heads into a template, in place of its example."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    page = book.worksheets[0]
    heads = [str(cell.value) for cell in page[1]]
    columns = [heads.index(head if head in heads else HEADS[head]) + 1 for head in rows[0]]
    page.delete_rows(2, page.max_row)
    for number, row in enumerate(rows[1:], 2):
        for column, value in zip(columns, row, strict=True):
            page.cell(number, column, value or None)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def sheets() -> Mapping[str, Rows]:
    """Dataset -> its head and rows, in the order in which the page asks for them."""
    towns = {f"9999012{n:02}": f"第{n}镇" for n in range(1, TOWNS - len(county.TOWNS) + 1)}
    bureaus = [(f"town-{code}", f"{name}人民政府", name, code, "") for code, name in towns.items()]
    others = range(len(county.DEPUTIES), DEPUTIES + 1)
    return {
        "areas": [*county.AREAS, *((code, name, "镇街", county.CODE) for code, name in towns.items())],
        "departments": [*county.DEPARTMENTS, *bureaus],
        "rivers": county.RIVERS,
        "reaches": _reaches(),
        "points": [*county.POINTS, *(point(n) for n in range(len(county.POINTS), POINTS + 1))],
        "stations": county.STATIONS,
        "congresses": [row if row[0] != county.CODE else (*row[:2], "310", *row[3:]) for row in county.CONGRESSES],
        "deputies": [*county.DEPUTIES, *(deputy(n) for n in others)],
        "memberships": [*county.MEMBERS, *(member(n) for n in others if n > 10)],
        "projects": [*county.PROJECTS, *(project(n) for n in range(len(county.PROJECTS), PROJECTS + 1))],
        "routing": county.ROUTING,
    }


def _reaches() -> Rows:
    rows = [
        (code, name, river, str(order), LineString(line).wkt)
        for code, (name, river, order, line) in county.REACHES.items()
    ]
    return [("编码", "名称", "河流编码", "次序", "WKT"), *rows]


def point(n: int) -> tuple[str, ...]:
    lng, lat = county.WEST + 0.01 * (n % 19 + 0.5), county.SOUTH + 0.01 * (n // 19 + 0.5)
    return (f"X-{n}", f"𬇙{n}号塘", "小微水体", "", "Ⅴ", "water", f"{lng:.4f}", f"{lat:.4f}", "")


def deputy(n: int) -> tuple[str, ...]:
    return (f"DB-{n}", f"虚构{n}", "LZ-1", f"第{n}选区", "", "是")


def member(n: int) -> tuple[str, ...]:
    return (f"DB-{n}", f"虚构{n}", county.CODE, "", f"第{n}选区", "第一小组", "", "")


def project(n: int) -> tuple[str, ...]:
    given = ("2027", "乡村建设", "初定候选", "water", "", "80", "2027-01-10", "2027-12-20", "", "117.05", "30.04")
    return (f"WS2027-{n:02}", f"候选项目{n}", *given)
