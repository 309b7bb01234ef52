"""The demo's papers go their way through the room's own services, and the chain agrees with where they stand."""

from collections import Counter
from datetime import date

from django.utils import timezone

from demo.plan.congress.papers import PAPERS
from demo.store import areas, record
from demo.store.congress import congresses, papers
from ledger.chain.checking import settle, verify
from papers.inbox import waiting
from papers.models import Paper, PaperEvent


def test_the_demo_shows_a_paper_on_each_step(db):
    today = timezone.localdate()
    record.store_district()
    places = areas.store_areas()
    organs = areas.store_departments(places)
    users = areas.store_people(places, organs)
    congresses.store_congresses(places, users, today)
    assert papers.store_papers(places, organs, users, today) == len(PAPERS)
    states = Counter(Paper.objects.values_list("state", flat=True))
    assert states == {"settled": 1, "answered": 1, "assigned": 2, "submitted": 1, "draft": 1}
    assert PaperEvent.objects.filter(at__date__lt=date(today.year, today.month, today.day)).count() > 10
    to_do = {name: [one.kind for one in waiting(users[name], today) if one.to_do and one.rows.exists()] for name in
             ("deputy", "officer", "staff")}  # fmt: skip
    assert to_do["deputy"] == ["papers-to-sign", "papers-to-rate"]
    assert to_do["officer"] == ["papers-to-answer"]
    assert "papers-to-examine" in to_do["staff"]
    settle()
    assert [fault for fault in verify(files=False).faults if fault.table.startswith("papers_")] == []
