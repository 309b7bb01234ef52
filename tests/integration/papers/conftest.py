"""A congress with twelve deputies who have accounts, a paper on each step of its way, and sealed scans."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import DeputyGroup
from papers.handling import services as handling
from papers.handling.models import Handling
from papers.register import services as register
from papers.register.models import CongressSession, Paper
from tests.data.cast import person, seat
from ui.printing import print_pdf

TEXTS = {
    "title": "关于整治南塘河西镇段的建议",
    "facts": "南塘河西镇段沿线有三处雨污混排，雨后水面有油膜，居民多次反映。",
    "analysis": "沿线餐饮集中，隔油设施缺失，雨水管与污水管错接。",
    "request": "建议在年底前完成管网改造，并公布每月水质。",
}
ANSWER = {
    "text": "已排查错接管网十二处。\n计划十二月底前改造完毕。",
    "result": "A",
    "contact": "王工",
    "phone": "87654321",
}


@pytest.fixture
def congress(world: Any, deputy: Any) -> SimpleNamespace:
    """The lead (`deputy`) and eleven others, the first three of them in one group with her."""
    lead = seat(deputy, world.district)
    group = DeputyGroup.objects.create(congress=lead.congress, name="西镇代表小组")
    seats = [seat(person(f"deputy-{n}", "deputy", display_name=f"代表{n}"), world.district) for n in range(11)]
    for one in (lead, *seats[:3]):
        one.group = group
        one.save(update_fields=["group"])
    return SimpleNamespace(of=lead.congress, lead=lead, seats=seats, group=group)


@pytest.fixture
def session(congress: Any) -> CongressSession:
    """It is open, and motions are taken until tomorrow."""
    now = timezone.now()
    return CongressSession.objects.create(
        congress=congress.of, number=5, opens_on=now.date(), closes_on=now.date() + timedelta(days=4),
        motions_due_at=now + timedelta(days=1), suggestions_due_at=now + timedelta(days=3),
    )  # fmt: skip


@pytest.fixture
def draft(deputy: Any, congress: Any) -> Paper:
    return register.begin(deputy, congress.lead, **TEXTS)


@pytest.fixture
def filed(deputy: Any, draft: Paper) -> Paper:
    return register.submit(deputy, draft, draft.version)


@pytest.fixture
def assigned(staff: Any, filed: Paper, world: Any) -> Handling:
    """With the water department alone."""
    paper = register.accept(staff, filed, filed.version)
    return handling.assign(staff, paper, paper.version, departments=[world.water])[0]


@pytest.fixture
def signed(officer: Any, assigned: Handling) -> Handling:
    return sign(officer, assigned)


@pytest.fixture
def delivered(officer: Any, signed: Handling) -> Handling:
    return deliver(officer, signed)


def sign(officer: Any, one: Handling, **more: Any) -> Handling:
    """Contact, draft, signature."""
    today = timezone.localdate()
    one = handling.contact(officer, one, one.version, with_whom="张代表", how="phone", on=today, text="当面说明方案")
    one = handling.draft(officer, one, one.version, **(ANSWER | more))
    number = f"海水函〔2026〕{one.answers.count() + 1}号"
    return handling.sign(officer, one, one.version, number=number, signer="李局长", signed_on=today)


def deliver(officer: Any, one: Handling, content: bytes | None = None, code: str = "") -> Handling:
    """The sealed scan, of the signed text unless told otherwise."""
    answer = one.answers.order_by("-pk").first()
    assert answer is not None
    content = content or pdf(f"{answer.number} 关于建议的答复，已经办理完毕，感谢关心。校验码 {answer.check_code}")
    file = SimpleUploadedFile("答复.pdf", content)
    return handling.deliver(officer, one, one.version, file=file, code=code or answer.check_code)


def pdf(text: str) -> bytes:
    """A page with a text layer."""
    return print_pdf(f"<html><body><p>{text}</p></body></html>")


def picture_pdf(pages: int = 1) -> bytes:
    """Pages without any text, as a scanner makes them."""
    document = pypdfium2.PdfDocument.new()
    for _page in range(pages):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def ofd(text: str) -> bytes:
    """The smallest OFD that shows a text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody/></ofd:OFD>')
        content = (
            f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:TextCode X="0">{text}</ofd:TextCode></ofd:Page>'
        )
        archive.writestr("Doc_0/Pages/Page_0/Content.xml", content)
    return out.getvalue()


def today() -> date:
    return timezone.localdate()


Refuses = Callable[..., None]
