"""A session of the district's congress that is on today, with a sitting, a group's sitting and a document."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import DeputyGroup
from library.models import Article, Document, Version
from meetings.agenda import services
from papers.models import CongressSession
from tests.data.cast import person, seat


@pytest.fixture
def congress(world: Any, deputy: Any) -> SimpleNamespace:
    """`deputy` and three others with accounts; the first of them is in her group."""
    lead = seat(deputy, world.district)
    group = DeputyGroup.objects.create(congress=lead.congress, name="西镇代表小组")
    seats = [seat(person(f"deputy-{n}", "deputy", display_name=f"代表{n}"), world.district) for n in range(3)]
    for one in (lead, seats[0]):
        one.group = group
        one.save(update_fields=["group"])
    return SimpleNamespace(of=lead.congress, lead=lead, seats=seats, group=group)


@pytest.fixture
def session(congress: Any) -> CongressSession:
    today, now = timezone.localdate(), timezone.now()
    return CongressSession.objects.create(
        congress=congress.of, number=6, opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=1),
        motions_due_at=now - timedelta(hours=1), suggestions_due_at=now + timedelta(hours=5),
    )  # fmt: skip


@pytest.fixture
def meeting(staff: Any, session: CongressSession) -> Any:
    return services.open_column(staff, session, place="区会议中心")


@pytest.fixture
def sitting(staff: Any, meeting: Any) -> Any:
    """It began ten minutes ago and takes sign-ins."""
    begun = timezone.now() - timedelta(minutes=10)
    return services.add_item(
        staff, meeting.pk, title="第一次全体会议", kind="plenary", starts_at=begun, takes_sign_in=True, place="大会堂"
    )


@pytest.fixture
def text(db: None) -> Version:
    """An internal draft of two articles."""
    document = Document.objects.create(code="report", title="政府工作报告（草案）", kind="report", organ="区政府")
    version = Version.objects.create(document=document, sha256="0" * 64, preamble="本稿供审议。")
    for order, words in enumerate(("一年来的工作。", "今年的工作。"), start=1):
        Article.objects.create(version=version, order=order, anchor=f"a{order}", label=f"第{order}条", text=words)
    return version


@pytest.fixture
def document(staff: Any, meeting: Any, text: Version) -> Any:
    until = timezone.now() + timedelta(hours=2)
    return services.add_document(staff, meeting.pk, text=text, item=None, comments_until=until)
