"""Text of an OFD that never ends is looked through once."""

from papers.documents.scans import _TEXT_CODE
from tests.worst_case import assert_linear


def test_elements_that_never_end_are_searched_once():
    makers = ("<TextCode ", "<a:TextCode>", "<aaaa", "<TextCode>x")
    assert_linear(
        "papers.documents.scans:_TEXT_CODE.findall",
        [text * 2_000 for text in makers],
        [text * 16_000 for text in makers],
    )


def test_the_words_of_an_ofd_are_found():
    assert _TEXT_CODE.findall('<ofd:TextCode X="1" Y="2">答复</ofd:TextCode><TextCode>一</TextCode>') == ["答复", "一"]
