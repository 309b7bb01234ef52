"""However much there is about a point, its page asks the database less than forty times, whoever looks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from river_monitoring.rectification.objections import object_to
from river_monitoring.rectification.services import transition_point
from river_monitoring.samples.parties import works_parties, works_parties_of
from river_monitoring.works.services import add_measure, drop_measure
from tests.integration.river_monitoring.conftest import BAD, attachment

MOST = 39


@pytest.fixture
def busy(listed, officer, deputy, sample):
    """A point under way with measures, photos that say nothing of themselves, samples and an objection."""
    for days_ago in (200, 170, 140, 100, 70, 40, 10):
        sample(listed, BAD, days_ago=days_ago)
    for number, status in enumerate(("planned", "under_way")):
        listed.refresh_from_db()
        transition_point(
            listed.pk, status, officer, expected_version=listed.version, note="截污", due_on=listed.due_on,
            attachments=[attachment("before", lon=None, lat=None)] if number else [],
        )  # fmt: skip
    for title in ("沿河截污", "清淤"):
        add_measure(listed.pk, officer, {"kind": "sewers", "title": title, "contractor": "示例环保工程有限公司"})
    object_to(listed.pk, deputy, "措施没有写明完成时间")
    listed.refresh_from_db()
    return listed


@pytest.mark.usefixtures("districts_kept")
@pytest.mark.parametrize("who", ["anyone", "deputy", "staff", "officer", "colleague", "other_officer", "sampler"])
def test_a_points_page_asks_less_than_forty_times(who, busy, request, as_user, client):
    client = client if who == "anyone" else as_user(request.getfixturevalue(who))
    client.get(busy.get_absolute_url())
    with CaptureQueriesContext(connection) as asked:
        page = client.get(busy.get_absolute_url())
    assert page.status_code == 200 and "清淤" in page.content.decode()
    assert len(asked) <= MOST, "\n".join(
        query["sql"].partition(" FROM ")[2][:200] or query["sql"][:80] for query in asked
    )


def test_the_parties_of_one_point_are_those_that_many_are_asked_for(busy, officer):
    """One reads the rows of a page, the other asks the database: both say the same."""
    drop_measure(busy.measures.first().pk, officer, expected_version=1, note="不做了")
    assert works_parties(busy) == works_parties_of([busy])[busy.pk]
    assert works_parties(busy).includes(None, "示例环保工程有限公司")
