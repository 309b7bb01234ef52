"""The table of contents of an issue: page, title, and where on this site the text itself stands."""

from collections.abc import Sequence
from typing import Any

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from geokit.refusal import refuse
from ui.control_characters import check_text

MOST_LINES, MOST_TITLE, MOST_ADDRESS, MOST_NUMBER = 200, 200, 200, 999
LED_TO = frozenset({"library:document", "library:article", "publishing:page"})
"""What a line may lead to: documents, their articles, pages of the site."""


def check_contents(lines: Any) -> list[dict[str, Any]]:
    """Return lines as they are kept: `page`, `title`, `address` (empty for none). Raises BadInput."""
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        raise refuse("contents", "too-long", _("目录最多 %d 行。") % MOST_LINES)
    return [_checked(line) for line in lines]


def _checked(line: Any) -> dict[str, Any]:
    given = line if isinstance(line, dict) else {}
    page, title, address = given.get("page"), given.get("title"), given.get("address", "")
    if isinstance(page, bool) or not isinstance(page, int) or not 1 <= page <= MOST_NUMBER:
        raise refuse("contents", "no-page", _("目录每行先写页码，例如 3 | 题目 | /library/…/。"))
    if not isinstance(title, str) or not 0 < len(title) <= MOST_TITLE or not isinstance(address, str):
        raise refuse("contents", "no-title", _("目录每行都要有题目，最多 %d 字。") % MOST_TITLE)
    check_text("contents", title)
    if address and not _leads_here(address):
        words = _("“%s”不是本站文件、条文或页面的网址，请写 /library/…/ 或 /news/…/。")
        raise refuse("contents", "foreign-address", words % address[:60])
    return {"page": page, "title": title, "address": address}


def _leads_here(address: str) -> bool:
    if len(address) > MOST_ADDRESS:
        return False
    try:
        return resolve(address).view_name in LED_TO
    except Resolver404:
        return False


def read_contents(text: str) -> list[dict[str, Any]]:
    """Read lines as they are typed: page, title and address divided by | or by tabs.

    >>> read_contents("3 | 工作报告 | /library/report/")
    [{'page': 3, 'title': '工作报告', 'address': '/library/report/'}]
    """
    made = []
    for line in filter(str.strip, text.replace("\t", "|").splitlines()):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] + ["", ""]
        number = cells[0].removeprefix("第").removesuffix("页").strip()
        page = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
        made.append({"page": page, "title": cells[1], "address": cells[2]})
    return made


def write_contents(lines: Sequence[dict[str, Any]]) -> str:
    """Return lines as `read_contents` reads them."""
    return "\n".join(" | ".join(filter(None, (str(one["page"]), one["title"], one["address"]))) for one in lines)
