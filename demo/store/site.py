"""The pages of the congress's site, all invented, written and reviewed through the room's own services."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.loads.registry import declared
from accounts.loads.services import load_rows
from accounts.models import Area, User
from accounts.rules.services import begin
from demo.plan import sources
from demo.plan.calendar import moment, sampled_months
from demo.store import past
from geo_portal.setup.reading import read_file
from publishing.files.services import add_picture
from publishing.imports.batches import review
from publishing.issues.services import add_issue
from publishing.models import SitePage
from publishing.register import services
from ui.printing import print_pdf

PICTURES = Path("fixtures") / "pictures"
ISSUE = (
    ("封面：人大会刊（演示）", "本期内容全部是编的，不代表任何真实单位。"),
    ("常委会工作报告摘要", "听取和审议专项工作报告六项，组织代表视察九次，督办代表建议十二件。演示内容。"),
    ("代表风采", "一位代表十年走遍全区河道，写下四本手记。演示内容。"),
)


def store_reviews(today: date) -> None:
    """The demo has two editors, so one review, since before the first page."""
    begin({"publishing.reviews": 1}, since=sampled_months(today)[0], reason="演示：只有两名编辑，一审")


def store_pages(areas: dict[str, Area], users: dict[str, User], today: date) -> int:
    """Write every page as if on its day; how many. One more waits for its review."""
    plans = sources.read_json("site_pages.json")
    towns = {area.name: area for area in areas.values() if area.level == Area.Level.TOWN}
    for plan in plans:
        _page(plan, areas[sources.DISTRICT], towns.get(plan.get("area", "")), users, today)
    with past.at(moment(today, 8)):
        text = [{"kind": "text", "text": "这一页等另一名编辑审。演示内容。"}]
        waits = services.make(
            users["admin"], {"title": "区人大机关开放日（待审）"}, text, area=areas[sources.DISTRICT], column="news"
        )
        services.step(users["admin"], waits.pk, "submit", waits.version)
    _issue(areas[sources.DISTRICT], users, today)
    return len(plans) + 2 + _articles(users, today)


def _issue(district: Area, users: dict[str, User], today: date) -> None:
    """An issue of the journal, printed from three invented pages."""
    day = today - timedelta(days=40)
    facts: dict[str, Any] = {"column": "journal", "issue_year": day.year, "issue_number": 2, "issued_on": day}
    words = {"title": "人大会刊（演示）", "summary": "内容是编的，用来看逐页阅读。", "source": "演示编写"}
    section = "<section style='page-break-after: always'><h1>{}</h1><p>{}</p></section>"
    pages = f"<html lang='zh-CN'>{''.join(section.format(head, text) for head, text in ISSUE)}</html>"
    with past.at(moment(day, 9)):
        page = services.make(users["staff"], words, area=district, **facts)
        kept = add_issue(users["staff"], page.pk, SimpleUploadedFile("issue.pdf", print_pdf(pages)))
        lines = [
            {"page": number, "title": head, "address": "/news/about/" if number == 1 else ""}
            for number, (head, _text) in enumerate(ISSUE, 1)
        ]
        block = {"kind": "issue", "file": str(kept.number), "contents": lines}
        page = services.save_body(users["staff"], page.pk, page.version, [block])
        services.step(users["staff"], page.pk, "submit", page.version)
    with past.at(moment(day, 10)):
        services.step(users["admin"], page.pk, "publish", page.version + 1)


def _articles(users: dict[str, User], today: date) -> int:
    """A sheet of articles of an older site, loaded and reviewed as one batch; how many."""
    path, dataset = sources.folder() / "articles.csv", declared()["articles"]
    with past.at(moment(today - timedelta(days=12), 9)):
        load = load_rows(users["staff"], dataset, read_file(dataset, path.name, path)).load
    assert load is not None  # noqa: S101 - the sheet is ours
    with past.at(moment(today - timedelta(days=12), 15)):
        return review(users["admin"], load, "pass", load.stored).done


def _page(plan: dict[str, Any], district: Area, town: Area | None, users: dict[str, User], today: date) -> None:
    day = today - timedelta(days=plan["days"])
    facts = {name: plan[name] for name in ("code", "column", "audience") if name in plan}
    words = {"title": plan["title"], "summary": plan.get("summary", ""), "source": "演示编写"}
    with past.at(moment(day, 9)):
        page = services.make(users["staff"], words, plan["blocks"], area=district, place_area=town, **facts)
        if "picture" in plan:
            _add_picture(users["staff"], page, plan)
        services.step(users["staff"], page.pk, "submit", page.version)
    with past.at(moment(day, 10)):
        services.step(users["admin"], page.pk, "publish", page.version + 1)


def _add_picture(staff: User, page: SitePage, plan: dict[str, Any]) -> None:
    content = (Path(settings.BASE_DIR) / PICTURES / plan["picture"]).read_bytes()
    kept = add_picture(staff, page.pk, SimpleUploadedFile(plan["picture"], content))
    block = {"kind": "picture", "file": str(kept.number), "alt": plan["alt"], "caption": "演示用的画"}
    saved = services.save_body(staff, page.pk, page.version, [block, *plan["blocks"]])
    page.version = saved.version
