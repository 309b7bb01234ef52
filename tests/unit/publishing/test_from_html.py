"""Articles of an older site into blocks: words stay, markup goes, and hostile markup costs no more than its length."""

import itertools
import time

import pytest

from publishing.body.blocks import check_body
from publishing.body.from_html import MOST_NESTED, blocks_from, html_of, is_words

PAGE = """<div><table><tr><td><h1>标题</h1><p>第一<b>段</b>，<a href="http://a.cn/x">某处</a><a href="/local">本站</a>
<a href="javascript:alert(1)">点我</a></p><img src="/p/1.jpg"><table><tr><th>镇街</th><th>件</th></tr><tr><td>西镇</td>
<td>3<br>4</td></tr></table><blockquote><p>甲</p><p>乙</p></blockquote><script>alert("<p>")</script>
<style>p{}</style>a &lt;b&gt; 1 < 2</td></tr></table> &nbsp; 尾</div>"""


def test_words_headings_quotes_and_tables_stay_in_their_order() -> None:
    body, pictures = blocks_from(PAGE)
    assert [block["kind"] for block in body] == ["heading", "text", "table", "quote", "text"]
    assert body[1]["text"] == "第一段，某处（http://a.cn/x）本站 点我"
    assert (body[2]["rows"], body[2]["head"]) == ([["镇街", "件"], ["西镇", "3\n4"]], True)
    assert (body[3]["text"], body[4]["text"]) == ("甲\n\n乙", "a <b> 1 < 2\n\n尾")
    assert pictures == ["/p/1.jpg"]


def test_what_is_written_as_html_is_read_as_the_same_blocks() -> None:
    body = check_body(blocks_from(PAGE)[0], {})
    assert is_words(body) and check_body(blocks_from(html_of(body))[0], {}) == body


def test_a_text_without_markup_has_a_paragraph_a_line() -> None:
    assert blocks_from("　　第一段 1<2\n\n第二段") == ([{"kind": "text", "text": "第一段 1<2\n\n第二段"}], [])


def test_nothing_of_a_script_is_left_whatever_it_is_wrapped_in() -> None:
    for hostile in ("<scr<script>ipt>alert(1)</script>", "<svg/onload=alert(1)>x</svg>", "<p onclick='x'>字</p>",
                    "<!--<script>alert(1)</script>--><p>字</p>", "<iframe src=//x></iframe><p>字</p>"):  # fmt: skip
        body, _pictures = blocks_from(hostile)
        assert not any("alert(1)" in block["text"] and "<" in block["text"] for block in body)


def test_a_long_paragraph_and_a_long_heading_lose_no_word() -> None:
    text = "字" * 45_000
    body, _pictures = blocks_from(f"<h2>{'题' * 300}</h2><p>{text}</p>")
    assert "".join(block["text"] for block in body).replace("\n", "") == "题" * 300 + text
    assert check_body(body, {}) == body and blocks_from(html_of(body))[0] == body


def test_tables_deeper_than_are_told_apart_keep_their_words() -> None:
    deep = "<table><tr><td>字" * (MOST_NESTED + 5)
    assert "".join(block["text"] for block in blocks_from(deep)[0]).replace("\n", "") == "字" * (MOST_NESTED + 5)


@pytest.mark.parametrize(
    "piece",
    ["<table>", "<div><p>", "<!--", "<", "<a href='", "<img src=", "<table><tr><td>x", "&#", "<script>", "<p>x",
     '<a href=" ', "<blockquote>x", "<a>x</a>", "<tr><td>"],
)  # fmt: skip
def test_the_time_grows_with_the_length(piece: str) -> None:
    """Eight times the length takes about eight times as long; with a tree or a backtracking search it would be 64."""

    def fastest(length: int) -> float:
        text = "<p>" + piece * (length // len(piece))
        marks = [time.process_time()]
        for _turn in range(3):
            blocks_from(text)
            marks.append(time.process_time())
        return min(after - before for before, after in itertools.pairwise(marks))

    assert fastest(128_000) < 30 * max(fastest(16_000), 0.002)
