"""What the chain of evidence says of a page: nothing of what its editors do, everything of what is done past them."""

import pytest

from ledger.chain import verify
from publishing.models import SitePage
from publishing.register import services
from tests.integration.publishing.conftest import published, step

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "publishing_sitepage"


@pytest.fixture
def page(world, editors):
    """Published, revised, and sent back with a second wording that nobody has passed."""
    writer, first, *_others = editors
    page = step(writer, published(editors, world.district), "revise")
    services.change(writer, page.pk, page.version, {"title": "没有审过的标题"}, {"publish_at": None})
    page.refresh_from_db()
    services.save_body(writer, page.pk, page.version, [{"kind": "text", "text": "没有审过"}])
    step(first, step(writer, page, "submit"), "send_back", "不准确")
    assert faults() == set()
    return page


def faults():
    return {(fault.kind, fault.column) for fault in verify(files=False).faults if fault.table == PAGE}


def test_what_editors_do_is_explained(page, editors):
    step(editors[0], page, "withdraw", "过时")
    assert verify(files=False).is_sound


def test_a_wording_that_nobody_passed_is_not_shown_by_sql_alone(page):
    SitePage.objects.filter(pk=page.pk).update(live=page.revisions.first())
    assert faults() == {("state-differs", "live_id"), ("unexplained-change", "")}


def test_a_page_is_not_published_by_sql_alone(page, editors, world):
    draft = services.make(editors[0], {"title": "草稿"}, [{"kind": "text", "text": "草稿"}], area=world.district)
    SitePage.objects.filter(pk=draft.pk).update(
        state="published", live=draft.revisions.first(), published_at=page.published_at
    )
    assert faults() == {("state-differs", "state"), ("state-differs", "live_id"), ("unexplained-change", "")}
