"""The pages of the congress's site, all invented, written and reviewed through the room's own services."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Area, User
from accounts.rules.services import begin
from demo.plan import sources
from demo.plan.calendar import moment, sampled_months
from demo.store import past
from publishing.files.services import add_picture
from publishing.models import SitePage
from publishing.register import services

PICTURES = Path("fixtures") / "pictures"


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
    return len(plans) + 1


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
    content = io.BytesIO((Path(settings.BASE_DIR) / PICTURES / plan["picture"]).read_bytes())
    content.name = plan["picture"]
    kept = add_picture(staff, page.pk, content)
    block = {"kind": "picture", "file": str(kept.number), "alt": plan["alt"], "caption": "演示用的画"}
    saved = services.save_body(staff, page.pk, page.version, [block, *plan["blocks"]])
    page.version = saved.version
