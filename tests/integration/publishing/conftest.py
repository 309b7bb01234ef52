"""A page as its editors bring it through the three reviews."""

from typing import Any

import pytest

from publishing.models import SitePage
from publishing.register import services
from tests.data.cast import person

TEXT = [{"kind": "text", "text": "今天上午，区人大常委会视察了南塘河。"}]


def as_draft(editor: Any, area: Any, body: Any = TEXT, **facts: Any) -> SitePage:
    return services.make(editor, {"title": facts.pop("title", "视察南塘河")}, body, area=area, **facts)


def step(who: Any, page: SitePage, verb: str, text: str = "") -> SitePage:
    page.refresh_from_db()
    services.step(who, page.pk, verb, page.version, text)
    page.refresh_from_db()
    return page


def published(editors: Any, area: Any, **facts: Any) -> SitePage:
    writer, first, second, final = editors
    page = as_draft(writer, area, **facts)
    step(writer, page, "submit")
    step(first, page, "pass")
    step(second, page, "pass")
    return step(final, page, "schedule" if facts.get("publish_at") else "publish")


@pytest.fixture
def editors(world: Any, staff: Any) -> list[Any]:
    """Who writes, and the three who review one after another."""
    return [staff, *(person(f"editor-{number}", "staff") for number in (1, 2, 3))]
