"""The whole file of a paper: one PDF with its evidence, its sealed scans and its files."""

import io
import zipfile
from uuid import uuid4

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from geokit.process_limits import ask_child
from ledger.chain.checking import settle
from papers.desk import binder, enclosures
from papers.handling import services as handling
from papers.models import Paper, PaperEvidence, PaperFile
from papers.register import files
from papers.register import services as register
from supervision.matters import services as matters
from tests.integration.papers.conftest import TEXTS, deliver, ofd, pdf, sign
from tests.integration.supervision.conftest import jpeg


def read(client, paper):
    answer = client.get(f"/papers/{paper.pk}/whole.pdf")
    assert answer.status_code == 200
    return pypdfium2.PdfDocument(io.BytesIO(answer.content).getvalue())


def text_of(document):
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def pictures_of(document):
    return sum(1 for page in document for _one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))


def attach(user, paper, name, content):
    return files.attach(user, paper, SimpleUploadedFile(name, content))


def png():
    out = io.BytesIO()
    Image.new("RGBA", (300, 200), (10, 90, 160, 120)).save(out, "PNG")
    return out.getvalue()


def workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


@pytest.fixture
def raised(as_user, deputy, congress):
    """A draft that was raised from a matter with a photo."""
    given = {"client_id": uuid4(), "text": "河面有油污", "category": "environment", "lon": 121.32, "lat": 29.85}
    matter = matters.file_finding(deputy, photos=[jpeg()], **given).suggestion
    as_user(deputy).post(f"/papers/raise/{matter.number}/")
    return Paper.objects.get()


def test_everything_of_a_settled_paper_is_in_one_pdf(as_user, raised, deputy, staff, officer, world):
    attach(deputy, raised, "现场说明.pdf", pdf("现场说明第一页，桥东五十米。"))
    attach(deputy, raised, "示意图.png", png())
    attach(deputy, raised, "水质.xlsx", workbook())
    attach(deputy, raised, "坏的.pdf", b"%PDF-1.7 broken %%EOF")
    paper = register.edit(deputy, raised, Paper.objects.get().version, **TEXTS)
    paper = register.submit(deputy, paper, paper.version)
    paper = register.accept(staff, paper, paper.version)
    one = deliver(officer, sign(officer, handling.assign(staff, paper, paper.version, departments=[world.water])[0]))
    handling.rate(deputy, one, one.version, given_outcome="satisfied", handling="satisfied", text="很满意，谢谢")

    settle()
    whole = read(as_user(deputy), paper)
    said = text_of(whole)
    evidence = PaperEvidence.objects.get()
    said = said.replace("\r", "").replace("\n", "")
    for words in (TEXTS["facts"][:12], "河面有油污", evidence.photos[0][:16], "已排查错接管网", "很满意，谢谢"):
        assert words in said, words
    for words in ("意见表", "校验码", "现场说明第一页", "papers_paperevidence", "papers_sealedscan"):
        assert words in said, words
    assert pictures_of(whole) >= 2
    names = [whole.get_attachment(number).get_name() for number in range(whole.count_attachments())]
    assert [name.split(" ", 1)[1] for name in names] == ["水质.xlsx", "坏的.pdf"]
    assert bytes(whole.get_attachment(1).get_data()) == b"%PDF-1.7 broken %%EOF"


def test_evidence_that_its_room_does_not_show_her_is_counted_and_not_shown(as_user, raised, deputy, congress):
    co = congress.seats[0]
    register.invite(deputy, raised, raised.version, [co])
    whole = read(as_user(co.person.user), raised)
    assert "另有1件依据" in text_of(whole).replace(" ", "")
    assert "河面有油污" not in text_of(whole).split("承办")[1]
    assert pictures_of(whole) == 0


def test_an_ofd_of_the_answer_is_enclosed_as_it_came(as_user, officer, deputy, signed):
    answer = signed.answers.get()
    content = ofd(f"{answer.number} 校验码 {answer.check_code}")
    deliver(officer, signed, content)
    whole = read(as_user(deputy), signed.paper)
    assert bytes(whole.get_attachment(0).get_data()) == content


def test_a_file_that_is_lost_is_said_and_no_half_file_goes_out(as_user, deputy, draft):
    attach(deputy, draft, "说明.pdf", pdf("说明"))
    row = PaperFile.objects.get()
    row.file.storage.delete(row.file.name)
    answer = as_user(deputy).get(f"/papers/{draft.pk}/whole.pdf")
    assert answer.status_code == 404
    assert "这份文件在存储中找不到" in answer.content.decode()


def test_a_file_that_ends_its_reader_is_enclosed_and_ends_nothing_else(as_user, deputy, draft, monkeypatch):
    attach(deputy, draft, "说明.pdf", pdf("说明"))
    asked = []

    def child(module, folder, how, **rest):
        asked.append(how)
        if how == "pages":
            raise ValueError(f"{module} ended with -11")
        return ask_child(module, folder, how, **rest)

    monkeypatch.setattr("papers.desk.enclosures.ask_child", child)
    whole = read(as_user(deputy), draft)
    assert asked == ["pages", "enclosed"]
    assert whole.get_attachment(0).get_name() == "1 说明.pdf"


def test_pages_beyond_a_measure_are_enclosed_and_bytes_beyond_one_are_refused(as_user, deputy, draft, tmp_path):
    attach(deputy, draft, "说明.pdf", pdf("说明"))
    for name, content in (
        ("front.pdf", pdf("正文")),
        ("1", pdf("一")),
        ("2", pdf("二")),
        ("names.json", b'["a", "b"]'),
    ):
        (tmp_path / name).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binder, "MOST_OF_ALL", 1)
        assert binder.bind(tmp_path, as_pages=True) == {"pages": 1, "enclosed": 1}
        patch.setattr(enclosures, "MOST_BYTES", 10)
        answer = as_user(deputy).get(f"/papers/{draft.pk}/whole.pdf")
    assert answer.status_code == 400
    assert "分别下载" in answer.content.decode()
