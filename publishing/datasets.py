"""Articles of an older site as rows of a sheet: each becomes a page that waits for its reviews."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.directory.levels import held
from accounts.loads import Column, Dataset, GivenRow, Shape
from accounts.loads.beside import own_district
from accounts.loads.cells import shape_cell
from accounts.loads.together import Named, by_itself, read_and_written
from accounts.models import Area, User
from accounts.permissions import Asker, scope_of
from geokit.refusal import Refusal, refuse
from publishing.body.blocks import Block
from publishing.body.from_html import MOST_ADDRESS, MOST_PICTURES, blocks_from, html_of
from publishing.imports.addresses import path_of
from publishing.imports.batches import SLUG
from publishing.imports.models import OldAddress
from publishing.imports.services import Article, belong_to, bring_together, take_back
from publishing.register.models import MAX_SUMMARY, MAX_TITLE, PageRevision, SitePage
from ui.days import midnight
from ui.sheet_rows import choice_value, optional_text, parse_day, required_text
from ui.sheets import SheetLimits, SheetRow

MOST_SOURCE = 80
PARTS = 8
"""Columns of a workbook over which an article may go."""
MOST_HTML = 250_000
"""Characters of one article with its markup; less than `PARTS` cells of a workbook hold."""
EARLIEST = 1980
LIMITS = SheetLimits(bytes=10 * 1024**2, rows=500, cells=200_000)
"""A batch that somebody reviews; a site of many years comes in several files."""

COLUMNS = (
    Column("address", pgettext_lazy("page", "原网址"), "/art/2020/3/12/art_1_2345.html", needed=True,
           aliases=("旧网址", "链接", "url"), help=_("完整的或从 / 开始的都可以；以后打开它会转到新页面。")),
    Column("title", _("标题"), _("区人大常委会视察南塘河"), needed=True, aliases=("题目",)),
    Column("day", _("发布日期"), "2020-03-12", needed=True, aliases=("日期", "发布时间")),
    Column("column", _("栏目"), pgettext_lazy("column", "人大新闻"), choices=tuple(SitePage.Column.choices),
           help=_("不写就是人大新闻。")),
    Column("summary", pgettext_lazy("page", "摘要"), ""),
    Column("source", _("来源"), _("本站"), help=_("与作者合起来最多 80 字。")),
    Column("author", _("作者"), ""),
    Column("body", _("正文"), "<p>…</p>", needed=True, aliases=("内容",), parts=PARTS,
           help=_("文字或 HTML；只留文字、小标题、引文和表格，脚本和样式不要。"
                  "工作簿一格最多 32,767 字，更长的接着写在“正文 2”“正文 3”等列。")),
    Column("area", _("发布单位所在"), "", help=_("区或镇街的名称或代码；不写就是本区。")),
    Column("place", _("说的是哪个镇街、村社"), "", help=_("名称或代码。")),
    Column("lng", _("经度"), ""),
    Column("lat", _("纬度"), ""),
    Column("pictures", _("图片地址"), "", help=_("用空格隔开；只记下来，不会去取。")),
)  # fmt: skip
HEADS = {column.name: column.head for column in COLUMNS}


def find_article(row: SheetRow) -> SitePage | None:
    path = path_of(row["address"])
    return articles().filter(old_addresses__path=path).first()


def find_articles(rows: Sequence[SheetRow]) -> list[SitePage | None]:
    paths = [_path_or_none(row) for row in rows]
    known = OldAddress.objects.filter(path__in=[path for path in paths if path]).values_list("path", "page")
    keys = dict(known)
    pages = {page.pk: page for page in articles().filter(pk__in=keys.values())}
    return [pages.get(keys.get(path or "", 0)) for path in paths]


def _path_or_none(row: SheetRow) -> str | None:
    try:
        return path_of(row["address"])
    except Refusal:
        return None


def write_articles(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """Enter many together; None for the second of two rows that mean one address, which comes after the first."""
    paths, seen = [_path_or_none(row) for row in rows], set[str]()
    is_later = [path is not None and (path in seen or bool(seen.add(path))) for path in paths]  # type: ignore[func-returns-value]
    firsts = [row for row, later in zip(rows, is_later, strict=True) if not later]
    known, names, own = iter(find_articles(firsts)), _Names(firsts), cache(lambda: _own_area(actor))
    written = iter(
        read_and_written(
            firsts,
            lambda row: _article(row, next(known), names, own),
            lambda articles: bring_together(actor, articles),
        )
    )
    return [None if later else next(written) for later in is_later]


class _Names:
    """The areas that rows of a file name, read at once."""

    def __init__(self, rows: Sequence[SheetRow]) -> None:
        self.areas = Named((row["area"] for row in rows), Area.objects.all(), _t("区域"), "code", "name")
        narrow = Area.objects.filter(level__in=(Area.Level.TOWN, Area.Level.VILLAGE))
        self.places = Named((row["place"] for row in rows), narrow, _t("镇街或村社"), "code", "name")


def _article(row: GivenRow, found: SitePage | None, names: _Names, own_area: Callable[[], Area]) -> Article:
    """An article as its row says it. Raises Refusal."""
    path, words, facts = path_of(row["address"]), _words(row), _facts(row, names)
    body, pictures = _body(row)
    if found is None:
        facts = {"column": SitePage.Column.NEWS, "place_area": None, "geom": None, **facts}
        facts["area"] = facts.get("area") or own_area()
    return Article(path, words, body, [*pictures, *_pictures(row)], facts, found)


def _words(row: GivenRow) -> dict[str, str]:
    """What the page is called and where it comes from; what the sheet has no column for stays."""
    words = {"title": required_text(row, "title", HEADS, MAX_TITLE)}
    if "summary" in row:
        words["summary"] = optional_text(row, "summary", HEADS, MAX_SUMMARY)
    if "source" in row or "author" in row:
        words["source"] = " ".join(filter(None, (row["source"], row["author"])))
        if len(words["source"]) > MOST_SOURCE:
            raise refuse("source", "too-long", _t("来源和作者合起来最多 %d 字。") % MOST_SOURCE)
    return words


def _body(row: GivenRow) -> tuple[list[Block], list[str]]:
    if len(row["body"]) > MOST_HTML:
        raise refuse("body", "too-long", _t("正文连同标记最多 %d 字，请另行整理。") % MOST_HTML)
    body, pictures = blocks_from(row["body"])
    if not body:
        raise refuse("body", "required", _t("正文里没有文字。"))
    return body, pictures


def _facts(row: GivenRow, names: _Names) -> dict[str, Any]:
    """The facts that the row says, by the names of the page's fields."""
    facts: dict[str, Any] = {"published_at": _moment(row)}
    if row["column"]:
        facts["column"] = choice_value(row, "column", SitePage.Column.choices, HEADS)
    if row["area"]:
        facts["area"] = names.areas.of(row, "area")
    if row["place"] or (row.is_restored and "place" in row):
        facts["place_area"] = names.places.of(row, "place")
    if row.shape is not None or row.is_restored:
        facts["geom"] = row.shape
    elif facts.get("place_area") is not None:
        facts["geom"] = facts["place_area"].point
    return facts


def _moment(row: GivenRow) -> datetime:
    day = parse_day(row, "day")
    if not day.year >= EARLIEST or day > timezone.localdate():
        raise refuse("day", "odd-day", _t("发布日期要在 %d 年以后、今天以前。") % EARLIEST)
    return midnight(day)


def _own_area(actor: Asker) -> Area:
    """Whose site it is where the sheet does not say: where the account works, or the district that this is."""
    area = (scope_of(actor) if isinstance(actor, User) else None) or own_district() or held().order_by("code").first()
    if area is None:
        raise refuse("area", "required", _t("请写发布单位所在的区或镇街。"))
    return area


def _pictures(row: SheetRow) -> list[str]:
    found = row["pictures"].split()
    if len(found) > MOST_PICTURES or any(len(one) > MOST_ADDRESS for one in found):
        raise refuse("pictures", "too-many", _t("一篇最多记 %d 个图片地址。") % MOST_PICTURES)
    return found


def article_cells(page: Any) -> dict[str, str]:
    """An article of `articles` as its row; pictures are only noted when it comes, so no cell says them."""
    newest, address = next(iter(page.newest_wording), None), next(iter(page.old_addresses.all()), None)
    day = timezone.localtime(page.published_at).date().isoformat() if page.published_at else ""
    return {
        "address": address.path if address else "",
        "title": newest.title if newest else page.title,
        "day": day,
        "column": page.column,
        "summary": newest.summary if newest else "",
        "source": newest.source if newest else "",
        "body": html_of(newest.body) if newest else "",
        "area": page.area.code,
        "place": page.place_area.code if page.place_area else "",
        "shape": shape_cell(page.geom),
    }


def articles() -> QuerySet[SitePage]:
    """Every page that came from a sheet and is known by its old address."""
    newest = PageRevision.objects.filter(page=OuterRef("page")).order_by("-number").values("pk")[:1]
    wording = Prefetch("revisions", PageRevision.objects.filter(pk=Subquery(newest)), to_attr="newest_wording")
    addressed = Exists(OldAddress.objects.filter(page=OuterRef("pk")))
    rows = SitePage.objects.filter(addressed, imported__isnull=False).select_related("area", "place_area")
    return rows.prefetch_related(wording, "old_addresses").order_by("pk")


DATASETS = (
    Dataset(
        slug=SLUG,
        title=_("老网站的文章"),
        about=_("人大网站原来的新闻、公告和决定。导入后作为一批等待审校，审过才公开；原来的网址转到新页面。"),
        columns=COLUMNS,
        key=("address",),
        rows=articles,
        find=find_article,
        write=by_itself(find_article, write_articles),
        find_many=find_articles,
        write_many=write_articles,
        cells=article_cells,
        remove=lambda actor, page: take_back(actor, [page]),
        remove_many=take_back,
        recorded=belong_to,
        next_step=lambda load: (_("看这一批"), reverse("cms:batch", args=[load.pk])),
        shape=Shape.POINT,
        lists_missing=False,
        limits=LIMITS,
    ),
)
