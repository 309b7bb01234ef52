"""Laws cut into articles, and files that somebody sends: whatever is odd or hostile in them."""

import doctest
import io
import zipfile
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docx import Document as Docx

from geokit.refusal import BadInput
from library.reading import child, numerals
from library.reading.files import read_file
from library.reading.law_text import read_law

LAWS = Path(__file__).parents[3] / "fixtures" / "laws"


def labels(text):
    return [(part.anchor, part.label) for part in read_law(text).parts]


def test_the_examples_hold():
    assert doctest.testmod(numerals).failed == 0


def test_real_laws_are_read_whole():
    law = read_law((LAWS / "宁波市河道管理条例(2019-08-20).md").read_text(encoding="utf-8"))
    assert law.title == "宁波市河道管理条例"
    assert (law.adopted_on, law.in_force_on) == (date(2019, 8, 1), None)  # it does not say
    assert law.parts[0].text.startswith("为了加强河道管理") and law.parts[1].text.count("\n") == 2
    assert [part.chapter for part in law.parts if part.label == "第七条"] == ["规划控制"]
    for path in LAWS.glob("*.md"):
        read = read_law(path.read_text(encoding="utf-8"))
        assert read.warnings == [] and len(read.parts) > 15, path.name
        assert [part.anchor for part in read.parts] == [f"a{n}" for n in range(1, len(read.parts) + 1)], path.name


@pytest.mark.parametrize(
    ("name", "adopted", "in_force"),
    [
        ("城镇排水与污水处理条例(2013-10-02)", date(2013, 10, 2), date(2014, 1, 1)),
        # It names the day from which a law before it was in force, too.
        ("宁波市市容和环境卫生管理条例(2019-08-20)", date(2019, 8, 1), date(2019, 8, 1)),
        # Its last article speaks of the first version: an amended text is in force from its own day.
        ("各级人民代表大会常务委员会监督法(2024-11-08)", date(2024, 11, 8), date(2024, 11, 8)),
        ("宁波市水资源管理条例(2010-08-11)", date(2010, 7, 30), date(2010, 7, 30)),
    ],
)
def test_days_are_read_from_the_text(name, adopted, in_force):
    law = read_law((LAWS / f"{name}.md").read_text(encoding="utf-8"))
    assert (law.adopted_on, law.in_force_on) == (adopted, in_force)


def test_an_article_number_twice_keeps_both_and_says_so():
    law = read_law("某法\n第一条 甲。\n第二条 乙。\n第二条 丙。\n第四条 丁。")
    assert [(part.anchor, part.text) for part in law.parts] == [
        ("a1", "甲。"), ("a2", "乙。"), ("a2.2", "丙。"), ("a4", "丁。"),
    ]  # fmt: skip
    assert law.warnings == [("article-twice", "第二条"), ("article-missing", "第四条"), ("no-date", "")]


def test_inserted_articles_have_an_address_of_their_own():
    assert labels("法\n第十条 甲\n第十条之一 乙\n第十一条 丙") == [
        ("a10", "第十条"), ("a10-1", "第十条之一"), ("a11", "第十一条"),
    ]  # fmt: skip


def test_a_text_without_articles_is_cut_at_its_headings():
    law = read_law("# 报告\n2026年6月18日\n## 一、情况\n甲\n乙\n## 二、问题\n丙")
    assert [(part.chapter, part.text) for part in law.parts] == [
        ("", "2026年6月18日"), ("一、情况", "甲\n乙"), ("二、问题", "丙"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "\x00", "第条", "2026年13月45日", "第" * 5000, "第" + "一" * 5000 + "条"])
def test_nonsense_is_read_without_harm(text):
    read_law(text)


def test_a_huge_text_is_read_in_no_time_and_cut():
    law = read_law("法\n" + "第一条 重复。\n" * 20_000)
    assert len(law.parts) == 3000 and ("too-many-articles", "3000") in law.warnings


def a_docx(*paragraphs):
    made, out = Docx(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


def a_pdf(pages=1):
    made, out = pdfium.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        made.new_page(595, 842)
    made.save(out)
    return out.getvalue()


def a_zip(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


def refused(name, content):
    with pytest.raises(BadInput) as refusal:
        read_file(name, content)
    return refusal.value.code


def test_a_docx_is_read():
    assert read_file("法.docx", a_docx("某法", "第一条 <script>alert(1)</script>")).text == (
        "某法\n第一条 <script>alert(1)</script>"
    )


def test_a_pdf_of_pictures_is_said_to_be_a_scan():
    read = read_file("扫描.pdf", a_pdf(3))
    assert read.is_scan and read.text == ""


def test_text_of_either_encoding_is_read():
    assert read_file("a.txt", "第一条".encode("gb18030")).text == read_file("a.md", "第一条".encode()).text == "第一条"


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><w>&b;</w>"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF-1.7 nothing", "document-broken"),
        ("a.pdf", b"", "document-broken"),
        ("a.docx", b"PK\x03\x04 nothing", "document-broken"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "document-encrypted"),
        ("a.docx", a_zip(word__document_xml="<w", other="x"), "document-broken"),
        ("a.docx", a_zip(word__document_xml=BOMB), "document-broken"),
        ("a.docx", a_zip(word__document_xml="<w/>", word__vbaProject_bin="x"), "document-macros"),
        ("a.docx", a_zip(word__document_xml=b" " * (child.MOST_XML + 1)), "document-too-long"),
        ("a.doc", b"x", "document-format"),
        ("a.exe", b"x", "document-format"),
        ("a.txt", b"\xff\xff\xff\xff", "document-encoding"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name, content, code):
    assert refused(name, content) == code


def test_a_pdf_with_a_password_is_refused():
    pikepdf = pytest.importorskip("pikepdf", reason="no library here writes passwords")
    out = io.BytesIO()
    pikepdf.open(io.BytesIO(a_pdf())).save(out, encryption=pikepdf.Encryption(user="x", owner="y"))
    assert refused("a.pdf", out.getvalue()) == "document-encrypted"


def test_a_reader_that_hangs_or_dies_is_a_refusal(monkeypatch):
    monkeypatch.setattr("library.reading.files.WALL_SECONDS", 0.01)
    assert refused("a.pdf", a_pdf()) == "document-too-long"
